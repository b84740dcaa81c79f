/// The patterns of `~`: regular expressions, searched anywhere in a text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sockutils::filter {

/// A compiled pattern. Immutable, cheap to copy, safe to share between threads.
class Pattern {
 public:
  /// Errors: what is wrong with the expression, in words.
  static tl::expected<Pattern, std::string> compile(std::string expression);

  /// Whether it matches anywhere in `text`, which may be any bytes. The time is proportional to the lengths
  /// of both.
  bool found_in(std::string_view text) const;

  const std::string& expression() const;

 private:
  struct Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled);

  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sockutils::filter
