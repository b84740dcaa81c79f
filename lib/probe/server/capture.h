/// The server's packets of a test, for the client that asked for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "os/event_loop.h"
#include "os/packets.h"
#include "sockutils/capture.h"

namespace sockutils::probe {

/// Captures for as long as somebody wants it: headers only, and only of those who want it.
class ServerCapture final : public EventLoop::Handler {
 public:
  /// One client's packets.
  class Session {
   public:
    Session(ServerCapture& owner, const Address& peer);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Which packets are theirs; ports are added as they come.
    const std::shared_ptr<CaptureFlows>& flows() const { return flows_; }

    struct Part {
      std::string bytes;
      /// There is more to take.
      bool more = false;
      /// Packets in the whole, and those that found no room.
      std::uint32_t kept = 0;
      std::uint32_t lost = 0;
    };
    /// The next part of a capture file, `most` bytes at most.
    Part take(std::size_t most);

   private:
    friend class ServerCapture;
    void add(int link_type, const RawPacket& packet);

    ServerCapture& owner_;
    Address peer_;
    std::shared_ptr<CaptureFlows> flows_ = std::make_shared<CaptureFlows>();
    std::string bytes_;
    std::size_t taken_ = 0;
    std::uint32_t kept_ = 0;
    std::uint32_t lost_ = 0;
    /// What the kernel had lost before.
    std::uint64_t lost_before_ = 0;
  };

  /// Takes the right to capture, and nothing is captured until somebody wants it; later no right is needed.
  /// Errors: as `PacketLibrary::open()`.
  static Result<std::unique_ptr<ServerCapture>> open(EventLoop& loop);
  ~ServerCapture() override;
  ServerCapture(const ServerCapture&) = delete;
  ServerCapture& operator=(const ServerCapture&) = delete;

  /// The session has to end before this. Those of one client at a time, of which there may be several.
  /// Errors: it is another one's turn; as setsockopt(2), for the filter.
  Result<std::unique_ptr<Session>> begin(const Address& peer);

  void on_ready(EventLoop::Readiness what) override;

 private:
  ServerCapture(EventLoop& loop, std::unique_ptr<PacketSource> source);
  /// Lets through what the sessions want.
  Result<void> set_filter();
  void read();
  std::uint64_t lost() const;

  EventLoop& loop_;
  std::unique_ptr<PacketSource> source_;
  std::vector<Session*> sessions_;
};

}  // namespace sockutils::probe
