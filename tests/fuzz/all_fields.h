/// What any decoded socket must stand: every field read, printed and escaped.
#pragma once

#include <cstdlib>
#include <string>

#include "common/utf8.h"
#include "model/row.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace sockutils::fuzz {

/// Aborts when escaped text could still act on a terminal.
inline void require_safe(std::string_view escaped) {
  while (!escaped.empty()) {
    const Utf8Step step = decode_utf8(escaped);
    const bool control = step.code_point < 0x20 || (step.code_point >= 0x7f && step.code_point < 0xa0);
    if (!step.valid || control) std::abort();
    escaped.remove_prefix(step.length);
  }
}

inline void read_all_fields(const Socket& socket) {
  const NoNames names;
  const SocketRow row{socket, {}, names};
  for (const Field* field : fields()) {
    const OptionalValue value = field->get(row);
    if (!value) continue;
    for (const Style style : {Style::Human, Style::Plain}) {
      std::string text;
      append_value(text, *value, field->type, style);
      require_safe(escape_text(text));
    }
  }
}

}  // namespace sockutils::fuzz
