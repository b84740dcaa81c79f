#include "pipeline/socket_tracker.h"

#include <string>
#include <utility>

namespace sockutils {
namespace {

/// At this number, sockets that were reported as closed and not seen since are forgotten.
constexpr std::size_t MaxTold = 100'000;

/// How many times tables are read again to find the holders of a socket.
constexpr unsigned MaxLookups = 3;

enum class KeyKind : std::uint32_t { Cookie, Inode, Ends };

void append_end(std::string& text, const std::optional<Address>& address,
                const std::optional<std::uint16_t>& port) {
  if (address) text.append(address->bytes.begin(), address->bytes.end());
  text += ':' + std::to_string(port.value_or(0)) + ';';
}

/// After its process closes it, a connection in FIN_WAIT_2 is replaced by a mini-socket in TIME_WAIT, which
/// is still reported as FIN_WAIT_2 but has another cookie (tcp_time_wait() of Linux). It is not a new socket.
bool is_remnant(const Socket& socket) {
  return socket.protocol == Protocol::Tcp && socket.state == State::FinWait2 && !socket.inode;
}

std::chrono::microseconds since(std::chrono::steady_clock::time_point from, const Moment& to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to.steady - from);
}

/// Restores what a socket loses when its process closes it, and what the kernel's final report lacks.
void inherit(Socket& socket, const Socket& before) {
  if (!socket.inode) socket.inode = before.inode;
  if (!socket.uid) socket.uid = before.uid;
  if (!socket.netns) socket.netns = before.netns;
  if (!socket.interface) socket.interface = before.interface;
  if (!socket.v6_only) socket.v6_only = before.v6_only;
  if (!socket.local_address || (!socket.local_port && before.local_port)) {
    socket.local_address = before.local_address;
    socket.local_port = before.local_port;
  }
  if (!socket.peer_address || (!socket.peer_port && before.peer_port)) {
    socket.peer_address = before.peer_address;
    socket.peer_port = before.peer_port;
  }
}

/// Which of the members that `inherit()` restores are present, as bits.
std::uint16_t heritage_of(const Socket& socket) {
  unsigned bits = 0;
  for (const bool there :
       {socket.inode.has_value(), socket.uid.has_value(), socket.netns.has_value(),
        socket.interface.has_value(), socket.v6_only.has_value(), socket.local_address.has_value(),
        socket.local_port.has_value(), socket.peer_address.has_value(), socket.peer_port.has_value()})
    bits = bits << 1 | (there ? 1U : 0U);
  return static_cast<std::uint16_t>(bits);
}

bool is_same(const Owner& a, const Owner& b) {
  return a.tid == b.tid && a.fd == b.fd && a.process->pid == b.process->pid &&
         a.process->start_time == b.process->start_time && a.process->name == b.process->name;
}

/// Nearly always nothing has changed.
void keep_changed(OwnerList& kept, std::span<const Owner> owners, ProcessPool& pool) {
  const auto before = kept.get();
  if (!owners.empty() && !std::equal(before.begin(), before.end(), owners.begin(), owners.end(), is_same))
    kept = OwnerList(owners, pool);
}

}  // namespace

void KeptHolders::keep(const Holders& holders, ProcessPool& pool) {
  keep_changed(owners_, holders.owners, pool);
  if (holders.peers.empty() && holders.proxied.empty()) return;
  if (!other_end_) other_end_ = std::make_unique<OtherEnd>();
  keep_changed(other_end_->peers, holders.peers, pool);
  keep_changed(other_end_->proxied, holders.proxied, pool);
}

Holders KeptHolders::get() const {
  if (!other_end_) return {owners_.get()};
  return {owners_.get(), other_end_->peers.get(), other_end_->proxied.get()};
}

SocketKey key_of(const Socket& socket) {
  const auto group = [&](KeyKind kind) {
    const auto family = socket.family ? static_cast<std::uint32_t>(*socket.family) + 1 : 0;
    return family * 4 + static_cast<std::uint32_t>(kind);
  };
  // The parts of a socket are scattered, so that none collides with the next cookie.
  if (socket.cookie) return {*socket.cookie + socket.part * 0x9e3779b97f4a7c15u, group(KeyKind::Cookie)};
  // A connection loses its inode before it ends, but keeps its addresses and ports.
  if (socket.inode && !socket.peer_port) return {*socket.inode, group(KeyKind::Inode)};
  std::string text(socket.protocol ? name(*socket.protocol) : std::string_view());
  append_end(text, socket.local_address, socket.local_port);
  append_end(text, socket.peer_address, socket.peer_port);
  return {std::hash<std::string>{}(text), group(KeyKind::Ends)};
}

void SocketTracker::begin(const Moment& now, bool anew) {
  ++round_;
  before_ = std::exchange(now_, now);
  unconfirmed_ = false;
  unheld_ = false;
  anew_ = anew;
}

void SocketTracker::learn_holders(Entry& entry, Socket& socket, bool fresh) {
  const bool got_inode = !entry.has_inode && socket.inode;
  entry.has_inode = entry.has_inode || socket.inode;
  if (!fresh && !got_inode && !anew_) {
    socket.kernel_owned = entry.kernel_owned;
    return;
  }
  if (!socket.inode && !rules_.peers_wanted) return;
  entry.holders.keep(rules_.holders_of(socket), processes_);
  entry.kernel_owned = socket.kernel_owned;
  const Holders known = entry.holders.get();
  const bool lacks_owner =
      rules_.owners_wanted && socket.inode && !socket.kernel_owned && known.owners.empty();
  const bool lacks_peer = rules_.peers_wanted && socket.peer_port && known.peers.empty();
  if (!lacks_owner && !lacks_peer) return;
  ++entry.lookups;
  unheld_ = unheld_ || entry.lookups < MaxLookups;
}

void SocketTracker::tell_difference(const Entry& entry, const Socket& socket, bool fresh,
                                    const ChangeSink& sink) const {
  const bool same_state = entry.state == socket.state;
  const bool newly_matching = entry.socket.empty();
  if (round_ == 1 || (!fresh && same_state && !newly_matching)) {
    if (rules_.tell_all) sink({EventKind::Seen, now_.wall, socket, entry.holders.get(), {}, {}});
    return;
  }
  sink({fresh ? EventKind::Opened : EventKind::Changed, now_.wall, socket, entry.holders.get(),
        fresh ? std::nullopt : entry.state, std::nullopt});
}

void SocketTracker::see(Socket& socket, const ChangeSink& sink) {
  const SocketKey key = key_of(socket);
  if (is_remnant(socket) && !entries_.contains(key)) return;
  see(entries_.try_emplace(key).first->second, socket, sink);
}

bool SocketTracker::see_known(Socket& socket, const ChangeSink& sink) {
  const auto found = entries_.find(key_of(socket));
  if (found == entries_.end()) return is_remnant(socket);
  see(found->second, socket, sink);
  return true;
}

void SocketTracker::see(Entry& entry, Socket& socket, const ChangeSink& sink) {
  if (entry.round == round_) return;
  if (entry.told) {
    entry = Entry{};
    --told_;
  }
  const bool fresh = entry.round == 0;
  entry.round = round_;
  entry.missed_by = 0;
  if (fresh) entry.first_seen = now_.steady;
  entry.kind = {socket.family.value_or(Family::Inet), socket.protocol};
  learn_holders(entry, socket, fresh);
  if ((entry.heritage & ~heritage_of(socket)) != 0) {
    entry.socket.unpack(known_);
    inherit(socket, known_);
  }
  entry.matches = (entry.matches && !rules_.tell_all) || rules_.matches(socket, entry.holders.get());
  if (entry.matches) tell_difference(entry, socket, fresh, sink);
  if (entry.matches || !entry.socket.empty()) {
    // With `tell_all`, the receiver keeps the values itself.
    entry.socket.pack(socket, !rules_.tell_all);
    entry.heritage = heritage_of(socket);
  }
  entry.state = socket.state;
}

void SocketTracker::tell_missing(const Entry& entry, const Moment& when, const ChangeSink& sink) {
  entry.socket.unpack(known_);
  const auto state = known_.state;
  known_.state = State::Closed;
  sink({EventKind::Closed, when.wall, known_, entry.holders.get(), state, since(entry.first_seen, when)});
}

void SocketTracker::end_all(const Moment& now, const ChangeSink& sink) {
  for (const auto& [key, entry] : entries_)
    if (entry.matches && !entry.told) tell_missing(entry, now, sink);
  entries_.clear();
  told_ = 0;
}

namespace {

/// Kinds of some families are listed together.
bool covers(const SocketKind& listed, const SocketKind& kind) {
  return listed.family == kind.family && (!listed.protocol || listed.protocol == kind.protocol);
}

}  // namespace

void SocketTracker::end(std::span<const SocketKind> unread, const ChangeSink& sink) {
  for (auto place = entries_.begin(); place != entries_.end();) {
    Entry& entry = place->second;
    const bool may_be_there = std::any_of(unread.begin(), unread.end(),
                                          [&](const SocketKind& kind) { return covers(kind, entry.kind); });
    if (entry.told || entry.round == round_ || may_be_there) {
      ++place;
      continue;
    }
    // Sockets that never matched are not stored, and need no report.
    const bool known = !entry.socket.empty();
    if (known) entry.socket.unpack(known_);
    const bool kernel_tells = known && rules_.kernel_tells(known_);
    if (entry.missed_by == 0) {
      entry.missed_by = round_;
      unconfirmed_ = unconfirmed_ || (known && !kernel_tells);
      ++place;
      continue;
    }
    if (entry.matches) tell_missing(entry, before_, sink);
    if (!kernel_tells) {
      place = entries_.erase(place);
      continue;
    }
    entry = Entry{};
    entry.told = true;
    ++told_;
    ++place;
  }
  forget_told();
  constexpr std::uint64_t RoundsBetween = 64;
  if (round_ % RoundsBetween == 0) processes_.forget_unused();
}

void SocketTracker::forget_told() {
  if (told_ <= MaxTold) return;
  std::erase_if(entries_, [](const auto& item) { return item.second.told; });
  told_ = 0;
}

void SocketTracker::destroyed(Socket& socket, const Moment& now, const ChangeSink& sink) {
  const auto place = entries_.find(key_of(socket));
  if (place == entries_.end()) {
    // Without addresses and ports it was never in use, and in no table.
    const bool was_used = socket.local_port || socket.peer_port;
    if (was_used && rules_.judge_unseen && rules_.matches(socket, {}))
      sink({EventKind::Closed, now.wall, socket, {}, std::nullopt, std::nullopt, true});
    return;
  }
  Entry entry = std::move(place->second);
  entries_.erase(place);
  if (entry.told) {
    --told_;
    return;
  }
  const bool known = !entry.socket.empty();
  if (known) {
    entry.socket.unpack(known_);
    inherit(socket, known_);
    socket.facts.add_missing(known_.facts);
  }
  const bool judged = !known && rules_.judge_unseen;
  if (entry.matches || (judged && rules_.matches(socket, entry.holders.get())))
    sink({EventKind::Closed, now.wall, socket, entry.holders.get(), entry.state, since(entry.first_seen, now),
          true});
}

}  // namespace sockutils
