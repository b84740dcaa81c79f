/// The filter language, sockutils-filter(7): what `ss` takes, and any field of a table.
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
  /// Byte offset in the text, and the length of what is wrong there (0 at the end of the text).
  std::size_t position = 0;
  std::size_t length = 0;
  /// What was found and what was expected.
  std::string message;
  /// A word that may have been meant; empty when none is near.
  std::string suggestion;

  /// The message, the filter, and a caret under the fault; several lines, each ended by a newline,
  /// terminal-safe.
  SOCKUTILS_EXPORT std::string explain(std::string_view filter) const;
};

/// Names that a filter may use instead of numbers. An empty function knows no names.
struct FilterNames {
  /// The ports of a service name (`ssh`), any protocol.
  std::function<std::vector<std::uint16_t>(std::string_view)> service;
  /// The addresses of a host name.
  std::function<std::vector<Address>(std::string_view)> host;
  /// The index of an interface.
  std::function<std::optional<std::uint32_t>(std::string_view)> interface;
  /// The id of a user.
  std::function<std::optional<std::uint32_t>(std::string_view)> user;
  /// The id of a control group (cgroup v2) by its path below the mount.
  std::function<std::optional<std::uint64_t>(std::string_view)> cgroup;
  /// Interfaces are compared by name, not by index: the sockets come from several network namespaces, and
  /// each has indexes of its own.
  bool interfaces_by_name = false;
};

/// A parsed filter. Immutable and cheap to copy; one filter may be used by many threads.
class SOCKUTILS_EXPORT Filter {
 public:
  /// Matches everything.
  Filter();

  /// Reads a filter of the rows that `table` is for. An empty or blank text matches everything. Words of
  /// state without a field, and hosts, ports and the other words of `ss` (`dst`, `sport`, `dev`), are for
  /// sockets alone.
  static tl::expected<Filter, FilterError> parse(std::string_view text, const FilterNames& names,
                                                 const FieldTable& table = socket_fields());

  /// Whether this row, one of the table's kind, matches. A comparison with a value that is absent never does.
  bool matches(const Row& row) const;

  bool matches_everything() const;
  /// What must be acquired before `matches()` can be asked.
  Needs needs() const;
  /// The fields that it looks at.
  std::vector<const Field*> fields() const;
  /// States that a matching socket can be in: all, unless the filter narrows them.
  StateSet possible_states() const;

  /// The filter in its plain form: parsing that gives an equal filter.
  std::string to_string() const;

  /// A syntax tree; not part of the interface.
  struct Node;
  explicit Filter(std::shared_ptr<const Node> root);
  const Node* root() const { return root_.get(); }
  friend Filter operator&&(const Filter& a, const Filter& b);

 private:
  std::shared_ptr<const Node> root_;
};

/// Both at once.
SOCKUTILS_EXPORT Filter operator&&(const Filter& a, const Filter& b);

}  // namespace sockutils
