// The thread that writes packets to a file.

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>

#include "base/unique_fd.h"
#include "capture/pcap_file.h"
#include "sockutils/capture.h"
#include "system/new_file.h"
#include "system/packets.h"

namespace sockutils {

class PacketRecording::Content {
 public:
  Content(std::unique_ptr<PacketSource> source, NewFile file)
      : source_(std::move(source)), file_(std::move(file)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Content() { stop(); }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  Result<void> begin(std::uint32_t snap_length) {
    std::string header;
    capture::append_file_header(header, source_->link_type(), snap_length);
    if (auto written = file_.append(header); !written) return written;
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
      if (::poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) return;
      const std::lock_guard lock(mutex_);
      if (!stopping_) read();
    }
  }

  std::size_t read() {
    std::string record;
    const auto count = source_->read([&](const RawPacket& packet) {
      record.clear();
      capture::append_file_packet(record, packet);
      ++written_;
      if (const auto done = file_.append(record); !done && !failure_) failure_ = done.error();
    });
    if (!count && count.error().code != ENETDOWN && !failure_) failure_ = count.error();
    return count.value_or(0);
  }

  std::unique_ptr<PacketSource> source_;
  NewFile file_;
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
  if (!options.filter.empty())
    if (const auto set = (*source)->set_filter(options.filter); !set) return tl::unexpected(set.error());
  auto file = NewFile::create(path);
  if (!file) return tl::unexpected(file.error());
  auto content = std::make_unique<Content>(std::move(*source), std::move(*file));
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
