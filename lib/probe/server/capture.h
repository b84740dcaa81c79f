/// Captures the server's packets of a test, for the client that asked for them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "os/event_loop.h"
#include "os/packets.h"
#include "sockutils/capture.h"

namespace sockutils::probe {

/// Captures only while a session wants it: headers only, and only that client's packets.
class ServerCapture final : public EventLoop::Handler {
 public:
  /// One client's packets.
  class Session {
   public:
    Session(ServerCapture& owner, const Address& peer);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// The packets of this session; ports are added as they are used.
    const std::shared_ptr<CaptureFlows>& flows() const { return flows_; }

    struct Part {
      std::string bytes;
      /// More parts follow.
      bool more = false;
      /// Packets in the whole file, and packets that did not fit.
      std::uint32_t kept = 0;
      std::uint32_t lost = 0;
    };
    /// The next part of a capture file, at most `most` bytes.
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
    /// Packets that the kernel had lost before this session.
    std::uint64_t lost_before_ = 0;
  };

  /// Acquires the right to capture now, and captures nothing until a session begins; no right is needed then.
  /// Errors: as `PacketLibrary::open()`.
  static Result<std::unique_ptr<ServerCapture>> open(EventLoop& loop);
  ~ServerCapture() override;
  ServerCapture(const ServerCapture&) = delete;
  ServerCapture& operator=(const ServerCapture&) = delete;

  /// Starts a session, which must end before this object. Several sessions may run at once, but only for one
  /// client address. Errors: another client is being served; as setsockopt(2), for the filter.
  Result<std::unique_ptr<Session>> begin(const Address& peer);

  void on_ready(EventLoop::Readiness what) override;

 private:
  ServerCapture(EventLoop& loop, std::unique_ptr<PacketSource> source);
  /// Sets a filter that passes what the sessions need.
  Result<void> set_filter();
  void read();
  std::uint64_t lost() const;

  EventLoop& loop_;
  std::unique_ptr<PacketSource> source_;
  std::vector<Session*> sessions_;
};

}  // namespace sockutils::probe
