#include "sockprobe/row_query.h"

#include <algorithm>
#include <array>

#include "sockutils/list.h"
#include "sockutils/probe.h"
#include "sockutils/via.h"

namespace tools::sockprobe {

using sockutils::Field;
using sockutils::Row;

namespace {

using Name = std::string_view;

constexpr std::array<Name, 9> ResultsForPeople{"target", "protocol_port", "service",  "state",      "reason",
                                               "from",   "connect",       "identity", "tls_summary"};
constexpr std::array<Name, 1> ResultsOptional{"tls_summary"};
/// The last field is only for ports that are probed repeatedly.
constexpr std::array<Name, 27> ResultsFlat{"host",
                                           "address",
                                           "protocol",
                                           "port",
                                           "service",
                                           "state",
                                           "reason",
                                           "from",
                                           "name",
                                           "product",
                                           "version",
                                           "lookup",
                                           "connect",
                                           "first_byte",
                                           "tls",
                                           "tls_version",
                                           "tls_cipher",
                                           "tls_alpn",
                                           "tls_failure",
                                           "certificate_subject",
                                           "certificate_names",
                                           "certificate_issuer",
                                           "certificate_not_before",
                                           "certificate_not_after",
                                           "certificate_problems",
                                           "certificate_matches_name",
                                           "probe"};

constexpr std::array<Name, 7> HopsForPeople{"target",   "protocol_port", "state",     "hop",
                                            "hop_from", "hop_time",      "hop_reason"};
constexpr std::array<Name, 14> HopsFlat{"host",       "address", "protocol", "port",         "state",
                                        "reason",     "from",    "hop",      "hop_from",     "hop_time",
                                        "hop_reason", "mtu",     "mtu_from", "mtu_confirmed"};

constexpr std::array<Name, 9> PairsForPeople{"protocol_port", "direction",  "verdict",
                                             "what",          "hops_there", "round_trip",
                                             "loss",          "variation",  "path_mtu"};
/// TCP has no values for these.
constexpr std::array<Name, 3> PairsOptional{"loss", "variation", "path_mtu"};
constexpr std::array<Name, 26> PairsFlat{"direction",        "protocol",        "port",
                                         "verdict",          "reason",          "changes",
                                         "sent_from",        "sent_from_port",  "seen_from",
                                         "seen_from_port",   "hops_there",      "hops_back",
                                         "dscp_sent",        "dscp_seen",       "mss",
                                         "round_trip",       "sent_there",      "received_there",
                                         "duplicates_there", "reordered_there", "variation_there",
                                         "received_back",    "duplicates_back", "reordered_back",
                                         "variation_back",   "path_mtu"};

Fields all_facts(const sockutils::FieldTable& table) {
  Fields fields;
  for (const Field* const field : table.fields())
    if (field->role == sockutils::Role::Fact) fields.push_back(field);
  return fields;
}

Fields usual_fields(const RowKind& kind, const Format& format) {
  if (format.default_fields == DefaultFields::ForPeople) return named_fields(kind.table, kind.for_people);
  if (format.default_fields == DefaultFields::Flat) return named_fields(kind.table, kind.flat);
  return all_facts(kind.table);
}

Refusal usage_refusal(const std::string& text) { return {{0, text, {}, {}}, ExitCode::Usage, {}}; }

}  // namespace

RowKind row_kind(const Settings& settings) {
  if (!settings.via.host.empty()) return {sockutils::pair_fields(), PairsForPeople, PairsFlat, PairsOptional};
  if (settings.path) return {sockutils::path_fields(), HopsForPeople, HopsFlat, {}};
  const std::size_t once = settings.repeats() ? 0 : 1;
  return {sockutils::probe_fields(), ResultsForPeople,
          std::span(ResultsFlat).first(ResultsFlat.size() - once), ResultsOptional};
}

tl::expected<RowQuery, Refusal> make_row_query(const Settings& settings) {
  const RowKind kind = row_kind(settings);
  const Format& format = format_of(settings.rows);
  auto fields = choose_fields(settings.rows, kind.table, usual_fields(kind, format));
  if (!fields) return tl::unexpected(usage_refusal(fields.error()));
  auto order = choose_order(settings.rows, kind.table);
  if (!order) return tl::unexpected(usage_refusal(order.error()));
  auto filter = sockutils::Filter::parse(settings.filter, sockutils::system_filter_names(), kind.table);
  if (!filter) return tl::unexpected(Refusal{{}, ExitCode::Usage, filter.error().explain(settings.filter)});
  const bool usual = format.default_fields == DefaultFields::ForPeople && settings.rows.columns.empty();
  return RowQuery{kind, *std::move(fields), *std::move(order), *std::move(filter), usual};
}

Fields without_empty_columns(const RowQuery& query, std::span<const Row* const> rows) {
  Fields fields = query.fields;
  if (!query.is_usual_table) return fields;
  std::erase_if(fields, [&](const Field* field) {
    const auto& names = query.kind.optional;
    const auto has_value = [&](const Row* row) { return field->get(*row).has_value(); };
    return std::find(names.begin(), names.end(), field->name) != names.end() &&
           std::none_of(rows.begin(), rows.end(), has_value);
  });
  return fields;
}

}  // namespace tools::sockprobe
