#include "sockprobe/tls_text.h"

namespace tools::sockprobe {
namespace {

using sockutils::CertificateFacts;

std::string days_text(std::int64_t days) { return std::to_string(days) + (days == 1 ? " day" : " days"); }

std::string expiry_text(const CertificateFacts& certificate, std::chrono::sys_seconds now) {
  const auto days = days_left(certificate, now);
  if (!days) return {};
  // The first day after its end counts as -1.
  if (*days < -1) return ", expired " + days_text(-*days - 1) + " ago";
  if (*days < 0) return ", expired today";
  return *days == 0 ? ", expires today" : ", expires in " + days_text(*days);
}

std::string names_text(const CertificateFacts& certificate) {
  if (certificate.names.empty()) return "without a name";
  const std::size_t more = certificate.names.size() - 1;
  return "for " + certificate.names.front() + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::string trust_text(const CertificateFacts& certificate) {
  if (certificate.problems.empty()) return ", trusted";
  std::string text = ", not trusted: ";
  for (const std::string& problem : certificate.problems)
    text += (&problem == certificate.problems.data() ? "" : ", ") + problem;
  return text;
}

}  // namespace

std::string tls_text(const sockutils::ProbeResult& result, std::chrono::sys_seconds now) {
  if (!result.tls) return {};
  const sockutils::TlsFacts& tls = *result.tls;
  std::string text = result.starttls ? "after STARTTLS " : "";
  if (!tls.failure.empty()) text += "TLS fails: " + tls.failure + (tls.version.empty() ? "" : ", ");
  text += tls.version;
  if (!tls.certificate) return text;
  const CertificateFacts& certificate = *tls.certificate;
  text += ", certificate " + names_text(certificate);
  if (certificate.matches_name == false) text += ", not for " + result.host;
  return text + expiry_text(certificate, now) + trust_text(certificate);
}

std::chrono::sys_seconds time_of_day() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace tools::sockprobe
