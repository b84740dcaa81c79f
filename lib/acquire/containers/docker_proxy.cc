#include "acquire/containers/docker_proxy.h"

#include <algorithm>
#include <vector>

#include "common/parse_number.h"

namespace sockutils {
namespace {

std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> arguments;
  while (!text.empty()) {
    const std::string_view argument = text.substr(0, text.find('\0'));
    arguments.push_back(argument);
    text.remove_prefix(std::min(argument.size() + 1, text.size()));
  }
  return arguments;
}

/// The value of a flag in any form that Go's flag package takes: `-name value`, `--name=value`.
std::string_view flag(const std::vector<std::string_view>& arguments, std::string_view name) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    const std::size_t dashes = argument.find_first_not_of('-');
    if (dashes == std::string_view::npos || dashes == 0 || dashes > 2) continue;
    argument.remove_prefix(dashes);
    if (argument == name && i + 1 < arguments.size()) return arguments[i + 1];
    if (argument.starts_with(name) && argument.substr(name.size()).starts_with('='))
      return argument.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

std::optional<ProxyTarget> parse_docker_proxy(std::string_view command_line) {
  const auto arguments = split_arguments(command_line);
  const auto protocol = parse_protocol(flag(arguments, "proto"));
  const auto address = Address::parse(flag(arguments, "container-ip"));
  const auto port = parse_number<std::uint16_t>(flag(arguments, "container-port"));
  if (!protocol || !address || !port || *port == 0) return std::nullopt;
  return ProxyTarget{*protocol, *address, *port};
}

}  // namespace sockutils
