#include <array>

#include "render/renderer.h"

namespace tools {

std::span<const Format> formats() {
  static constexpr std::array Formats{
      Format{.name = "",
             .default_fields = DefaultFields::ForPeople,
             .make = make_table,
             .sections = SectionForm::Tables,
             .is_interactive = true},
      Format{.name = "json",
             .help = "one JSON document",
             .details = "The document holds the rows and the warnings, as in {\"sockets\": [...], "
                        "\"warnings\": [...]}. A "
                        "value that is not known is left out.",
             .default_fields = DefaultFields::All,
             .make = make_json,
             .sections = SectionForm::Document},
      Format{.name = "jsonl",
             .help = "a JSON object on each line",
             .details = "Lines hold rows only, as they come; warnings are on standard error.",
             .default_fields = DefaultFields::All,
             .make = make_jsonl,
             .is_stream = true},
      Format{.name = "csv",
             .help = "comma-separated values, as RFC 4180 has them",
             .details =
                 "The first row holds the names of the fields. A value that is not known is an empty cell.",
             .default_fields = DefaultFields::Flat,
             .make = make_csv},
      Format{
          .name = "vertical",
          .help = "each row as lines of name: value",
          .details =
              "Without `--columns` it shows every field that has a value, in groups by what they are about.",
          .default_fields = DefaultFields::Everything,
          .make = make_vertical},
      Format{.name = "markdown",
             .help = "a table of Markdown",
             .details = "With the columns of the table for people.",
             .default_fields = DefaultFields::ForPeople,
             .make = make_markdown,
             .sections = SectionForm::Tables,
             .heading = "## "},
  };
  return Formats;
}

}  // namespace tools
