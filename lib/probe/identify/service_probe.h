/// A protocol as far as it takes to recognise who speaks it. A protocol is one file in ../services/, one
/// line in services/protocols.h and one in service_probe.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sockutils/probe.h"

namespace sockutils::probe {

/// What came back, any bytes at all, and from which port.
struct Reply {
  std::string_view bytes;
  std::uint16_t port = 0;
};

/// What a client does next on its way to TLS in the middle of a plain conversation.
struct StartTls {
  enum class Step : std::uint8_t {
    Wait,     ///< for more of the answer
    Say,      ///< `words`, and wait
    SayLast,  ///< `words`, and TLS begins at once
    Begin,    ///< TLS begins
    GiveUp,   ///< the server does not want to
  };
  Step step = Step::Wait;
  std::string words = {};
};

struct PlainTalk {
  /// What came since words were last said, or since the connection.
  std::string_view heard;
  /// How often words were said.
  unsigned said = 0;
  std::string_view host = {};
};

struct ServiceProbe {
  std::string_view name;
  Protocol transport = Protocol::Tcp;
  /// Where it is usually spoken.
  std::span<const std::uint16_t> ports;
  /// What makes the server speak, and changes nothing. Null: the server speaks first.
  std::string (*request)(std::string_view host) = nullptr;
  /// Pure. No value: another protocol, or not enough of it yet.
  std::optional<ServiceIdentity> (*match)(const Reply& reply);
  /// The server's half: what it answers to `request`, which is empty when the client has just come.
  std::string (*reply)(std::string_view request);
  /// Strange words do harm: on its ports nothing is said in another protocol.
  bool is_delicate = false;
  /// How it is called inside TLS; empty: there is no usual word.
  std::string_view secure_name = {};
  /// Where it is usually spoken inside TLS.
  std::span<const std::uint16_t> secure_ports = {};
  /// From plain words to TLS, where the protocol has that. Pure.
  StartTls (*start_tls)(const PlainTalk& talk) = nullptr;
  /// The server ends the conversation once it has answered.
  bool closes_after_reply = false;
  /// What is said to who greets like this, on the same connection, to know for sure who it is. Empty: the
  /// greeting is not over; no value: all is said and heard, or it is no such greeting. Pure.
  std::optional<std::string> (*followup)(std::string_view heard) = nullptr;
};

/// Every protocol, the surest to recognise first.
std::span<const ServiceProbe* const> service_probes();

/// Null when there is none of that name; the usual one when several transports have it and none is told.
const ServiceProbe* find_service_probe(std::string_view name,
                                       std::optional<Protocol> transport = std::nullopt);

/// What is to be said to a greeting before it is known whose it is; no value: nothing. Empty: it is not over.
std::optional<std::string> further_words(const Reply& greeting);

/// Whose answer, or greeting, it is; no value when it is nobody's that is known.
struct Recognised {
  const ServiceProbe* service_probe;
  ServiceIdentity identity;
};
std::optional<Recognised> recognise_service(Protocol transport, const Reply& reply);
std::optional<ServiceIdentity> recognise(Protocol transport, const Reply& reply);

/// The protocol with a question of its own that is usual on a port, or null.
const ServiceProbe* usual_service_probe(Protocol transport, std::uint16_t port);
/// The protocol that is usual inside TLS on a port, or null.
const ServiceProbe* usual_inside_tls(std::uint16_t port);
/// What it is called inside TLS: `https`, or `redis over TLS`.
std::string name_inside_tls(const ServiceProbe& service_probe);

/// Where printers print whatever they hear.
bool is_printer(std::uint16_t port);
/// Whether strange words would do harm there: to a printer, or to a protocol that is usual there.
bool is_delicate(std::uint16_t port);

/// Without the bytes that end it; all of it when there is no newline.
std::string_view first_line(std::string_view bytes);
/// For `StartTls`, with an answer of one line: waits for the line, and goes on when it begins with `good`.
StartTls after_line(std::string_view heard, std::string_view good, StartTls next);
/// The same for the lines of FTP and SMTP, of which the last has a blank after its number (RFC 5321, 4.2.1).
StartTls after_reply(std::string_view heard, std::string_view good, StartTls next);
/// What follows the first whole reply of FTP and SMTP; no value as long as it is not there.
std::optional<std::string_view> after_first_reply(std::string_view bytes);
/// The value of a header as those of HTTP, whose name is in any case; empty without it.
std::string_view header_of(std::string_view bytes, std::string_view name);
/// A host as it may stand in a question; `localhost` in place of what is no plain name or IPv4 address.
std::string_view plain_host(std::string_view host);
/// What follows `word` in `text`, up to a blank or one of `;,)`; empty without it.
std::string_view word_after(std::string_view text, std::string_view word);

}  // namespace sockutils::probe
