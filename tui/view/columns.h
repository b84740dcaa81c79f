/// What the monitor's columns are: fields of the registry, and facts that come of looking twice.
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

/// Facts of a socket between two looks; their `get` is null.
extern const sockutils::Field InRate;
extern const sockutils::Field OutRate;
extern const sockutils::Field RetransmitRate;
/// How busy it has been of late, as a small graph. Sorts as the sum of both rates.
extern const sockutils::Field Sparkline;
extern const sockutils::Field SeenFor;

/// These, for completion and the man page.
std::span<const sockutils::Field* const> monitor_fields();

/// A field of the monitor or of the registry, by its name or alias; or null.
const sockutils::Field* find_column(std::string_view name);

/// `a,b` names columns; `+a,-b` adds to the usual ones and takes from them. Errors: what is wrong, for
/// people.
tl::expected<Fields, std::string> parse_columns(std::string_view list, const Fields& usual);

/// `-in_rate` or `peer`. Errors: as above.
tl::expected<sockutils::SortKey, std::string> parse_order(std::string_view word);

/// `a,b`, as `parse_columns()` reads it.
std::string names_of(const Fields& columns);

/// The columns of the sockets that are shown when none are chosen.
Fields usual_columns();

/// In which order a narrow screen gives columns up, as `Field::drop`: rates stay here.
std::uint8_t rank_of(const sockutils::Field& field);

/// What is worth seeing first is large.
bool descends_first(const sockutils::Field& field);

}  // namespace tui
