/// `ss` of iproute2, run and read: the other opinion about a machine's sockets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/listing.h"

namespace sockutils::test {

/// One socket in words that `ss` and this library can both be brought to.
struct ComparableRow {
  std::string protocol;
  /// As `ss` names it: `ESTAB`, `LISTEN`, ...
  std::string state;
  std::string recv_queue;
  std::string send_queue;
  /// Address, `%` and interface, port; wildcards of IPv6 as `::`. Empty when there is none.
  std::string local;
  std::string peer;
  /// Empty when there is none, and for those kinds of which `ss` does not tell it.
  std::string inode;
  std::string cookie;
  std::string uid;
  /// `name/pid/descriptor`, in order.
  std::vector<std::string> owners;

  std::string to_string() const;
};

/// Whether there is an `ss` here.
bool have_ss();

/// Runs `ss OPTIONS` and returns its lines; it gets a bounded time. No value when it could not run.
std::optional<std::vector<std::string>> run_ss(const std::string& options);

/// Reads a line of `ss --oneline --no-header --numeric --all --extended --processes` with TCP, UDP, raw,
/// packet and unix sockets. No unix name may hold blanks. No value when the line makes no sense.
std::optional<ComparableRow> parse_ss_line(std::string_view line);

/// The same of a row of this library.
ComparableRow comparable(const SocketRow& row);

}  // namespace sockutils::test
