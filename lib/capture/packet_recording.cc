// The thread that writes packets to a file.

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "capture/pcap_file.h"
#include "common/new_file.h"
#include "common/unique_fd.h"
#include "os/packets.h"
#include "sockutils/capture.h"

namespace sockutils {
namespace {

using Clock = std::chrono::steady_clock;

/// Time for the sender of a packet to report its port.
constexpr std::chrono::milliseconds HoldBack{200};
/// Packets beyond this are judged at once.
constexpr std::size_t MaxHeldBytes = 32u << 20;

/// Threads created in this scope block all signals, which are meant for the caller.
class WithoutSignals {
 public:
  WithoutSignals() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~WithoutSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  WithoutSignals(const WithoutSignals&) = delete;
  WithoutSignals& operator=(const WithoutSignals&) = delete;

 private:
  sigset_t before_{};
};

/// A packet waiting to be judged.
struct HeldPacket {
  Clock::time_point came;
  std::chrono::nanoseconds time;
  std::string bytes;
  std::uint32_t length;
};

}  // namespace

class PacketRecording::Content {
 public:
  Content(std::unique_ptr<PacketSource> source, NewFile file, std::shared_ptr<CaptureFlows> flows)
      : source_(std::move(source)),
        file_(std::move(file)),
        flows_(std::move(flows)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Content() { stop(); }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  Result<void> begin(std::uint32_t snap_length) {
    std::string header;
    capture::append_file_header(header, source_->link_type(), snap_length);
    if (auto written = file_.append(header); !written) return written;
    const WithoutSignals without;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> set_filter(const std::string& filter) {
    const std::lock_guard lock(mutex_);
    return source_->set_filter(filter);
  }

  Result<CaptureCounts> finish() {
    stop();
    while (!failure_ && read() > 0) continue;
    judge_held(Clock::time_point::max());
    const auto counts = source_->counts();
    if (failure_) return tl::unexpected(*failure_);
    if (const auto done = file_.commit(); !done) return tl::unexpected(done.error());
    return CaptureCounts{written_, counts ? counts->lost + counts->lost_by_interface : 0};
  }

 private:
  void stop() {
    stopping_ = true;
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_.get(), &one, sizeof one));
    if (thread_.joinable()) thread_.join();
  }

  void run() {
    while (!stopping_ && !failure_) {
      std::array<pollfd, 2> sources{{{source_->fd(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
      const int patience = held_.empty() ? -1 : static_cast<int>(HoldBack.count()) / 2;
      if (::poll(sources.data(), sources.size(), patience) < 0 && errno != EINTR) return;
      const std::lock_guard lock(mutex_);
      if (!stopping_) read();
      judge_held(Clock::now() - HoldBack);
    }
  }

  std::size_t read() {
    const auto count = source_->read([this](const RawPacket& packet) {
      if (!flows_) return write(packet);
      held_bytes_ += packet.bytes.size();
      held_.push_back({Clock::now(), packet.time, std::string(as_text(packet.bytes)), packet.length});
      if (held_bytes_ > MaxHeldBytes) judge_held(held_.front().came);
    });
    if (!count && count.error().code != ENETDOWN && !failure_) failure_ = count.error();
    return count.value_or(0);
  }

  void write(const RawPacket& packet) {
    std::string record;
    capture::append_file_packet(record, packet);
    ++written_;
    if (const auto done = file_.append(record); !done && !failure_) failure_ = done.error();
  }

  /// Judges the packets that arrived up to `until`.
  void judge_held(Clock::time_point until) {
    for (; !held_.empty() && held_.front().came <= until; held_.pop_front()) {
      const HeldPacket& packet = held_.front();
      held_bytes_ -= packet.bytes.size();
      const ByteView bytes = as_bytes(packet.bytes);
      if (flows_->hold(source_->link_type(), bytes, packet.length))
        write({packet.time, bytes, packet.length});
    }
  }

  std::unique_ptr<PacketSource> source_;
  NewFile file_;
  std::shared_ptr<CaptureFlows> flows_;
  std::deque<HeldPacket> held_;
  std::size_t held_bytes_ = 0;
  UniqueFd wake_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::uint64_t written_ = 0;
  std::thread thread_;
};

Result<PacketRecording> PacketRecording::start(const CaptureOptions& options, const std::string& path) {
  const auto library = packet_library();
  if (!library) return tl::unexpected(library.error());
  auto source = (*library)->open({.interface = options.interface,
                                  .snap_length = options.snap_length,
                                  .buffer_bytes = options.buffer_bytes,
                                  .immediate = true});
  if (!source) return tl::unexpected(source.error());
  const std::string filter =
      options.filter.empty() && options.flows ? options.flows->filter() : options.filter;
  if (!filter.empty())
    if (const auto set = (*source)->set_filter(filter); !set) return tl::unexpected(set.error());
  auto file = NewFile::create(path);
  if (!file) return tl::unexpected(file.error());
  auto content = std::make_unique<Content>(std::move(*source), std::move(*file), options.flows);
  if (const auto begun = content->begin(options.snap_length); !begun) return tl::unexpected(begun.error());
  return PacketRecording(std::move(content));
}

PacketRecording::PacketRecording(std::unique_ptr<Content> content) : content_(std::move(content)) {}
PacketRecording::~PacketRecording() = default;
PacketRecording::PacketRecording(PacketRecording&&) noexcept = default;
PacketRecording& PacketRecording::operator=(PacketRecording&&) noexcept = default;

Result<void> PacketRecording::set_filter(const std::string& filter) { return content_->set_filter(filter); }
Result<CaptureCounts> PacketRecording::finish() { return content_->finish(); }

}  // namespace sockutils
