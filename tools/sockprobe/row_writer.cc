#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "render/renderer.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::PortState;
using sockutils::ProbeResult;
using sockutils::Type;

constexpr Field text_field(std::string_view name, std::string_view title, std::uint8_t drop) {
  return {.name = name, .title = title, .type = Type::Text, .get = nullptr, .doc = "", .drop = drop};
}
constexpr Field time_field(std::string_view name, std::string_view title) {
  return {.name = name,
          .title = title,
          .type = Type::Microseconds,
          .get = nullptr,
          .align = sockutils::Align::Right,
          .doc = ""};
}

const std::array<Field, 14> CsvFields{
    text_field("host", "", 0),
    text_field("address", "", 0),
    text_field("protocol", "", 0),
    Field{.name = "port", .title = "", .type = Type::Port, .get = nullptr, .doc = ""},
    text_field("service", "", 0),
    text_field("state", "", 0),
    text_field("reason", "", 0),
    text_field("from", "", 0),
    text_field("name", "", 0),
    text_field("product", "", 0),
    text_field("version", "", 0),
    time_field("lookup", ""),
    time_field("connect", ""),
    time_field("first_byte", ""),
};
const std::array<Field, 8> TableFields{
    text_field("host", "HOST", 1),       text_field("port", "PORT", 0),
    text_field("service", "SERVICE", 3), text_field("state", "STATE", 0),
    text_field("reason", "REASON", 1),   text_field("from", "FROM", 2),
    time_field("connect", "TIME"),       text_field("identity", "WHO ANSWERS", 1),
};

template <std::size_t N>
std::array<const Field*, N> pointers(const std::array<Field, N>& fields) {
  std::array<const Field*, N> result{};
  std::transform(fields.begin(), fields.end(), result.begin(), [](const Field& field) { return &field; });
  return result;
}

OptionalValue text(std::string_view value) { return value.empty() ? std::nullopt : OptionalValue(value); }
OptionalValue time(const std::optional<std::chrono::microseconds>& value) {
  return value ? OptionalValue(static_cast<std::uint64_t>(value->count())) : std::nullopt;
}

std::string end_of(const ProbeResult& result) {
  if (!result.address) return result.path;
  std::string address = result.address->to_string();
  return result.host == address || result.host == "[" + address + "]" ? address
                                                                      : result.host + " (" + address + ")";
}

/// `ssh, OpenSSH 9.2p1`
std::string identity_of(const ProbeResult& result) {
  if (!result.identity) return {};
  const auto& [protocol, product, version] = *result.identity;
  const std::string blank = product.empty() || version.empty() ? "" : " ";
  const std::string who = product + blank + version;
  return who.empty() ? protocol : protocol + ", " + who;
}

/// More ports of one host than these with the same answer, none of them open, are one row of a table.
constexpr std::size_t MostAlike = 20;
using Answer = std::tuple<std::size_t, sockutils::Protocol, PortState, std::string>;
Answer answer_of(const ProbeResult& r) { return {r.host_index, r.protocol, r.state, r.reason}; }

class RowWriter final : public Writer {
 public:
  RowWriter(const Settings& settings, const sockutils::Services& services, Output& out)
      : services_(services),
        is_table_(settings.form == Form::Table),
        renderer_(is_table_ ? make_table(setup(settings, table_fields_, out))
                            : make_csv(setup(settings, csv_fields_, out))) {}

  void add(const ProbeResult& result) override { results_.push_back(result); }

  void end(std::span<const sockutils::Warning> warnings) override {
    sort_results(results_);
    std::map<Answer, std::size_t> counts;
    for (const ProbeResult& result : results_) ++counts[answer_of(result)];
    renderer_->begin();
    for (const ProbeResult& result : results_) {
      if (!is_table_) {
        csv_row(result);
        continue;
      }
      const auto counted = counts.find(answer_of(result));
      const bool alike =
          result.state != PortState::Open && counted != counts.end() && counted->second > MostAlike;
      if (!alike && counted == counts.end()) continue;
      table_row(result, alike ? counted->second : 1);
      if (alike) counts.erase(counted);
    }
    renderer_->end(warnings);
  }

 private:
  static RenderSetup setup(const Settings& settings, std::span<const Field* const> fields, Output& out) {
    return {.fields = fields,
            .out = out,
            .terminal = examine_terminal(STDOUT_FILENO, settings.colour),
            .header = settings.header};
  }

  std::string_view service_of(const ProbeResult& result) const {
    return services_.name(result.port, name(result.protocol));
  }

  void csv_row(const ProbeResult& r) {
    const sockutils::ServiceIdentity who = r.identity.value_or(sockutils::ServiceIdentity{});
    const std::string address = r.address ? r.address->to_string() : r.path;
    const std::string from = r.from ? r.from->to_string() : "";
    const OptionalValue port = r.port != 0 ? OptionalValue(std::uint64_t{r.port}) : std::nullopt;
    renderer_->row(std::array<OptionalValue, CsvFields.size()>{
        text(r.host), text(address), text(name(r.protocol)), port, text(service_of(r)), text(name(r.state)),
        text(r.reason), text(from), text(who.name), text(who.product), text(who.version),
        time(r.times.lookup), time(r.times.connect), time(r.times.first_byte)});
  }

  /// `count` ports like this one.
  void table_row(const ProbeResult& r, std::size_t count) {
    const std::string protocol(name(r.protocol));
    const std::string port = count > 1     ? std::to_string(count) + " " + protocol + " ports"
                             : r.port != 0 ? protocol + "/" + std::to_string(r.port)
                                           : "unix";
    const std::string host = end_of(r);
    const std::string who = identity_of(r);
    const std::string from = r.from ? r.from->to_string() : "";
    renderer_->row(std::array<OptionalValue, TableFields.size()>{
        text(host), text(port), count > 1 ? std::nullopt : text(service_of(r)), text(name(r.state)),
        text(r.reason), text(from), time(r.times.connect), text(who)});
  }

  const sockutils::Services& services_;
  bool is_table_;
  std::array<const Field*, CsvFields.size()> csv_fields_ = pointers(CsvFields);
  std::array<const Field*, TableFields.size()> table_fields_ = pointers(TableFields);
  std::unique_ptr<Renderer> renderer_;
  std::vector<ProbeResult> results_;
};

}  // namespace

std::unique_ptr<Writer> make_row_writer(const Settings& settings, const sockutils::Services& services,
                                        Output& out) {
  return std::make_unique<RowWriter>(settings, services, out);
}

std::unique_ptr<Writer> make_writer(const Settings& settings, const sockutils::Services& services,
                                    Output& out) {
  const bool rows = settings.form == Form::Table || settings.form == Form::Csv;
  return rows ? make_row_writer(settings, services, out) : make_json_writer(settings, services, out);
}

void sort_results(std::vector<ProbeResult>& results) {
  std::sort(results.begin(), results.end(), [](const ProbeResult& a, const ProbeResult& b) {
    return std::tie(a.host_index, a.port_index) < std::tie(b.host_index, b.port_index);
  });
}

}  // namespace tools::sockprobe
