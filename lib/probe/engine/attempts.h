/// In which tongues a server is addressed, one connection after the other.
#pragma once

#include <deque>

#include "probe/identify/service_probe.h"
#include "probe/identify/tls_clients.h"

namespace sockutils::probe {

/// What happens on one connection, in this order.
struct Attempt {
  /// The server may speak first.
  bool listen = false;
  /// The plain words of this protocol lead to TLS.
  const ServiceProbe* start_tls = nullptr;
  /// TLS begins. Inside the server may speak first again.
  bool tls = false;
  TlsClients::Offer offer = TlsClients::Offer::Nothing;
  /// What is asked at last; null: nothing.
  const ServiceProbe* question = nullptr;
};

/// For an open port. `has_tls`: whether this program can look into TLS, or only recognise it.
/// `is_deep`: where no protocol is usual, every one is tried.
std::deque<Attempt> first_attempts(const ProbeResult& result, bool has_tls, bool is_deep);

/// What to try further inside TLS when the first question was not answered.
std::deque<Attempt> more_inside_tls(std::uint16_t port);

}  // namespace sockutils::probe
