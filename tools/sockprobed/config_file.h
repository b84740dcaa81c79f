/// A file of options in TOML.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace tools::sockprobed {

/// The file as words of a command line: `serve = ["udp-echo", "banner"]` is `--serve=udp-echo
/// --serve=banner`, `no-control = true` is `--no-control`. Errors: what is wrong, for people.
tl::expected<std::vector<std::string>, std::string> read_config_file(const std::string& path);
/// The same for a text; `path` is the file name in errors.
tl::expected<std::vector<std::string>, std::string> parse_config(std::string_view text,
                                                                 const std::string& path);

}  // namespace tools::sockprobed
