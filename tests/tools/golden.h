/// Output that was looked at once and approved.
#pragma once

#include <string>
#include <string_view>

/// Checks `actual` against tests/golden/NAME. With SOCKUTILS_APPROVE=1 in the environment it becomes
/// what is expected from then on: read the difference before committing it.
void check_golden(std::string_view name, const std::string& actual);

/// The path of a file below tests/.
std::string test_data(std::string_view name);
