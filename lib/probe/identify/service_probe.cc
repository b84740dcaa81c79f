// The list of protocols: one line each.

#include <algorithm>
#include <array>

#include "common/text.h"
#include "probe/services/protocols.h"

namespace sockutils::probe {

std::span<const ServiceProbe* const> service_probes() {
  static constexpr std::array<const ServiceProbe*, 33> All{
      &Mpd,     &Ssh,   &Http, &Rtsp, &Sip,        &Tls,      &Imap, &Vnc,         &Rsync, &Mysql, &Memcached,
      &Redis,   &Smtp,  &Ftp,  &Pop3, &Telnet,     &Irc,      &Mqtt, &Amqp,        &Ldap,  &Xmpp,  &Rdp,
      &Mongodb, &Kafka, &Git,  &X11,  &Postgresql, &Pipicswd, &Dns,  &DnsInStream, &Ntp,   &Snmp,  &Predict,
  };
  return All;
}

const ServiceProbe* find_service_probe(std::string_view name, std::optional<Protocol> transport) {
  const auto all = service_probes();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ServiceProbe* service_probe) {
    return service_probe->name == name &&
           service_probe->transport == transport.value_or(service_probe->transport);
  });
  return found == all.end() ? nullptr : *found;
}

std::optional<Recognised> recognise_service(Protocol transport, const Reply& reply) {
  for (const ServiceProbe* service_probe : service_probes()) {
    if (service_probe->transport != transport) continue;
    if (auto identity = service_probe->match(reply)) return Recognised{service_probe, std::move(*identity)};
  }
  return std::nullopt;
}

std::optional<std::string> further_words(const Reply& greeting) {
  if (is_delicate(greeting.port)) return std::nullopt;
  if (const auto known = recognise_service(Protocol::Tcp, greeting))
    return known->service_probe->followup == nullptr ? std::nullopt
                                                     : known->service_probe->followup(greeting.bytes);
  for (const ServiceProbe* service_probe : service_probes())
    if (service_probe->followup != nullptr)
      if (auto words = service_probe->followup(greeting.bytes)) return words;
  return std::nullopt;
}

std::optional<ServiceIdentity> recognise(Protocol transport, const Reply& reply) {
  auto recognised = recognise_service(transport, reply);
  return recognised ? std::optional(std::move(recognised->identity)) : std::nullopt;
}

const ServiceProbe* usual_inside_tls(std::uint16_t port) {
  for (const ServiceProbe* service_probe : service_probes()) {
    const auto& ports = service_probe->secure_ports;
    if (std::find(ports.begin(), ports.end(), port) != ports.end()) return service_probe;
  }
  return nullptr;
}

std::string name_inside_tls(const ServiceProbe& service_probe) {
  return service_probe.secure_name.empty() ? std::string(service_probe.name) + " over TLS"
                                           : std::string(service_probe.secure_name);
}

const ServiceProbe* usual_service_probe(Protocol transport, std::uint16_t port) {
  for (const ServiceProbe* service_probe : service_probes()) {
    const auto& ports = service_probe->ports;
    const bool usual = std::find(ports.begin(), ports.end(), port) != ports.end();
    if (usual && service_probe->transport == transport && service_probe->request != nullptr)
      return service_probe;
  }
  return nullptr;
}

bool is_printer(std::uint16_t port) { return port >= 9100 && port <= 9107; }

bool is_delicate(std::uint16_t port) {
  const auto all = service_probes();
  return is_printer(port) || std::any_of(all.begin(), all.end(), [&](const ServiceProbe* service_probe) {
           const auto& ports = service_probe->ports;
           return service_probe->is_delicate && std::find(ports.begin(), ports.end(), port) != ports.end();
         });
}

std::string_view first_line(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\n'));
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  return bytes;
}

StartTls after_line(std::string_view heard, std::string_view good, StartTls next) {
  if (heard.find('\n') == heard.npos) return {};
  if (!heard.starts_with(good)) return {StartTls::Step::GiveUp};
  return next;
}

StartTls after_reply(std::string_view heard, std::string_view good, StartTls next) {
  for (std::string_view rest = heard; rest.find('\n') != rest.npos; rest.remove_prefix(rest.find('\n') + 1))
    if (rest.size() > 3 && rest[3] != '-') return after_line(rest, good, std::move(next));
  return {};
}

std::optional<std::string_view> after_first_reply(std::string_view bytes) {
  for (std::size_t end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    const bool is_last = bytes.size() > 3 && bytes[3] != '-';
    bytes.remove_prefix(end + 1);
    if (is_last) return bytes;
  }
  return std::nullopt;
}

std::string_view header_of(std::string_view bytes, std::string_view name) {
  for (std::size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at)) {
    const std::string_view line = first_line(bytes.substr(++at));
    if (line.empty()) return {};
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (!equal_ignoring_case(line.substr(0, name.size()), name)) continue;
    return line.substr(std::min(line.find_first_not_of(' ', name.size() + 1), line.size()));
  }
  return {};
}

std::string_view plain_host(std::string_view host) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  constexpr std::size_t LongestName = 253;
  return !host.empty() && host.size() <= LongestName && std::all_of(host.begin(), host.end(), is_plain)
             ? host
             : "localhost";
}

std::string_view word_after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == text.npos) return {};
  text.remove_prefix(at + word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_first_of(" ;,)"));
}

}  // namespace sockutils::probe
