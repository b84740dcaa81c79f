#include "sockutils/field.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text.h"

namespace sockutils {
namespace {

/// Fields whose names begin with the word `prefix` are about `subject`.
struct SubjectRow {
  std::string_view prefix;
  std::string_view subject;
};

constexpr std::array<SubjectRow, 24> Subjects{{
    {"local", "ends"},
    {"peer", "ends"},
    {"service", "ends"},
    {"process", "process"},
    {"tcp", "tcp"},
    {"congestion", "tcp"},
    {"bbr", "tcp"},
    {"dctcp", "tcp"},
    {"vegas", "tcp"},
    {"mptcp", "mptcp"},
    {"sctp", "sctp"},
    {"ulp", "tls"},
    {"tls", "tls"},
    {"mem", "memory"},
    {"drops", "memory"},
    {"timer", "timer"},
    {"cgroup", "control group"},
    {"packet", "packet"},
    {"netlink", "netlink"},
    {"vfs", "unix"},
    {"pending", "unix"},
    {"vsock", "vsock"},
    {"xdp", "xdp"},
    {"tipc", "tipc"},
}};

/// Whether `name` is `word`, or begins with it and an underscore.
bool begins_with_word(std::string_view name, std::string_view word) {
  return name.starts_with(word) && (name.size() == word.size() || name[word.size()] == '_');
}

}  // namespace

OptionalValue ComposedRow::keep(std::string text) const {
  if (text.empty()) return std::nullopt;
  return std::string_view(texts_.emplace_back(std::move(text)));
}

OptionalValue ComposedRow::keep(std::span<const std::string> list) const {
  if (list.empty()) return std::nullopt;
  std::string& packed = texts_.emplace_back();
  for (const std::string& element : list) append_element(packed, element);
  return TextList(packed);
}

FieldTable::FieldTable(std::string_view kind, const std::vector<std::span<const Field>>& parts)
    : kind_(kind) {
  for (const std::span<const Field> part : parts) {
    for (const Field& field : part) {
      fields_.push_back(&field);
      std::vector<std::string_view> names = split_words(field.aliases);
      names.insert(names.begin(), field.name);
      for (const std::string_view name : names) {
        by_name_.emplace(name, &field);
        names_.push_back(name);
      }
    }
  }
}

const Field* FieldTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found != by_name_.end() ? found->second : nullptr;
}

std::string_view FieldTable::suggest(std::string_view name) const { return nearest_word(name, names_); }

std::vector<OptionalValue> values_of(const Row& row, std::span<const Field* const> fields) {
  std::vector<OptionalValue> values;
  values.reserve(fields.size());
  for (const Field* const field : fields) values.push_back(field->get(row));
  return values;
}

std::string_view subject(const Field& field) {
  if (!field.subject.empty()) return field.subject;
  if (needs_any(field.needs, Needs::Owners)) return "process";
  const auto* const row = std::find_if(Subjects.begin(), Subjects.end(), [&](const SubjectRow& candidate) {
    return begins_with_word(field.name, candidate.prefix);
  });
  return row != Subjects.end() ? row->subject : "socket";
}

}  // namespace sockutils
