/// Which fields are shown.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sockls/settings.h"

namespace tools::sockls {

/// `a,b`. Errors: what is wrong, for people.
tl::expected<Fields, std::string> parse_fields(std::string_view list);

/// The fields of what is listed: sockets, or events.
const sockutils::FieldTable& row_table(const Settings& settings);

/// What is shown, in order, each field once. Errors: what is wrong, for people.
tl::expected<Fields, std::string> shown_fields(const Settings& settings,
                                               std::span<const sockutils::SocketKind> kinds);

/// What `-e` adds for families that were chosen by name.
Fields family_columns(const Settings& settings, std::span<const sockutils::SocketKind> kinds);

}  // namespace tools::sockls
