/// Text from a pattern, as fmt has it: `format_text("{} of {} lost", lost, sent)`. The pattern is checked
/// when it is compiled. For numbers and text; what else fmt can format needs headers that take seconds to
/// compile.
#pragma once

#if __has_include(<fmt/base.h>)
#include <fmt/base.h>  // fmt 11
#else
#include <fmt/core.h>
#endif
#include <string>

namespace sockutils {

/// `format_text()` without the check. Throws `fmt::format_error` for a pattern that does not fit the values.
std::string format_values(fmt::string_view pattern, fmt::format_args values);

template <typename... Values>
std::string format_text(fmt::format_string<Values...> pattern, Values&&... values) {
  return format_values(pattern, fmt::make_format_args(values...));
}

}  // namespace sockutils
