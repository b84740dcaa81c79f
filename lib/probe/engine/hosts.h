/// Hosts as written on a command line, for any `System`.
#pragma once

#include <string_view>
#include <vector>

#include "os/system.h"
#include "sockutils/probe.h"

namespace sockutils::probe {

/// The implementation of `add_probe_hosts()`.
Result<void> add_hosts(std::vector<ProbeHost>& hosts, std::string_view text, const ProbeHostOptions& options,
                       const System& system);

/// Alternates between the family of the first address and the other one (RFC 8305, section 4).
std::vector<Address> alternate_families(const std::vector<Address>& addresses);

}  // namespace sockutils::probe
