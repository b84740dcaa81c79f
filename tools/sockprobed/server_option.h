/// A row of the table of options.
#pragma once

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/tool_doc.h"
#include "sockprobed/settings.h"

namespace tools::sockprobed {

/// What is wrong with a value, for people.
using Objection = std::optional<std::string>;

struct ServerOption {
  OptionDoc doc;
  Objection (*apply)(Settings& settings, const std::string& value);
};

/// The whole of a text as a number within bounds.
template <class T>
std::optional<T> value_in(const std::string& text, T least, T most) {
  T value{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && rest == text.data() + text.size();
  return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

inline Objection object(std::string_view option, const std::string& value, std::string_view wanted) {
  return "--" + std::string(option) + ": '" + value + "' is not " + std::string(wanted);
}

/// Those of the control port.
std::span<const ServerOption> control_options();

}  // namespace tools::sockprobed
