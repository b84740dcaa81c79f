/// Fields of a socket as text, for short checks.
#pragma once

#include <string>
#include <string_view>

#include "model/row.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace sockutils::test {

/// The value of a field in its plain form; `-` when it is absent.
inline std::string text_of(const Row& row, std::string_view field_name, Style style = Style::Plain) {
  const Field* const field = find_field(field_name);
  if (field == nullptr) return "no such field";
  const OptionalValue value = field->get(row);
  if (!value) return "-";
  std::string text;
  append_value(text, *value, field->type, style);
  return text;
}

inline std::string text_of(const Socket& socket, std::string_view field_name, Style style = Style::Plain) {
  const NoNames names;
  return text_of(SocketRow{socket, {}, names}, field_name, style);
}

}  // namespace sockutils::test
