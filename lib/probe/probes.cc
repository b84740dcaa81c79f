// The list of protocols: one line each.

#include <algorithm>
#include <array>

#include "probe/protocols/protocols.h"

namespace sockutils::probe {

std::span<const Dialect* const> dialects() {
  static constexpr std::array<const Dialect*, 20> All{
      &Mpd,  &Ssh, &Http, &Tls,    &Imap, &Vnc,        &Rsync,    &Mysql, &Memcached, &Redis,
      &Smtp, &Ftp, &Pop3, &Telnet, &Mqtt, &Postgresql, &Pipicswd, &Dns,   &Ntp,       &Predict,
  };
  return All;
}

std::optional<ServiceIdentity> recognise(Protocol transport, const Reply& reply) {
  for (const Dialect* dialect : dialects()) {
    if (dialect->transport != transport) continue;
    if (auto identity = dialect->read(reply)) return identity;
  }
  return std::nullopt;
}

const Dialect* usual_dialect(Protocol transport, std::uint16_t port) {
  for (const Dialect* dialect : dialects()) {
    const auto& ports = dialect->ports;
    const bool usual = std::find(ports.begin(), ports.end(), port) != ports.end();
    if (usual && dialect->transport == transport && dialect->ask != nullptr) return dialect;
  }
  return nullptr;
}

bool is_printer(std::uint16_t port) { return port >= 9100 && port <= 9107; }

bool is_delicate(std::uint16_t port) {
  const auto all = dialects();
  return is_printer(port) || std::any_of(all.begin(), all.end(), [&](const Dialect* dialect) {
           const auto& ports = dialect->ports;
           return dialect->is_delicate && std::find(ports.begin(), ports.end(), port) != ports.end();
         });
}

std::string_view first_line(std::string_view bytes) {
  bytes = bytes.substr(0, bytes.find('\n'));
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  return bytes;
}

std::string_view word_after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == text.npos) return {};
  text.remove_prefix(at + word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_first_of(" ;,)"));
}

}  // namespace sockutils::probe
