#include "support/listing.h"

#include <algorithm>
#include <stdexcept>

#include "sockutils/value.h"
#include "support/catch.h"

namespace sockutils::test {
namespace {

std::vector<const Field*> cheap_fields() {
  std::vector<const Field*> cheap;
  for (const Field* field : fields())
    if (!needs_any(field->needs, Dear)) cheap.push_back(field);
  return cheap;
}

std::vector<Holder> copy_holders(const OptionalValue& value) {
  std::vector<Holder> holders;
  if (!value) return holders;
  for (const Owner& owner : std::get<std::span<const Owner>>(*value))
    holders.push_back({*owner.process, owner.tid, owner.fd});
  return holders;
}

}  // namespace

SocketRow::SocketRow(const std::vector<const Field*>& fields, Values values) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string& text = values_[std::string(fields[i]->name)];
    values[i] ? append_value(text, *values[i], fields[i]->type, Style::Plain)
              : static_cast<void>(text = Absent);
    if (fields[i]->name == "processes") holders_ = copy_holders(values[i]);
  }
}

const std::string& SocketRow::operator[](std::string_view field) const {
  const auto found = values_.find(field);
  if (found == values_.end()) throw std::logic_error("no field is called " + std::string(field));
  return found->second;
}

std::uint64_t SocketRow::number(std::string_view field) const {
  return has(field) ? std::stoull((*this)[field]) : 0;
}

std::string SocketRow::to_string() const {
  std::string text;
  for (const auto& [field, value] : values_)
    if (value != Absent) text += field + '=' + escape_text(value) + ' ';
  return text;
}

Listing Listing::take(Source source, std::vector<SocketKind> kinds) {
  Query query;
  query.kinds = std::move(kinds);
  query.source = source;
  return take(std::move(query));
}

Listing Listing::take(Query query) {
  query.fields = cheap_fields();
  return take_fields(query);
}

Listing Listing::take_fields(const Query& query) {
  Listing listing;
  auto report = list_sockets(query, [&](Values values) {
    listing.rows_.emplace_back(query.fields, values);
    return true;
  });
  if (!report) throw std::runtime_error(report.error().message());
  listing.report_ = std::move(*report);
  return listing;
}

std::vector<SocketRow> Listing::where(std::string_view field, std::string_view value) const {
  std::vector<SocketRow> found;
  std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(found),
               [&](const SocketRow& row) { return row[field] == value; });
  return found;
}

SocketRow Listing::the_one(std::string_view field, std::string_view value) const {
  const std::vector<SocketRow> found = where(field, value);
  if (found.size() != 1)
    for (const SocketRow& row : rows_) UNSCOPED_INFO("listed: " << row.to_string());
  INFO("looking for " << field << " = " << value);
  REQUIRE(found.size() == 1);
  return found.front();
}

std::vector<SocketKind> kinds_of(std::initializer_list<Family> families) {
  std::vector<SocketKind> kinds = socket_kinds();
  std::erase_if(kinds, [&](const SocketKind& kind) {
    return std::find(families.begin(), families.end(), kind.family) == families.end();
  });
  return kinds;
}

std::vector<SocketKind> kinds_of(Protocol protocol) {
  return {{Family::Inet, protocol}, {Family::Inet6, protocol}};
}

std::string_view name(Source source) {
  if (source == Source::Proc) return "proc";
  return source == Source::Netlink ? "netlink" : "auto";
}

}  // namespace sockutils::test
