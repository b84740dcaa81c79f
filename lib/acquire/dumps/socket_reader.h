/// Sockets of one kind, from netlink or from /proc/net.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "family/family.h"
#include "filter/kernel_filter.h"
#include "os/system.h"
#include "sockutils/list.h"

namespace sockutils {

/// Receives each socket; returns false to stop.
using SocketSink = std::function<bool(Socket&)>;

/// Kinds that are read together.
struct DumpGroup {
  /// A way to all of them at once, or null.
  const FamilyHandler* joint = nullptr;
  std::vector<const FamilyHandler*> parts;
};

/// What to read for these kinds, in the order of the families.
std::vector<DumpGroup> dump_groups_of(const std::vector<SocketKind>& kinds);

/// What to read of them.
struct ReadRequest {
  StateSet states = StateSet::all();
  Needs needs = Needs::Nothing;
  /// The dumps that bring them, at least one.
  std::span<const KernelDump> dumps = whole_dump();
};

/// Whole dumps without attributes, for a first look.
inline std::optional<ReadRequest> every_state(const DumpGroup&) { return ReadRequest{}; }

/// Reads kinds one after the other, falling back from netlink to /proc/net where it may. What goes wrong
/// becomes a warning. Not for several threads at once.
class SocketReader {
 public:
  SocketReader(const System& system, Source source) : system_(system), source_(source) {}

  /// Opens the netlink socket now rather than with the first dump, so that a walk over the owners sees it.
  void open();

  /// The sink waits before it takes the first socket of the next readings: so many bytes may be received
  /// meanwhile.
  void receive_ahead(std::size_t bytes) { bytes_ahead_ = bytes; }

  /// Hands every socket of these kinds and states to `sink`; a socket may come twice when a dump has
  /// to be repeated. False when `sink` stopped it.
  bool read(const DumpGroup& group, const ReadRequest& request, const SocketSink& sink);

  /// One for each fault, even if it occurred repeatedly or for several kinds.
  std::vector<Warning> warnings() const;
  /// Where the sockets came from, in words.
  std::vector<std::string> notes() const;
  /// Kinds that could be read, at least in part.
  std::size_t kinds_read() const { return kinds_read_; }
  /// Kinds that could not be read since `forget_unread()`.
  std::span<const SocketKind> unread() const { return unread_; }
  void forget_unread() { unread_.clear(); }

 private:
  enum class End : std::uint8_t { Finished, Stopped, NoHandler, Failed };
  /// How much of a program the kernel takes: it is not asked again for what it has refused.
  enum class Programs : std::uint8_t { Whole, Least, None };

  bool read_kind(const FamilyHandler& handler, const ReadRequest& request, const SocketSink& sink);
  End read_jointly(const FamilyHandler& handler, const ReadRequest& request, const SocketSink& sink);
  bool may_ask(const FamilyHandler& handler) const;
  End read_netlink(const FamilyHandler& handler, const ReadRequest& request, const SocketSink& sink);
  End dump_once(const FamilyHandler& handler, const ReadRequest& request, const SocketSink& sink,
                std::optional<Error>& fault);
  End dump_again(const FamilyHandler& handler, const ReadRequest& request, const SocketSink& sink);
  End dump_filtered(const FamilyHandler& handler, const ReadRequest& request, const KernelDump& dump,
                    const SocketSink& sink, std::optional<Error>& fault);
  End exchange(const FamilyHandler& handler, const DumpRequest& request, const SocketSink& sink,
               std::optional<Error>& fault);
  End read_proc(const FamilyHandler& handler, StateSet states, const SocketSink& sink);
  End end_without_source(const FamilyHandler& handler);
  End end_of_missing_file(const FamilyHandler& handler, const Error& error);

  Result<NetlinkChannel*> channel();
  /// Notes where a reading came from, once.
  static void note(std::vector<std::string_view>& titles, std::string_view title);
  /// `fault.message` does not name the kind. Of several counts of a fault, the highest is kept.
  void warn(const FamilyHandler& handler, Warning fault, std::uint64_t count = 0);
  void warn_malformed(const FamilyHandler& handler, std::size_t count, std::string_view piece,
                      std::string_view source);

  const System& system_;
  Source source_;
  std::unique_ptr<NetlinkChannel> channel_;
  /// Kinds that netlink has refused, so that it is not asked again: the kernel looks for a module each
  /// time.
  std::vector<const FamilyHandler*> without_handler_;
  Programs programs_ = Programs::Whole;
  /// A fault, and the titles of the kinds for which it occurred.
  struct MetFault {
    Warning warning;
    std::vector<std::string> titles;
    std::uint64_t count;
  };
  std::vector<MetFault> faults_;
  std::size_t kinds_read_ = 0;
  std::vector<SocketKind> unread_;
  /// The titles of what each of them brought.
  std::vector<std::string_view> from_netlink_;
  std::vector<std::string_view> from_proc_;
  bool storages_refused_ = false;
  std::size_t bytes_ahead_ = 0;
  /// Messages of the last dump.
  std::size_t dumped_ = 0;
};

}  // namespace sockutils
