#include "sockls/filter_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sockutils/value.h"

namespace tools::sockls {

using sockutils::Error;
using sockutils::Filter;
using sockutils::FilterError;

namespace {

/// More than any filter that a person or a program would write.
constexpr std::size_t LargestFile = 1 << 20;

tl::expected<std::string, Error> read_all(int fd, const std::string& path) {
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t length = ::read(fd, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(Error{errno, "read", path, {}});
    if (length == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
    if (text.size() > LargestFile) return tl::unexpected(Error{0, "read", path, "too large for a filter"});
  }
}

tl::expected<std::string, Error> read_file(const std::string& path) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(Error{errno, "open", path, {}});
  auto text = read_all(fd, path);
  ::close(fd);
  return text;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string without_comments(std::string_view text) {
  std::string result(text);
  char quote = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const char c = result[i];
    const bool at_start = i == 0 || is_blank(text[i - 1]);
    if (c == '\\') {
      ++i;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '\n') {
      result[i] = ' ';
    } else if (c == '#' && at_start) {
      const std::size_t end = std::min(result.find('\n', i), result.size());
      std::fill(result.begin() + static_cast<std::ptrdiff_t>(i),
                result.begin() + static_cast<std::ptrdiff_t>(end), ' ');
      i = end - 1;
    }
  }
  return result;
}

std::string explain_in_file(const FilterError& error, std::string_view path, std::string_view text) {
  const std::size_t position = std::min(error.position, text.size());
  // At the end of the text the last line with a word in it is what is unfinished.
  std::size_t end = position;
  if (error.length == 0)
    while (end > 0 && is_blank(text[end - 1])) --end;
  const std::size_t line_start = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;
  const std::string_view line = text.substr(line_start, text.find('\n', end) - line_start);
  FilterError in_line = error;
  in_line.position = std::min(end - line_start, line.size());
  in_line.length = std::min(error.length, line.size() - in_line.position);
  const auto number =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(line_start), '\n');
  return sockutils::escape_text(path) + ":" + std::to_string(number) + ": " + in_line.explain(line);
}

tl::expected<Filter, UsageError> read_filter_file(const std::string& path,
                                                  const sockutils::FilterNames& names) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(UsageError{text.error().message()});
  auto filter = Filter::parse(without_comments(*text), names);
  if (filter) return *std::move(filter);
  const std::string_view shown = path == "-" ? "standard input" : std::string_view(path);
  return tl::unexpected(UsageError{explain_in_file(filter.error(), shown, *text), true});
}

}  // namespace tools::sockls
