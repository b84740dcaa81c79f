/// The kinds of sockets that the options select.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"

namespace tools {

bool is_internet(sockutils::Family family);

class KindChoice {
 public:
  /// Selects every family, unless another option selects some.
  void add_all() { all_ = true; }
  /// Selects a word of `-A`: `tcp`, `inet`, `unix`, `unix_stream`, `u_str`, `all`, ... A word after `!` is
  /// removed from the selection. Returns false for other words.
  bool add_table(std::string_view word);
  /// `Inet` and `Inet6` restrict the selected internet protocols; other families are added to them.
  void add_family(sockutils::Family family);

  /// Whether kinds were named, so that it matters if the kernel cannot list one of them.
  bool by_name() const { return by_name_; }

  /// The kinds for a query, in the library's order; never empty.
  std::vector<sockutils::SocketKind> kinds() const;
  /// Whether an option named protocols, or families other than the two internet families.
  bool names_protocols() const { return !chosen_.empty(); }
  /// Whether an option selected kinds at all, apart from `add_all()`.
  bool names_any() const { return names_protocols() || v4_ || v6_; }
  /// Kinds other than the internet ones are listed as whole families; this filter selects the wanted
  /// protocols. Empty when all are wanted.
  std::string protocol_filter() const;

 private:
  using Kinds = std::vector<sockutils::SocketKind>;

  bool take_table(std::string_view word);
  bool is_wanted(const sockutils::SocketKind& kind, bool chose_internet) const;

  bool all_ = false;
  bool by_name_ = false;
  bool v4_ = false;
  bool v6_ = false;
  /// For families other than the internet ones, a kind may have a protocol here.
  Kinds chosen_;
};

/// The words that `add_table()` accepts, for completion and suggestions.
std::vector<std::string> table_words();

}  // namespace tools
