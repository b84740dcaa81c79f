/// Reads the values that options take. Each returns what is wrong, for people, or nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockls/option_table.h"

namespace tools::sockls {

Complaint choose_tables(Settings& settings, std::string_view list);
Complaint choose_family(Settings& settings, std::string_view word);
Complaint choose_states(Settings& settings, std::string_view list);
Complaint choose_source(Settings& settings, std::string_view word);
Complaint choose_process_source(Settings& settings, std::string_view word);
Complaint choose_columns(Settings& settings, std::string_view list);
Complaint choose_order(Settings& settings, std::string_view list);
Complaint choose_format(Settings& settings, std::string_view name);
Complaint choose_colour(Settings& settings, std::string_view word);
/// `seconds` may be absent: for ever.
Complaint choose_wait(Settings& settings, const std::optional<std::string>& seconds);

/// What completion offers.
std::vector<std::string> field_words();
std::vector<std::string> state_words();
std::vector<std::string> family_words();
std::vector<std::string> source_words();
std::vector<std::string> process_source_words();
std::vector<std::string> colour_words();
std::vector<std::string> filter_words();

}  // namespace tools::sockls
