#include "acquire/names/system_names.h"

#include <chrono>

#include "acquire/namespaces/namespace_search.h"
#include "acquire/processes/cgroup_mount.h"
#include "acquire/processes/owner_table.h"
#include "common/text.h"
#include "sockutils/list.h"

namespace sockutils {
namespace {

/// A list that waits for name servers is no list: what they do not say by then is shown as a number.
constexpr std::chrono::milliseconds HostNameLimit{1800};

/// Empty when cgroup2 is not mounted.
std::string cgroup2_mount(const System& system) {
  const auto mounts = system.read_file("/proc/thread-self/mountinfo");
  return mounts ? find_cgroup2_mount(*mounts).value_or("") : "";
}

/// Takes a path below the mount, and one with the mount before it.
std::optional<std::uint64_t> cgroup_id(const System& system, std::string_view path) {
  const std::string mount = cgroup2_mount(system);
  if (mount.empty() || !path.starts_with('/')) return std::nullopt;
  const std::string folder = path.starts_with(mount) ? std::string(path) : mount + std::string(path);
  const auto inode = system.file_inode(folder);
  return inode ? std::optional(*inode) : std::nullopt;
}

/// The file's word for the protocol, or empty for those whose ports are no services.
std::string_view services_word(Protocol protocol) {
  if (protocol == Protocol::Tcp) return "tcp";
  // RFC 3828, section 6: UDP-Lite has the ports of UDP.
  if (protocol == Protocol::Udp || protocol == Protocol::Udplite) return "udp";
  return {};
}

template <class Key, class Lookup>
std::string_view cached(std::unordered_map<Key, std::string>& cache, Key key, const Lookup& lookup) {
  const auto found = cache.find(key);
  if (found != cache.end()) return found->second;
  return cache.emplace(key, lookup(key)).first->second;
}

template <class Key, class Lookup>
std::string_view cached(NameCache<Key>& cache, Key key, const Lookup& lookup) {
  const std::string* const found = cache.find(key);
  return found != nullptr ? *found : cache.insert(key, lookup(key));
}

}  // namespace

const Services& SystemNames::services() const {
  if (services_) return *services_;
  const auto text = system_.read_file(ServicesFile);
  services_ = text ? Services::parse(*text) : Services{};
  if (!text)
    warnings_.push_back(no_services_warning(text.error()));
  else if (services_->broken_lines() != 0)
    warnings_.push_back(
        {Warning::Kind::NamesMissing,
         counted(services_->broken_lines(), "line") + " of /etc/services could not be understood",
         "see services(5)"});
  return *services_;
}

std::string_view SystemNames::ip_protocol(std::uint16_t number) const {
  // Without the file the number is shown, so nothing is missing.
  if (!ip_protocols_) ip_protocols_ = IpProtocols::parse(system_.read_file(ProtocolsFile).value_or(""));
  return ip_protocols_->name(number);
}

std::string_view SystemNames::service(std::uint16_t port, Protocol protocol) const {
  if (!needs_any(needs_, Needs::Services)) return {};
  if (protocol == Protocol::Raw) return ip_protocol(port);
  const std::string_view word = services_word(protocol);
  return word.empty() ? word : services().name(port, word);
}

std::string_view SystemNames::user(std::uint32_t uid) const {
  return cached(users_, uid, [&](std::uint32_t id) {
    std::string name = needs_any(needs_, Needs::Users) ? system_.user_name(id) : "";
    return name.empty() ? std::to_string(id) : name;
  });
}

std::string_view SystemNames::interface(std::uint32_t index) const {
  if (!needs_any(needs_, Needs::Interfaces)) return {};
  auto& known = interfaces_[netns_];
  if (!is_there_ && !known.contains(index)) return {};
  return cached(known, index, [&](std::uint32_t number) { return system_.interface_name(number); });
}

std::string_view SystemNames::host(const Address& address) const {
  const std::string* const found = hosts_.find(address);
  return found != nullptr ? std::string_view(*found) : std::string_view{};
}

std::string_view SystemNames::cgroup(std::uint64_t id) const {
  if (!needs_any(needs_, Needs::ControlGroups)) return {};
  if (!cgroup_mount_) cgroup_mount_ = cgroup2_mount(system_);
  return cached(cgroups_, id, [&](std::uint64_t number) {
    return cgroup_mount_->empty() ? "" : system_.cgroup_path(*cgroup_mount_, number).value_or("");
  });
}

std::string_view SystemNames::process(std::uint32_t pid) const {
  if (!needs_any(needs_, Needs::NetlinkProcess)) return {};
  return cached(processes_, pid, [&](std::uint32_t number) {
    std::string name = system_.read_file("/proc/" + std::to_string(number) + "/comm").value_or("");
    if (name.ends_with('\n')) name.pop_back();
    return name;
  });
}

std::string_view SystemNames::label(std::uint64_t inode, std::span<const Owner> owners) const {
  if (!needs_any(needs_, Needs::SocketContext)) return {};
  if (const std::string* const found = labels_.find(inode)) return *found;
  for (const Owner& owner : owners)
    if (auto label = system_.security_label(descriptor_path(owner)))
      return labels_.insert(inode, *std::move(label));
  // Not cached, because an owner that is found later may have it.
  return {};
}

void SystemNames::learn_namespaces(const std::vector<NetworkNamespace>& found) {
  for (const NetworkNamespace& space : found)
    if (!space.name.empty()) namespaces_.insert_or_assign(space.inode, space.name);
}

std::string_view SystemNames::network_namespace(std::uint64_t netns) const {
  if (!needs_any(needs_, Needs::NamespaceNames)) return {};
  return cached(namespaces_, netns,
                [&](std::uint64_t inode) { return NamespaceSearch(system_).name_of(inode); });
}

Result<void> SystemNames::learn_hosts(const std::set<Address>& addresses) {
  hosts_.reserve(addresses.size());
  std::vector<Address> unknown;
  for (const Address& address : addresses)
    if (hosts_.find(address) == nullptr) unknown.push_back(address);
  if (unknown.empty()) return {};
  for (const Address& address : unknown) hosts_.insert(address, {});
  auto names = system_.host_names(unknown, HostNameLimit);
  if (!names) return tl::unexpected(names.error());
  for (HostName& found : *names) hosts_.insert(found.address, std::move(found.name));
  return {};
}

FilterNames system_filter_names() {
  const System& system = real_system();
  FilterNames names;
  names.service = [](std::string_view name) {
    const auto services = Services::load();
    return services ? services->ports(name) : std::vector<std::uint16_t>{};
  };
  names.ip_protocol = [&system](std::string_view name) {
    return IpProtocols::parse(system.read_file(ProtocolsFile).value_or("")).number(name);
  };
  names.host = [&system](std::string_view name) { return system.host_addresses(std::string(name)); };
  names.interface = [&system](std::string_view name) { return system.interface_index(std::string(name)); };
  names.cgroup = [&system](std::string_view path) { return cgroup_id(system, path); };
  names.user = [&system](std::string_view name) { return system.user_id(std::string(name)); };
  return names;
}

}  // namespace sockutils
