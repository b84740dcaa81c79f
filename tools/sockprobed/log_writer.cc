#include "sockprobed/log_writer.h"

#include <array>
#include <chrono>

#include "render/json_value.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace tools::sockprobed {
namespace {

using sockutils::Address;
using sockutils::Field;
using sockutils::getter;
using sockutils::OptionalValue;
using sockutils::ServerEvent;
using sockutils::Type;

std::string time_stamp() { return sockutils::time_stamp(std::chrono::system_clock::now()); }

std::string end_text(const Address& address, std::uint16_t port) {
  std::string host = address.to_string();
  if (port == 0) return host;
  return (address.is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

/// Priorities of sd-daemon(3): warning, notice, info.
std::string_view priority_of(ServerEvent::Kind kind) {
  switch (kind) {
    case ServerEvent::Kind::Warning:
    case ServerEvent::Kind::Refused:
      return "<4>";
    case ServerEvent::Kind::Serving:
    case ServerEvent::Kind::Stopped:
    case ServerEvent::Kind::Session:
    case ServerEvent::Kind::Notice:
      return "<5>";
    case ServerEvent::Kind::Connected:
    case ServerEvent::Kind::Ended:
      break;
  }
  return "<6>";
}

void append_words(std::string& line, const ServerEvent& event) {
  line += name(event.kind);
  if (event.count > 1) line += " " + std::to_string(event.count) + " times";
  if (!event.service.empty()) line += " " + event.service;
  if (event.address) line += " " + end_text(*event.address, event.port);
  if (event.peer)
    line += (event.kind == ServerEvent::Kind::Serving ? " for " : " from ") +
            end_text(*event.peer, event.peer_port);
  if (event.kind == ServerEvent::Kind::Ended)
    line += " after " + std::to_string(event.bytes_received) + " bytes in, " +
            std::to_string(event.bytes_sent) + " out";
  if (!event.reason.empty()) line += ": " + event.reason;
}

/// An event as a row.
struct LogRow : sockutils::ComposedRow {
  explicit LogRow(const ServerEvent& its_event) : event(its_event) {}
  const ServerEvent& event;
};

OptionalValue time_of(const LogRow&) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

OptionalValue text_or_none(std::string_view text) {
  return text.empty() ? std::nullopt : OptionalValue(text);
}

OptionalValue address_or_none(const std::optional<Address>& address) {
  return address ? OptionalValue(*address) : std::nullopt;
}

OptionalValue port_or_none(std::uint16_t port) {
  return port != 0 ? OptionalValue(std::uint64_t{port}) : std::nullopt;
}

/// Only for connections that have ended.
template <std::uint64_t ServerEvent::*Member>
OptionalValue bytes(const LogRow& row) {
  return row.event.kind == ServerEvent::Kind::Ended ? OptionalValue(row.event.*Member) : std::nullopt;
}

constexpr Field log_field(std::string_view name, Type type, OptionalValue (*get)(const sockutils::Row&)) {
  return {.name = name, .title = {}, .type = type, .get = get, .doc = {}};
}

const std::array LogFields{
    log_field("time", Type::Time, getter<time_of>),
    log_field("event", Type::Text, getter<[](const LogRow& row) { return name(row.event.kind); }>),
    log_field("service", Type::Text,
              getter<[](const LogRow& row) { return text_or_none(row.event.service); }>),
    log_field("address", Type::Address,
              getter<[](const LogRow& row) { return address_or_none(row.event.address); }>),
    log_field("port", Type::Port, getter<[](const LogRow& row) { return port_or_none(row.event.port); }>),
    log_field("peer_address", Type::Address,
              getter<[](const LogRow& row) { return address_or_none(row.event.peer); }>),
    log_field("peer_port", Type::Port,
              getter<[](const LogRow& row) { return port_or_none(row.event.peer_port); }>),
    log_field("reason", Type::Text, getter<[](const LogRow& row) { return text_or_none(row.event.reason); }>),
    log_field("bytes_received", Type::Bytes, getter<bytes<&ServerEvent::bytes_received>>),
    log_field("bytes_sent", Type::Bytes, getter<bytes<&ServerEvent::bytes_sent>>),
    log_field("count", Type::Count, getter<[](const LogRow& row) { return row.event.count; }>),
};

void append_json(std::string& out, const ServerEvent& event) {
  static const sockutils::FieldTable table("events", {LogFields});
  JsonAppender(out, table.fields()).row(values_of(LogRow(event), table.fields()));
}

}  // namespace

void append_log_line(std::string& out, const ServerEvent& event, LogForm form) {
  if (form == LogForm::Json) {
    append_json(out, event);
  } else {
    out += form == LogForm::Journal ? std::string(priority_of(event.kind)) : time_stamp() + " ";
    std::string words;
    append_words(words, event);
    sockutils::append_escaped(out, words);
  }
  out += '\n';
}

}  // namespace tools::sockprobed
