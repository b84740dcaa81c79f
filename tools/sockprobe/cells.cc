#include "sockprobe/cells.h"

#include "sockutils/value.h"

namespace tools::sockprobe {

using sockutils::ProbeResult;

std::string duration_of(std::chrono::microseconds time) {
  std::string text;
  const auto number = static_cast<std::uint64_t>(time.count());
  append_value(text, number, sockutils::Type::Microseconds, sockutils::Style::Human);
  return text;
}

std::string end_of(const ProbeResult& result) {
  if (!result.address) return result.path;
  std::string address = result.address->to_string();
  return result.host == address || result.host == "[" + address + "]" ? address
                                                                      : result.host + " (" + address + ")";
}

std::string port_of(const ProbeResult& result) {
  return result.port == 0 ? "unix" : std::string(name(result.protocol)) + "/" + std::to_string(result.port);
}

std::string identity_of(const ProbeResult& result) {
  if (!result.identity) return {};
  const auto& [protocol, product, version] = *result.identity;
  const std::string blank = product.empty() || version.empty() ? "" : " ";
  const std::string who = product + blank + version;
  return who.empty() ? protocol : protocol + ", " + who;
}

}  // namespace tools::sockprobe
