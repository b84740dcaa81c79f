#include "os/system.h"

#include "common/parse_number.h"
#include "common/wire.h"

namespace sockutils {

std::string as_answer(std::uint64_t number) {
  std::string bytes;
  append_wire(bytes, number);
  return bytes;
}

std::string as_answer(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) append_wire_text(bytes, text);
  return bytes;
}

std::string as_answer(const HeldSocket& held) {
  return as_answer(held.inode) + as_answer(std::uint64_t{held.uid}) + held.protocol;
}

const char* operation_of(FactKind kind) {
  switch (kind) {
    case FactKind::File:
    case FactKind::Directory:
    case FactKind::SocketLinks:
    case FactKind::NetworkNamespace:
    case FactKind::Mappings:
      return "open";
    case FactKind::Link:
      return "read link";
    case FactKind::Inode:
    case FactKind::LinkCount:
    case FactKind::HeldSocket:
      return "stat";
    case FactKind::ShareFiles:
      return "kcmp";
    case FactKind::CgroupPath:
      return "open control group";
    case FactKind::Entering:
      return "enter network namespace";
    case FactKind::SecurityLabel:
      return "read the label of";
    case FactKind::UserName:
    case FactKind::InterfaceName:
    case FactKind::HostName:
    case FactKind::LocalAddresses:
    case FactKind::HomeDirectory:
    case FactKind::Kind:
    case FactKind::RecordedNamespace:
      return "look up";
  }
  return "";
}

namespace {

/// A recording may hold anything.
Error damaged(const Question& question) { return {0, "read", question.subject, "damaged in the recording"}; }

std::vector<std::string> texts_in(std::string_view answer) {
  std::vector<std::string> texts;
  WireReader reader(answer);
  while (const auto text = reader.text()) texts.emplace_back(*text);
  return texts;
}

}  // namespace

Result<std::uint64_t> System::number(const Question& question) const {
  const auto answer = ask(question);
  if (!answer) return tl::unexpected(answer.error());
  const auto number = WireReader(*answer).number<std::uint64_t>();
  if (!number) return tl::unexpected(damaged(question));
  return *number;
}

Result<std::vector<std::string>> System::list_directory(const std::string& path) const {
  const auto answer = ask({FactKind::Directory, path});
  if (!answer) return tl::unexpected(answer.error());
  return texts_in(*answer);
}

Result<std::uint64_t> System::file_inode(const std::string& path) const {
  return number({FactKind::Inode, path});
}

Result<std::uint64_t> System::link_count(const std::string& path) const {
  return number({FactKind::LinkCount, path});
}

Result<bool> System::share_files(std::int32_t thread_a, std::int32_t thread_b) const {
  return number({FactKind::ShareFiles, std::to_string(thread_a) + " " + std::to_string(thread_b)})
      .map([](std::uint64_t shared) { return shared != 0; });
}

Result<Mappings> System::mappings(const std::string& path) const {
  const Question question{FactKind::Mappings, path};
  const auto answer = number(question);
  if (!answer) return tl::unexpected(answer.error());
  if (*answer > static_cast<std::uint64_t>(Mappings::IoUring)) return tl::unexpected(damaged(question));
  return static_cast<Mappings>(*answer);
}

Result<HeldSocket> System::held_socket(const std::string& path) const {
  const Question question{FactKind::HeldSocket, path};
  const auto answer = ask(question);
  if (!answer) return tl::unexpected(answer.error());
  WireReader reader(*answer);
  const auto inode = reader.number<std::uint64_t>();
  const auto uid = reader.number<std::uint64_t>();
  if (!inode || !uid) return tl::unexpected(damaged(question));
  return HeldSocket{*inode, static_cast<std::uint32_t>(*uid), std::string(reader.rest())};
}

Result<std::uint64_t> System::network_namespace(const std::string& path) const {
  return number({FactKind::NetworkNamespace, path});
}

std::vector<Address> System::local_addresses() const {
  std::vector<Address> addresses;
  for (const std::string& text : texts_in(ask({FactKind::LocalAddresses}).value_or("")))
    if (const auto address = Address::parse(text)) addresses.push_back(*address);
  return addresses;
}

std::string System::user_name(std::uint32_t uid) const {
  return ask({FactKind::UserName, std::to_string(uid)}).value_or("");
}

std::string System::home_directory(std::uint32_t uid) const {
  return ask({FactKind::HomeDirectory, std::to_string(uid)}).value_or("");
}

std::string System::interface_name(std::uint32_t index) const {
  return ask({FactKind::InterfaceName, std::to_string(index)}).value_or("");
}

Result<std::string> System::cgroup_path(const std::string& mount, std::uint64_t id) const {
  return ask({FactKind::CgroupPath, std::to_string(id), 0, mount});
}

std::optional<std::uint32_t> System::find_number(NameKind kind, const std::string& name) const {
  const auto found = find(kind, name);
  return found.empty() ? std::nullopt : parse_number<std::uint32_t>(found.front());
}

std::optional<std::uint32_t> System::user_id(const std::string& name) const {
  return find_number(NameKind::User, name);
}

std::optional<std::uint32_t> System::interface_index(const std::string& name) const {
  return find_number(NameKind::Interface, name);
}

std::vector<Address> System::host_addresses(const std::string& name) const {
  std::vector<Address> addresses;
  for (const std::string& text : find(NameKind::Host, name))
    if (const auto address = Address::parse(text)) addresses.push_back(*address);
  return addresses;
}

}  // namespace sockutils
