/// The facts that are read about a socket besides its columns, and what is made from them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sockutils/value.h"
#include "tui/collect/flow_attribution.h"
#include "tui/collect/frame.h"

namespace tui {

/// The facts, in the order in which they follow the columns.
enum Fact : std::size_t {
  StateFact,
  InodeFact,
  BytesIn,
  BytesOut,
  Retransmits,
  SegmentsOut,
  Rtt,
  RecvQueue,
  SendQueue,
  Exposure,
  Processes,
  FamilyFact,
  ProtocolFact,
  LocalAddress,
  PeerAddress,
  LocalPort,
  PeerPort,
  Interface,
  V6Only,
  Netns,
  Cookie,
  FactCount
};

/// The fields that a query needs for a book with these columns. `containers`: whether owners need their
/// containers.
Fields book_fields(const Fields& columns, bool containers);

std::optional<std::uint64_t> number(sockutils::Values facts, std::size_t fact);
RowKey key_of(sockutils::Values facts);
/// A row without what depends on time: marks, rates and cells.
SocketRow row_of(sockutils::Values facts);

/// The fields from which `bound_socket()` makes its result, for a query of sockets without counters.
const Fields& claim_fields();
BoundSocket bound_socket(sockutils::Values values);

}  // namespace tui
