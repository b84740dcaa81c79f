// Fields of the statistics of a port's probes.

#include <array>

#include "probe/engine/row_values.h"
#include "sockutils/probe.h"

namespace sockutils {
/// Each kind of row has a namespace of its own, because sources may be compiled together.
namespace series_rows {
namespace {

using rows::duration;

OptionalValue loss(const ProbeSeriesRow& row) {
  const auto part = row.statistics.loss();
  return part ? OptionalValue(*part) : std::nullopt;
}

template <std::chrono::microseconds ProbeTiming::*Member>
OptionalValue timing(const ProbeSeriesRow& row) {
  const auto times = row.statistics.timing();
  return times ? duration((*times).*Member) : std::nullopt;
}

OptionalValue jitter(const ProbeSeriesRow& row) {
  const auto times = row.statistics.timing();
  return times ? duration(times->jitter) : std::nullopt;
}

constexpr Field count_field(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                            std::string_view doc) {
  return {.name = name, .title = title, .type = Type::Count, .get = get, .doc = doc, .subject = "probes"};
}

constexpr Field time_field(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                           std::string_view doc) {
  return {
      .name = name, .title = title, .type = Type::Microseconds, .get = get, .doc = doc, .subject = "times"};
}

constexpr std::array Fields{
    Field{.name = "host",
          .title = "HOST",
          .type = Type::Text,
          .get = getter<[](const ProbeSeriesRow& row) { return rows::text(row.port.host); }>,
          .doc = "Host as it was asked for",
          .drop = 0,
          .subject = "port"},
    Field{.name = "address",
          .title = "ADDRESS",
          .type = Type::Address,
          .get = getter<[](const ProbeSeriesRow& row) { return rows::address_of(row.port.address); }>,
          .doc = "Its address",
          .drop = 1,
          .subject = "port"},
    Field{.name = "path",
          .title = "PATH",
          .type = Type::Text,
          .get = getter<[](const ProbeSeriesRow& row) { return rows::text(row.port.path); }>,
          .doc = "Path of a unix socket, which has no address",
          .drop = 1,
          .json = "address",
          .subject = "port"},
    Field{.name = "protocol",
          .title = "PROTO",
          .type = Type::Protocol,
          .get = getter<[](const ProbeSeriesRow& row) { return row.port.protocol; }>,
          .doc = "tcp, udp, and stream for a unix socket",
          .drop = 0,
          .subject = "port"},
    Field{.name = "port",
          .title = "PORT",
          .type = Type::Port,
          .get = getter<[](const ProbeSeriesRow& row) { return rows::number_unless_zero(row.port.port); }>,
          .doc = "Port",
          .drop = 0,
          .subject = "port"},
    count_field("probes", "PROBES",
                getter<[](const ProbeSeriesRow& row) { return std::uint64_t{row.statistics.probes()}; }>,
                "How often it was asked for"),
    count_field("open", "OPEN", getter<[](const ProbeSeriesRow& row) {
                  return std::uint64_t{row.statistics.count(PortState::Open)};
                }>,
                "How often it was open"),
    count_field("lost", "LOST",
                getter<[](const ProbeSeriesRow& row) { return std::uint64_t{row.statistics.lost()}; }>,
                "How often nobody answered"),
    Field{.name = "loss",
          .title = "LOSS",
          .type = Type::Real,
          .get = getter<loss>,
          .doc = "The same as a part, 0 to 1, of the probes that could be sent",
          .subject = "probes"},
    time_field("minimum", "MIN", getter<timing<&ProbeTiming::minimum>>, "Shortest time to a connection"),
    time_field("average", "AVERAGE", getter<timing<&ProbeTiming::average>>, "Average of these times"),
    time_field("maximum", "MAX", getter<timing<&ProbeTiming::maximum>>, "Longest of them"),
    time_field("deviation", "DEVIATION", getter<timing<&ProbeTiming::deviation>>, "Their standard deviation"),
    time_field("p50", "P50", getter<timing<&ProbeTiming::p50>>, "Half of them are no longer"),
    time_field("p90", "P90", getter<timing<&ProbeTiming::p90>>, "Nine of ten are no longer"),
    time_field("p99", "P99", getter<timing<&ProbeTiming::p99>>, "99 of 100 are no longer"),
    time_field("jitter", "JITTER", getter<jitter>, "Average difference between one time and the next"),
};

}  // namespace
}  // namespace series_rows

const FieldTable& probe_series_fields() {
  static const FieldTable table("series", {series_rows::Fields});
  return table;
}

}  // namespace sockutils
