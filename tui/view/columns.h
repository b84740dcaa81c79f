/// The columns of the monitor: fields of the library, and rates that need two readings.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sockutils/field.h"
#include "sockutils/list.h"

namespace tui {

using Fields = std::vector<const sockutils::Field*>;

/// Facts about a socket that need two readings; their `get` is null.
extern const sockutils::Field InRate;
extern const sockutils::Field OutRate;
extern const sockutils::Field RetransmitRate;
/// Its recent traffic as a small graph. Sorted by the sum of both rates.
extern const sockutils::Field Sparkline;
extern const sockutils::Field SeenFor;

/// All of these, for completion and the man page.
std::span<const sockutils::Field* const> monitor_fields();

/// A field of the monitor or the library, by name or alias; null if there is none.
const sockutils::Field* find_column(std::string_view name);

/// `a,b` names columns; `+a,-b` adds to the default columns and removes from them. Errors: what is wrong, for
/// people.
tl::expected<Fields, std::string> parse_columns(std::string_view list, const Fields& usual);

/// `-in_rate` or `peer`. Errors: as above.
tl::expected<sockutils::SortKey, std::string> parse_order(std::string_view word);

/// `a,b`, in the form that `parse_columns()` reads.
std::string names_of(const Fields& columns);

/// The default columns of sockets.
Fields usual_columns();

/// The order in which columns are dropped on a narrow screen, like `Field::drop`, but rates are kept.
std::uint8_t rank_of(const sockutils::Field& field);

/// Whether sorting by this field starts with the largest values.
inline bool descends_first(const sockutils::Field& field) { return type_info(field.type).largest_first; }

}  // namespace tui
