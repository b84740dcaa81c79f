/// The parts of the option table that stand in files of their own, and what their rows do alike.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sockls/option_table.h"

namespace tools::sockls {

/// Which sockets.
std::span<const Option> socket_options();
/// What is shown of them.
std::span<const Option> column_options();

template <auto Member>
Complaint take_text(Settings& settings, const Given& given) {
  if (given.value->empty()) return "--" + std::string(given.option.word) + " needs the name of a file";
  settings.*Member = *given.value;
  return std::nullopt;
}

template <auto Member, auto Is>
Complaint set(Settings& settings, const Given&) {
  settings.*Member = Is;
  return std::nullopt;
}

template <Complaint (*Choose)(Settings&, std::string_view)>
Complaint choose(Settings& settings, const Given& given) {
  return Choose(settings, *given.value);
}

}  // namespace tools::sockls
