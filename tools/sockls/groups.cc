#include "sockls/groups.h"

#include <unistd.h>

#include "common/finish.h"
#include "common/text.h"
#include "sockls/listing.h"

namespace tools::sockls {

using sockutils::Field;
using sockutils::Grouping;
using sockutils::Groups;

namespace {

using Order = std::vector<sockutils::SortKey>;

std::string explain_unknown_column(const Grouping& grouping, std::string_view word) {
  std::vector<std::string_view> names;
  std::string list;
  for (const Field* field : grouping.output()) {
    names.push_back(field->name);
    list += (list.empty() ? "" : ", ") + std::string(field->name);
  }
  const std::string_view meant = sockutils::nearest_word(word, names);
  return "--sort: no column '" + std::string(word) + "' among the groups" +
         (meant.empty() ? "; there are: " + list : ", did you mean " + std::string(meant) + "?");
}

tl::expected<Order, std::string> parse_order(const Settings& settings, const Grouping& grouping) {
  Order order;
  for (std::string_view word : settings.rows.order) {
    const bool descending = word.starts_with('-');
    if (descending || word.starts_with('+')) word.remove_prefix(1);
    const Field* const field = grouping.find(word);
    if (field == nullptr) return tl::unexpected(explain_unknown_column(grouping, word));
    order.push_back({field, descending});
  }
  return order;
}

/// The options were checked when they were read.
Grouping grouping_of(const Settings& settings) {
  return *Grouping::make(settings.group_by, settings.aggregates);
}

}  // namespace

std::optional<std::string> check_counting(const Settings& settings) {
  if ((settings.summary || settings.is_grouped()) && settings.action != Action::List)
    return "--kill, --watch and --follow list sockets, and neither groups nor a summary";
  const bool has_columns = !settings.rows.columns.empty();
  if (settings.summary) {
    if (settings.is_grouped()) return "--summary and --group-by exclude each other";
    if (has_columns || !settings.rows.order.empty()) return "--summary has columns and an order of its own";
    return std::nullopt;
  }
  if (!settings.is_grouped()) return std::nullopt;
  if (has_columns || !settings.extra_columns.empty())
    return "groups have the columns of --group-by and --aggregate; -e, -o, -m, -i and --columns add none";
  const auto order = parse_order(settings, grouping_of(settings));
  return order ? std::nullopt : std::optional(order.error());
}

ExitCode list_groups(const Settings& settings, const sockutils::Query& query, Messages& messages) {
  const Grouping grouping = grouping_of(settings);
  sockutils::Query listing = query;
  listing.fields = grouping.input();
  Groups groups(grouping);
  const auto report = sockutils::list_sockets(listing, [&](sockutils::Values row) {
    groups.add(row);
    return true;
  });
  groups.finish(parse_order(settings, grouping).value_or(Order{}), settings.limit);

  Output out(STDOUT_FILENO);
  const auto renderer = format_of(settings.rows)
                            .make({.fields = grouping.output(),
                                   .out = out,
                                   .terminal = examine_terminal(STDOUT_FILENO, settings.rows.colour),
                                   .header = settings.rows.header,
                                   .exact = true,
                                   .collection = "groups"});
  renderer->begin();
  for (std::size_t i = 0; report && i < groups.size() && !out.error(); ++i) renderer->row(groups[i]);
  renderer->end(warnings_of(report));
  const ExitCode written = finish_output(out, messages);
  if (written != ExitCode::Worked) return written;
  if (report) return conclude(settings, listing, *report, messages);
  messages.error(report.error());
  return ExitCode::Failed;
}

}  // namespace tools::sockls
