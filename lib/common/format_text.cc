// The one source with all of fmt in it, which costs as much as compiling twenty files of ours, and which so
// needs no library at start.
#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include "common/format_text.h"

namespace sockutils {

std::string format_values(fmt::string_view pattern, fmt::format_args values) {
  return fmt::vformat(pattern, values);
}

}  // namespace sockutils
