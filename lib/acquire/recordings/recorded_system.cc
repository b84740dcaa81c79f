#include "acquire/recordings/recorded_system.h"

#include <algorithm>
#include <utility>

#include "acquire/recordings/recorded_channel.h"
#include "common/parse_number.h"

namespace sockutils {
namespace {

Error not_recorded(std::string operation, std::string_view subject) {
  return {0, std::move(operation), std::string(subject), "not in the recording"};
}

Error unreadable(std::string_view subject) {
  return {0, "read", std::string(subject), "damaged in the recording"};
}

std::string name_or_nothing(const Result<std::string_view>& name) { return std::string(name.value_or("")); }

}  // namespace

RecordedSystem::RecordedSystem(const record::Snapshot& snapshot)
    : snapshot_(snapshot), here_(&snapshot.namespaces.begin()->second) {}

const record::Answer* RecordedSystem::find(Question question, std::string_view subject) const {
  const auto in = [&](const record::Namespace& where) -> const record::Answer* {
    const auto found = where.facts.find({question, subject});
    return found != where.facts.end() ? &found->second : nullptr;
  };
  if (const record::Answer* const answer = in(*here_)) return answer;
  const bool differs = question == Question::InterfaceName || question == Question::LocalAddresses ||
                       subject.starts_with("/proc/thread-self/");
  for (const auto& [path, where] : snapshot_.namespaces)
    if (const record::Answer* const answer = differs ? nullptr : in(where)) return answer;
  return nullptr;
}

Result<std::string_view> RecordedSystem::ask(Question question, std::string_view subject,
                                             const char* operation) const {
  const record::Answer* const found = find(question, subject);
  if (found == nullptr) return tl::unexpected(not_recorded(operation, subject));
  if (found->error != 0) return tl::unexpected(Error{found->error, operation, std::string(subject), {}});
  return found->value;
}

Result<std::uint64_t> RecordedSystem::ask_number(Question question, const std::string& subject) const {
  const auto value = ask(question, subject, "stat");
  if (!value) return tl::unexpected(value.error());
  const auto number = WireReader(*value).number<std::uint64_t>();
  if (!number) return tl::unexpected(unreadable(subject));
  return *number;
}

std::optional<std::uint64_t> RecordedSystem::number_with(Question question, std::string_view value) const {
  for (auto row = here_->facts.lower_bound({question, {}});
       row != here_->facts.end() && row->first.first == question; ++row)
    if (row->second.error == 0 && row->second.value == value)
      return parse_number<std::uint64_t>(row->first.second);
  return std::nullopt;
}

Result<std::string> RecordedSystem::read_file(const std::string& path) const {
  return ask(Question::File, path, "open").map([](std::string_view text) { return std::string(text); });
}

Result<void> RecordedSystem::read_lines(const std::string& path,
                                        const std::function<bool(std::string_view)>& visit) const {
  const auto text = ask(Question::File, path, "open");
  if (!text) return tl::unexpected(text.error());
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!visit(line)) break;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return {};
}

Result<std::vector<std::string>> RecordedSystem::list_directory(const std::string& path) const {
  const auto value = ask(Question::Directory, path, "open");
  if (!value) return tl::unexpected(value.error());
  std::vector<std::string> names;
  WireReader reader(*value);
  while (const auto name = reader.text()) names.emplace_back(*name);
  return names;
}

Result<void> RecordedSystem::list_links(
    const std::string& path, const std::function<void(std::string_view, std::string_view)>& visit) const {
  const record::Answer* const found = find(Question::SocketLinks, path);
  if (found == nullptr) return tl::unexpected(not_recorded("open", path));
  // Links that could be read come even when others could not.
  WireReader reader(found->value);
  while (const auto name = reader.text()) {
    const auto target = reader.text();
    if (target && !target->empty()) visit(*name, *target);
  }
  if (found->error != 0) return tl::unexpected(Error{found->error, "open", path, {}});
  return {};
}

Result<std::string> RecordedSystem::read_link(const std::string& path) const {
  return ask(Question::Link, path, "read link").map([](std::string_view text) { return std::string(text); });
}

Result<std::uint64_t> RecordedSystem::file_inode(const std::string& path) const {
  return ask_number(Question::Inode, path);
}

Result<std::uint64_t> RecordedSystem::link_count(const std::string& path) const {
  return ask_number(Question::LinkCount, path);
}

Result<bool> RecordedSystem::share_files(std::int32_t thread_a, std::int32_t thread_b) const {
  return ask_number(Question::ShareFiles, std::to_string(thread_a) + " " + std::to_string(thread_b))
      .map([](std::uint64_t shared) { return shared != 0; });
}

Result<HeldSocket> RecordedSystem::held_socket(const std::string& path) const {
  const auto value = ask(Question::HeldSocket, path, "stat");
  if (!value) return tl::unexpected(value.error());
  WireReader reader(*value);
  const auto inode = reader.number<std::uint64_t>();
  const auto uid = reader.number<std::uint64_t>();
  if (!inode || !uid) return tl::unexpected(unreadable(path));
  return HeldSocket{*inode, static_cast<std::uint32_t>(*uid), std::string(reader.rest())};
}

Result<std::string> RecordedSystem::security_label(const std::string& path) const {
  return ask(Question::SecurityLabel, path, "read the label of").map([](std::string_view text) {
    return std::string(text);
  });
}

Result<void> RecordedSystem::socket_files(const std::function<void(const SocketFile&)>&) const {
  return tl::unexpected(Error{ENOTSUP, "list", "open files", "a recording has them from /proc"});
}

Result<std::unique_ptr<NetlinkChannel>> RecordedSystem::open_sock_diag() const {
  return std::make_unique<RecordedChannel>(here_->dumps);
}

Result<std::string> RecordedSystem::read_small_file(const std::string& path, std::size_t) const {
  return read_file(path);
}

Result<std::uint64_t> RecordedSystem::network_namespace(const std::string& path) const {
  return ask_number(Question::NetworkNamespace, path);
}

Result<void> RecordedSystem::in_network_namespace(const std::string& path,
                                                  const std::function<void()>& work) const {
  if (const auto entered = ask(Question::Entering, path, "enter network namespace"); !entered)
    return tl::unexpected(entered.error());
  const auto there = snapshot_.namespaces.find(path);
  if (there == snapshot_.namespaces.end()) return tl::unexpected(unreadable(path));
  const record::Namespace* const before = std::exchange(here_, &there->second);
  work();
  here_ = before;
  return {};
}

std::vector<Address> RecordedSystem::local_addresses() const {
  std::vector<Address> addresses;
  WireReader reader(ask(Question::LocalAddresses, {}, "list").value_or(""));
  while (const auto text = reader.text())
    if (const auto address = Address::parse(*text)) addresses.push_back(*address);
  return addresses;
}

std::string RecordedSystem::home_directory(std::uint32_t uid) const {
  return name_or_nothing(ask(Question::HomeDirectory, std::to_string(uid), "look up"));
}

Moment RecordedSystem::now() const {
  const std::chrono::microseconds since_1970{static_cast<std::int64_t>(snapshot_.time)};
  return {std::chrono::system_clock::time_point(since_1970), std::chrono::steady_clock::now()};
}

std::string RecordedSystem::user_name(std::uint32_t uid) const {
  return name_or_nothing(ask(Question::UserName, std::to_string(uid), "look up"));
}

std::optional<std::uint32_t> RecordedSystem::user_id(const std::string& name) const {
  const auto uid = name.empty() ? std::nullopt : number_with(Question::UserName, name);
  return uid ? std::optional(static_cast<std::uint32_t>(*uid)) : std::nullopt;
}

std::string RecordedSystem::interface_name(std::uint32_t index) const {
  return name_or_nothing(ask(Question::InterfaceName, std::to_string(index), "look up"));
}

std::optional<std::uint32_t> RecordedSystem::interface_index(const std::string& name) const {
  const auto index = name.empty() ? std::nullopt : number_with(Question::InterfaceName, name);
  return index ? std::optional(static_cast<std::uint32_t>(*index)) : std::nullopt;
}

Result<std::string> RecordedSystem::cgroup_path(const std::string&, std::uint64_t id) const {
  return ask(Question::CgroupPath, std::to_string(id), "open control group").map([](std::string_view text) {
    return std::string(text);
  });
}

std::optional<std::uint64_t> RecordedSystem::cgroup_id(std::string_view path) const {
  return number_with(Question::CgroupPath, path);
}

std::vector<Address> RecordedSystem::host_addresses(const std::string& name) const {
  if (name == "localhost") return {Address::v4({127, 0, 0, 1}), *Address::parse("::1")};
  std::vector<Address> addresses;
  for (const auto& [key, answer] : here_->facts) {
    if (key.first != Question::HostName || answer.value != name) continue;
    if (const auto address = Address::parse(key.second)) addresses.push_back(*address);
  }
  return addresses;
}

Result<std::vector<HostName>> RecordedSystem::host_names(const std::vector<Address>& addresses,
                                                         std::chrono::milliseconds) const {
  std::vector<HostName> names;
  for (const Address& address : addresses) {
    const auto name = ask(Question::HostName, address.to_string(), "look up");
    if (name) names.push_back({address, std::string(*name)});
  }
  return names;
}

}  // namespace sockutils
