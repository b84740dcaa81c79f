#include "query/filter_pattern.h"

#include <re2/re2.h>

#include <utility>

namespace sockutils::filter {
namespace {

constexpr std::size_t MaxPatternLength = 1000;
/// Bounds what repetitions of repetitions come to.
constexpr std::int64_t MaxMemory = 1 << 20;

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(MaxMemory);
  // A process may have a newline in its name.
  options.set_dot_nl(true);
  return options;
}

}  // namespace

struct Pattern::Compiled {
  explicit Compiled(std::string text)
      : expression(std::move(text)),
        regex(re2::StringPiece(expression.data(), expression.size()), options()) {}

  std::string expression;
  RE2 regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

tl::expected<Pattern, std::string> Pattern::compile(std::string expression) {
  if (expression.size() > MaxPatternLength)
    return tl::unexpected("a pattern can hold " + std::to_string(MaxPatternLength) + " bytes");
  auto compiled = std::make_shared<const Compiled>(std::move(expression));
  if (!compiled->regex.ok()) return tl::unexpected("not a regular expression: " + compiled->regex.error());
  return Pattern(std::move(compiled));
}

bool Pattern::found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->regex);
}

const std::string& Pattern::expression() const { return compiled_->expression; }

}  // namespace sockutils::filter
