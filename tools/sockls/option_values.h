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
Complaint choose_namespace(Settings& settings, std::string_view word);
Complaint choose_process_source(Settings& settings, std::string_view word);
Complaint choose_groups(Settings& settings, std::string_view list);
Complaint choose_aggregates(Settings& settings, std::string_view list);
Complaint choose_limit(Settings& settings, std::string_view number);
Complaint choose_filter_file(Settings& settings, std::string_view path);
/// `seconds` may be absent: for ever.
Complaint choose_wait(Settings& settings, const std::optional<std::string>& seconds);

/// Actions exclude each other.
Complaint choose_action(Settings& settings, Action action);
/// Seconds, 0.1 to 86400, between two looks; absent: one.
Complaint choose_interval(Settings& settings, std::string_view option,
                          const std::optional<std::string>& seconds);
Complaint choose_time_limit(Settings& settings, std::string_view seconds);
Complaint choose_count(Settings& settings, std::string_view number);
/// What options do not go together.
Complaint check_action(const Settings& settings);

/// What completion offers.
std::vector<std::string> field_words();
std::vector<std::string> aggregate_words();
std::vector<std::string> state_words();
std::vector<std::string> family_words();
std::vector<std::string> source_words();
std::vector<std::string> process_source_words();
/// Of network namespaces, those that are always there.
std::vector<std::string> namespace_words();
std::vector<std::string> filter_words();

}  // namespace tools::sockls
