/// The parts of the option table that stand in files of their own, and what their rows do alike.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/option_row.h"
#include "sockls/option_table.h"

namespace tools::sockls {

/// Which sockets.
std::span<const Option> socket_options();
/// What is shown of them.
std::span<const Option> column_options();

template <auto Member>
Complaint one_file(Settings& settings, const Given& given) {
  return take_file(settings.*Member, given.option.word, *given.value);
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
