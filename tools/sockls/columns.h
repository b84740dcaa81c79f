/// Which fields are shown.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sockls/settings.h"

namespace tools::sockls {

using Fields = std::vector<const sockutils::Field*>;

/// `a,b` or `+a,-b`. Errors, here and below: what is wrong, for people.
tl::expected<std::vector<ColumnChange>, std::string> parse_columns(std::string_view text);

/// Fields by name, `-` before those that are to descend.
tl::expected<std::vector<sockutils::SortKey>, std::string> parse_sort(std::span<const std::string> words);

/// `a,b`.
tl::expected<Fields, std::string> parse_fields(std::string_view list);

/// Those of `names` that this library knows.
Fields known_fields(std::span<const std::string_view> names);

/// What is shown, in order, each field once.
Fields shown_fields(const Settings& settings, std::span<const sockutils::SocketKind> kinds);

/// What `-e` adds for families that were chosen by name.
Fields family_columns(const Settings& settings, std::span<const sockutils::SocketKind> kinds);

/// Whether `--columns` names every column.
bool columns_are_exact(const Settings& settings);

}  // namespace tools::sockls
