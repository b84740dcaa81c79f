/// Regular expressions that match in time linear in the text.
///
/// RE2 is used by a separate module (lib/regex/), which is loaded with the first pattern.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sockutils::filter {

/// Immutable, safe to share between threads.
class CompiledPattern {
 public:
  virtual ~CompiledPattern() = default;
  /// Whether it matches anywhere in `text`, which may be any bytes.
  virtual bool found_in(std::string_view text) const = 0;
};

/// The content of the module.
class PatternLibrary {
 public:
  virtual ~PatternLibrary() = default;
  /// Errors: what is wrong with the expression, in words.
  virtual tl::expected<std::unique_ptr<const CompiledPattern>, std::string> compile(
      const std::string& expression) const = 0;
};

}  // namespace sockutils::filter
