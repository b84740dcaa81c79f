#include <algorithm>
#include <string>
#include <utility>

#include "acquire/recordings/record_between.h"
#include "acquire/recordings/replay_system.h"
#include "family/inet/destroy.h"
#include "model/row.h"
#include "os/netlink_dump.h"
#include "pipeline/list.h"
#include "pipeline/row_builder.h"

namespace sockutils {
namespace {

/// Reports the closings of one snapshot.
class ClosingTeller {
 public:
  ClosingTeller(const Query& query, const record::Snapshot& snapshot, const EventSink& sink)
      : query_(query),
        snapshot_(snapshot),
        sink_(sink),
        plan_(make_plan(query, socket_kinds())),
        system_(snapshot),
        rows_(system_, query, plan_),
        values_(query.fields.size()) {
    rows_.learn_namespaces(query.namespaces);
  }

  void tell() {
    if (query_.namespaces.empty()) tell_in({});
    for (const NetworkNamespace& where : query_.namespaces) {
      if (stopped_) return;
      if (where.path.empty())
        tell_in(where);
      else
        static_cast<void>(system_.in_network_namespace(where.path, [&] { tell_in(where); }));
    }
  }

 private:
  void tell_in(const NetworkNamespace& where) {
    const auto found = snapshot_.namespaces.find(where.path);
    if (found == snapshot_.namespaces.end() || !found->second.closings) return;
    const auto closings = record::parse_closings(*found->second.closings);
    if (!closings) return;
    netns_ = where.inode != 0 ? std::optional(where.inode) : std::nullopt;
    rows_.enter(netns_);
    for (const record::RecordedClosings::Message& message : closings->messages)
      if (!stopped_) take(message);
  }

  void take(const record::RecordedClosings::Message& message) {
    // In the file it may be unaligned, but libmnl reads headers in place.
    const std::string datagram(message.datagram);
    // Multicast messages have no sequence number and no receiver.
    DumpReader(0, 0).feed(as_bytes(datagram), [&](std::uint16_t, ByteView payload) {
      Socket socket;
      if (inet::decode_destroyed(payload, socket) == Decode::Malformed || !is_wanted(socket)) return true;
      socket.netns = netns_;
      rows_.complete(socket);
      const SocketRow row = rows_.row(socket, {});
      if (!query_.filter.matches(row)) return true;
      for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = query_.fields[i]->get(row);
      stopped_ = !sink_({EventKind::Closed, time_of(message), {}, {}, true, values_});
      return !stopped_;
    });
  }

  bool is_wanted(const Socket& socket) const {
    return std::any_of(plan_.kinds.begin(), plan_.kinds.end(), [&](const SocketKind& kind) {
      return kind.family == socket.family && kind.protocol == socket.protocol;
    });
  }

  std::chrono::system_clock::time_point time_of(const record::RecordedClosings::Message& message) const {
    const std::uint64_t time = snapshot_.time - std::min(snapshot_.time, message.ago);
    return std::chrono::system_clock::time_point(std::chrono::microseconds(static_cast<std::int64_t>(time)));
  }

  const Query& query_;
  const record::Snapshot& snapshot_;
  const EventSink& sink_;
  Plan plan_;
  ReplaySystem system_;
  RowBuilder rows_;
  std::vector<OptionalValue> values_;
  std::optional<std::uint64_t> netns_;
  bool stopped_ = false;
};

HeardClosings heard(const record::RecordedClosings& recorded, std::chrono::steady_clock::time_point now) {
  HeardClosings closings;
  closings.lost = recorded.lost;
  closings.refusal = recorded.refusal;
  for (const record::RecordedClosings::Message& message : recorded.messages) {
    const auto ago = std::min(message.ago, record::LatestTime);
    closings.messages.push_back(
        {now - std::chrono::microseconds(static_cast<std::int64_t>(ago)), std::string(message.datagram)});
  }
  return closings;
}

}  // namespace

Result<void> list_closings(const Query& query, const EventSink& sink) {
  if (auto checked = check(query); !checked) return checked;
  if (!query.recording) return tl::unexpected(Error{0, "list", "closings", "there is no recording"});
  const auto& snapshots = query.recording->content().parsed.snapshots;
  if (query.snapshot >= snapshots.size()) return tl::unexpected(no_snapshot(query.snapshot));
  const RecordedKinds kinds = recorded_kinds(query);
  if (!kinds.query.kinds.empty()) ClosingTeller(kinds.query, snapshots[query.snapshot], sink).tell();
  return {};
}

std::vector<IntervalEvents> Recording::between(std::size_t snapshot) const {
  std::vector<IntervalEvents> all;
  const auto& snapshots = content_->parsed.snapshots;
  if (snapshot >= snapshots.size()) return all;
  const record::Snapshot& found = snapshots[snapshot];
  const std::chrono::steady_clock::time_point now(
      std::chrono::microseconds(static_cast<std::int64_t>(found.steady.value_or(0))));
  for (const NetworkNamespace& where : recorded_namespaces(found)) {
    const auto there = found.namespaces.find(where.path);
    if (there == found.namespaces.end()) continue;
    IntervalEvents between{where, {}, {}};
    if (const auto& payload = there->second.closings)
      if (const auto closings = record::parse_closings(*payload)) between.closings = heard(*closings, now);
    if (const auto& payload = there->second.packets) between.packets = record::parse_packets(*payload);
    if (between.closings || between.packets) all.push_back(std::move(between));
  }
  return all;
}

}  // namespace sockutils
