/// The part of a filter that the kernel can decide, as programs for its dumps. Pure.
///
/// The whole filter is evaluated afterwards in any case: the kernel only spares us sockets that the filter
/// would drop. So where it cannot tell, it lets pass.
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

/// One dump of those that together bring the sockets of a kind. Each socket is in one of them, except where
/// the kernel refuses programs.
struct KernelDump {
  /// For INET_DIAG_REQ_BYTECODE; empty: everything.
  std::string program;
  /// What is left of the program for a kernel that refuses it.
  std::string least_program = {};
  /// What the program says of the sockets that it lets pass, mini-sockets aside.
  std::optional<bool> autobound = {};
};

/// The one dump that brings everything.
std::span<const KernelDump> whole_dump();

/// Whether sockets of this kind are dumped by a handler whose programs see what its messages say. SCTP
/// shows addresses of associations, and compares those of the end point; raw sockets are few.
bool takes_kernel_filter(const SocketKind& kind);

/// The dumps to ask for: none when no socket can match. Two when `needs` has Needs::Autobound, which only
/// programs tell.
std::vector<KernelDump> plan_dumps(const Filter& filter, const KernelTarget& target, Needs needs);

/// A condition that is true for every socket of the target that the filter matches. `autobound` is what is
/// known of all of them but mini-sockets.
kernel::Condition kernel_condition(const Filter& filter, const KernelTarget& target,
                                   std::optional<bool> autobound = std::nullopt);

}  // namespace sockutils
