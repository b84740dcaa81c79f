/// Everything about one socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"
#include "tui/collect/frame.h"

namespace tui {

/// Which one.
struct DetailTarget {
  RowKey key;
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  /// Of the filter language: it finds this socket, and no other.
  std::string filter;

  friend bool operator==(const DetailTarget&, const DetailTarget&) = default;
};

/// No value for a socket that has neither cookie nor inode.
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
  /// By subject; only what the kernel tells of this socket.
  std::vector<DetailFact> facts;
  /// In plain words: what slows it down, what is wrong.
  std::vector<std::string> remarks;
  /// For graphs; empty when nothing ever passed.
  std::vector<Moment> history;
  /// Why there is nothing; empty when there is.
  std::string failure;
};

/// Asks the machine, or what the query reads from. Host names and secrets are left out.
Details read_details(const DetailTarget& target, const sockutils::Query& where);

}  // namespace tui
