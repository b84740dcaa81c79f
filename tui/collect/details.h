/// All facts about one socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"
#include "tui/collect/frame.h"

namespace tui {

/// Identifies the socket.
struct DetailTarget {
  RowKey key;
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  /// A filter that matches only this socket.
  std::string filter;

  friend bool operator==(const DetailTarget&, const DetailTarget&) = default;
};

/// No value for a socket with neither cookie nor inode.
std::optional<DetailTarget> target_of(const SocketRow& row);

struct DetailFact {
  std::string_view subject;
  std::string_view name;
  /// Safe for a terminal.
  std::string value;
  std::string_view meaning;
};

struct Details {
  RowKey key;
  /// Grouped by subject; only facts that the kernel provides for this socket.
  std::vector<DetailFact> facts;
  /// In plain words: what slows it down, what is wrong.
  std::vector<std::string> remarks;
  /// For graphs; empty when there was never any traffic.
  std::vector<Moment> history;
  /// Why there are no details; empty when there are.
  std::string failure;
};

/// Reads from the machine, or from the recording of the query. Host names and secrets are left out.
Details read_details(const DetailTarget& target, const sockutils::Query& where);

}  // namespace tui
