/// What an event says about a port.
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

/// The table of decisions. `outcome` is final: connected, or failed.
Verdict judge(const FarEnd& end, const Outcome& outcome);

/// Nobody answered.
Verdict judge_silence(Protocol protocol, std::chrono::microseconds waited, unsigned tries);

/// Whether this machine lacks something that may come back: descriptors, ports, memory.
bool is_shortage(int error);

/// Whether an ICMP error ends an attempt; "fragmentation needed", say, does not.
bool is_final(const IcmpError& icmp);

}  // namespace sockutils::probe
