/// A file of options.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace tools::sockprobed {

/// `serve udp-echo` as `--serve=udp-echo`, line by line. Errors: why not, for people.
tl::expected<std::vector<std::string>, std::string> read_config_file(const std::string& path);

}  // namespace tools::sockprobed
