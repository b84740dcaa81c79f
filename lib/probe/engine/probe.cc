#include "sockutils/probe.h"

#include <algorithm>

#include "probe/engine/path.h"
#include "probe/engine/prober.h"
#include "probe/engine/progress.h"
#include "probe/identify/identifier.h"

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
  const auto sockets = open_probe_sockets(options.flows);
  if (!sockets) return tl::unexpected(sockets.error());
  return probe::Prober({hosts, ports, options, sink}, **sockets).run();
}

Result<ProbeReport> trace_probe_paths(const std::vector<ProbeHost>& hosts,
                                      const std::vector<ProbePort>& ports, const ProbePathOptions& options,
                                      const ProbePathSink& sink) {
  const auto sockets = open_probe_sockets(options.probe.flows);
  if (!sockets) return tl::unexpected(sockets.error());
  const NearEnd near{
      options.probe.source, options.probe.source_port, options.probe.interface, {}, options.probe.dscp};
  if (options.probe.stop_fd >= 0) (*sockets)->watch(options.probe.stop_fd, probe::StopTag, {});
  probe::PathTracer tracer(**sockets, near, options);
  probe::ProgressTeller<ProbePathProgress> progress(options.progress);
  const auto with_way =
      std::count_if(hosts.begin(), hosts.end(), [](const ProbeHost& host) { return host.path.empty(); });
  const std::size_t all = static_cast<std::size_t>(with_way) * ports.size();
  ProbeReport report;
  for (std::size_t h = 0; h < hosts.size(); ++h)
    for (std::size_t p = 0; p < ports.size() && hosts[h].path.empty(); ++p) {
      ProbePath path{h, p, hosts[h].host, hosts[h].address, ports[p].protocol, ports[p].port};
      const auto tell = [&](unsigned ttl) {
        progress.tell(
            [&] {
              return ProbePathProgress{report.results, all, hosts[h].address, ports[p], ttl};
            },
            (*sockets)->now());
      };
      report.stopped = !tracer.trace(path, tell);
      if (report.stopped) return report;
      ++report.results;
      if (!sink(std::move(path))) return report;
    }
  return report;
}

}  // namespace sockutils
