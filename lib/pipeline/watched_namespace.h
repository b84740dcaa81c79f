/// One network namespace whose sockets are followed: what reads them, what hears of their ends, and what
/// knows them from one snapshot to the next.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acquire/dumps/socket_reader.h"
#include "os/system.h"
#include "pipeline/plan.h"
#include "pipeline/socket_tracker.h"
#include "sockutils/follow.h"
#include "sockutils/namespaces.h"

namespace sockutils {

/// Not for several threads at once.
class WatchedNamespace {
 public:
  /// `Rules::kernel_tells` is this object's own.
  WatchedNamespace(const System& system, NetworkNamespace where, Source source, SocketTracker::Rules rules);
  WatchedNamespace(const WatchedNamespace&) = delete;
  WatchedNamespace& operator=(const WatchedNamespace&) = delete;

  const NetworkNamespace& where() const { return where_; }
  std::optional<std::uint64_t> netns() const {
    return where_.inode != 0 ? std::optional(where_.inode) : std::nullopt;
  }
  /// Another file leads there.
  void set_path(std::string path) { where_.path = std::move(path); }

  /// Runs `work` in the namespace; what is opened there stays there. Errors: as setns(2), and ENOENT when the
  /// file leads elsewhere by now.
  Result<void> enter(const std::function<void()>& work) const;

  /// Asks the kernel to tell of closings of these kinds; where it does not, `kernel_refusal()` says why. To
  /// be called in the namespace.
  void subscribe(const std::vector<SocketKind>& kinds);
  const std::optional<Error>& kernel_refusal() const { return kernel_refusal_; }
  /// Where closings are heard; null: nowhere.
  NetlinkChannel* channel() const { return channel_.get(); }
  /// Nothing more can be heard, for this reason.
  void refuse(Error error);

  /// Reads what `plan` asks for. To be called in the namespace. False when nothing could be read.
  bool read(const Plan& plan, const std::vector<DumpGroup>& dump_groups, const SocketSink& sink);
  /// Kinds that the last reading could not bring.
  std::span<const SocketKind> unread() const { return reader_.unread(); }
  std::vector<Warning> warnings() const { return reader_.warnings(); }

  SocketTracker& tracker() { return tracker_; }

  /// What the kernel said of closings, and nobody has looked at yet.
  std::deque<std::string> heard;
  /// Sockets of this snapshot that were not known before.
  std::vector<Socket> fresh;
  bool first_snapshot = true;
  /// What ended the last snapshot before its time.
  std::optional<Error> failure;
  /// That was the end of the namespace, too.
  bool has_ended = false;

 private:
  bool kernel_tells(const Socket& socket) const;

  const System& system_;
  NetworkNamespace where_;
  Source source_;
  SocketReader reader_;
  SocketTracker tracker_;
  std::unique_ptr<NetlinkChannel> channel_;
  std::optional<Error> kernel_refusal_;
};

}  // namespace sockutils
