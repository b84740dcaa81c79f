/// What a query comes to: from the fields in use, what to acquire; from states and filter, what to ask
/// the kernel for. Pure.
#pragma once

#include <span>
#include <vector>

#include "acquire/dumps/socket_reader.h"
#include "filter/kernel_filter.h"
#include "sockutils/list.h"

namespace sockutils {

struct Plan {
  std::vector<SocketKind> kinds;
  Needs needs = Needs::Nothing;
  /// The states of each pass over the kinds, in order; a socket belongs to one pass.
  struct Pass {
    StateSet states;
    /// Rows of this pass are held and put in order.
    bool sorted = false;
    /// The dumps of each kind that the kernel can filter.
    struct Filtered {
      SocketKind kind;
      std::vector<KernelDump> dumps;
    };
    std::vector<Filtered> filtered = {};

    /// The dumps that bring the sockets of `kind`; none when the filter matches none of them.
    std::span<const KernelDump> dumps_of(const SocketKind& kind) const;
  };
  std::vector<Pass> passes;
  /// What to read of kinds in a pass; no value: nothing. It points into the pass.
  std::optional<ReadRequest> request_for(const Pass& pass, const DumpGroup& group) const;
  /// The values of a row: the query's fields, and behind them what only the order needs.
  std::vector<const Field*> fields;
  struct SortColumn {
    std::size_t column;
    bool descending;
  };
  std::vector<SortColumn> sort;
};

/// Whether a query can be answered: its fields and those of its order are there, and are facts of a socket.
/// For the functions that programs call; what calls within the library passes on a query that was checked.
Result<void> check(const Query& query);

/// `all_kinds` is what an empty list of kinds is filled from: its internet families.
Plan make_plan(const Query& query, const std::vector<SocketKind>& all_kinds);

/// The same for who follows sockets: one pass, without order, that reads also what does not match, since it
/// may have matched before or do so later.
Plan make_following_plan(const Query& query, const std::vector<SocketKind>& all_kinds);

}  // namespace sockutils
