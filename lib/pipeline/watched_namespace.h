/// One network namespace whose sockets are followed: reads its sockets, receives the kernel's reports of
/// closings, and tracks its sockets across snapshots.
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

/// Not for use by several threads at once.
class WatchedNamespace {
 public:
  /// `Rules::kernel_tells` is set by this object.
  WatchedNamespace(const System& system, NetworkNamespace where, Source source, SocketTracker::Rules rules);
  WatchedNamespace(const WatchedNamespace&) = delete;
  WatchedNamespace& operator=(const WatchedNamespace&) = delete;

  const NetworkNamespace& where() const { return where_; }
  std::optional<std::uint64_t> netns() const {
    return where_.inode != 0 ? std::optional(where_.inode) : std::nullopt;
  }
  /// Another file refers to the namespace.
  void set_path(std::string path) { where_.path = std::move(path); }

  /// Runs `work` in the namespace; descriptors opened there stay valid. Errors: as setns(2), and ENOENT when
  /// the file now refers to another namespace.
  Result<void> enter(const std::function<void()>& work) const;

  /// Subscribes to the kernel's reports of closings of these kinds; if that fails, `kernel_refusal()` says
  /// why. Call it in the namespace.
  void subscribe(const std::vector<SocketKind>& kinds);
  const std::optional<Error>& kernel_refusal() const { return kernel_refusal_; }
  /// The channel for reports of closings; null: none.
  NetlinkChannel* channel() const { return channel_.get(); }
  /// Stops receiving reports, for this reason.
  void refuse(Error error);

  /// Reads what `plan` requests. Call it in the namespace. Returns false when nothing could be read.
  bool read(const Plan& plan, const std::vector<DumpGroup>& dump_groups, const SocketSink& sink);
  /// Kinds that could not be read for the last snapshot.
  std::span<const SocketKind> unread() const { return reader_.unread(); }
  std::vector<Warning> warnings() const { return reader_.warnings(); }

  SocketTracker& tracker() { return tracker_; }

  /// The kernel's reports of closings that have not been processed.
  std::deque<std::string> heard;
  /// Sockets of this snapshot that were not known before.
  std::vector<Socket> fresh;
  bool first_snapshot = true;
  /// The error that ended the last snapshot early.
  std::optional<Error> failure;
  /// The namespace has ended, too.
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
