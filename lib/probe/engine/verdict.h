/// What the outcome of a try says about a port.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "os/probe_sockets.h"
#include "sockutils/probe.h"

namespace sockutils::probe {

struct Verdict {
  PortState state = PortState::NotMeasured;
  std::string reason;
  std::optional<Address> from;
};

/// The decision table. `outcome` is final: connected or failed.
Verdict judge(const FarEnd& end, const Outcome& outcome);

/// The verdict when nothing answered.
Verdict judge_silence(Protocol protocol, std::chrono::microseconds waited, unsigned tries);

/// Whether this machine lacks a resource that may become available again: descriptors, ports, memory.
bool is_shortage(int error);

/// Whether an ICMP error ends a try; "fragmentation needed", for example, does not.
bool is_final(const IcmpError& icmp);

}  // namespace sockutils::probe
