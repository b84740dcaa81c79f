#include "sockprobe/via_options.h"

#include "common/option_row.h"

namespace tools::sockprobe {
/// `HOST`, `HOST:PORT`, `[V6]:PORT`; an address with more than one colon has no port.
Complaint set_via(Settings& settings, const std::string& value) {
  std::string_view host = value;
  std::string_view port;
  const std::size_t end = value.starts_with('[') ? value.find(']') : value.npos;
  if (end != value.npos) {
    host = host.substr(1, end - 1);
    port = std::string_view(value).substr(end + 1);
  } else if (value.find(':') == value.rfind(':') && value.find(':') != value.npos) {
    port = host.substr(host.find(':'));
    host = host.substr(0, host.find(':'));
  }
  if (!port.empty()) {
    const auto number = number_between<std::uint16_t>(port.substr(1), 1, 65'535);
    if (!number || port[0] != ':') return refuse_value("via", value, "HOST or HOST:PORT");
    settings.via.port = *number;
  }
  if (host.empty()) return refuse_value("via", value, "HOST or HOST:PORT");
  settings.via.host = host;
  return std::nullopt;
}

Complaint set_reverse(Settings& settings, const std::string&) {
  settings.via.reverse = true;
  return std::nullopt;
}

Complaint set_key_file(Settings& settings, const std::string& value) {
  settings.via.key_file = value;
  return std::nullopt;
}

Complaint set_certificate(Settings& settings, const std::string& value) {
  settings.via.trust.certificate_file = value;
  return std::nullopt;
}

Complaint set_certificate_key(Settings& settings, const std::string& value) {
  settings.via.trust.certificate_key_file = value;
  return std::nullopt;
}

Complaint set_authorities(Settings& settings, const std::string& value) {
  settings.via.trust.authorities_file = value;
  return std::nullopt;
}

Complaint set_datagrams(Settings& settings, const std::string& value) {
  const auto number = number_between(value, 1u, 1000u);
  if (!number) return refuse_value("datagrams", value, "a number, 1 to 1000");
  settings.via.datagrams = *number;
  return std::nullopt;
}

Complaint check_via(const Settings& settings) {
  const bool has_trust = !settings.via.key_file.empty() || settings.via.trust != sockutils::PairTrust{};
  if (settings.via.host.empty()) {
    if (settings.via.reverse || has_trust || settings.via.datagrams)
      return "--reverse, --key, --certificate, --authorities and --datagrams are for --via";
    return std::nullopt;
  }
  if (!settings.host_files.empty() || settings.repeats()) return "--via is for one host, and once";
  if (settings.probe.source || !settings.probe.interface.empty() || settings.probe.ttl || settings.probe.rate)
    return "--source, --interface, --ttl and --rate do not go with --via";
  return std::nullopt;
}

}  // namespace tools::sockprobe
