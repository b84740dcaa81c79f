/// The options of `--via`.
#pragma once

#include <string>

#include "common/option_row.h"
#include "sockprobe/settings.h"

namespace tools::sockprobe {

/// Each returns what is wrong with the value, if anything is.
Complaint set_via(Settings& settings, const std::string& value);
Complaint set_reverse(Settings& settings, const std::string& value);
Complaint set_key_file(Settings& settings, const std::string& value);
Complaint set_certificate(Settings& settings, const std::string& value);
Complaint set_certificate_key(Settings& settings, const std::string& value);
Complaint set_authorities(Settings& settings, const std::string& value);
Complaint set_datagrams(Settings& settings, const std::string& value);

/// What does not go together.
Complaint check_via(const Settings& settings);

}  // namespace tools::sockprobe
