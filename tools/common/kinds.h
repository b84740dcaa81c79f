/// Which kinds of sockets the options chose.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"

namespace tools {

bool is_internet(sockutils::Family family);

class KindChoice {
 public:
  /// Every family, unless another option chooses some.
  void add_all() { all_ = true; }
  /// A word of `-A`: `tcp`, `inet`, `unix`, `unix_stream`, `u_str`, `all`, ... False: not one.
  bool add_table(std::string_view word);
  /// `Inet` and `Inet6` narrow the internet protocols that were chosen; others are added to them.
  void add_family(sockutils::Family family);

  /// Whether some kinds were named, so that it matters when the kernel cannot list one.
  bool by_name() const { return by_name_; }

  /// For a query, in the library's order; never empty.
  std::vector<sockutils::SocketKind> kinds() const;
  /// Whether an option named protocols or families other than the two of the internet.
  bool names_protocols() const { return !chosen_.empty(); }
  /// Whether an option chose kinds at all, `add_all()` aside.
  bool names_any() const { return names_protocols() || v4_ || v6_; }
  /// Kinds are listed by family outside of the internet; this filter leaves only the protocols that were
  /// chosen. Empty when all were.
  std::string protocol_filter() const;

 private:
  using Kinds = std::vector<sockutils::SocketKind>;

  bool is_wanted(const sockutils::SocketKind& kind, bool chose_internet) const;

  bool all_ = false;
  bool by_name_ = false;
  bool v4_ = false;
  bool v6_ = false;
  /// Outside of the internet a kind may name a protocol here.
  Kinds chosen_;
};

/// Words that `add_table()` knows, for completion and suggestions.
std::vector<std::string> table_words();

}  // namespace tools
