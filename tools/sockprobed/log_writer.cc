#include "sockprobed/log_writer.h"

#include <chrono>

#include "render/json_value.h"
#include "sockutils/value.h"

namespace tools::sockprobed {
namespace {

using sockutils::Address;
using sockutils::ServerEvent;

std::string time_stamp() { return sockutils::time_stamp(std::chrono::system_clock::now()); }

std::string end_text(const Address& address, std::uint16_t port) {
  std::string host = address.to_string();
  if (port == 0) return host;
  return (address.is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

/// sd-daemon(3): warning, notice, info.
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

void append_json(std::string& out, const ServerEvent& event) {
  JsonAppender json(out);
  json.begin();
  json.member("time", time_stamp());
  json.member("event", name(event.kind));
  if (!event.service.empty()) json.member("service", event.service);
  if (event.address) json.member("address", event.address->to_string());
  if (event.port != 0) json.member("port", std::uint64_t{event.port});
  if (event.peer) json.member("peer_address", event.peer->to_string());
  if (event.peer_port != 0) json.member("peer_port", std::uint64_t{event.peer_port});
  if (!event.reason.empty()) json.member("reason", event.reason);
  if (event.kind == ServerEvent::Kind::Ended) {
    json.member("bytes_received", event.bytes_received);
    json.member("bytes_sent", event.bytes_sent);
  }
  json.member("count", event.count);
  json.end();
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
