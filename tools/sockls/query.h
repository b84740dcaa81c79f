/// From the command line to a query.
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sockls/settings.h"

namespace tools::sockls {

struct UsageError {
  std::string text;
  /// The text is terminal-safe and of several lines, as `FilterError::explain()` gives it.
  bool is_explanation = false;
  /// Not wrong, but nothing that can be done here.
  bool is_failure = false;
};

tl::expected<sockutils::Query, UsageError> make_query(const Settings& settings,
                                                      const std::vector<std::string>& filter);

/// Adds the network namespaces that the command line names.
std::optional<UsageError> add_namespaces(sockutils::Query& query, const Settings& settings);

/// Whether the command line named something that only the owners can tell; without that a listing
/// promises owners only as far as they may be read.
bool asks_for_owners(const Settings& settings, const sockutils::Query& query);

/// Whether sockets may be missing that the command line asked for, or owners.
bool is_incomplete(std::span<const sockutils::Warning> warnings, const Settings& settings,
                   const sockutils::Query& query);

/// The fields that the command line asked for by name or by option.
std::vector<const sockutils::Field*> wanted_fields(const Settings& settings);

}  // namespace tools::sockls
