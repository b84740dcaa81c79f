/// A protocol as far as it takes to recognise who speaks it. A protocol is one file in protocols/ and one
/// line in probes.cc.
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

struct Dialect {
  std::string_view name;
  Protocol transport = Protocol::Tcp;
  /// Where it is usually spoken.
  std::span<const std::uint16_t> ports;
  /// What makes the server speak, and changes nothing. Null: the server speaks first.
  std::string (*ask)(std::string_view host) = nullptr;
  /// Pure. No value: another protocol, or not enough of it yet.
  std::optional<ServiceIdentity> (*read)(const Reply& reply);
  /// The server's half: what it answers to `request`, which is empty when the client has just come.
  std::string (*respond)(std::string_view request);
  /// Strange words do harm: on its ports nothing is said in another protocol.
  bool is_delicate = false;
  /// The server ends the conversation once it has answered.
  bool hangs_up = false;
};

/// Every protocol, the surest to recognise first.
std::span<const Dialect* const> dialects();

/// Whose answer, or greeting, it is; no value when it is nobody's that is known.
std::optional<ServiceIdentity> recognise(Protocol transport, const Reply& reply);

/// The protocol with a question of its own that is usual on a port, or null.
const Dialect* usual_dialect(Protocol transport, std::uint16_t port);

/// Where printers print whatever they hear.
bool is_printer(std::uint16_t port);
/// Whether strange words would do harm there: to a printer, or to a protocol that is usual there.
bool is_delicate(std::uint16_t port);

/// Without the bytes that end it; all of it when there is no newline.
std::string_view first_line(std::string_view bytes);
/// What follows `word` in `text`, up to a blank or one of `;,)`; empty without it.
std::string_view word_after(std::string_view text, std::string_view word);

}  // namespace sockutils::probe
