#include <algorithm>

#include "render/json_value.h"
#include "sockprobe/tls_text.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::ProbeResult;

/// Times are microseconds, as everywhere.
std::uint64_t number_of(std::chrono::sys_seconds time) {
  return static_cast<std::uint64_t>(std::chrono::microseconds(time.time_since_epoch()).count());
}

void append_certificate(JsonAppender& json, const sockutils::CertificateFacts& certificate) {
  json.begin("certificate");
  json.member("subject", certificate.subject);
  json.member("issuer", certificate.issuer);
  json.member("names", certificate.names);
  if (certificate.not_before) json.member("not_before", number_of(*certificate.not_before));
  if (certificate.not_after) json.member("not_after", number_of(*certificate.not_after));
  if (const auto days = days_left(certificate, time_of_day())) json.signed_member("days_left", *days);
  json.flag("trusted", certificate.problems.empty());
  if (!certificate.problems.empty()) json.member("problems", certificate.problems);
  if (certificate.matches_name) json.flag("matches_name", *certificate.matches_name);
  json.end();
}

void append_tls(JsonAppender& json, const ProbeResult& result) {
  const sockutils::TlsFacts& tls = *result.tls;
  json.begin("tls");
  if (!tls.version.empty()) json.member("version", tls.version);
  if (!tls.cipher.empty()) json.member("cipher", tls.cipher);
  if (!tls.alpn.empty()) json.member("alpn", tls.alpn);
  json.flag("starttls", result.starttls);
  if (!tls.failure.empty()) json.member("failure", tls.failure);
  if (tls.certificate) append_certificate(json, *tls.certificate);
  json.end();
}

void append_result(JsonAppender& json, const ProbeResult& result, const sockutils::Services& services) {
  json.begin();
  json.member("host", result.host);
  json.member("address", result.address ? result.address->to_string() : result.path);
  json.member("protocol", name(result.protocol));
  if (result.port != 0) json.member("port", std::uint64_t{result.port});
  const auto service = services.name(result.port, name(result.protocol));
  if (!service.empty()) json.member("service", service);
  json.member("state", name(result.state));
  json.member("reason", result.reason);
  if (result.from) json.member("from", result.from->to_string());
  if (result.identity) {
    json.begin("identity");
    json.member("name", result.identity->name);
    if (!result.identity->product.empty()) json.member("product", result.identity->product);
    if (!result.identity->version.empty()) json.member("version", result.identity->version);
    json.end();
  }
  if (result.tls) append_tls(json, result);
  json.begin("times");
  const auto time = [&](std::string_view name, const std::optional<std::chrono::microseconds>& value) {
    if (value) json.member(name, static_cast<std::uint64_t>(value->count()));
  };
  time("lookup", result.times.lookup);
  time("connect", result.times.connect);
  time("tls", result.times.tls);
  time("first_byte", result.times.first_byte);
  json.end();
  json.end();
}

/// `--json` holds results to put them in order; `--jsonl` writes each at once.
class JsonWriter final : public Writer {
 public:
  JsonWriter(bool is_document, const sockutils::Services& services, Output& out)
      : is_document_(is_document), services_(services), out_(out), json_(out.text()) {}

  void add(const ProbeResult& result) override {
    if (is_document_) return results_.push_back(result);
    append_result(json_, result, services_);
    out_.text() += '\n';
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) override {
    if (!is_document_) return;
    sort_results(results_);
    out_.text() += "{\"results\": [";
    append_list(results_, [&](const ProbeResult& result) { append_result(json_, result, services_); });
    out_.text() += "], \"warnings\": [";
    append_list(warnings, [&](const sockutils::Warning& warning) { json_.warning(warning); });
    out_.text() += "]}\n";
  }

 private:
  template <class List, class Append>
  void append_list(const List& list, const Append& append) {
    bool first = true;
    for (const auto& element : list) {
      out_.text() += first ? "\n" : ",\n";
      first = false;
      append(element);
      out_.commit();
    }
    if (!first) out_.text() += '\n';
  }

  bool is_document_;
  const sockutils::Services& services_;
  Output& out_;
  JsonAppender json_;
  std::vector<ProbeResult> results_;
};

}  // namespace

std::unique_ptr<Writer> make_json_writer(const Settings& settings, const sockutils::Services& services,
                                         Output& out) {
  return std::make_unique<JsonWriter>(settings.form == Form::Json, services, out);
}

}  // namespace tools::sockprobe
