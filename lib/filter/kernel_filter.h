/// The part of a filter that the kernel can evaluate, as programs for its dumps. Pure.
///
/// The whole filter is always evaluated afterwards: the kernel only saves us from receiving sockets that the
/// filter would drop. If it cannot decide, the socket passes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "filter/kernel_program.h"
#include "sockutils/list.h"

namespace sockutils {

/// The sockets of one dump.
struct KernelTarget {
  Protocol protocol = Protocol::Tcp;
  bool v4 = true;
  bool v6 = true;
  StateSet states = StateSet::all();
};

/// One of the dumps that together deliver the sockets of a kind. Each socket is in only one of them, except
/// where the kernel refuses programs.
struct KernelDump {
  /// For INET_DIAG_REQ_BYTECODE; empty: all sockets.
  std::string program;
  /// The remaining part of the program for a kernel that refuses it.
  std::string least_program = {};
  /// The value of `autobound` of all sockets that the program passes, except mini-sockets.
  std::optional<bool> autobound = {};
};

/// The single dump that delivers everything.
std::span<const KernelDump> whole_dump();

/// Whether programs for this kind test the same values that its messages contain. Not for SCTP, which shows
/// addresses of associations but compares those of the endpoint, nor for raw sockets, of which there are few.
bool takes_kernel_filter(const SocketKind& kind);

/// The dumps to request: none when no socket can match, two when `needs` has Needs::Autobound, which only
/// programs can tell.
std::vector<KernelDump> plan_dumps(const Filter& filter, const KernelTarget& target, Needs needs);

/// A condition that is true for every socket of the target that the filter matches. `autobound` is the known
/// value for all of them except mini-sockets.
kernel::Condition kernel_condition(const Filter& filter, const KernelTarget& target,
                                   std::optional<bool> autobound = std::nullopt);

}  // namespace sockutils
