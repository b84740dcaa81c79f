#include "acquire/recordings/recording_system.h"

#include <linux/netlink.h>
#include <cerrno>

#include "acquire/recordings/record_between.h"

namespace sockutils {
namespace {

using record::Question;
using record::Tag;

/// The errno value in the file; faults without one are EIO there.
std::int32_t code_of(const Error& error) {
  constexpr int InputOutput = 5;
  return error.code != 0 ? error.code : InputOutput;
}

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

void Recorder::fact(Question question, std::string_view subject, std::int32_t error, std::string_view value) {
  const std::lock_guard lock(mutex_);
  std::string payload(1, static_cast<char>(question));
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

void Recorder::between(const std::string& path, const Between& between,
                       std::chrono::steady_clock::time_point now) {
  if (!path.empty()) enter(path);
  {
    const std::lock_guard lock(mutex_);
    if (between.closings) section(Tag::Closings, record::closings_payload(*between.closings, now));
    if (between.packets) section(Tag::Packets, record::packets_payload(*between.packets));
  }
  if (!path.empty()) enter({});
}

Result<std::string> RecordingSystem::text(Question question, const std::string& subject,
                                          Result<std::string> answer) const {
  answer ? recorder_.fact(question, subject, 0, *answer)
         : recorder_.fact(question, subject, code_of(answer.error()), {});
  return answer;
}

Result<std::uint64_t> RecordingSystem::number(Question question, const std::string& subject,
                                              Result<std::uint64_t> answer) const {
  answer ? recorder_.fact(question, subject, 0, wire_number(*answer))
         : recorder_.fact(question, subject, code_of(answer.error()), {});
  return answer;
}

Result<std::string> RecordingSystem::read_file(const std::string& path) const {
  return text(Question::File, path, inner_.read_file(path));
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
  done ? recorder_.fact(Question::File, path, 0, content)
       : recorder_.fact(Question::File, path, code_of(done.error()), {});
  return done;
}

Result<std::vector<std::string>> RecordingSystem::list_directory(const std::string& path) const {
  auto names = inner_.list_directory(path);
  std::string value;
  for (const std::string& name : names.value_or(std::vector<std::string>{})) append_wire_text(value, name);
  recorder_.fact(Question::Directory, path, names ? 0 : code_of(names.error()), value);
  return names;
}

Result<void> RecordingSystem::list_links(
    const std::string& path, const std::function<void(std::string_view, std::string_view)>& visit) const {
  std::string value;
  auto done = inner_.list_links(path, [&](std::string_view name, std::string_view target) {
    if (target.starts_with("socket:")) {
      append_wire_text(value, name);
      append_wire_text(value, target);
    }
    visit(name, target);
  });
  recorder_.fact(Question::SocketLinks, path, done ? 0 : code_of(done.error()), value);
  return done;
}

Result<std::string> RecordingSystem::read_link(const std::string& path) const {
  return text(Question::Link, path, inner_.read_link(path));
}

Result<std::uint64_t> RecordingSystem::file_inode(const std::string& path) const {
  return number(Question::Inode, path, inner_.file_inode(path));
}

Result<std::uint64_t> RecordingSystem::link_count(const std::string& path) const {
  return number(Question::LinkCount, path, inner_.link_count(path));
}

Result<bool> RecordingSystem::share_files(std::int32_t thread_a, std::int32_t thread_b) const {
  auto shared = inner_.share_files(thread_a, thread_b);
  recorder_.fact(Question::ShareFiles, std::to_string(thread_a) + " " + std::to_string(thread_b),
                 shared ? 0 : code_of(shared.error()), wire_number(shared.value_or(false) ? 1 : 0));
  return shared;
}

Result<HeldSocket> RecordingSystem::held_socket(const std::string& path) const {
  auto held = inner_.held_socket(path);
  std::string value;
  if (held) (value += wire_number(held->inode) + wire_number(held->uid)) += held->protocol;
  recorder_.fact(Question::HeldSocket, path, held ? 0 : code_of(held.error()), value);
  return held;
}

// That a socket has none, as most have, is not worth a line for each.
Result<std::string> RecordingSystem::security_label(const std::string& path) const {
  auto label = inner_.security_label(path);
  if (label) recorder_.fact(Question::SecurityLabel, path, 0, *label);
  return label;
}

Result<void> RecordingSystem::socket_files(const std::function<void(const SocketFile&)>&) const {
  return tl::unexpected(Error{ENOTSUP, "list", "open files", "a recording has them from /proc"});
}

Result<std::unique_ptr<NetlinkChannel>> RecordingSystem::open_sock_diag() const {
  auto channel = inner_.open_sock_diag();
  if (!channel) return channel;
  return std::make_unique<RecordingChannel>(std::move(*channel), recorder_);
}

Result<std::string> RecordingSystem::read_small_file(const std::string& path, std::size_t limit) const {
  return text(Question::File, path, inner_.read_small_file(path, limit));
}

Result<std::uint64_t> RecordingSystem::network_namespace(const std::string& path) const {
  return number(Question::NetworkNamespace, path, inner_.network_namespace(path));
}

Result<void> RecordingSystem::in_network_namespace(const std::string& path,
                                                   const std::function<void()>& work) const {
  auto done = inner_.in_network_namespace(path, [&] {
    recorder_.enter(path);
    work();
    recorder_.enter({});
  });
  recorder_.fact(Question::Entering, path, done ? 0 : code_of(done.error()), {});
  return done;
}

std::vector<Address> RecordingSystem::local_addresses() const {
  auto addresses = inner_.local_addresses();
  std::string value;
  for (const Address& address : addresses) append_wire_text(value, address.to_string());
  recorder_.fact(Question::LocalAddresses, {}, 0, value);
  return addresses;
}

std::string RecordingSystem::home_directory(std::uint32_t uid) const {
  std::string folder = inner_.home_directory(uid);
  recorder_.fact(Question::HomeDirectory, std::to_string(uid), 0, folder);
  return folder;
}

Moment RecordingSystem::now() const { return inner_.now(); }

std::string RecordingSystem::user_name(std::uint32_t uid) const {
  std::string name = inner_.user_name(uid);
  recorder_.fact(Question::UserName, std::to_string(uid), 0, name);
  return name;
}

std::optional<std::uint32_t> RecordingSystem::user_id(const std::string& name) const {
  return inner_.user_id(name);
}

std::string RecordingSystem::interface_name(std::uint32_t index) const {
  std::string name = inner_.interface_name(index);
  recorder_.fact(Question::InterfaceName, std::to_string(index), 0, name);
  return name;
}

std::optional<std::uint32_t> RecordingSystem::interface_index(const std::string& name) const {
  return inner_.interface_index(name);
}

Result<std::string> RecordingSystem::cgroup_path(const std::string& mount, std::uint64_t id) const {
  // The mount may be anywhere, and is what asks on another machine too.
  return text(Question::CgroupPath, std::to_string(id), inner_.cgroup_path(mount, id));
}

std::vector<Address> RecordingSystem::host_addresses(const std::string& name) const {
  return inner_.host_addresses(name);
}

Result<std::vector<HostName>> RecordingSystem::host_names(const std::vector<Address>& addresses,
                                                          std::chrono::milliseconds limit) const {
  auto names = inner_.host_names(addresses, limit);
  if (!names) return names;
  for (const HostName& found : *names)
    recorder_.fact(Question::HostName, found.address.to_string(), 0, found.name);
  return names;
}

}  // namespace sockutils
