/// What a query requires: the fields in use determine what to acquire, states and filter determine what to
/// request from the kernel. Pure.
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
  /// The states of each pass over the kinds, in order; each socket belongs to exactly one pass.
  struct Pass {
    StateSet states;
    /// The rows of this pass are kept and sorted.
    bool sorted = false;
    /// The dumps for each kind that the kernel can filter.
    struct Filtered {
      SocketKind kind;
      std::vector<KernelDump> dumps;
    };
    std::vector<Filtered> filtered = {};

    /// The dumps that deliver the sockets of `kind`; none when the filter excludes all of them.
    std::span<const KernelDump> dumps_of(const SocketKind& kind) const;
  };
  std::vector<Pass> passes;
  /// What to read for a group in a pass, pointing into the pass; no value: nothing.
  std::optional<ReadRequest> request_for(const Pass& pass, const DumpGroup& group) const;
  /// The values of a row: the query's fields, followed by fields that only the order needs.
  std::vector<const Field*> fields;
  struct SortColumn {
    std::size_t column;
    bool descending;
  };
  std::vector<SortColumn> sort;
};

/// Checks that a query can be answered: its fields and sort keys are not null and belong to sockets. For the
/// functions of the public interface; internal calls pass queries that were checked.
Result<void> check(const Query& query);

/// `all_kinds` supplies the internet families when a query names no kinds.
Plan make_plan(const Query& query, const std::vector<SocketKind>& all_kinds);

/// The same for following sockets: one unsorted pass that also reads sockets that do not match, because they
/// may have matched before or may match later.
Plan make_following_plan(const Query& query, const std::vector<SocketKind>& all_kinds);

}  // namespace sockutils
