/// Words for people, on standard error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"

namespace tools {

/// Each message is one line, or the lines of an explanation, in a single write(2). Text is made safe
/// for a terminal here.
class Messages {
 public:
  /// `program` begins every line.
  explicit Messages(std::string_view program) : program_(program) {}

  void error(const sockutils::Error& error) const;
  /// Wrong usage: what is wrong, and where help is.
  void usage(std::string_view what) const;
  /// Lines that are terminal-safe already, as `FilterError::explain()` gives them.
  void explanation(std::string_view lines) const;
  /// A remark.
  void note(std::string_view text) const;
  /// The answer is typed behind it.
  void question(std::string_view text) const;
  /// Each warning is printed once, however often it is given.
  void warning(const sockutils::Warning& warning);

 private:
  void print(std::string_view kind, std::string_view text) const;

  std::string_view program_;
  std::vector<std::string> warned_;
};

}  // namespace tools
