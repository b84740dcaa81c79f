// One run with both ends, from the client's side.

#include <algorithm>
#include <cerrno>

#include "capture/pcap_file.h"
#include "os/private_file.h"
#include "probe/via/compare.h"
#include "probe/via/control_line.h"
#include "probe/via/run_watch.h"
#include "probe/via/sender.h"
#include "probe/via/target.h"
#include "sockutils/capture.h"

namespace sockutils {
namespace probe {
namespace {

/// The time for an answer that the other end has ready, plus the round trip.
constexpr std::chrono::seconds AnswerTime{10};

class PairRun {
 public:
  PairRun(EventLoop& loop, RunWatch& watch, ControlLine& line, const PairOptions& options,
          const PairSink& sink)
      : loop_(loop), watch_(watch), line_(line), options_(options), sink_(sink) {}

  Result<void> run() {
    std::vector<ProbePort> rest = options_.ports;
    while (!rest.empty() && !stopped_) {
      const std::size_t count = std::min(rest.size(), MaxPortsOfPair);
      const std::vector<ProbePort> ports(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
      rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
      if (options_.to_server)
        if (auto done = to_server(ports); !done) return done;
      if (options_.to_client && !stopped_)
        if (auto done = to_client(ports); !done) return done;
    }
    return {};
  }

 private:
  void deliver(PairResult&& result) {
    ++watch_.progress.known;
    if (!stopped_ && !sink_(std::move(result))) stopped_ = true;
  }

  /// An upper bound on the time to try all ports.
  std::chrono::milliseconds time_to_try() const {
    constexpr std::chrono::milliseconds PerDatagram{15};
    // About twenty sizes are tried, twice each.
    return 50 * options_.timeout + options_.datagrams * PerDatagram + AnswerTime;
  }

  SenderTask sending(const std::string& token) const {
    return {token,
            line_.local_address(),
            options_.server,
            options_.timeout,
            std::min(options_.datagrams, MaxDatagrams),
            options_.dscp.value_or(0),
            options_.path_mtu,
            options_.flows};
  }

  /// Sets the phase that progress reports from now on; without ports: the ends negotiate.
  void set_work(PairDirection direction, std::size_t ports) {
    watch_.progress.direction = direction;
    watch_.progress.ports = ports;
    watch_.progress.tried = 0;
  }

  Result<Tried> send_to(const std::vector<ProbePort>& ports, const std::string& token) {
    std::optional<Tried> tried;
    const auto sender =
        Sender::start(loop_, sending(token), ports, [&](Tried&& result) { tried = std::move(result); });
    if (!sender) return tl::unexpected(sender.error());
    set_work(PairDirection::ToServer, ports.size());
    const auto deadline = std::chrono::steady_clock::now() + time_to_try();
    while (!tried && std::chrono::steady_clock::now() < deadline) {
      if (watch_.is_stopped()) return tl::unexpected(stopped_error());
      watch_.progress.tried = (*sender)->tried();
      watch_.wait(std::chrono::milliseconds(100));
    }
    set_work(PairDirection::ToServer, 0);
    if (!tried) return tl::unexpected(Error{ETIMEDOUT, "try", "ports", {}});
    return std::move(*tried);
  }

  Result<void> to_server(const std::vector<ProbePort>& ports) {
    const auto opened = line_.request<Opened>(Open{ports}, AnswerTime);
    if (!opened) return tl::unexpected(opened.error());
    const auto open = take_open(PairDirection::ToServer, *opened);
    const auto tried = send_to(open, opened->token);
    if (!tried) return tl::unexpected(tried.error());
    const auto seen = line_.request<Seen>(Report{}, AnswerTime);
    if (!seen) return tl::unexpected(seen.error());
    compare_all(PairDirection::ToServer, *tried, *seen);
    return {};
  }

  Result<void> to_client(const std::vector<ProbePort>& ports) {
    Target target(loop_, random_bytes(TokenSize), options_.server);
    Opened opened{target.token(), {}};
    for (const ProbePort& port : ports) {
      const auto result = target.open(port, line_.local_address());
      if (result && options_.flows) options_.flows->add_served_port(port.protocol, port.port);
      const bool taken = !result && result.error().code == EADDRINUSE;
      opened.ports.push_back({port, result  ? ""
                                    : taken ? "the port is taken here"
                                            : result.error().message()});
    }
    const auto open = take_open(PairDirection::ToClient, opened);
    Try task{target.token(), open};
    task.timeout_ms = static_cast<std::uint32_t>(std::min<std::int64_t>(options_.timeout.count(), 60'000));
    task.datagrams = std::min(options_.datagrams, MaxDatagrams);
    task.dscp = options_.dscp;
    task.path_mtu = options_.path_mtu;
    set_work(PairDirection::ToClient, open.size());
    const auto tried = line_.request<Tried>(task, time_to_try());
    set_work(PairDirection::ToClient, 0);
    if (!tried) return tl::unexpected(tried.error());
    compare_all(PairDirection::ToClient, *tried, target.report());
    return {};
  }

  /// Returns the ports that are open; for the others, results are delivered.
  std::vector<ProbePort> take_open(PairDirection direction, const Opened& opened) {
    std::vector<ProbePort> open;
    for (const OpenedPort& port : opened.ports) {
      if (port.refusal.empty())
        open.push_back(port.port);
      else
        deliver(not_measured(direction, port.port, port.refusal));
    }
    return open;
  }

  void compare_all(PairDirection direction, const Tried& tried, const Seen& seen) {
    for (const TriedPort& port : tried.ports) {
      const auto found = std::find_if(seen.ports.begin(), seen.ports.end(),
                                      [&](const SeenPort& other) { return other.port == port.port; });
      deliver(found != seen.ports.end()
                  ? compare(direction, port, *found)
                  : not_measured(direction, port.port, "the other end says nothing of it"));
    }
  }

  EventLoop& loop_;
  RunWatch& watch_;
  ControlLine& line_;
  const PairOptions& options_;
  const PairSink& sink_;
  bool stopped_ = false;
};

}  // namespace
}  // namespace probe

std::string_view name(PairDirection direction) {
  return direction == PairDirection::ToServer ? "to server" : "to client";
}

std::string_view name(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::Open:
      return "open";
    case PairVerdict::NatRewritten:
      return "NAT-rewritten";
    case PairVerdict::Altered:
      return "altered";
    case PairVerdict::BlockedThere:
      return "blocked on the way there";
    case PairVerdict::BlockedBack:
      return "blocked on the way back";
    case PairVerdict::NotMeasured:
      break;
  }
  return "not measured";
}

namespace {

/// The server's packets of a run.
class FarCapture {
 public:
  FarCapture(probe::ControlLine& line, PairReport& report) : line_(line), report_(report) {}

  Result<void> begin() {
    const auto answer = line_.request<probe::Capturing>(probe::Capture{}, probe::AnswerTime);
    if (!answer) return tl::unexpected(answer.error());
    runs_ = answer->refusal.empty();
    if (!runs_) miss(answer->refusal);
    return {};
  }

  Result<void> fetch() {
    if (!runs_) return {};
    constexpr std::size_t MaxParts = 100;
    probe::Packets packets{.more = true};
    std::string bytes;
    for (std::size_t part = 0; packets.more && part < MaxParts; ++part) {
      auto answer = line_.request<probe::Packets>(probe::Fetch{}, probe::AnswerTime);
      if (!answer) return tl::unexpected(answer.error());
      packets = std::move(*answer);
      bytes += packets.bytes;
    }
    if (packets.more || !capture::is_capture_file(bytes)) {
      miss("what it sent is no capture");
      return {};
    }
    if (packets.lost > 0)
      report_.warnings.push_back(
          {Warning::Kind::PacketsMissing,
           std::to_string(packets.lost) + " of the server's packets found no room there",
           "fewer ports at once"});
    report_.server_packets = std::move(bytes);
    report_.server_packet_count = packets.kept;
    return {};
  }

  void give_up() {
    if (runs_) miss("the run was ended before");
  }

 private:
  void miss(const std::string& why) {
    report_.warnings.push_back(
        {Warning::Kind::PacketsMissing, "the server's packets are missing: " + why, {}});
  }

  probe::ControlLine& line_;
  PairReport& report_;
  bool runs_ = false;
};

}  // namespace

Result<PairReport> probe_via(const PairOptions& options, const PairSink& sink) {
  auto loop = EventLoop::open();
  if (!loop) return tl::unexpected(loop.error());
  probe::RunWatch watch(*loop, options);
  if (auto begun = watch.begin(); !begun) return tl::unexpected(begun.error());
  watch.progress.results = options.ports.size() * (options.to_server + options.to_client);
  PairReport report;
  const auto run = [&]() -> Result<void> {
    const auto line = probe::ControlLine::connect(*loop, watch, options);
    if (!line) return tl::unexpected(line.error());
    FarCapture capture(**line, report);
    if (options.server_packets)
      if (auto begun = capture.begin(); !begun) return begun;
    if (auto done = probe::PairRun(*loop, watch, **line, options, sink).run(); !done) {
      capture.give_up();
      return done;
    }
    return capture.fetch();
  }();
  report.stopped = watch.is_stopped();
  if (!run && !report.stopped) return tl::unexpected(run.error());
  return report;
}

}  // namespace sockutils
