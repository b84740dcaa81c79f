#include "sockprobed/config_file.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string_view>

#include "sockutils/error.h"

namespace tools::sockprobed {
namespace {

constexpr std::string_view Blanks = " \t\r";

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(Blanks), text.size()));
  return text.substr(0, text.find_last_not_of(Blanks) + 1);
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> read_config_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file) return tl::unexpected(sockutils::Error{errno, "open", path, {}}.message());
  std::vector<std::string> words;
  for (std::string line; std::getline(file, line);) {
    const std::string_view content = without_blanks(line);
    if (content.empty() || content.starts_with('#')) continue;
    const std::size_t end = std::min(content.find_first_of(" \t="), content.size());
    std::string_view value = without_blanks(content.substr(end));
    if (value.starts_with('=')) value = without_blanks(value.substr(1));
    std::string word = "--" + std::string(content.substr(0, end));
    if (!value.empty()) word += "=" + std::string(value);
    words.push_back(std::move(word));
  }
  // A folder opens, and cannot be read.
  if (file.bad()) return tl::unexpected(sockutils::Error{EISDIR, "read", path, {}}.message());
  return words;
}

}  // namespace tools::sockprobed
