#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "render/renderer.h"
#include "sockprobe/tls_text.h"
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

constexpr Field plain_field(std::string_view name, Type type) {
  return {.name = name, .title = "", .type = type, .get = nullptr, .doc = ""};
}

const std::array<Field, 26> CsvFields{
    text_field("host", "", 0),
    text_field("address", "", 0),
    text_field("protocol", "", 0),
    plain_field("port", Type::Port),
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
    time_field("tls", ""),
    text_field("tls_version", "", 0),
    text_field("tls_cipher", "", 0),
    text_field("tls_alpn", "", 0),
    text_field("tls_failure", "", 0),
    text_field("certificate_subject", "", 0),
    text_field("certificate_names", "", 0),
    text_field("certificate_issuer", "", 0),
    plain_field("certificate_not_before", Type::Time),
    plain_field("certificate_not_after", Type::Time),
    text_field("certificate_problems", "", 0),
    plain_field("certificate_matches_name", Type::Flag),
};
/// The last one only when a server speaks TLS.
const std::array<Field, 9> TableFields{
    text_field("host", "HOST", 1),       text_field("port", "PORT", 0),
    text_field("service", "SERVICE", 3), text_field("state", "STATE", 0),
    text_field("reason", "REASON", 1),   text_field("from", "FROM", 2),
    time_field("connect", "TIME"),       text_field("identity", "WHO ANSWERS", 1),
    text_field("tls", "TLS", 2),
};

template <std::size_t N>
std::array<const Field*, N> pointers(const std::array<Field, N>& fields) {
  std::array<const Field*, N> result{};
  std::transform(fields.begin(), fields.end(), result.begin(), [](const Field& field) { return &field; });
  return result;
}

OptionalValue text(std::string_view value) { return value.empty() ? std::nullopt : OptionalValue(value); }
OptionalValue point_in_time(const std::optional<std::chrono::sys_seconds>& value) {
  if (!value) return std::nullopt;
  return static_cast<std::uint64_t>(std::chrono::microseconds(value->time_since_epoch()).count());
}
OptionalValue flag(const std::optional<bool>& value) { return value ? OptionalValue(*value) : std::nullopt; }
/// With blanks between them.
std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}
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
      : settings_(settings), services_(services), out_(out), is_table_(settings.form == Form::Table) {}

  void add(const ProbeResult& result) override { results_.push_back(result); }

  void end(std::span<const sockutils::Warning> warnings) override {
    sort_results(results_);
    make_renderer();
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
  void make_renderer() {
    const auto speaks_tls = [](const ProbeResult& result) { return result.tls.has_value(); };
    const bool tls = std::any_of(results_.begin(), results_.end(), speaks_tls);
    std::span<const Field* const> fields = csv_fields_;
    if (is_table_) fields = std::span(table_fields_).first(TableFields.size() - (tls ? 0 : 1));
    columns_ = fields.size();
    const RenderSetup setup{.fields = fields,
                            .out = out_,
                            .terminal = examine_terminal(STDOUT_FILENO, settings_.colour),
                            .header = settings_.header};
    renderer_ = is_table_ ? make_table(setup) : make_csv(setup);
  }

  std::string_view service_of(const ProbeResult& result) const {
    return services_.name(result.port, name(result.protocol));
  }

  void csv_row(const ProbeResult& r) {
    const sockutils::ServiceIdentity who = r.identity.value_or(sockutils::ServiceIdentity{});
    const std::string address = r.address ? r.address->to_string() : r.path;
    const std::string from = r.from ? r.from->to_string() : "";
    const OptionalValue port = r.port != 0 ? OptionalValue(std::uint64_t{r.port}) : std::nullopt;
    const sockutils::TlsFacts tls = r.tls.value_or(sockutils::TlsFacts{});
    const auto certificate = tls.certificate.value_or(sockutils::CertificateFacts{});
    const std::string names = joined(certificate.names, " ");
    const std::string problems = joined(certificate.problems, ", ");
    renderer_->row(std::array<OptionalValue, CsvFields.size()>{
        text(r.host),
        text(address),
        text(name(r.protocol)),
        port,
        text(service_of(r)),
        text(name(r.state)),
        text(r.reason),
        text(from),
        text(who.name),
        text(who.product),
        text(who.version),
        time(r.times.lookup),
        time(r.times.connect),
        time(r.times.first_byte),
        time(r.times.tls),
        text(tls.version),
        text(tls.cipher),
        text(tls.alpn),
        text(tls.failure),
        text(certificate.subject),
        text(names),
        text(certificate.issuer),
        point_in_time(certificate.not_before),
        point_in_time(certificate.not_after),
        text(problems),
        flag(certificate.matches_name),
    });
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
    const std::string tls = tls_text(r, now_);
    const std::array<OptionalValue, TableFields.size()> cells{text(host),
                                                              text(port),
                                                              count > 1 ? std::nullopt : text(service_of(r)),
                                                              text(name(r.state)),
                                                              text(r.reason),
                                                              text(from),
                                                              time(r.times.connect),
                                                              text(who),
                                                              text(tls)};
    renderer_->row(std::span(cells).first(columns_));
  }

  const Settings& settings_;
  const sockutils::Services& services_;
  Output& out_;
  bool is_table_;
  std::size_t columns_ = 0;
  std::chrono::sys_seconds now_ = time_of_day();
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
