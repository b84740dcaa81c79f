/// A protocol, as far as needed to recognise its servers. Each is one file in ../services/, one line in
/// services/protocols.h and one in service_probe.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sockutils/probe.h"

namespace sockutils::probe {

/// What came back (any bytes), and from which port.
struct Reply {
  std::string_view bytes;
  std::uint16_t port = 0;
};

/// The next step of a client that starts TLS within a plain-text session.
struct StartTls {
  enum class Step : std::uint8_t {
    Wait,     ///< wait for more of the answer
    Say,      ///< send `words` and wait
    SayLast,  ///< send `words` and begin TLS at once
    Begin,    ///< begin TLS
    GiveUp,   ///< the server refuses
  };
  Step step = Step::Wait;
  std::string words = {};
};

struct PlainTalk {
  /// Received since the last message was sent, or since the connection was established.
  std::string_view heard;
  /// Number of messages sent.
  unsigned said = 0;
  std::string_view host = {};
};

struct ServiceProbe {
  std::string_view name;
  Protocol transport = Protocol::Tcp;
  /// Its usual ports.
  std::span<const std::uint16_t> ports;
  /// A request that makes the server answer and changes nothing. Null: the server speaks first.
  std::string (*request)(std::string_view host) = nullptr;
  /// Pure. No value: another protocol, or not enough bytes yet.
  std::optional<ServiceIdentity> (*match)(const Reply& reply);
  /// The server's side: the answer to `request`, which is empty when the client has just connected.
  std::string (*reply)(std::string_view request);
  /// Unknown requests do harm: on its ports nothing is sent in another protocol.
  bool is_delicate = false;
  /// Its name inside TLS; empty: there is no common name.
  std::string_view secure_name = {};
  /// Its usual ports inside TLS.
  std::span<const std::uint16_t> secure_ports = {};
  /// The steps from plain text to TLS, if the protocol has them. Pure.
  StartTls (*start_tls)(const PlainTalk& talk) = nullptr;
  /// The server closes the connection after its answer.
  bool closes_after_reply = false;
  /// What to send after such a greeting, on the same connection, to identify the server for certain. Empty:
  /// the greeting is not complete; no value: there is nothing left to send, or this is no such greeting.
  /// Pure.
  std::optional<std::string> (*followup)(std::string_view heard) = nullptr;
};

/// All protocols, those that are recognised most reliably first.
std::span<const ServiceProbe* const> service_probes();

/// Null when there is none of that name. If several transports have it and none is given, returns the usual
/// one.
const ServiceProbe* find_service_probe(std::string_view name,
                                       std::optional<Protocol> transport = std::nullopt);

/// The message to send after a greeting that does not identify the server yet; no value: none. Empty: the
/// greeting is not complete.
std::optional<std::string> further_words(const Reply& greeting);

/// The protocol of an answer or greeting; no value when it matches no known protocol.
struct Recognised {
  const ServiceProbe* service_probe;
  ServiceIdentity identity;
};
std::optional<Recognised> recognise_service(Protocol transport, const Reply& reply);
std::optional<ServiceIdentity> recognise(Protocol transport, const Reply& reply);

/// The usual protocol of a port, if it has a request of its own, or null.
const ServiceProbe* usual_service_probe(Protocol transport, std::uint16_t port);
/// The usual protocol inside TLS on a port, or null.
const ServiceProbe* usual_inside_tls(std::uint16_t port);
/// Its name inside TLS: `https`, or `redis over TLS`.
std::string name_inside_tls(const ServiceProbe& service_probe);

/// Whether printers print whatever they receive on this port.
bool is_printer(std::uint16_t port);
/// Whether unknown requests would do harm on this port: to a printer, or to its usual protocol.
bool is_delicate(std::uint16_t port);

/// The first line without its line ending; all of `bytes` when there is no newline.
std::string_view first_line(std::string_view bytes);
/// For `StartTls` with a one-line answer: waits for the line, and continues with `next` if it begins with
/// `good`.
StartTls after_line(std::string_view heard, std::string_view good, StartTls next);
/// The same for replies of FTP and SMTP, whose last line has a blank after its number (RFC 5321, 4.2.1).
StartTls after_reply(std::string_view heard, std::string_view good, StartTls next);
/// What follows the first complete reply of FTP or SMTP; no value until that is complete.
std::optional<std::string_view> after_first_reply(std::string_view bytes);
/// The value of an HTTP-style header, whose name is case-insensitive; empty if there is none.
std::string_view header_of(std::string_view bytes, std::string_view name);
/// A host as it may appear in a request; `localhost` for anything but a plain name or IPv4 address.
std::string_view plain_host(std::string_view host);
/// What follows `word` in `text`, up to a blank or one of `;,)`; empty if `word` is not there.
std::string_view word_after(std::string_view text, std::string_view word);

}  // namespace sockutils::probe
