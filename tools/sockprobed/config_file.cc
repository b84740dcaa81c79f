#include "sockprobed/config_file.h"

#include <cerrno>
#include <fstream>
#include <sstream>

#ifdef SOCKUTILS_HAVE_TOML
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#endif

#include "sockutils/error.h"

namespace tools::sockprobed {

#ifdef SOCKUTILS_HAVE_TOML

namespace {

/// Appends an option with this value; returns false if options cannot have such a value.
bool append_words(std::vector<std::string>& words, const std::string& option, const toml::node& value) {
  if (const auto* const flag = value.as_boolean()) {
    if (flag->get()) words.push_back(option);
  } else if (const auto* const text = value.as_string()) {
    words.push_back(option + "=" + text->get());
  } else if (const auto* const number = value.as_integer()) {
    words.push_back(option + "=" + std::to_string(number->get()));
  } else if (const auto* const list = value.as_array()) {
    for (const toml::node& element : *list)
      if (!append_words(words, option, element)) return false;
  } else {
    return false;
  }
  return true;
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> parse_config(std::string_view text,
                                                                 const std::string& path) {
  const auto refuse = [&](const toml::source_region& where, std::string_view why) {
    return tl::unexpected(path + ":" + std::to_string(where.begin.line) + ": " + std::string(why));
  };
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) return refuse(parsed.error().source(), parsed.error().description());
  std::vector<std::string> words;
  for (const auto& [name, value] : parsed.table())
    if (!append_words(words, "--" + std::string(name.str()), value))
      return refuse(value.source(),
                    std::string(name.str()) + ": a text, a whole number, true, false or a list is wanted");
  return words;
}

#else

tl::expected<std::vector<std::string>, std::string> parse_config(std::string_view, const std::string& path) {
  return tl::unexpected(path + ": this sockprobed was built without a reader of TOML");
}

#endif

tl::expected<std::vector<std::string>, std::string> read_config_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file) return tl::unexpected(sockutils::Error{errno, "open", path, {}}.message());
  std::ostringstream text;
  text << file.rdbuf();
  // A folder can be opened, but not read.
  if (errno == EISDIR) return tl::unexpected(sockutils::Error{EISDIR, "read", path, {}}.message());
  return parse_config(text.str(), path);
}

}  // namespace tools::sockprobed
