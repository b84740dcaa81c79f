#include <array>

#include "render/renderer.h"

namespace tools {

std::span<const Format> formats() {
  static constexpr std::array<Format, 5> Formats{{
      {"", "", "", DefaultFields::ForPeople, make_table},
      {"json", "one JSON document",
       "The document is {\"sockets\": [...], \"warnings\": [...]}, written as the sockets come. "
       "A value that is not known is left out.",
       DefaultFields::All, make_json},
      {"jsonl", "one JSON object per line and socket",
       "Lines hold sockets only; warnings are on standard error.", DefaultFields::All, make_jsonl},
      {"csv", "comma-separated values, as RFC 4180 has them",
       "The first row holds the names of the fields. A value that is not known is an empty cell.",
       DefaultFields::Flat, make_csv},
      {"vertical", "each socket as lines of name: value",
       "Without `--columns` it shows every field that the socket has, in groups by what they are about.",
       DefaultFields::Everything, make_vertical},
  }};
  return Formats;
}

}  // namespace tools
