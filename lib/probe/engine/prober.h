/// Probes many ports of many hosts at once.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "os/probe_sockets.h"
#include "probe/engine/host_queue.h"
#include "probe/engine/progress.h"
#include "probe/engine/verdict.h"
#include "sockutils/probe.h"

namespace sockutils::probe {

/// What a run probes, and how; must outlive the prober.
struct Task {
  const std::vector<ProbeHost>& hosts;
  const std::vector<ProbePort>& ports;
  const ProbeOptions& options;
  const ProbeSink& sink;
};

class Prober {
 public:
  Prober(const Task& task, ProbeSockets& sockets);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  ProbeReport run();

 private:
  using Clock = ProbeSockets::Clock;

  /// A try in progress.
  struct Flight {
    HostQueue* host = nullptr;
    Job job;
    int socket = -1;
    Clock::time_point started;
    /// Tells events and deadlines of this try from those of an earlier one with the same index.
    std::uint32_t generation = 0;
  };
  struct Deadline {
    Clock::time_point time;
    std::uint64_t tag;
    friend bool operator>(const Deadline& a, const Deadline& b) { return a.time > b.time; }
  };
  /// A socket whose connect(2) failed at once can be used for the next port.
  struct Spare {
    int socket = -1;
    bool is_v6 = false;
  };

  void hand_on_open();
  void identify();
  std::size_t all_ports() const;
  ProbeProgress how_far() const;
  void admit_hosts();
  void begin_tries();
  bool may_begin() const;
  void begin(HostQueue& host, Job job);
  Result<int> socket_for(const FarEnd& end);
  void keep_or_close(int socket, const FarEnd& end);
  void leave(int socket, const FarEnd& end);
  /// The outcome of connect(2), or of the first send(2).
  Outcome attempt(int socket, const FarEnd& end);
  void await(HostQueue& host, const Job& job, int socket, Clock::time_point started);

  void handle(std::uint64_t tag);
  void expire();
  std::chrono::microseconds time_to_wait() const;
  Flight* flight_of(std::uint64_t tag);
  /// Frees its index; the caller then owns the socket.
  Flight land(std::uint64_t tag);

  Outcome look(Flight& flight, const FarEnd& end);
  void decide(HostQueue& host, Job job, const Outcome& outcome, Clock::time_point started);
  void run_short(HostQueue& host, Job job, const Error& error);
  void give_up_silent();

  /// Delivers the result of a taken job.
  void conclude(HostQueue& host, const Job& job, Verdict verdict,
                std::optional<std::chrono::microseconds> time);
  FarEnd end_of(const HostQueue& host, const Job& job) const;
  void deliver(const HostQueue& host, const Job& job, Verdict verdict,
               std::optional<std::chrono::microseconds> time);

  const Task task_;
  ProbeSockets& sockets_;
  NearEnd near_;
  std::size_t limit_;
  std::size_t in_flight_ = 0;
  std::size_t next_host_ = 0;
  std::deque<std::unique_ptr<HostQueue>> active_;
  std::vector<Flight> flights_;
  std::vector<std::size_t> free_places_;
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  Spare spare_;
  Clock::time_point paused_until_{};
  Clock::time_point next_begin_{};
  std::map<std::string, std::size_t> not_measured_;
  std::string scratch_;
  ProgressTeller<ProbeProgress> progress_;
  ProbeReport report_;
  std::size_t open_ports_ = 0;
  /// Ports of hosts that are finished.
  double finished_work_ = 0;
  /// Who answered the datagram being evaluated.
  std::optional<ServiceIdentity> identity_;
  /// Open ports whose servers will be identified.
  std::deque<ProbeResult> open_;
  bool stopped_ = false;
};

}  // namespace sockutils::probe
