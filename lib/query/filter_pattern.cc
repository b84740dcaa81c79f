#include "query/filter_pattern.h"

#include <regex.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/parse_number.h"

namespace sockutils::filter {
namespace {

// regcomp(3) of glibc recurses for each bracket and writes a repetition out: `((a{99}){99}){99}` takes
// gigabytes. These bounds keep compiling within some milliseconds.
constexpr std::size_t MaxLength = 1000;
constexpr std::size_t MaxNesting = 50;
constexpr std::size_t MaxExpanded = 20'000;

struct Scan {
  std::size_t nesting = 0;
  std::size_t deepest = 0;
  /// The product of all repetitions: what the pattern grows by at most.
  std::size_t growth = 1;
  bool back_reference = false;
};

/// The larger bound of `{n}`, `{n,}` or `{n,m}` at the start of `text`.
std::size_t repetitions(std::string_view text) {
  const std::size_t close = text.find('}');
  if (close == std::string_view::npos) return 1;
  std::string_view bounds = text.substr(1, close - 1);
  if (bounds.ends_with(',')) bounds.remove_suffix(1);
  bounds = bounds.substr(bounds.rfind(',') + 1);
  const auto number = parse_number<std::uint16_t>(bounds);
  return number && *number > 1 ? *number : 1;
}

void multiply(std::size_t& growth, std::size_t by) {
  growth = growth > MaxExpanded / by ? MaxExpanded + 1 : growth * by;
}

Scan scan(std::string_view expression) {
  Scan result;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && i + 1 < expression.size()) {
      ++i;
      result.back_reference = result.back_reference || (expression[i] >= '1' && expression[i] <= '9');
    } else if (c == '(') {
      result.deepest = std::max(result.deepest, ++result.nesting);
    } else if (c == ')' && result.nesting > 0) {
      --result.nesting;
    } else if (c == '{') {
      multiply(result.growth, repetitions(expression.substr(i)));
    }
  }
  return result;
}

/// What would harm; no value when nothing would.
std::optional<std::string> refusal(std::string_view expression) {
  if (expression.size() > MaxLength) return "a pattern can hold " + std::to_string(MaxLength) + " bytes";
  if (expression.find('\0') != std::string_view::npos) return "a pattern cannot hold a NUL byte";
  const Scan found = scan(expression);
  if (found.back_reference) return "a pattern cannot refer back to a group";
  if (found.deepest > MaxNesting) return "the brackets of this pattern are nested too deep";
  if (expression.size() * found.growth > MaxExpanded) return "this pattern repeats too much";
  return std::nullopt;
}

/// regerror(3) speaks the language of the locale, and of basic expressions.
std::string_view describe(int code) {
  switch (code) {
    case REG_EPAREN:
      return "a round bracket has no partner";
    case REG_EBRACK:
      return "a square bracket has no partner";
    case REG_EBRACE:
      return "a curly bracket has no partner";
    case REG_BADBR:
      return "the bounds in curly brackets make no sense";
    case REG_ERANGE:
      return "a range ends before it begins";
    case REG_ECTYPE:
      return "there is no such class of characters";
    case REG_ECOLLATE:
      return "there is no such collating element";
    case REG_EESCAPE:
      return "nothing follows the last backslash";
    case REG_BADRPT:
      return "there is nothing to repeat";
    case REG_ESPACE:
      return "it takes too much memory";
    default:
      return "it makes no sense";
  }
}

}  // namespace

struct Pattern::Compiled {
  explicit Compiled(std::string text)
      : expression(std::move(text)), code(regcomp(&regex, expression.c_str(), REG_EXTENDED | REG_NOSUB)) {}
  ~Compiled() {
    if (code == 0) regfree(&regex);
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  std::string expression;
  regex_t regex{};
  int code;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

tl::expected<Pattern, std::string> Pattern::compile(std::string expression) {
  if (auto reason = refusal(expression)) return tl::unexpected(std::move(*reason));
  auto compiled = std::make_shared<const Compiled>(std::move(expression));
  if (compiled->code == 0) return Pattern(std::move(compiled));
  return tl::unexpected("not a regular expression: " + std::string(describe(compiled->code)));
}

bool Pattern::found_in(std::string_view text) const {
#ifdef REG_STARTEND
  // Not every text ends with a NUL, and some hold one.
  regmatch_t range{};
  range.rm_eo = static_cast<regoff_t>(text.size());
  const char* const begin = text.empty() ? "" : text.data();
  return regexec(&compiled_->regex, begin, 1, &range, REG_STARTEND) == 0;
#else
  return regexec(&compiled_->regex, std::string(text).c_str(), 0, nullptr, 0) == 0;
#endif
}

const std::string& Pattern::expression() const { return compiled_->expression; }

}  // namespace sockutils::filter
