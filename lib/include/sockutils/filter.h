/// The filter language, sockutils-filter(7): the language of `ss`, and comparisons of any field of a table.
///
///     const auto filter = Filter::parse("state listen and lport < 1024", {});
///     std::cout << filter->to_string() << '\n';          // prints: state = listen and sport < 1024
///     const auto misspelt = Filter::parse("state listne", {});
///     std::cout << misspelt.error().suggestion << '\n';  // prints: listen
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sockutils/export.h"
#include "sockutils/field.h"

namespace sockutils {

/// Why a filter was refused.
struct FilterError {
  /// Byte offset of the error in the text, and its length (0 at the end of the text).
  std::size_t position = 0;
  std::size_t length = 0;
  /// What was found and what was expected instead.
  std::string message;
  /// A similar word that may have been meant; empty when there is none.
  std::string suggestion;

  /// The message, the filter, and a caret under the error: several lines, each ended by a newline,
  /// terminal-safe.
  SOCKUTILS_EXPORT std::string explain(std::string_view filter) const;
};

/// Looks up the names that a filter may use instead of numbers. An empty function knows no names.
struct FilterNames {
  /// The ports of a service name (`ssh`), for any protocol.
  std::function<std::vector<std::uint16_t>(std::string_view)> service;
  /// The number of an IP protocol by its name (`icmp`).
  std::function<std::optional<std::uint8_t>(std::string_view)> ip_protocol;
  /// The addresses of a host name.
  std::function<std::vector<Address>(std::string_view)> host;
  /// The index of an interface.
  std::function<std::optional<std::uint32_t>(std::string_view)> interface;
  /// The id of a user.
  std::function<std::optional<std::uint32_t>(std::string_view)> user;
  /// The id of a control group (cgroup v2), given its path below the mount point.
  std::function<std::optional<std::uint64_t>(std::string_view)> cgroup;
  /// Compare interfaces by name instead of by index: for sockets of several network namespaces, each of which
  /// has indexes of its own.
  bool interfaces_by_name = false;
};

/// A parsed filter. Immutable and cheap to copy; one filter may be used by many threads.
class SOCKUTILS_EXPORT Filter {
 public:
  /// Matches everything.
  Filter();

  /// Parses a filter for rows of `table`. An empty or blank text matches everything. State names without a
  /// field, and hosts, ports and the other words of `ss` (`dst`, `sport`, `dev`), are accepted for sockets
  /// only.
  static tl::expected<Filter, FilterError> parse(std::string_view text, const FilterNames& names,
                                                 const FieldTable& table = socket_fields());

  /// Whether this row, which must be of the table's kind, matches. A comparison with an absent value never
  /// matches.
  bool matches(const Row& row) const;

  bool matches_everything() const;
  /// What must be acquired before `matches()` can be called.
  Needs needs() const;
  /// The fields that the filter refers to.
  std::vector<const Field*> fields() const;
  /// The states that a matching socket can be in: all, unless the filter narrows them.
  StateSet possible_states() const;

  /// The filter in its canonical form: parsing it gives an equal filter.
  std::string to_string() const;

  /// A syntax tree; not part of the interface.
  struct Node;
  explicit Filter(std::shared_ptr<const Node> root);
  const Node* root() const { return root_.get(); }
  friend Filter operator&&(const Filter& a, const Filter& b);

 private:
  std::shared_ptr<const Node> root_;
};

/// Matches what both filters match.
SOCKUTILS_EXPORT Filter operator&&(const Filter& a, const Filter& b);

}  // namespace sockutils
