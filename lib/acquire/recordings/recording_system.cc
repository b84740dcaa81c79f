#include "acquire/recordings/recording_system.h"

#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "acquire/recordings/record_between.h"

namespace sockutils {
namespace {

using record::Tag;

/// The errno value in the file; faults without one are EIO there.
std::int32_t code_of(const Error& error) {
  constexpr int InputOutput = 5;
  return error.code != 0 ? error.code : InputOutput;
}

constexpr std::array<std::string_view, 3> RecordedLinks{"socket:", "net:", IoUringLink};

std::string wire_number(std::uint64_t number) {
  std::string bytes;
  append_wire(bytes, number);
  return bytes;
}

/// Writes down requests and what comes back.
class RecordingChannel final : public NetlinkChannel {
 public:
  RecordingChannel(std::unique_ptr<NetlinkChannel> inner, Recorder& recorder)
      : inner_(std::move(inner)), recorder_(recorder) {}

  std::uint32_t port_id() const override { return inner_->port_id(); }

  Result<void> send(ByteView message) override {
    const auto header = load<nlmsghdr>(message);
    const auto key =
        header ? record::dump_key(header->nlmsg_type, message.subspan(sizeof(nlmsghdr))) : std::nullopt;
    known_ = key.has_value();
    if (key) recorder_.dump(*key);
    return inner_->send(message);
  }

  // Events are no facts of a moment: they are passed on, and not written.
  Result<std::optional<ByteView>> receive_within(std::chrono::milliseconds limit) override {
    return inner_->receive_within(limit);
  }
  Result<void> subscribe(unsigned group) override { return inner_->subscribe(group); }

  Result<ByteView> receive() override {
    auto datagram = inner_->receive();
    if (datagram && known_) recorder_.messages(as_text(*datagram));
    return datagram;
  }

 private:
  std::unique_ptr<NetlinkChannel> inner_;
  Recorder& recorder_;
  bool known_ = false;
};

}  // namespace

void Recorder::section(Tag tag, std::string_view payload) {
  // The length has 32 bits. No file of /proc is near that.
  if (payload.size() > UINT32_MAX && !error_) error_ = Error{0, "record", "an answer", "larger than 4 GiB"};
  if (error_) return;
  buffer_.clear();
  record::append_section(buffer_, tag, payload);
  ++sections_;
  if (const auto done = file_.append(buffer_); !done) error_ = done.error();
}

void Recorder::begin_snapshot(std::uint64_t time, std::uint64_t steady, const RecordingInfo& about) {
  section(Tag::Snapshot, wire_number(time) + wire_number(steady));
  sections_ = 0;
  std::string texts;
  for (const std::string* text : {&about.host, &about.kernel, &about.machine, &about.version})
    append_wire_text(texts, *text);
  section(Tag::About, texts);
}

void Recorder::end_snapshot() {
  std::string count;
  append_wire(count, sections_ + 1);
  section(Tag::End, count);
}

void Recorder::fact(FactKind kind, std::string_view subject, std::int32_t error, std::string_view value) {
  const std::lock_guard lock(mutex_);
  std::string payload(1, static_cast<char>(kind));
  append_wire_text(payload, subject);
  if (!known_.insert(namespace_ + '\n' + payload).second) return;
  append_wire(payload, static_cast<std::uint32_t>(error));
  payload += value;
  section(Tag::Fact, payload);
}

void Recorder::enter(const std::string& path) {
  const std::lock_guard lock(mutex_);
  namespace_ = path;
  section(Tag::Namespace, path);
}

void Recorder::dump(const record::DumpKey& key) {
  const std::lock_guard lock(mutex_);
  std::string payload;
  append_wire(payload, key.family);
  append_wire(payload, key.half);
  append_wire(payload, key.protocol);
  section(Tag::Dump, payload);
}

void Recorder::messages(std::string_view datagram) {
  const std::lock_guard lock(mutex_);
  section(Tag::Messages, datagram);
}

void Recorder::between(const std::string& path, const IntervalEvents& between,
                       std::chrono::steady_clock::time_point now) {
  if (!path.empty()) enter(path);
  {
    const std::lock_guard lock(mutex_);
    if (between.closings) section(Tag::Closings, record::closings_payload(*between.closings, now));
    if (between.packets) section(Tag::Packets, record::packets_payload(*between.packets));
  }
  if (!path.empty()) enter({});
}

Result<std::string> RecordingSystem::ask(const Question& question) const {
  auto answer = inner_.ask(question);
  // That a socket has no label, as most have, is not worth a line for each.
  if (answer || question.kind != FactKind::SecurityLabel)
    recorder_.fact(question.kind, question.subject, answer ? 0 : code_of(answer.error()),
                   answer.value_or(std::string()));
  return answer;
}

std::vector<std::string> RecordingSystem::find(NameKind kind, const std::string& name) const {
  return inner_.find(kind, name);
}

Result<void> RecordingSystem::read_lines(const std::string& path,
                                         const std::function<bool(std::string_view)>& visit) const {
  std::string content;
  bool wanted = true;
  // Whoever wants no more lines still leaves the whole file in the recording.
  auto done = inner_.read_lines(path, [&](std::string_view line) {
    (content += line) += '\n';
    wanted = wanted && visit(line);
    return true;
  });
  done ? recorder_.fact(FactKind::File, path, 0, content)
       : recorder_.fact(FactKind::File, path, code_of(done.error()), {});
  return done;
}

Result<void> RecordingSystem::list_links(
    const std::string& path, const std::function<void(std::string_view, std::string_view)>& visit) const {
  std::string value;
  auto done = inner_.list_links(path, [&](std::string_view name, std::string_view target) {
    const bool is_asked_for = std::any_of(RecordedLinks.begin(), RecordedLinks.end(),
                                          [&](std::string_view kind) { return target.starts_with(kind); });
    if (is_asked_for) {
      append_wire_text(value, name);
      append_wire_text(value, target);
    }
    visit(name, target);
  });
  recorder_.fact(FactKind::SocketLinks, path, done ? 0 : code_of(done.error()), value);
  return done;
}

Result<void> RecordingSystem::socket_files(ListedFiles, const std::function<void(const KernelFile&)>&) const {
  return tl::unexpected(Error{ENOTSUP, "list", "open files", "a recording has them from /proc"});
}

Result<std::unique_ptr<NetlinkChannel>> RecordingSystem::open_sock_diag() const {
  auto channel = inner_.open_sock_diag();
  if (!channel) return channel;
  return std::make_unique<RecordingChannel>(std::move(*channel), recorder_);
}

Result<void> RecordingSystem::in_network_namespace(const std::string& path,
                                                   const std::function<void()>& work) const {
  auto done = inner_.in_network_namespace(path, [&] {
    recorder_.enter(path);
    work();
    recorder_.enter({});
  });
  recorder_.fact(FactKind::Entering, path, done ? 0 : code_of(done.error()), {});
  return done;
}

Moment RecordingSystem::now() const { return inner_.now(); }

Result<std::vector<HostName>> RecordingSystem::host_names(const std::vector<Address>& addresses,
                                                          std::chrono::milliseconds limit) const {
  auto names = inner_.host_names(addresses, limit);
  if (!names) return names;
  for (const HostName& found : *names)
    recorder_.fact(FactKind::HostName, found.address.to_string(), 0, found.name);
  return names;
}

}  // namespace sockutils
