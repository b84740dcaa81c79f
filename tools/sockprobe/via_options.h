/// The options of `--via`.
#pragma once

#include <optional>
#include <string>

#include "sockprobe/settings.h"

namespace tools::sockprobe {

/// Each returns what is wrong with the value, if anything is.
std::optional<std::string> set_via(Settings& settings, const std::string& value);
std::optional<std::string> set_reverse(Settings& settings, const std::string& value);
std::optional<std::string> set_key_file(Settings& settings, const std::string& value);
std::optional<std::string> set_certificate(Settings& settings, const std::string& value);
std::optional<std::string> set_certificate_key(Settings& settings, const std::string& value);
std::optional<std::string> set_authorities(Settings& settings, const std::string& value);
std::optional<std::string> set_datagrams(Settings& settings, const std::string& value);

/// What does not go together.
std::optional<std::string> check_via(const Settings& settings);

}  // namespace tools::sockprobe
