#include "sockutils/services.h"

#include <algorithm>
#include <cerrno>

#include "acquire/services/ip_protocols.h"
#include "common/parse_number.h"
#include "common/text.h"
#include "os/system.h"

namespace sockutils {
namespace {

std::string_view without_comment(std::string_view line) { return line.substr(0, line.find('#')); }

struct PortProtocol {
  std::uint16_t port;
  std::string_view protocol;
};

/// `22/tcp`.
std::optional<PortProtocol> parse_port_protocol(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(text.substr(0, slash));
  if (!port) return std::nullopt;
  return PortProtocol{*port, text.substr(slash + 1)};
}

}  // namespace

Services Services::parse(std::string_view text) {
  Services services;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    services.add_line(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return services;
}

void Services::add_line(std::string_view line) {
  const auto words = split_words(line);
  if (words.empty()) return;
  const auto where = words.size() > 1 ? parse_port_protocol(words[1]) : std::nullopt;
  if (!where) {
    ++broken_lines_;
    return;
  }
  Entry entry{where->port, to_lower(where->protocol), {std::string(words[0])}};
  for (std::size_t i = 2; i < words.size(); ++i) entry.names.emplace_back(words[i]);
  const std::size_t index = entries_.size();
  for (const std::string& name : entry.names) by_name_[name].push_back(index);
  by_port_[entry.port].push_back(index);
  entries_.push_back(std::move(entry));
}

Result<Services> Services::load() {
  const auto text = real_system().read_file(ServicesFile);
  if (!text) return tl::unexpected(text.error());
  return parse(*text);
}

std::string_view Services::name(std::uint16_t port, std::string_view protocol) const {
  const auto found = by_port_.find(port);
  if (found == by_port_.end()) return {};
  for (const std::size_t index : found->second)
    if (entries_[index].protocol == protocol) return entries_[index].names.front();
  return {};
}

std::vector<std::uint16_t> Services::ports(std::string_view name) const { return ports(name, {}); }

std::vector<std::uint16_t> Services::ports(std::string_view name, std::string_view protocol) const {
  std::vector<std::uint16_t> ports;
  const auto found = by_name_.find(std::string(name));
  if (found == by_name_.end()) return ports;
  for (const std::size_t index : found->second)
    if (protocol.empty() || entries_[index].protocol == protocol) ports.push_back(entries_[index].port);
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  return ports;
}

Warning no_services_warning(const Error& error) {
  return {Warning::Kind::NamesMissing, "no service names: " + error.message(),
          error.code == ENOENT ? "install the package that has it (netbase on Debian)" : ""};
}

}  // namespace sockutils
