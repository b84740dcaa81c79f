/// The service names of ports, services(5).
///
///     const Services services = Services::parse("ssh 22/tcp");
///     std::cout << services.name(22, "tcp") << '\n';  // prints: ssh
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/value.h"

namespace sockutils {

/// The warning to give when `Services::load()` failed.
SOCKUTILS_EXPORT Warning no_services_warning(const Error& error);

/// The content of a services file. Constant once made: safe to share between threads.
class SOCKUTILS_EXPORT Services {
 public:
  /// Parses the text of a services file. Malformed lines are skipped and counted.
  static Services parse(std::string_view text);
  /// Reads /etc/services. Errors: as open(2) and read(2).
  static Result<Services> load();

  /// The first name of a port; empty when there is none. `protocol` is as in the file: `tcp`, `udp`, `sctp`,
  /// ...
  std::string_view name(std::uint16_t port, std::string_view protocol) const;
  /// The ports with this name or alias, for any protocol, without duplicates, ascending.
  std::vector<std::uint16_t> ports(std::string_view name) const;
  /// The ports with this name or alias for one protocol.
  std::vector<std::uint16_t> ports(std::string_view name, std::string_view protocol) const;

  std::size_t size() const { return entries_.size(); }
  /// Malformed lines.
  std::size_t broken_lines() const { return broken_lines_; }

 private:
  void add_line(std::string_view line);

  struct Entry {
    std::uint16_t port;
    std::string protocol;
    std::vector<std::string> names;
  };
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::unordered_map<std::uint16_t, std::vector<std::size_t>> by_port_;
  std::size_t broken_lines_ = 0;
};

}  // namespace sockutils
