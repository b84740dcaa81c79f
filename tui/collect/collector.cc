#include "tui/collect/collector.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "tui/collect/namespace_watcher.h"
#include "tui/collect/packet_counter.h"
#include "tui/collect/socket_accounting.h"
#include "tui/collect/socket_facts.h"

namespace tui {

using std::chrono::milliseconds;

namespace {

/// Collecting may take up to this fraction (1/n) of the time.
constexpr int LargestShare = 2;

/// CPU time of this thread.
Clock::duration thread_time() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// The selected kinds; without a selection, those shown by default.
sockutils::Query recorded_query(const ViewRequest& request,
                                std::vector<sockutils::NetworkNamespace> namespaces) {
  const sockutils::Query& query = request.query;
  sockutils::Query recorded;
  recorded.resolve_hosts = std::any_of(
      request.columns.begin(), request.columns.end(),
      [](const sockutils::Field* column) { return needs_any(column->needs, sockutils::Needs::HostNames); });
  recorded.namespaces = std::move(namespaces);
  recorded.kinds = query.kinds;
  recorded.numeric = query.numeric;
  for (const sockutils::SocketKind& kind : sockutils::socket_kinds())
    if (query.kinds.empty() &&
        (kind.family == sockutils::Family::Inet || kind.family == sockutils::Family::Inet6))
      recorded.kinds.push_back(kind);
  return recorded;
}

}  // namespace

/// The work of the thread; exists only on it.
class Collector::Work {
 public:
  explicit Work(Collector& collector)
      : collector_(collector), request_(collector.request()), book_(request_.columns, {}), watcher_(book_) {
    if (collector_.recorder_) watcher_.keep_for_recording();
    collector_.set_watcher(&watcher_);
  }
  ~Work() { collector_.set_watcher(nullptr); }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void run() {
    while (!collector_.stopping_) {
      take_request();
      if (!watcher_.started() && !start()) continue;
      const auto looked = watcher_.run();
      if (!looked)
        fail(looked.error());
      else if (*looked)
        finish_look();
      look_at_details();
    }
  }

 private:
  void take_request() {
    ViewRequest request = collector_.request();
    const bool other_columns = request.columns != request_.columns;
    const bool other = other_columns || request.version != request_.version;
    const bool other_interval = request.interval != request_.interval;
    request_ = std::move(request);
    if (other) watcher_.stop();
    if (other_columns) book_.set_columns(request_.columns);
    if (other) book_.begin_anew();
    if (other_interval && watcher_.started()) set_interval();
  }

  bool start() {
    sockutils::Query query = request_.query;
    query.fields = book_fields(request_.columns, request_.containers);
    interval_ = request_.interval;
    if (const auto started = watcher_.start(query, interval_, request_.count_packets); !started) {
      fail(started.error());
      return false;
    }
    spent_ = thread_time();
    return true;
  }

  void fail(const sockutils::Error& error) {
    watcher_.stop();
    book_.begin_anew();
    Frame frame = book_.finish_look(Clock::now());
    frame.failure = error.message();
    publish(std::move(frame));
    collector_.pause_after(request_);
  }

  void finish_look() {
    PacketAccount packets;
    watcher_.count_packets(packets);
    Frame frame = book_.finish_look(Clock::now());
    frame.packets = packets;
    frame.warnings = watcher_.warnings();
    record(frame);
    frame.machine = watcher_.machine();
    frame.machine_before = std::exchange(machine_, frame.machine);
    const auto now = thread_time();
    frame.cost = now - std::exchange(spent_, now);
    adapt_interval(frame.cost);
    frame.stretched = interval_ > request_.interval;
    publish(std::move(frame));
  }

  void record(Frame& frame) {
    if (collector_.recorder_ && !record_fault_) {
      const auto between = watcher_.fetch_between();
      sockutils::RecordingWriter::More more{between, {}};
      // Sockets of these kinds are needed to attribute packets to the right ones.
      if (frame.packets.counting) more.incidental = kinds_without_counters({});
      const auto done = collector_.recorder_->add(recorded_query(request_, watcher_.namespaces()), more);
      if (!done) record_fault_ = done.error().message();
    }
    frame.recording = collector_.recorder_ && !record_fault_;
    if (record_fault_)
      frame.warnings.insert(frame.warnings.begin(), {sockutils::Warning::Kind::SocketsMissing,
                                                     "recording has ended: " + *record_fault_,
                                                     "what was recorded before is in the file"});
  }

  /// Lengthens the interval when collecting takes long, so that frames do not fall further and further
  /// behind.
  void adapt_interval(Clock::duration cost) {
    cost_ = cost;
    set_interval();
  }

  void set_interval() {
    const auto least = std::chrono::ceil<milliseconds>(cost_ * LargestShare);
    const milliseconds wanted = std::max(request_.interval, least);
    if (std::exchange(interval_, wanted) != wanted) watcher_.set_interval(wanted);
  }

  void publish(Frame frame) {
    frame.wall = std::chrono::system_clock::now();
    frame.interval = interval_;
    ++looks_;
    collector_.publish(std::make_shared<const Frame>(std::move(frame)));
  }

  /// With each frame, and at once when another socket is selected.
  void look_at_details() {
    if (!request_.detail) {
      detail_.reset();
      return;
    }
    if (detail_ == request_.detail && detail_look_ == looks_) return;
    detail_ = request_.detail;
    detail_look_ = looks_;
    Details details = read_details(*detail_, request_.query);
    details.history = book_.history_of(detail_->key);
    collector_.publish(std::make_shared<const Details>(std::move(details)));
  }

  Collector& collector_;
  ViewRequest request_;
  SocketAccounting book_;
  NamespaceWatcher watcher_;
  std::optional<sockutils::MachineCounters> machine_;
  milliseconds interval_{0};
  Clock::duration cost_{};
  Clock::duration spent_{};
  std::uint64_t looks_ = 0;
  std::optional<DetailTarget> detail_;
  std::uint64_t detail_look_ = 0;
  std::optional<std::string> record_fault_;
};

Collector::Collector(ViewRequest request, std::function<void()> notify,
                     std::optional<sockutils::RecordingWriter> recorder)
    : request_(std::move(request)), notify_(std::move(notify)), recorder_(std::move(recorder)) {
  thread_ = std::thread([this] { Work(*this).run(); });
}

/// Wakes the thread, which may be waiting for a request or for the kernel.
void Collector::wake() {
  changed_.notify_all();
  const std::lock_guard lock(mutex_);
  if (watcher_ != nullptr) watcher_->interrupt();
}

void Collector::set_watcher(const NamespaceWatcher* watcher) {
  const std::lock_guard lock(mutex_);
  watcher_ = watcher;
}

Collector::~Collector() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
}

void Collector::set_request(const ViewRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    request_ = request;
  }
  wake();
}

ViewRequest Collector::request() const {
  const std::lock_guard lock(mutex_);
  return request_;
}

std::shared_ptr<const Frame> Collector::frame() const {
  const std::lock_guard lock(mutex_);
  return frame_;
}

std::shared_ptr<const Details> Collector::details() const {
  const std::lock_guard lock(mutex_);
  return details_;
}

void Collector::publish(std::shared_ptr<const Frame> frame) {
  {
    const std::lock_guard lock(mutex_);
    // The previous frame is released outside of the lock, because it may be large.
    std::swap(frame_, frame);
  }
  notify_();
}

void Collector::publish(std::shared_ptr<const Details> details) {
  {
    const std::lock_guard lock(mutex_);
    std::swap(details_, details);
  }
  notify_();
}

/// Waits until the interval is over, or there is another request.
void Collector::pause_after(const ViewRequest& request) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, request.interval, [&] {
    return stopping_ || request_.version != request.version || request_.interval != request.interval;
  });
}

}  // namespace tui
