/// A machine's sockets at a glance: how many of what, who has most, and what is about to run out.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/query.h"
#include "sockutils/value.h"

namespace sockutils {

/// One table of a summary. Since: 0.1
class SOCKUTILS_EXPORT SummarySection {
 public:
  /// The contract: snake_case, the key in JSON.
  std::string_view name() const;
  /// A heading for people.
  std::string_view title() const;
  /// The fields of a row; their `get` may be null.
  const std::vector<const Field*>& fields() const;
  std::size_t size() const;
  Values operator[](std::size_t index) const;
  /// Rows that there was no room for.
  std::size_t left_out() const;

  /// A section of rows from elsewhere, whose text is copied; `name`, `title` and `fields` are not.
  SummarySection(std::string_view name, std::string_view title, std::vector<const Field*> fields,
                 std::span<const std::vector<OptionalValue>> rows, std::size_t left_out = 0);

  struct Content;
  explicit SummarySection(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

 private:
  std::shared_ptr<const Content> content_;
};

/// How much a summary tells. Since: 0.1
struct SummaryOptions {
  /// Rows that a list holds at most.
  std::size_t top = 10;
  /// Whether processes are looked up in /proc; without it there is no section of processes.
  bool owners = true;
};

/// A summary; its values live as long as it does. Since: 0.1
///
/// | section | a row is |
/// | --- | --- |
/// | `states` | family, protocol and state, with the number of sockets |
/// | `listeners` | a socket that listens, or receives from anyone, with its queue and first owner |
/// | `processes` | a process, its sockets, and how many files it may open (RLIMIT_NOFILE, soft) |
/// | `peers` | a remote address and its connections |
/// | `destinations` | a remote end, and the ephemeral ports of one local address in use towards it |
/// | `memory` | bytes in use by a protocol on the whole machine, and its limits (tcp_mem, udp_mem) |
/// | `limits` | other things that run out: orphans, TIME_WAIT sockets, open files |
struct Summary {
  std::vector<SummarySection> sections;
  Report report;
};

/// Counts the sockets that `query` selects (kinds, states, filter); its fields, order and limit are not
/// looked at. `memory` and `limits` are the kernel's own numbers, whatever
/// the query selects.
///
/// Of `destinations`: a port counts when it lies in net.ipv4.ip_local_port_range and nothing listens on
/// it; `limit` is the size of that range without net.ipv4.ip_local_reserved_ports.
///
/// Errors and thread safety: as `list_sockets()`. Sources: sock_diag(7), proc(5), tcp(7), udp(7),
/// Documentation/networking/ip-sysctl.rst of the kernel. Since: 0.1
SOCKUTILS_EXPORT Result<Summary> summarize(const Query& query, const SummaryOptions& options = {});

}  // namespace sockutils
