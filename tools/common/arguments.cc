#include "common/arguments.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "common/text.h"

namespace tools {
namespace {

/// The value that CLI11 gives to an option that was used without one.
constexpr std::string_view NoValue = "true";

const OptionDoc* find_option(std::span<const OptionDoc> options, std::string_view word) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [=](const OptionDoc& option) { return option.word == word; });
  return found == options.end() ? nullptr : &*found;
}

/// CLI11 accepts `--word=` for `--word`, and a flag with a value.
Complaint check_equals_form(std::string_view argument, std::span<const OptionDoc> options) {
  const std::size_t equals = argument.find('=');
  if (!argument.starts_with("--") || equals == std::string_view::npos) return std::nullopt;
  const OptionDoc* option = find_option(options, argument.substr(2, equals - 2));
  if (option == nullptr) return std::nullopt;
  const std::string_view value = argument.substr(equals + 1);
  const std::string name(argument.substr(0, equals));
  if (option->argument.name.empty()) return "option " + name + " takes no value";
  if (value.empty()) return "option " + name + "= lacks its value";
  if (option->argument.optional && (value == NoValue || value == "{}")) {
    return "option " + name + ": bad value '" + std::string(value) + "'";
  }
  return std::nullopt;
}

Complaint check_equals_forms(std::span<const char* const> arguments, std::span<const OptionDoc> options) {
  for (const std::string_view argument : arguments) {
    if (argument == "--") break;
    if (auto complaint = check_equals_form(argument, options)) return complaint;
  }
  return std::nullopt;
}

/// Whether an argument may name this option; false positives are possible, because a value may look like it.
bool may_be_named(const OptionDoc& option, std::span<const char* const> arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [&](std::string_view argument) {
    if (argument.starts_with("--")) return argument.substr(2).starts_with(option.word);
    return argument.starts_with('-') && option.letter != 0 && argument.find(option.letter) != argument.npos;
  });
}

void add_option(CLI::App& app, std::span<const OptionDoc> options, std::size_t index,
                std::vector<GivenOption>& given) {
  const OptionDoc& option = options[index];
  std::string names = "--";
  names += option.word;
  if (option.letter != 0) {
    names += ",-";
    names += option.letter;
  }
  const bool takes_value = !option.argument.name.empty();
  const bool flag = !takes_value || option.argument.optional;
  const auto callback = [=, &given](const CLI::results_t& results) {
    const std::string& value = results.back();
    const bool has_value = takes_value && !(flag && value == NoValue);
    given.push_back({index, has_value ? std::optional(value) : std::nullopt});
    return true;
  };
  app.add_option(std::move(names), callback)
      ->expected(flag ? 0 : 1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->trigger_on_parse();
}

std::string_view suggest_option(std::string_view word, std::span<const OptionDoc> options) {
  std::vector<std::string_view> words;
  for (const OptionDoc& option : options) {
    if (word.size() > 1 && option.word.starts_with(word)) return option.word;
    words.push_back(option.word);
  }
  return sockutils::nearest_word(word, words);
}

std::string explain_unknown(std::string_view argument, std::span<const OptionDoc> options) {
  const std::string_view name = argument.substr(0, argument.find('='));
  std::string text = "unknown option " + std::string(name);
  if (!name.starts_with("--")) return text;
  const std::string_view meant = suggest_option(name.substr(2), options);
  if (!meant.empty()) text += ", did you mean --" + std::string(meant) + "?";
  return text;
}

/// CLI11 misses a value only when the last argument is an option.
std::string explain_missing_value(std::string_view last, std::span<const OptionDoc> options) {
  for (const OptionDoc& option : options) {
    const bool meant = last.starts_with("--") ? last.substr(2) == option.word : last.back() == option.letter;
    if (meant) return "option " + std::string(last) + " needs a value: " + option_heading(option);
  }
  return "option " + std::string(last) + " needs a value";
}

/// What CLI11 did not recognise: operands, and unknown options.
Complaint take_operands(std::vector<std::string> rest, std::span<const OptionDoc> options,
                        std::vector<std::string>& operands) {
  bool only_operands = false;
  for (std::string& argument : rest) {
    if (!only_operands && argument == "--") {
      only_operands = true;
    } else if (!only_operands && argument.size() > 1 && argument[0] == '-') {
      return explain_unknown(argument, options);
    } else {
      operands.push_back(std::move(argument));
    }
  }
  return std::nullopt;
}

}  // namespace

tl::expected<Arguments, std::string> parse_arguments(int argc, const char* const* argv,
                                                     std::span<const OptionDoc> options) {
  const std::span<const char* const> given(argv, static_cast<std::size_t>(argc));
  if (given.size() < 2) return Arguments{};
  if (auto complaint = check_equals_forms(given.subspan(1), options)) return tl::unexpected(*complaint);

  Arguments result;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  // CLI11 compares each added option with all others: forty options would take 0.3 ms, a tenth of a short
  // listing.
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (may_be_named(options[i], given)) add_option(app, options, i, result.options);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ArgumentMismatch&) {
    return tl::unexpected(explain_missing_value(given.back(), options));
  } catch (const CLI::Error& error) {
    return tl::unexpected(std::string(error.what()));
  }
  if (auto complaint = take_operands(app.remaining(), options, result.operands)) {
    return tl::unexpected(*complaint);
  }
  return result;
}

}  // namespace tools
