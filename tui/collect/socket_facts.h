/// What is read of a socket besides its columns, and what is made of that. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sockutils/value.h"
#include "tui/collect/flow_attribution.h"
#include "tui/collect/frame.h"

namespace tui {

/// In this order, behind the columns.
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

/// The fields that a query has to have for a book with these columns; whether owners are to know their
/// containers.
Fields book_fields(const Fields& columns, bool containers);

std::optional<std::uint64_t> number(sockutils::Values facts, std::size_t fact);
RowKey key_of(sockutils::Values facts);
/// All of a row but what time brings: its marks, rates and cells.
SocketRow row_of(sockutils::Values facts);

/// The fields from which `bound_socket()` is made, for a query of what has no counters of its own.
const Fields& claim_fields();
BoundSocket bound_socket(sockutils::Values values);

}  // namespace tui
