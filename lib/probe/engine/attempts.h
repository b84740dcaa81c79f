/// The order of identification attempts, each on a connection of its own.
#pragma once

#include <deque>

#include "probe/identify/service_probe.h"
#include "probe/identify/tls_clients.h"

namespace sockutils::probe {

/// The steps on one connection, in this order.
struct Attempt {
  /// Wait for the server to speak first.
  bool listen = false;
  /// Start TLS from plain text, as this protocol does it.
  const ServiceProbe* start_tls = nullptr;
  /// Begin TLS, inside which the server may again speak first.
  bool tls = false;
  TlsClients::Offer offer = TlsClients::Offer::Nothing;
  /// The request to send last; null: none.
  const ServiceProbe* question = nullptr;
};

/// The attempts for an open port. `has_tls`: whether this program can look into TLS, or only recognise it.
/// `is_deep`: on ports without a usual protocol, try every protocol.
std::deque<Attempt> first_attempts(const ProbeResult& result, bool has_tls, bool is_deep);

/// Further attempts inside TLS when the first request was not answered.
std::deque<Attempt> more_inside_tls(std::uint16_t port);

}  // namespace sockutils::probe
