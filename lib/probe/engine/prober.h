/// Asks for many ports of many hosts at once.
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

/// What a run is about; outlives the prober.
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

  /// A try that waits for its answer.
  struct Flight {
    HostQueue* host = nullptr;
    Job job;
    int socket = -1;
    Clock::time_point started;
    /// Tells events and deadlines of this try from those of others that had its place.
    std::uint32_t generation = 0;
  };
  struct Deadline {
    Clock::time_point time;
    std::uint64_t tag;
    friend bool operator>(const Deadline& a, const Deadline& b) { return a.time > b.time; }
  };
  /// A socket that failed to connect at once can try again elsewhere.
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
  /// What connect(2), or the first send(2), came to.
  Outcome attempt(int socket, const FarEnd& end);
  void await(HostQueue& host, const Job& job, int socket, Clock::time_point started);

  void handle(std::uint64_t tag);
  void expire();
  std::chrono::microseconds time_to_wait() const;
  Flight* flight_of(std::uint64_t tag);
  /// Its place is free afterwards; the socket is the caller's.
  Flight land(std::uint64_t tag);

  Outcome look(Flight& flight, const FarEnd& end);
  void decide(HostQueue& host, Job job, const Outcome& outcome, Clock::time_point started);
  void run_short(HostQueue& host, Job job, const Error& error);
  void give_up_silent();

  /// The result of a job that was taken.
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
  /// Of hosts that are done with, in ports.
  double finished_work_ = 0;
  /// Who answered the datagram that is being decided on.
  std::optional<ServiceIdentity> identity_;
  /// Open ports whose servers are to be identified.
  std::deque<ProbeResult> open_;
  bool stopped_ = false;
};

}  // namespace sockutils::probe
