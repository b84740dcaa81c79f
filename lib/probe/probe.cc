#include "sockutils/probe.h"

#include "probe/prober.h"

namespace sockutils {

std::string_view name(PortState state) {
  switch (state) {
    case PortState::Open:
      return "open";
    case PortState::Closed:
      return "closed";
    case PortState::Rejected:
      return "rejected";
    case PortState::Filtered:
      return "filtered";
    case PortState::Unreachable:
      return "unreachable";
    case PortState::OpenOrFiltered:
      return "open|filtered";
    case PortState::NotMeasured:
      return "not measured";
  }
  return {};
}

Result<ProbeReport> probe_ports(const std::vector<ProbeHost>& hosts, const std::vector<ProbePort>& ports,
                                const ProbeOptions& options, const ProbeSink& sink) {
  const auto sockets = open_probe_sockets();
  if (!sockets) return tl::unexpected(sockets.error());
  return probe::Prober({hosts, ports, options, sink}, **sockets).run();
}

}  // namespace sockutils
