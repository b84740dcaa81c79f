#include "sockprobe/json_result.h"

#include "sockprobe/tls_text.h"

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

void append_end(JsonAppender& json, const ProbeResult& result) {
  json.member("host", result.host);
  json.member("address", result.address ? result.address->to_string() : result.path);
  json.member("protocol", name(result.protocol));
  if (result.port != 0) json.member("port", std::uint64_t{result.port});
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

void append_members(JsonAppender& json, const Series& series) {
  const sockutils::ProbeStatistics& statistics = series.statistics;
  const auto number = [&](std::string_view name, std::chrono::microseconds value) {
    json.member(name, static_cast<std::uint64_t>(value.count()));
  };
  append_end(json, series.last);
  json.member("probes", std::uint64_t{statistics.probes()});
  json.member("open", std::uint64_t{statistics.count(sockutils::PortState::Open)});
  json.member("lost", std::uint64_t{statistics.lost()});
  if (const auto loss = statistics.loss()) json.real_member("loss", *loss);
  if (const auto timing = statistics.timing()) {
    number("minimum", timing->minimum);
    number("average", timing->average);
    number("maximum", timing->maximum);
    number("deviation", timing->deviation);
    number("p50", timing->p50);
    number("p90", timing->p90);
    number("p99", timing->p99);
    if (timing->jitter) number("jitter", *timing->jitter);
  }
}

}  // namespace

void append_result(JsonAppender& json, const ProbeResult& result, const sockutils::Services& services,
                   const std::optional<Repeated>& repeated) {
  json.begin();
  if (repeated) {
    json.member("probe", std::uint64_t{repeated->number});
    json.member("time", repeated->time);
  }
  append_end(json, result);
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

void append_series(JsonAppender& json, const Series& series) {
  json.begin();
  append_members(json, series);
  json.end();
}

void append_series_line(JsonAppender& json, const Series& series) {
  json.begin();
  json.begin("summary");
  append_members(json, series);
  json.end();
  json.end();
}

}  // namespace tools::sockprobe
