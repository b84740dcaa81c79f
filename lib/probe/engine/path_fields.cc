// Fields of the hops of a route.

#include <array>

#include "probe/engine/row_values.h"
#include "sockutils/probe.h"

namespace sockutils {
/// Each kind of row has a namespace of its own, because sources may be compiled together.
namespace path_rows {
namespace {

/// For rows that have a hop.
template <auto Get>
OptionalValue of_hop(const PathRow& row) {
  return row.hop != nullptr ? OptionalValue(Get(*row.hop)) : std::nullopt;
}

/// For routes whose MTU is known.
template <auto Get>
OptionalValue of_mtu(const PathRow& row) {
  return row.path.mtu ? OptionalValue(Get(*row.path.mtu)) : std::nullopt;
}

constexpr Field path_field(std::string_view name, std::string_view title, Type type,
                           OptionalValue (*get)(const Row&), std::string_view doc, std::uint8_t drop) {
  return {
      .name = name, .title = title, .type = type, .get = get, .doc = doc, .drop = drop, .subject = "port"};
}

constexpr Field hop_field(std::string_view name, std::string_view title, Type type,
                          OptionalValue (*get)(const Row&), std::string_view json, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = get,
          .doc = doc,
          .drop = 0,
          .json = json,
          .subject = "hop"};
}

constexpr Field mtu_field(std::string_view name, std::string_view title, Type type,
                          OptionalValue (*get)(const Row&), std::string_view json, std::string_view doc) {
  return {.name = name, .title = title, .type = type, .get = get, .doc = doc, .json = json, .subject = "mtu"};
}

constexpr Field composed(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                         std::string_view doc) {
  Field field = path_field(name, title, Type::Text, get, doc, 1);
  field.role = Role::Composite;
  return field;
}

constexpr std::array Fields{
    composed("target", "HOST", getter<[](const PathRow& row) {
               return row.keep(rows::target_text(row.path.host, row.path.address));
             }>,
             "Host as it was asked for, and its address"),
    composed("protocol_port", "PORT", getter<[](const PathRow& row) {
               return row.keep(rows::port_text(row.path.protocol, row.path.port));
             }>,
             "Protocol and port"),
    path_field("host", "HOST", Type::Text,
               getter<[](const PathRow& row) { return rows::text(row.path.host); }>,
               "Host as it was asked for", 1),
    path_field("address", "ADDRESS", Type::Address,
               getter<[](const PathRow& row) { return row.path.address; }>, "Its address", 1),
    path_field("protocol", "PROTO", Type::Protocol,
               getter<[](const PathRow& row) { return row.path.protocol; }>, "tcp or udp", 0),
    path_field("port", "PORT", Type::Port,
               getter<[](const PathRow& row) { return std::uint64_t{row.path.port}; }>, "Port", 0),
    path_field("state", "STATE", Type::Text, getter<[](const PathRow& row) { return name(row.path.state); }>,
               "What became of the port, as without --path", 2),
    path_field("reason", "REASON", Type::Text,
               getter<[](const PathRow& row) { return std::string_view(row.path.reason); }>,
               "Why it is taken to be in that state, or after which hop packets vanish", 3),
    path_field("from", "FROM", Type::Address,
               getter<[](const PathRow& row) { return rows::address_of(row.path.from); }>,
               "Whose word that is", 3),
    hop_field("hop", "HOP", Type::Count,
              getter<of_hop<[](const PathHop& hop) -> std::uint64_t { return hop.ttl; }>>, "hops[].ttl",
              "Time to live, or hop limit, of the probe"),
    hop_field("hop_from", "HOP-FROM", Type::Address,
              getter<of_hop<[](const PathHop& hop) { return rows::address_of(hop.from); }>>, "hops[].from",
              "Who answered"),
    hop_field("hop_time", "HOP-TIME", Type::Microseconds,
              getter<of_hop<[](const PathHop& hop) { return rows::duration(hop.time); }>>, "hops[].time",
              "How long the answer took"),
    hop_field("hop_reason", "HOP-REASON", Type::Text,
              getter<of_hop<[](const PathHop& hop) { return rows::text(hop.reason); }>>, "hops[].reason",
              "ttl-exceeded of a router; at the end what the port, or who stands before it, answers"),
    mtu_field("mtu", "MTU", Type::Bytes,
              getter<of_mtu<[](const PathMtu& mtu) -> std::uint64_t { return mtu.bytes; }>>, "mtu.bytes",
              "Largest packet that passes whole"),
    mtu_field("mtu_from", "MTU-FROM", Type::Address,
              getter<of_mtu<[](const PathMtu& mtu) { return rows::address_of(mtu.from); }>>, "mtu.from",
              "Router that has no room for more"),
    mtu_field("mtu_confirmed", "CONFIRMED", Type::Flag,
              getter<of_mtu<[](const PathMtu& mtu) { return mtu.confirmed; }>>, "mtu.confirmed",
              "A packet of that size was answered"),
};

}  // namespace
}  // namespace path_rows

const FieldTable& path_fields() {
  static const FieldTable table("hops", {path_rows::Fields});
  return table;
}

}  // namespace sockutils
