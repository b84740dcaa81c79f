/// The names of IP protocols, protocols(5), and the paths of the files of names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockutils {

inline constexpr const char* ServicesFile = "/etc/services";
inline constexpr const char* ProtocolsFile = "/etc/protocols";

/// A parsed protocols file. Immutable.
class IpProtocols {
 public:
  /// Skips invalid lines.
  static IpProtocols parse(std::string_view text);

  /// The first name of a protocol, or empty.
  std::string_view name(std::uint16_t number) const;
  /// The protocol with this name or alias, in any case.
  std::optional<std::uint8_t> number(std::string_view name) const;

 private:
  struct Entry {
    std::uint8_t number;
    std::vector<std::string> names;
  };
  std::vector<Entry> entries_;
};

}  // namespace sockutils
