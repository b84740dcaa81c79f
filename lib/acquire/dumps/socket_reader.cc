#include "acquire/dumps/socket_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "acquire/processes/caller.h"
#include "common/format_text.h"
#include "common/parse_number.h"
#include "common/text.h"
#include "family/inet/inet.h"
#include "os/netlink_dump.h"

namespace sockutils {
namespace {

/// A dump that the kernel interrupted, or lost a part of, is asked for again this often.
constexpr int Attempts = 4;

/// To the filters of the kernel their port is never one that was chosen.
constexpr StateSet MiniSockets{State::TimeWait, State::SynRecv};

/// How kernels say that they have nobody to answer for a family or protocol.
bool means_no_handler(int error) {
  constexpr std::array Codes{ENOENT, EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT, EINVAL, 524 /* ENOTSUPP */};
  return std::find(Codes.begin(), Codes.end(), error) != Codes.end();
}

/// Faults of one moment: the next attempt may do.
bool is_passing(int error) { return error == ENOBUFS || error == EINTR || error == EBUSY; }

/// How many sockets of a protocol /proc/net/protocols counts in this namespace; no number when the protocol
/// is not there. Asking costs no module its rest, which socket(2) would.
Result<std::optional<std::uint64_t>> count_of_protocol(const System& system, std::string_view protocol) {
  std::optional<std::uint64_t> count;
  const auto read = system.read_lines("/proc/thread-self/net/protocols", [&](std::string_view line) {
    constexpr std::size_t Name = 0;
    constexpr std::size_t Sockets = 2;
    const std::vector<std::string_view> words = split_words(line);
    if (words.size() <= Sockets || words[Name] != protocol) return true;
    count = parse_number<std::uint64_t>(words[Sockets]).value_or(1);
    return false;
  });
  if (!read) return tl::unexpected(read.error());
  return count;
}

/// Joins lines to records: a line that begins no record belongs to the previous one. A line with a NUL is
/// never joined, because the kernel writes no NUL to files below /proc/net.
class RecordJoiner {
 public:
  RecordJoiner(bool (*begins)(std::string_view), const std::function<bool(std::string_view)>& visit)
      : begins_(begins), visit_(visit) {}

  bool add(std::string_view line) {
    if (begins_ == nullptr || line.find('\0') != std::string_view::npos) return flush() && visit_(line);
    if (held_ && !begins_(line)) {
      (record_ += '\n') += line;
      return true;
    }
    const bool go_on = flush();
    record_ = line;
    held_ = true;
    return go_on;
  }

  bool flush() {
    if (!held_) return true;
    held_ = false;
    return visit_(record_);
  }

 private:
  bool (*begins_)(std::string_view);
  const std::function<bool(std::string_view)>& visit_;
  std::string record_;
  bool held_ = false;
};

}  // namespace

Result<NetlinkChannel*> SocketReader::channel() {
  if (!channel_) {
    auto opened = system_.open_sock_diag();
    if (!opened) return tl::unexpected(opened.error());
    channel_ = std::move(*opened);
  }
  return channel_.get();
}

void SocketReader::open() {
  // A failure is met again, and told, when something is read.
  if (source_ != Source::Proc) static_cast<void>(channel());
}

void SocketReader::warn(const FamilyHandler& handler, Warning fault, std::uint64_t count) {
  std::string title(handler.title);
  const auto known = std::find_if(faults_.begin(), faults_.end(),
                                  [&](const MetFault& met) { return is_same_fault(met.warning, fault); });
  if (known == faults_.end())
    faults_.push_back({std::move(fault), {std::move(title)}, count});
  else if (count > known->count)
    *known = {std::move(fault), {std::move(title)}, count};
  else if (std::find(known->titles.begin(), known->titles.end(), title) == known->titles.end())
    known->titles.push_back(std::move(title));
}

void SocketReader::warn_malformed(const FamilyHandler& handler, std::size_t count, std::string_view piece,
                                  std::string_view source) {
  if (count == 0) return;
  warn(handler,
       {Warning::Kind::SocketsMalformed,
        format_text("{} of {} could not be understood", counted(count, piece), source),
        "please report this with the kernel's version", format_text("{} of {}", handler.title, source)},
       count);
}

std::vector<Warning> SocketReader::warnings() const {
  constexpr std::size_t MaxTitles = 8;
  std::vector<Warning> warnings;
  for (const MetFault& met : faults_) {
    Warning& warning = warnings.emplace_back(met.warning);
    if (!met.titles.empty()) warning.message.insert(0, join_some(met.titles, MaxTitles) + " sockets: ");
  }
  return warnings;
}

SocketReader::End SocketReader::exchange(const FamilyHandler& handler, const DumpRequest& request,
                                         const SocketSink& sink, std::optional<Error>& fault) {
  const auto opened = channel();
  if (!opened) {
    fault = opened.error();
    return End::NoHandler;
  }
  std::string payload;
  DumpRequest allowed = request;
  if (storages_refused_) allowed.needs = request.needs & ~Needs::BpfStorages;
  handler.append_request(payload, handler.kind, allowed);
  std::size_t malformed = 0;
  dumped_ = 0;
  Socket socket;
  const auto outcome = netlink_dump(
      **opened, handler.message_type, as_bytes(payload),
      [&](std::uint16_t, ByteView message) {
        socket.clear();
        ++dumped_;
        const Decode decoded = handler.decode(message, handler.kind, socket);
        if (decoded != Decode::Complete) ++malformed;
        if (decoded == Decode::Malformed) return true;
        // A state that this library does not know is shown rather than lost.
        if (socket.state && !request.states.contains(*socket.state)) return true;
        return sink(socket);
      },
      bytes_ahead_);
  warn_malformed(handler, malformed + (outcome ? outcome->malformed : 0), "message", "the kernel");
  if (!outcome) {
    // What is left of the dump would mix with the next one.
    channel_.reset();
    fault = outcome.error();
    return End::Failed;
  }
  if (outcome->stopped) return End::Stopped;
  if (outcome->error == EPERM && needs_any(allowed.needs, Needs::BpfStorages)) {
    // The kernel refuses the whole dump, not just this part of it.
    storages_refused_ = true;
    faults_.push_back({{Warning::Kind::FactsMissing, "BPF socket storages may not be read",
                        Caller(system_).remedy({Capability::Bpf})},
                       {},
                       0});
    return exchange(handler, request, sink, fault);
  }
  if (outcome->error != 0) {
    fault = Error{outcome->error, "dump", "sock_diag", {}};
    return means_no_handler(outcome->error) ? End::NoHandler : End::Failed;
  }
  if (outcome->interrupted) fault = Error{EINTR, "dump", "sock_diag", "the table changed"};
  return outcome->interrupted ? End::Failed : End::Finished;
}

/// One dump, with as much of its program as this kernel takes: one that does not know an operation refuses
/// with EINVAL, one that does not allow it with EPERM (inet_diag_bc_audit() in inet_diag.c).
SocketReader::End SocketReader::dump_filtered(const FamilyHandler& handler, const ReadRequest& request,
                                              const KernelDump& dump, const SocketSink& sink,
                                              std::optional<Error>& fault) {
  constexpr std::array Levels{Programs::Whole, Programs::Least, Programs::None};
  for (const Programs level : Levels) {
    if (level < programs_) continue;
    const bool filtered = level != Programs::None;
    // Without programs the first of two dumps has brought everything already.
    if (!filtered && &dump != request.dumps.data()) return End::Finished;
    DumpRequest message{request.states, request.needs};
    if (filtered) message.bytecode = level == Programs::Whole ? dump.program : dump.least_program;
    fault.reset();
    const SocketSink tell = [&](Socket& socket) {
      const bool mini = socket.state && MiniSockets.contains(*socket.state);
      if (filtered && dump.autobound && !mini)
        socket.facts.set_number(inet::Autobound, *dump.autobound ? 1 : 0);
      return sink(socket);
    };
    const End end = exchange(handler, message, tell, fault);
    const bool refused = fault && (fault->code == EINVAL || fault->code == EPERM);
    if (refused && !message.bytecode.empty()) continue;
    if (!fault) programs_ = level;
    return end;
  }
  return End::NoHandler;
}

SocketReader::End SocketReader::dump_once(const FamilyHandler& handler, const ReadRequest& request,
                                          const SocketSink& sink, std::optional<Error>& fault) {
  for (const KernelDump& dump : request.dumps) {
    const End end = dump_filtered(handler, request, dump, sink, fault);
    if (end != End::Finished) return end;
  }
  return End::Finished;
}

/// netlink_diag forgets the socket that finds its datagram full: when it goes on, it begins with the next one
/// (net/netlink/diag.c, 6.18). So what took several datagrams is asked for again in smaller pieces, which end
/// elsewhere; whoever listens knows a socket that comes again by its cookie.
SocketReader::End SocketReader::dump_again(const FamilyHandler& handler, const ReadRequest& request,
                                           const SocketSink& sink) {
  // As many as fit the first datagram, and fewer.
  constexpr std::size_t InOneDatagram = 16;
  if (handler.lossy_protocols == 0 || dumped_ <= InOneDatagram) return End::Finished;
  for (unsigned protocol = 0; protocol < handler.lossy_protocols; ++protocol) {
    FamilyHandler part = handler;
    part.kind.protocol = netlink_protocol(protocol);
    std::optional<Error> fault;
    const End end = exchange(part, {request.states, request.needs}, sink, fault);
    // There is no netlink of this number, or it could not be read this time: there is no worse than before.
    if (end == End::Stopped) return end;
  }
  return End::Finished;
}

SocketReader::End SocketReader::read_netlink(const FamilyHandler& handler, const ReadRequest& request,
                                             const SocketSink& sink) {
  std::optional<Error> fault = Error{ENOENT, "dump", "sock_diag", "no kernel has a handler"};
  End end = End::NoHandler;
  for (int attempt = 0; handler.append_request != nullptr && attempt < Attempts; ++attempt) {
    fault.reset();
    end = dump_once(handler, request, sink, fault);
    if (end == End::Finished) end = dump_again(handler, request, sink);
    if (end == End::Finished || end == End::Stopped) return end;
    if (end == End::NoHandler || !is_passing(fault->code)) break;
  }
  if (end == End::NoHandler) without_handler_.push_back(&handler);
  if (end == End::NoHandler && (source_ == Source::Auto || handler.proc_file.empty())) return end;
  warn(handler, {Warning::Kind::SocketsMissing, fault->message(),
                 end == End::NoHandler ? "--source=auto reads them from /proc/net" : ""});
  return End::Failed;
}

SocketReader::End SocketReader::end_without_source(const FamilyHandler& handler) {
  const Evidence& evidence = handler.evidence;
  const auto counted = count_of_protocol(system_, evidence.protocol);
  if (!counted) return end_of_missing_file(handler, counted.error());
  const std::optional<std::uint64_t>& count = *counted;
  // A kernel that does not know the protocol, or counts no such socket, has none: nothing is missing.
  if (!count || (evidence.counted && *count == 0)) return End::Finished;
  const std::string which = evidence.counted ? format_text("{} of them", *count) : "any that there are";
  const auto kind = evidence.counted ? Warning::Kind::SocketsMissing : Warning::Kind::KindUnlisted;
  warn(handler,
       {kind, "the kernel cannot list " + which,
        source_ == Source::Proc ? "--source=auto asks netlink for them"
                                : format_text("one with {} can", evidence.kernel_option),
        evidence.counted ? format_text("counted {}", handler.title) : ""},
       evidence.counted ? *count : 0);
  return End::Failed;
}

SocketReader::End SocketReader::end_of_missing_file(const FamilyHandler& handler, const Error& error) {
  // With the folder there and the file not, this kernel has no such sockets: nothing is missing.
  if (error.code == ENOENT && system_.file_inode("/proc/thread-self/net/unix")) return End::Finished;
  if (error.code == ENOENT)
    warn(handler,
         {Warning::Kind::SocketsMissing, "there is no /proc/thread-self/net", "mount proc on /proc"});
  else
    warn(handler, {Warning::Kind::SocketsMissing, error.message(), {}});
  return End::Failed;
}

SocketReader::End SocketReader::read_proc(const FamilyHandler& handler, StateSet states,
                                          const SocketSink& sink) {
  std::size_t malformed = 0;
  bool stopped = false;
  Socket socket;
  const std::function<bool(std::string_view)> take_record = [&](std::string_view record) {
    if (record.empty()) return true;
    socket.clear();
    const Decode decoded = handler.parse_line(record, handler.kind, socket);
    if (decoded != Decode::Complete) ++malformed;
    // A state that the protocol does not have becomes absent, so that the socket is still listed.
    if (socket.state && !handler.states.contains(*socket.state)) socket.state.reset();
    if (decoded == Decode::Malformed || (socket.state && !states.contains(*socket.state))) return true;
    stopped = !sink(socket);
    return !stopped;
  };
  RecordJoiner records(handler.begins_record, take_record);
  bool header = true;
  const auto done = system_.read_lines(format_text("/proc/thread-self/net/{}", handler.proc_file),
                                       [&](std::string_view line) {
                                         if (std::exchange(header, false)) return true;
                                         return records.add(line);
                                       });
  if (!done) return end_of_missing_file(handler, done.error());
  if (!stopped) records.flush();
  warn_malformed(handler, malformed, "line", format_text("/proc/net/{}", handler.proc_file));
  return stopped ? End::Stopped : End::Finished;
}

bool SocketReader::may_ask(const FamilyHandler& handler) const {
  const bool in_vain =
      std::find(without_handler_.begin(), without_handler_.end(), &handler) != without_handler_.end();
  return source_ != Source::Proc && !in_vain;
}

SocketReader::End SocketReader::read_jointly(const FamilyHandler& handler, const ReadRequest& request,
                                             const SocketSink& sink) {
  std::optional<Error> fault;
  const End end = dump_once(handler, request, sink, fault);
  // Whatever went wrong, asking for one kind after the other tells, and warns.
  if (end == End::NoHandler || end == End::Failed) without_handler_.push_back(&handler);
  return end;
}

bool SocketReader::read_kind(const FamilyHandler& handler, const ReadRequest& request,
                             const SocketSink& sink) {
  ReadRequest possible = request;
  possible.states = request.states & handler.states;
  if (possible.states.empty()) return true;
  End end = End::NoHandler;
  if (may_ask(handler)) end = read_netlink(handler, possible, sink);
  if (end == End::Finished || end == End::Stopped) note(from_netlink_, handler.title);
  if (end == End::NoHandler && handler.proc_file.empty()) end = end_without_source(handler);
  if (end == End::NoHandler && source_ != Source::Netlink) {
    end = read_proc(handler, possible.states, sink);
    if (end == End::Finished || end == End::Stopped) note(from_proc_, handler.title);
  }
  if (end == End::Finished || end == End::Stopped)
    ++kinds_read_;
  else
    unread_.push_back(handler.kind);
  return end != End::Stopped;
}

bool SocketReader::read(const DumpGroup& group, const ReadRequest& request, const SocketSink& sink) {
  const bool possible = group.joint != nullptr && !(request.states & group.joint->states).empty();
  if (possible && may_ask(*group.joint)) {
    const End end = read_jointly(*group.joint, request, sink);
    if (end == End::Stopped || end == End::Finished) {
      kinds_read_ += group.parts.size();
      note(from_netlink_, group.joint->title);
      return end == End::Finished;
    }
  }
  return std::all_of(group.parts.begin(), group.parts.end(),
                     [&](const FamilyHandler* part) { return read_kind(*part, request, sink); });
}

void SocketReader::note(std::vector<std::string_view>& titles, std::string_view title) {
  if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
}

std::vector<std::string> SocketReader::notes() const {
  std::vector<std::string> notes;
  if (!from_netlink_.empty()) notes.push_back("from netlink: " + join_words(from_netlink_));
  if (!from_proc_.empty()) notes.push_back("from /proc/net: " + join_words(from_proc_));
  return notes;
}

std::vector<DumpGroup> dump_groups_of(const std::vector<SocketKind>& kinds) {
  const auto is_wanted = [&](const SocketKind& kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  std::vector<DumpGroup> dump_groups;
  std::vector<SocketKind> joined;
  for (const JointHandler& joint : joint_handlers()) {
    if (!std::all_of(joint.kinds.begin(), joint.kinds.end(), is_wanted)) continue;
    DumpGroup& group = dump_groups.emplace_back(DumpGroup{&joint.handler, {}});
    for (const FamilyHandler& handler : family_handlers())
      if (std::find(joint.kinds.begin(), joint.kinds.end(), handler.kind) != joint.kinds.end())
        group.parts.push_back(&handler);
    joined.insert(joined.end(), joint.kinds.begin(), joint.kinds.end());
  }
  for (const FamilyHandler& handler : family_handlers())
    if (is_wanted(handler.kind) && std::find(joined.begin(), joined.end(), handler.kind) == joined.end())
      dump_groups.push_back({nullptr, {&handler}});
  return dump_groups;
}

}  // namespace sockutils
