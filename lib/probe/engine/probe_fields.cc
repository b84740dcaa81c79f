// Fields of probe results.

#include <array>

#include "common/text.h"
#include "probe/engine/row_values.h"
#include "sockutils/probe.h"

namespace sockutils {
/// Each kind of row has a namespace of its own, because sources may be compiled together.
namespace probe_rows {
namespace {

using rows::address_of;
using rows::duration;

const TlsFacts* tls_of(const ProbeRow& row) { return row.result.tls ? &*row.result.tls : nullptr; }

const CertificateFacts* certificate_of(const ProbeRow& row) {
  const TlsFacts* const tls = tls_of(row);
  return tls != nullptr && tls->certificate ? &*tls->certificate : nullptr;
}

std::chrono::sys_seconds time_of_day() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// ----------------------------------------------------------------------------------------------------
// Composite fields, for people.

std::string expiry_text(const CertificateFacts& certificate, std::chrono::sys_seconds now) {
  const auto days = days_left(certificate, now);
  if (!days) return {};
  // The first day after its end counts as -1.
  if (*days < -1) return ", expired " + counted(static_cast<std::uint64_t>(-*days - 1), "day") + " ago";
  if (*days < 0) return ", expired today";
  return *days == 0 ? ", expires today" : ", expires in " + counted(static_cast<std::uint64_t>(*days), "day");
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

/// `TLS 1.3, certificate for www.example.org, expires in 12 days, not trusted: self-signed`
OptionalValue tls_summary(const ProbeRow& row) {
  const TlsFacts* const tls = tls_of(row);
  if (tls == nullptr) return std::nullopt;
  std::string text = row.result.starttls ? "after STARTTLS " : "";
  if (!tls->failure.empty()) text += "TLS fails: " + tls->failure + (tls->version.empty() ? "" : ", ");
  text += tls->version;
  if (!tls->certificate) return row.keep(text);
  const CertificateFacts& certificate = *tls->certificate;
  text += ", certificate " + names_text(certificate);
  if (certificate.matches_name == false) text += ", not for " + row.result.host;
  return row.keep(text + expiry_text(certificate, time_of_day()) + trust_text(certificate));
}

OptionalValue target(const ProbeRow& row) {
  const ProbeResult& result = row.result;
  return row.keep(result.address ? rows::target_text(result.host, *result.address) : result.path);
}

OptionalValue protocol_port(const ProbeRow& row) {
  const ProbeResult& result = row.result;
  if (row.ports > 1)
    return row.keep(std::to_string(row.ports) + " " + std::string(name(result.protocol)) + " ports");
  return row.keep(rows::port_text(result.protocol, result.port));
}

/// `ssh, OpenSSH 9.2p1`
OptionalValue identity(const ProbeRow& row) {
  if (!row.result.identity) return std::nullopt;
  const auto& [protocol, product, version] = *row.result.identity;
  const std::string blank = product.empty() || version.empty() ? "" : " ";
  const std::string who = product + blank + version;
  return row.keep(who.empty() ? protocol : protocol + ", " + who);
}

// ----------------------------------------------------------------------------------------------------
// Facts.

OptionalValue probe_time(const ProbeRow& row) {
  if (!row.time) return std::nullopt;
  return duration(std::chrono::floor<std::chrono::microseconds>(row.time->time_since_epoch()));
}

OptionalValue probe_port(const ProbeRow& row) {
  return row.ports == 1 ? rows::number_unless_zero(row.result.port) : std::nullopt;
}

OptionalValue service(const ProbeRow& row) {
  if (row.ports > 1) return std::nullopt;
  return rows::text(row.services.name(row.result.port, name(row.result.protocol)));
}

OptionalValue days_left_of(const ProbeRow& row) {
  const CertificateFacts* const certificate = certificate_of(row);
  const auto days = certificate != nullptr ? days_left(*certificate, time_of_day()) : std::nullopt;
  return days ? OptionalValue(static_cast<double>(*days)) : std::nullopt;
}

template <std::string ServiceIdentity::*Member>
OptionalValue identity_text(const ProbeRow& row) {
  return row.result.identity ? rows::text((*row.result.identity).*Member) : std::nullopt;
}

template <std::string TlsFacts::*Member>
OptionalValue tls_text(const ProbeRow& row) {
  const TlsFacts* const tls = tls_of(row);
  return tls != nullptr ? rows::text(tls->*Member) : std::nullopt;
}

template <std::string CertificateFacts::*Member>
OptionalValue certificate_text(const ProbeRow& row) {
  const CertificateFacts* const certificate = certificate_of(row);
  return certificate != nullptr ? OptionalValue(std::string_view(certificate->*Member)) : std::nullopt;
}

template <std::vector<std::string> CertificateFacts::*Member>
OptionalValue certificate_list(const ProbeRow& row) {
  const CertificateFacts* const certificate = certificate_of(row);
  return certificate != nullptr ? row.keep(certificate->*Member) : std::nullopt;
}

template <std::optional<std::chrono::sys_seconds> CertificateFacts::*Member>
OptionalValue certificate_time(const ProbeRow& row) {
  const CertificateFacts* const certificate = certificate_of(row);
  if (certificate == nullptr || !(certificate->*Member)) return std::nullopt;
  return duration(std::chrono::microseconds((certificate->*Member)->time_since_epoch()));
}

OptionalValue certificate_trusted(const ProbeRow& row) {
  const CertificateFacts* const certificate = certificate_of(row);
  return certificate != nullptr ? OptionalValue(certificate->problems.empty()) : std::nullopt;
}

OptionalValue matches_name(const ProbeRow& row) {
  const CertificateFacts* const certificate = certificate_of(row);
  const auto matches = certificate != nullptr ? certificate->matches_name : std::nullopt;
  return matches ? OptionalValue(*matches) : std::nullopt;
}

template <std::optional<std::chrono::microseconds> ProbeTimes::*Member>
OptionalValue time_taken(const ProbeRow& row) {
  return duration(row.result.times.*Member);
}

constexpr Field composed(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                         std::uint8_t drop, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = Type::Text,
          .get = get,
          .role = Role::Composite,
          .doc = doc,
          .drop = drop,
          .subject = "port"};
}

constexpr Field tls_field(std::string_view name, std::string_view title, Type type,
                          OptionalValue (*get)(const Row&), std::string_view json, std::string_view doc) {
  return {.name = name, .title = title, .type = type, .get = get, .doc = doc, .json = json, .subject = "tls"};
}

constexpr Field time_field(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                           std::string_view json, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = Type::Microseconds,
          .get = get,
          .doc = doc,
          .json = json,
          .subject = "times"};
}

constexpr std::array Fields{
    Field{.name = "probe",
          .title = "PROBE",
          .type = Type::Count,
          .get = getter<[](const ProbeRow& row) { return rows::number(row.number); }>,
          .doc = "Number of the probe, of ports that are asked for again and again",
          .subject = "port"},
    Field{.name = "time",
          .title = "WHEN",
          .type = Type::Time,
          .get = getter<probe_time>,
          .doc = "When that probe was made",
          .subject = "port"},
    composed("target", "HOST", getter<target>, 1, "Host as it was asked for, and its address; or a path"),
    composed("protocol_port", "PORT", getter<protocol_port>, 0,
             "Protocol and port, or how many ports are alike"),
    Field{.name = "host",
          .title = "HOST",
          .type = Type::Text,
          .get = getter<[](const ProbeRow& row) { return rows::text(row.result.host); }>,
          .doc = "Host as it was asked for",
          .drop = 1,
          .subject = "port"},
    Field{.name = "address",
          .title = "ADDRESS",
          .type = Type::Address,
          .get = getter<[](const ProbeRow& row) { return address_of(row.result.address); }>,
          .doc = "Its address",
          .drop = 1,
          .subject = "port"},
    Field{.name = "path",
          .title = "PATH",
          .type = Type::Text,
          .get = getter<[](const ProbeRow& row) { return rows::text(row.result.path); }>,
          .doc = "Path of a unix socket, which has no address",
          .drop = 1,
          .json = "address",
          .subject = "port"},
    Field{.name = "protocol",
          .title = "PROTO",
          .type = Type::Protocol,
          .get = getter<[](const ProbeRow& row) { return row.result.protocol; }>,
          .aliases = "proto",
          .doc = "tcp, udp, and stream for a unix socket",
          .drop = 0,
          .subject = "port"},
    Field{.name = "port",
          .title = "PORT",
          .type = Type::Port,
          .get = getter<probe_port>,
          .doc = "Port",
          .drop = 0,
          .subject = "port"},
    Field{.name = "service",
          .title = "SERVICE",
          .type = Type::Text,
          .get = getter<service>,
          .doc = "Name of the port in /etc/services",
          .drop = 3,
          .subject = "port"},
    Field{.name = "state",
          .title = "STATE",
          .type = Type::Text,
          .get = getter<[](const ProbeRow& row) { return name(row.result.state); }>,
          .doc = "open, closed, rejected, filtered, unreachable, open|filtered, not measured",
          .drop = 0,
          .subject = "port"},
    Field{.name = "reason",
          .title = "REASON",
          .type = Type::Text,
          .get = getter<[](const ProbeRow& row) { return std::string_view(row.result.reason); }>,
          .doc = "Why it is taken to be in that state",
          .drop = 1,
          .subject = "port"},
    Field{.name = "from",
          .title = "FROM",
          .type = Type::Address,
          .get = getter<[](const ProbeRow& row) { return address_of(row.result.from); }>,
          .doc = "Whose word that is",
          .drop = 2,
          .subject = "port"},
    composed("identity", "WHO ANSWERS", getter<identity>, 1, "Protocol, product and version of the server"),
    Field{.name = "name",
          .title = "NAME",
          .type = Type::Text,
          .get = getter<[](const ProbeRow& row) {
            return row.result.identity ? OptionalValue(std::string_view(row.result.identity->name))
                                       : std::nullopt;
          }>,
          .doc = "Protocol that the server speaks",
          .json = "identity.name",
          .subject = "server"},
    Field{.name = "product",
          .title = "PRODUCT",
          .type = Type::Text,
          .get = getter<identity_text<&ServiceIdentity::product>>,
          .doc = "Product that the server says it is",
          .json = "identity.product",
          .subject = "server"},
    Field{.name = "version",
          .title = "VERSION",
          .type = Type::Text,
          .get = getter<identity_text<&ServiceIdentity::version>>,
          .doc = "Version of it",
          .json = "identity.version",
          .subject = "server"},
    composed("tls_summary", "TLS", getter<tls_summary>, 2,
             "TLS, and what the certificate is worth, in words"),
    tls_field("tls_version", "TLS-VERSION", Type::Text, getter<tls_text<&TlsFacts::version>>, "tls.version",
              "Version of TLS"),
    tls_field("tls_cipher", "CIPHER", Type::Text, getter<tls_text<&TlsFacts::cipher>>, "tls.cipher",
              "Cipher suite, RFC 8446 or RFC 5246"),
    tls_field("tls_alpn", "ALPN", Type::Text, getter<tls_text<&TlsFacts::alpn>>, "tls.alpn",
              "Protocol that the server chose, RFC 7301"),
    tls_field("starttls", "STARTTLS", Type::Flag, getter<[](const ProbeRow& row) {
                return row.result.tls ? OptionalValue(row.result.starttls) : std::nullopt;
              }>,
              "tls.starttls", "TLS began in the middle of a plain conversation"),
    tls_field("tls_failure", "TLS-FAILURE", Type::Text, getter<tls_text<&TlsFacts::failure>>, "tls.failure",
              "Why the handshake failed"),
    tls_field("certificate_subject", "SUBJECT", Type::Text,
              getter<certificate_text<&CertificateFacts::subject>>, "tls.certificate.subject",
              "Subject of the certificate, RFC 2253"),
    tls_field("certificate_names", "NAMES", Type::List, getter<certificate_list<&CertificateFacts::names>>,
              "tls.certificate.names", "Names and addresses that the certificate is for"),
    tls_field("certificate_issuer", "ISSUER", Type::Text, getter<certificate_text<&CertificateFacts::issuer>>,
              "tls.certificate.issuer", "Who issued it"),
    tls_field("certificate_not_before", "NOT-BEFORE", Type::Time,
              getter<certificate_time<&CertificateFacts::not_before>>, "tls.certificate.not_before",
              "When it begins to be valid"),
    tls_field("certificate_not_after", "NOT-AFTER", Type::Time,
              getter<certificate_time<&CertificateFacts::not_after>>, "tls.certificate.not_after",
              "When it ends to be valid"),
    tls_field("certificate_days_left", "DAYS", Type::Real, getter<days_left_of>, "tls.certificate.days_left",
              "Whole days until then; negative when it has expired"),
    tls_field("certificate_trusted", "TRUSTED", Type::Flag, getter<certificate_trusted>,
              "tls.certificate.trusted",
              "It leads to an authority of this machine, and all of it is valid now"),
    tls_field("certificate_problems", "PROBLEMS", Type::List,
              getter<certificate_list<&CertificateFacts::problems>>, "tls.certificate.problems",
              "Why it is not trusted"),
    tls_field("certificate_matches_name", "MATCHES", Type::Flag, getter<matches_name>,
              "tls.certificate.matches_name", "It is for the name or address that was asked for"),
    time_field("lookup", "LOOKUP", getter<time_taken<&ProbeTimes::lookup>>, "times.lookup",
               "How long the look-up of the name took"),
    time_field("connect", "TIME", getter<time_taken<&ProbeTimes::connect>>, "times.connect",
               "From the SYN to the connection, or from a datagram to its answer"),
    time_field("tls", "TLS-TIME", getter<time_taken<&ProbeTimes::tls>>, "times.tls",
               "How long the TLS handshake took"),
    time_field("first_byte", "FIRST-BYTE", getter<time_taken<&ProbeTimes::first_byte>>, "times.first_byte",
               "From the connection, or from the question, to the first byte of the answer"),
};

}  // namespace
}  // namespace probe_rows

const FieldTable& probe_fields() {
  static const FieldTable table("results", {probe_rows::Fields});
  return table;
}

}  // namespace sockutils
