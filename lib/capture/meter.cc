// The thread that counts traffic.

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "capture/filter_program.h"
#include "capture/flows.h"
#include "common/unique_fd.h"
#include "os/links.h"
#include "os/packets.h"
#include "os/system.h"
#include "sockutils/count.h"

namespace sockutils {

using capture::FlowTable;
using capture::LinkType;

namespace {

/// Size of the ring buffer, in which a packet takes about 250 bytes.
constexpr std::uint32_t BufferBytes = 4u << 20;
/// After this many successive `take()` calls with losses, TCP is filtered out.
constexpr int LossesBeforeTcpGoes = 2;

/// The maximum delay before a received packet is counted.
constexpr std::chrono::milliseconds PollInterval{50};
constexpr std::chrono::milliseconds LongestWait{60'000};

Error no_direction(int type) {
  return {0, "capture", "every interface",
          "no link type that says which way packets go, but " + std::to_string(type)};
}

}  // namespace

/// Everything except `run()` runs on the thread that called `start()`.
class TrafficMeter::Content {
 public:
  Content() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Content() {
    stopping_ = true;
    wake();
    if (thread_.joinable()) thread_.join();
  }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  /// The thread stays in its network namespace for as long as it lives.
  Result<void> start(const std::optional<NetworkNamespace>& where) {
    std::promise<Result<void>> begun;
    auto answer = begun.get_future();
    thread_ = std::thread([this, where, promise = std::move(begun)]() mutable {
      if (!where || where->path.empty()) return run(promise);
      const auto entered = real_system().in_network_namespace(where->path, [&] { run(promise); });
      if (!entered) promise.set_value(entered);
    });
    return answer.get();
  }

  Traffic take() {
    const std::lock_guard lock(mutex_);
    Traffic traffic;
    if (failure_) {
      traffic.failure = failure_;
    } else {
      drain();
    }
    traffic.flows = table_.take_flows();
    traffic.unclear = table_.take_unclear();
    traffic.lost = take_losses();
    traffic.without_tcp = !tcp_;
    // Packets received so far may already be from a changed configuration, so it is read again for the next
    // ones.
    if (!traffic.flows.empty()) look_again_ = true;
    return traffic;
  }

 private:
  void wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_.get(), &one, sizeof one));
  }

  void run(std::promise<Result<void>>& begun) {
    const auto opened = open();
    begun.set_value(opened);
    while (opened && !stopping_ && !ended_) wait_and_read();
  }

  Result<void> open() {
    const auto library = packet_library();
    if (!library) return tl::unexpected(library.error());
    auto source = (*library)->open(
        {.snap_length = SnapLength + 20, .buffer_bytes = BufferBytes, .patience = PollInterval});
    if (!source) return tl::unexpected(source.error());
    type_ = static_cast<LinkType>((*source)->link_type());
    const auto layout = capture::layout_of(type_);
    if (!layout) return tl::unexpected(no_direction((*source)->link_type()));
    layout_ = *layout;
    source_ = std::move(*source);
    learn();
    return set_program();
  }

  /// Reads the current addresses and interfaces.
  void learn() {
    addresses_ = real_system().local_addresses();
    table_.interfaces().learn(read_links().value_or(std::vector<Link>{}), addresses_);
    look_again_ = false;
  }

  Result<void> set_program() {
    return source_->set_program(capture::make_program(layout_, {SnapLength, addresses_, tcp_}));
  }

  void wait_and_read() {
    std::array<pollfd, 2> sources{{{source_->fd(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    if (::poll(sources.data(), sources.size(), static_cast<int>(LongestWait.count())) < 0 && errno != EINTR)
      return;
    if (stopping_ || ended_) return;
    const std::lock_guard lock(mutex_);
    if (look_again_) adapt();
    drain();
  }

  void adapt() {
    const auto before = addresses_;
    learn();
    if (before == addresses_ && tcp_ == program_has_tcp_) return;
    program_has_tcp_ = tcp_;
    if (const auto done = set_program(); !done) fail(done.error());
  }

  void drain() {
    const auto done = source_->read([this](const RawPacket& packet) { table_.add(packet, type_); });
    if (!done && done.error().code != ENETDOWN) fail(done.error());
  }

  void fail(const Error& error) {
    failure_ = error;
    ended_ = true;
    wake();
  }

  std::uint64_t take_losses() {
    const auto counts = source_->counts();
    if (!counts) return 0;
    const std::uint64_t lost =
        counts->lost - std::min(counts->lost, std::exchange(lost_before_, counts->lost));
    lossy_ = lost > 0 ? lossy_ + 1 : 0;
    if (lossy_ >= LossesBeforeTcpGoes && tcp_) {
      tcp_ = false;
      look_again_ = true;
    }
    return lost;
  }

  static constexpr std::uint32_t SnapLength = 128;

  UniqueFd wake_;
  std::atomic<bool> stopping_ = false;
  /// Set by a failure; the source stays until the end, because the thread may be waiting for it.
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;
  /// Guards everything below.
  std::unique_ptr<PacketSource> source_;
  LinkType type_{};
  capture::LinkLayout layout_{};
  std::vector<Address> addresses_;
  FlowTable table_;
  std::optional<Error> failure_;
  std::uint64_t lost_before_ = 0;
  int lossy_ = 0;
  bool tcp_ = true;
  bool program_has_tcp_ = true;
  bool look_again_ = false;
  std::thread thread_;
};

Result<TrafficMeter> TrafficMeter::start(const std::optional<NetworkNamespace>& where) {
  auto content = std::make_unique<Content>();
  if (const auto begun = content->start(where); !begun) return tl::unexpected(begun.error());
  return TrafficMeter(std::move(content));
}

TrafficMeter::TrafficMeter(std::unique_ptr<Content> content) : content_(std::move(content)) {}
TrafficMeter::~TrafficMeter() = default;
TrafficMeter::TrafficMeter(TrafficMeter&&) noexcept = default;
TrafficMeter& TrafficMeter::operator=(TrafficMeter&&) noexcept = default;

Traffic TrafficMeter::take() { return content_->take(); }

bool has_capture() { return packet_library().has_value(); }

}  // namespace sockutils
