/// A machine made of recorded bytes.
#pragma once

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "os/system.h"

namespace sockutils::test {

/// Plays the answers that a script gives to each request.
class FakeChannel final : public NetlinkChannel {
 public:
  using Datagrams = std::deque<Result<std::string>>;
  /// `request` is the whole message; the answers carry its sequence number and `PortId`.
  using Script = std::function<Datagrams(ByteView request, std::uint32_t sequence)>;
  static constexpr std::uint32_t PortId = 77;

  explicit FakeChannel(const Script& script) : script_(script) {}

  std::uint32_t port_id() const override { return PortId; }
  Result<void> send(ByteView message) override {
    constexpr std::size_t SequenceOffset = 8;
    answers_ = script_(message, *load<std::uint32_t>(message, SequenceOffset));
    return {};
  }
  Result<ByteView> receive() override {
    if (answers_.empty())
      return tl::unexpected(Error{EIO, "receive", "recording", "the recording has ended"});
    Result<std::string> next = std::move(answers_.front());
    answers_.pop_front();
    if (!next) return tl::unexpected(next.error());
    current_ = std::move(*next);
    return as_bytes(current_);
  }
  /// Events are what the script answers to an empty message.
  Result<std::optional<ByteView>> receive_within(std::chrono::milliseconds) override {
    if (answers_.empty() && script_) answers_ = script_({}, 0);
    if (answers_.empty()) return std::nullopt;
    const auto next = receive();
    if (!next) return tl::unexpected(next.error());
    return std::optional(*next);
  }
  Result<void> subscribe(unsigned group) override {
    // The script says no by an error in answer to an empty message with the number of the group.
    answers_ = script_ ? script_({}, group) : Datagrams{};
    const bool refused = !answers_.empty() && !answers_.front();
    if (refused) return tl::unexpected(receive().error());
    return {};
  }

 private:
  const Script& script_;
  Datagrams answers_;
  std::string current_;
};

class FakeSystem final : public System {
 public:
  std::map<std::string, std::string> files;
  std::map<std::string, std::vector<std::string>> directories;
  /// Directory -> links in it, each name with its target.
  std::map<std::string, std::map<std::string, std::string>> links;
  /// The caller is in the first namespaces, unless a test says otherwise.
  std::map<std::string, std::uint64_t> inodes{{"/proc/self/ns/pid", 0xeffffffc},
                                              {"/proc/self/ns/user", 0xeffffffd}};
  std::map<std::string, std::uint64_t> link_counts;
  /// What processes have mapped, as numbers of `Mappings`.
  std::map<std::string, std::uint64_t> mapped;
  std::map<std::string, HeldSocket> held_sockets;
  std::map<std::string, std::string> labels;
  /// Paths that fail, with errno values.
  std::map<std::string, int> errors;
  /// Threads with tables of their own; those with one number share one, and the others that of their process.
  std::map<std::int32_t, int> separate_threads;
  /// What kcmp(2) says instead, an errno value.
  int kcmp_error = 0;
  std::map<std::uint32_t, std::string> users;
  std::map<std::uint32_t, std::string> homes;
  std::map<std::uint32_t, std::string> interfaces;
  /// Addresses of host names.
  std::map<std::string, std::vector<Address>> hosts;
  /// By the network namespaces other than the first.
  mutable std::map<std::uint64_t, std::map<std::uint32_t, std::string>> interfaces_elsewhere;
  /// Network namespaces that are there and may not be entered, with errno values.
  std::map<std::string, int> refusals;
  /// The network namespace that the code under test is in, for scripts that answer by it; 0 at first.
  mutable std::uint64_t current_namespace = 0;
  /// By network namespace.
  std::map<std::uint64_t, std::vector<Address>> addresses;
  /// What BPF tells; by default it may not be asked.
  std::vector<SocketFile> files_of_sockets;
  std::vector<SocketFile> files_of_namespaces;
  /// What it tells of the namespaces of sockets, by inode number.
  std::map<std::uint32_t, std::uint32_t> namespaces_of_sockets;
  int socket_files_error = EPERM;
  /// Called before BPF tells anything.
  std::function<void()> before_socket_files = [] {};
  FakeChannel::Script script;
  int channel_error = 0;
  mutable Moment time{};
  /// Paths in the order in which they were asked for.
  mutable std::vector<std::string> accesses;

  Result<std::string> ask(const Question& question) const override {
    const std::string& subject = question.subject;
    const char* const operation = operation_of(question.kind);
    const auto number = [](const Result<std::uint64_t>& found) {
      return found.map([](std::uint64_t value) { return as_answer(value); });
    };
    switch (question.kind) {
      case FactKind::File: {
        auto text = get(files, operation, subject);
        if (text && question.limit != 0 && text->size() > question.limit)
          return tl::unexpected(Error{EFBIG, "read", subject, {}});
        return text;
      }
      case FactKind::Link:
        return get(files, operation, subject);
      case FactKind::Directory:
        return get(directories, operation, subject).map([](const auto& names) { return as_answer(names); });
      case FactKind::Inode:
        if (subject == "/proc/thread-self/ns/net" && current_namespace != 0)
          return as_answer(current_namespace);
        return number(get(inodes, operation, subject));
      case FactKind::NetworkNamespace:
        return number(get(inodes, operation, subject));
      case FactKind::LinkCount:
        return number(get(link_counts, operation, subject));
      case FactKind::ShareFiles: {
        if (kcmp_error != 0) return tl::unexpected(Error{kcmp_error, operation, subject, {}});
        const auto table_of = [&](const std::string& thread) {
          const auto found = separate_threads.find(std::stoi(thread));
          return found != separate_threads.end() ? found->second : 0;
        };
        const std::size_t blank = subject.find(' ');
        return as_answer(table_of(subject.substr(0, blank)) == table_of(subject.substr(blank)) ? 1 : 0);
      }
      case FactKind::Mappings:
        return number(get(mapped, operation, subject));
      case FactKind::HeldSocket:
        return get(held_sockets, operation, subject).map([](const HeldSocket& held) {
          return as_answer(held);
        });
      case FactKind::SecurityLabel:
        return get(labels, operation, subject);
      case FactKind::UserName:
        return of_number(users, subject);
      case FactKind::HomeDirectory:
        return of_number(homes, subject);
      case FactKind::InterfaceName:
        return of_number(current_namespace != 0 ? interfaces_elsewhere[current_namespace] : interfaces,
                         subject);
      case FactKind::CgroupPath:
        return get(files, operation, question.mount + "#" + subject);
      case FactKind::LocalAddresses: {
        std::vector<std::string> texts;
        if (const auto found = addresses.find(current_namespace); found != addresses.end())
          for (const Address& address : found->second) texts.push_back(address.to_string());
        return as_answer(texts);
      }
      case FactKind::SocketLinks:
      case FactKind::HostName:
      case FactKind::Entering:
      case FactKind::Kind:
      case FactKind::RecordedNamespace:
        break;
    }
    return tl::unexpected(Error{ENOTSUP, operation, subject, {}});
  }

  std::vector<std::string> find(NameKind kind, const std::string& name) const override {
    std::vector<std::string> found;
    if (kind == NameKind::Host) {
      if (const auto host = hosts.find(name); host != hosts.end())
        for (const Address& address : host->second) found.push_back(address.to_string());
      return found;
    }
    for (const auto& [number, text] : kind == NameKind::User ? users : interfaces)
      if (text == name) found.push_back(std::to_string(number));
    return found;
  }

  Result<void> read_lines(const std::string& path,
                          const std::function<bool(std::string_view)>& visit) const override {
    const auto text = get(files, "open", path);
    if (!text) return tl::unexpected(text.error());
    std::string_view rest = *text;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      if (!visit(line)) return {};
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return {};
  }

  Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view, std::string_view)>& visit) const override {
    const auto found = get(links, "open", path);
    if (!found) return tl::unexpected(found.error());
    for (const auto& [name, target] : *found) visit(name, target);
    return {};
  }

  Moment now() const override { return time; }
  Result<void> socket_files(ListedFiles which,
                            const std::function<void(const KernelFile&)>& visit) const override {
    if (socket_files_error != 0) return tl::unexpected(Error{socket_files_error, "load", "BPF program", {}});
    before_socket_files();
    for (const SocketFile& file : files_of_sockets) {
      const auto netns = namespaces_of_sockets.find(file.inode);
      const bool told = which == ListedFiles::SocketsAndNamespaces && netns != namespaces_of_sockets.end();
      visit({file, told ? netns->second : 0});
    }
    if (which == ListedFiles::Sockets) return {};
    for (const SocketFile& file : files_of_namespaces) visit({file, 0, true});
    return {};
  }

  Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const override {
    note_access("sock_diag");
    if (channel_error != 0) return tl::unexpected(Error{channel_error, "open", "netlink socket", {}});
    return std::make_unique<FakeChannel>(script);
  }

  Result<void> in_network_namespace(const std::string& path,
                                    const std::function<void()>& work) const override {
    const auto entered = get(inodes, "enter", path);
    if (!entered) return tl::unexpected(entered.error());
    if (const auto refused = refusals.find(path); refused != refusals.end())
      return tl::unexpected(Error{refused->second, "enter", path, {}});
    const std::uint64_t before = std::exchange(current_namespace, *entered);
    work();
    current_namespace = before;
    return {};
  }
  Result<std::vector<HostName>> host_names(const std::vector<Address>&,
                                           std::chrono::milliseconds) const override {
    return std::vector<HostName>{};
  }

  bool was_accessed(std::string_view prefix) const {
    return std::any_of(accesses.begin(), accesses.end(),
                       [&](const std::string& path) { return path.starts_with(prefix); });
  }

 private:
  /// Owners are read by a thread of their own.
  void note_access(const std::string& what) const {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    accesses.push_back(what);
  }

  static std::string of_number(const std::map<std::uint32_t, std::string>& names, const std::string& number) {
    const auto found = names.find(static_cast<std::uint32_t>(std::stoul(number)));
    return found != names.end() ? found->second : "";
  }

  template <class T>
  Result<T> get(const std::map<std::string, T>& map, std::string operation, const std::string& path) const {
    note_access(path);
    if (const auto error = errors.find(path); error != errors.end())
      return tl::unexpected(Error{error->second, std::move(operation), path, {}});
    const auto found = map.find(path);
    if (found == map.end()) return tl::unexpected(Error{ENOENT, std::move(operation), path, {}});
    return found->second;
  }
};

}  // namespace sockutils::test
