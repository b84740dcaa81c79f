#include "filter/filter_pattern.h"

#include <utility>

#include "common/module.h"
#include "filter/pattern_library.h"

namespace sockutils::filter {
namespace {

constexpr std::size_t MaxPatternLength = 1000;

}  // namespace

struct Pattern::Compiled {
  std::string expression;
  std::unique_ptr<const CompiledPattern> regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

tl::expected<Pattern, std::string> Pattern::compile(std::string expression) {
  static const auto library = load_module_as<PatternLibrary>("regex", "patterns");
  if (!library) return tl::unexpected(library.error().message());
  if (expression.size() > MaxPatternLength)
    return tl::unexpected("a pattern can hold " + std::to_string(MaxPatternLength) + " bytes");
  auto regex = (*library)->compile(expression);
  if (!regex) return tl::unexpected("not a regular expression: " + regex.error());
  return Pattern(std::make_shared<const Compiled>(Compiled{std::move(expression), std::move(*regex)}));
}

bool Pattern::found_in(std::string_view text) const { return compiled_->regex->found_in(text); }

const std::string& Pattern::expression() const { return compiled_->expression; }

}  // namespace sockutils::filter
