#include "sockprobe/cells.h"

#include "sockutils/value.h"

namespace tools::sockprobe {

std::string duration_of(std::chrono::microseconds time) {
  std::string text;
  const auto number = static_cast<std::uint64_t>(time.count());
  append_value(text, number, sockutils::Type::Microseconds, sockutils::Style::Human);
  return text;
}

std::string text_of(const sockutils::Row& row, const sockutils::FieldTable& table, std::string_view field) {
  const sockutils::Field& found = *table.find(field);
  std::string text;
  if (const auto value = found.get(row)) append_value(text, *value, found.type, sockutils::Style::Human);
  return text;
}

std::string port_of(const sockutils::Row& row, const sockutils::FieldTable& table) {
  return text_of(row, table, "target") + " " + text_of(row, table, "protocol_port");
}

}  // namespace tools::sockprobe
