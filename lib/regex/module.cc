// Regular expressions by RE2.

#include <re2/re2.h>

#include "common/module.h"
#include "filter/pattern_library.h"
#include "sockutils/export.h"

namespace sockutils::regex {
namespace {

/// Bounds the memory for nested repetitions.
constexpr std::int64_t MaxMemory = 1 << 20;

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(MaxMemory);
  // The name of a process may contain a newline.
  options.set_dot_nl(true);
  return options;
}

class Re2Pattern final : public filter::CompiledPattern {
 public:
  explicit Re2Pattern(const std::string& expression)
      : regex_(re2::StringPiece(expression.data(), expression.size()), options()) {}

  bool found_in(std::string_view text) const override {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex_);
  }
  const RE2& regex() const { return regex_; }

 private:
  RE2 regex_;
};

class Re2 final : public filter::PatternLibrary {
 public:
  tl::expected<std::unique_ptr<const filter::CompiledPattern>, std::string> compile(
      const std::string& expression) const override {
    auto pattern = std::make_unique<const Re2Pattern>(expression);
    if (!pattern->regex().ok()) return tl::unexpected(pattern->regex().error());
    return pattern;
  }
};

}  // namespace
}  // namespace sockutils::regex

extern "C" SOCKUTILS_EXPORT const sockutils::Module* sockutils_regex_module() {
  static const sockutils::regex::Re2 library;
  static const sockutils::Module module{SOCKUTILS_VERSION,
                                        static_cast<const sockutils::filter::PatternLibrary*>(&library)};
  return &module;
}
