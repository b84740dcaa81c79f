/// The options of `--via`.
#pragma once

#include <string>

#include "common/option_row.h"
#include "sockprobe/settings.h"

namespace tools::sockprobe {

/// Each returns what is wrong with the value, or nothing.
Complaint set_via(Settings& settings, const std::string& value);
Complaint set_reverse(Settings& settings, const std::string& value);
Complaint set_key_file(Settings& settings, const std::string& value);
Complaint set_certificate(Settings& settings, const std::string& value);
Complaint set_certificate_key(Settings& settings, const std::string& value);
Complaint set_authorities(Settings& settings, const std::string& value);
Complaint set_datagrams(Settings& settings, const std::string& value);

/// Reports options that exclude each other.
Complaint check_via(const Settings& settings);

}  // namespace tools::sockprobe
