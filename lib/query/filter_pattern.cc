#include "query/filter_pattern.h"

#include <regex.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "base/parse_number.h"

namespace sockutils::filter {
namespace {

// regcomp(3) of glibc recurses for each bracket and writes a repetition out: `((a{99}){99}){99}` takes
// gigabytes, and `(((a*)*)*){200}` a fifth of a second. These bounds keep compiling below that.
constexpr std::size_t MaxLength = 1000;
constexpr std::size_t MaxNesting = 20;
constexpr std::size_t MaxCost = 2000;
/// A copy of a group costs more than one of a character: each of its repetitions is looked into again.
constexpr std::size_t GroupFactor = 4;

/// The larger bound of `{n}`, `{n,}` or `{n,m}` at the start of `text`.
std::size_t repetitions(std::string_view text) {
  std::string_view bounds = text.substr(1, text.find('}') - 1);
  if (bounds.ends_with(',')) bounds.remove_suffix(1);
  bounds = bounds.substr(bounds.rfind(',') + 1);
  const auto number = parse_number<std::uint16_t>(bounds);
  return number && *number > 1 ? *number : 1;
}

/// Length of `[...]` at the start of `text`, in which nothing else has its meaning.
std::size_t set_length(std::string_view text) {
  const std::size_t first = text.starts_with("[^") ? 3 : 2;
  std::size_t end = text.find(']', first);
  // A class stands in brackets of its own, as in [[:digit:]].
  while (end != std::string_view::npos && text[end - 1] == ':') end = text.find(']', end + 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

/// Estimates what an expression comes to when its repetitions are written out.
class CostEstimate {
 public:
  explicit CostEstimate(std::string_view expression) : text_(expression) {
    for (std::size_t i = 0; i < text_.size(); i += step(i)) {
    }
  }

  bool refers_back() const { return refers_back_; }
  std::size_t nesting() const { return deepest_; }
  std::size_t cost() const { return std::accumulate(groups_.begin(), groups_.end(), std::size_t{0}); }

 private:
  /// Bytes taken.
  std::size_t step(std::size_t i) {
    switch (text_[i]) {
      case '(':
        groups_.push_back(1);
        deepest_ = std::max(deepest_, groups_.size() - 1);
        return 1;
      case ')':
        close();
        return 1;
      case '{':
        repeat(repetitions(text_.substr(i)));
        return 1;
      case '[':
        add();
        return set_length(text_.substr(i));
      case '\\':
        escape(i);
        return 2;
      default:
        add();
        return 1;
    }
  }
  void add() {
    last_ = 1;
    ++groups_.back();
  }
  void escape(std::size_t i) {
    add();
    const char next = i + 1 < text_.size() ? text_[i + 1] : '\0';
    refers_back_ = refers_back_ || (next >= '1' && next <= '9');
  }
  void close() {
    if (groups_.size() == 1) return add();
    last_ = groups_.back() * GroupFactor;
    groups_.pop_back();
    groups_.back() += last_ / GroupFactor;
  }
  void repeat(std::size_t times) {
    last_ = std::min(last_ * times, MaxCost + 1);
    groups_.back() = std::min(groups_.back() + last_, MaxCost + 1);
  }

  std::string_view text_;
  /// The cost of each open group; the first is the whole.
  std::vector<std::size_t> groups_{0};
  std::size_t last_ = 0;
  std::size_t deepest_ = 0;
  bool refers_back_ = false;
};

/// What would harm; no value when nothing would.
std::optional<std::string> refusal(std::string_view expression) {
  if (expression.size() > MaxLength) return "a pattern can hold " + std::to_string(MaxLength) + " bytes";
  if (expression.find('\0') != std::string_view::npos) return "a pattern cannot hold a NUL byte";
  const CostEstimate estimate(expression);
  if (estimate.refers_back()) return "a pattern cannot refer back to a group";
  if (estimate.nesting() > MaxNesting) return "the brackets of this pattern are nested too deep";
  if (estimate.cost() > MaxCost) return "this pattern repeats too much";
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
