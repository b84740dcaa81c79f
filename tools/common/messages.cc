#include "common/messages.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "sockutils/value.h"

namespace tools {
namespace {

/// Errors are ignored: there is no other place for the message.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void Messages::print(std::string_view kind, std::string_view text) const {
  std::string line(program_);
  line += ": ";
  line += kind;
  sockutils::append_escaped(line, text);
  line += '\n';
  write_all(line);
}

void Messages::error(const sockutils::Error& error) const { print("", error.message()); }

void Messages::note(std::string_view text) const { print("", text); }

void Messages::question(std::string_view text) const {
  std::string line(program_);
  line += ": ";
  sockutils::append_escaped(line, text);
  write_all(line);
}

void Messages::usage(std::string_view what) const {
  std::string lines(program_);
  lines += ": ";
  sockutils::append_escaped(lines, what);
  lines += "\nTry '";
  lines += program_;
  lines += " --help'.\n";
  write_all(lines);
}

void Messages::explanation(std::string_view lines) const {
  std::string text(program_);
  text += ": ";
  text += lines;
  write_all(text);
}

void Messages::warning(const sockutils::Warning& warning) {
  const auto same = [&](const sockutils::Warning& said) { return is_same_fault(said, warning); };
  if (std::any_of(warned_.begin(), warned_.end(), same)) return;
  print("warning: ", warning.message + (warning.remedy.empty() ? "" : " (" + warning.remedy + ")"));
  warned_.push_back(warning);
}

}  // namespace tools
