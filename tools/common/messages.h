/// Messages for people, on standard error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"

namespace tools {

/// Each message is one line, or the lines of an explanation, in a single write(2). Text is escaped for the
/// terminal here.
class Messages {
 public:
  /// `program` is the prefix of each line.
  explicit Messages(std::string_view program) : program_(program) {}

  void error(const sockutils::Error& error) const;
  /// A usage error: what is wrong, and how to get help.
  void usage(std::string_view what) const;
  /// Lines that are already terminal-safe, as returned by `FilterError::explain()`.
  void explanation(std::string_view lines) const;
  /// An informational message.
  void note(std::string_view text) const;
  /// Without a newline, because the answer is typed after it.
  void question(std::string_view text) const;
  /// A repeated fault is printed only once, even if its count has changed.
  void warning(const sockutils::Warning& warning);

 private:
  void print(std::string_view kind, std::string_view text) const;

  std::string_view program_;
  std::vector<sockutils::Warning> warned_;
};

}  // namespace tools
