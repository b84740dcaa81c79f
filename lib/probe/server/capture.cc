#include "probe/server/capture.h"

#include <linux/filter.h>

#include <algorithm>
#include <array>

#include "capture/pcap_file.h"

namespace sockutils::probe {
namespace {

/// Headers and a few bytes after them.
constexpr std::uint32_t SnapLength = 160;
constexpr std::uint32_t RoomInKernel = 4u << 20;
/// Maximum memory for one session.
constexpr std::size_t MaxBytes = 1u << 20;

constexpr std::array<BpfInstruction, 1> LetNothingThrough{{{BPF_RET | BPF_K, 0, 0, 0}}};

}  // namespace

ServerCapture::ServerCapture(EventLoop& loop, std::unique_ptr<PacketSource> source)
    : loop_(loop), source_(std::move(source)) {}

ServerCapture::~ServerCapture() { loop_.forget(source_->fd()); }

Result<std::unique_ptr<ServerCapture>> ServerCapture::open(EventLoop& loop) {
  const auto library = packet_library();
  if (!library) return tl::unexpected(library.error());
  auto source =
      (*library)->open({.snap_length = SnapLength, .buffer_bytes = RoomInKernel, .immediate = true});
  if (!source) return tl::unexpected(source.error());
  std::unique_ptr<ServerCapture> capture(new ServerCapture(loop, std::move(*source)));
  if (auto set = capture->set_filter(); !set) return tl::unexpected(set.error());
  return capture;
}

Result<void> ServerCapture::set_filter() {
  if (sessions_.empty()) return source_->set_program(LetNothingThrough);
  // ICMP errors about a packet may come from any router on the way.
  return source_->set_filter("icmp or icmp6 or host " + sessions_.front()->peer_.to_string());
}

Result<std::unique_ptr<ServerCapture::Session>> ServerCapture::begin(const Address& peer) {
  const bool first = sessions_.empty();
  // While libpcap changes a filter, packets are lost without being counted.
  if (!first && sessions_.front()->peer_ != peer)
    return tl::unexpected(Error{0, "packets are being captured for another client; try again later", {}, {}});
  auto session = std::make_unique<Session>(*this, peer);
  if (!first) return session;
  if (auto set = set_filter(); !set) return tl::unexpected(set.error());
  if (auto watched = loop_.watch(source_->fd(), *this, {}); !watched) return tl::unexpected(watched.error());
  return session;
}

void ServerCapture::on_ready(EventLoop::Readiness) { read(); }

void ServerCapture::read() {
  const int link_type = source_->link_type();
  // Packets that could not be read were lost, which the kernel counts.
  (void)source_->read([&](const RawPacket& packet) {
    for (Session* session : sessions_) session->add(link_type, packet);
  });
}

std::uint64_t ServerCapture::lost() const {
  const auto counts = source_->counts();
  return counts ? counts->lost : 0;
}

ServerCapture::Session::Session(ServerCapture& owner, const Address& peer)
    : owner_(owner), peer_(peer), lost_before_(owner.lost()) {
  flows_->add_host(peer);
  capture::append_file_header(bytes_, owner_.source_->link_type(), SnapLength);
  owner_.sessions_.push_back(this);
}

ServerCapture::Session::~Session() {
  std::erase(owner_.sessions_, this);
  if (!owner_.sessions_.empty()) return;
  owner_.loop_.forget(owner_.source_->fd());
  // A filter that passes too much costs only memory that is already allocated.
  (void)owner_.set_filter();
}

void ServerCapture::Session::add(int link_type, const RawPacket& packet) {
  if (!flows_->hold(link_type, packet.bytes, packet.length)) return;
  const std::size_t before = bytes_.size();
  capture::append_file_packet(bytes_, packet);
  const bool fits = bytes_.size() <= MaxBytes;
  if (!fits) bytes_.resize(before);
  ++(fits ? kept_ : lost_);
}

ServerCapture::Session::Part ServerCapture::Session::take(std::size_t most) {
  if (taken_ == 0) owner_.read();
  Part part;
  part.bytes = bytes_.substr(taken_, most);
  taken_ += part.bytes.size();
  part.more = taken_ < bytes_.size();
  part.kept = kept_;
  part.lost = lost_ + static_cast<std::uint32_t>(owner_.lost() - lost_before_);
  return part;
}

}  // namespace sockutils::probe
