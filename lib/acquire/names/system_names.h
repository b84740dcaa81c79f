/// Names from the machine's files, interfaces and name servers, each looked up when first asked for.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "acquire/names/name_cache.h"
#include "acquire/services/ip_protocols.h"
#include "model/row.h"
#include "os/system.h"
#include "sockutils/field.h"
#include "sockutils/namespaces.h"
#include "sockutils/services.h"

namespace sockutils {

/// Not for several threads at once.
class SystemNames final : public Names {
 public:
  /// Knows the kinds of name that `needs` holds, and no others.
  SystemNames(const System& system, Needs needs) : system_(system), needs_(needs) {}

  std::string_view service(std::uint16_t port, Protocol protocol) const override;
  std::string_view user(std::uint32_t uid) const override;
  std::string_view interface(std::uint32_t index) const override;
  std::string_view host(const Address& address) const override;
  std::string_view cgroup(std::uint64_t id) const override;
  std::string_view process(std::uint32_t pid) const override;
  std::string_view label(std::uint64_t inode, std::span<const Owner> owners) const override;
  std::string_view network_namespace(std::uint64_t netns) const override;

  /// Looks up the names of all hosts of the next rows in parallel; cached ones are not requested again.
  Result<void> learn_hosts(const std::set<Address>& addresses);
  /// Interfaces are those of the network namespace with this inode number from now on. Where the calling
  /// thread is not in there, no others are known than before.
  void enter(std::optional<std::uint64_t> netns, bool is_there = true) {
    netns_ = netns.value_or(0);
    is_there_ = is_there;
  }
  /// Network namespaces need not be searched for when they have been found before.
  void learn_namespaces(const std::vector<NetworkNamespace>& found);
  /// What kept names from being known.
  const std::vector<Warning>& warnings() const { return warnings_; }

 private:
  const Services& services() const;
  std::string_view ip_protocol(std::uint16_t number) const;

  const System& system_;
  Needs needs_;
  mutable std::optional<Services> services_;
  mutable std::optional<IpProtocols> ip_protocols_;
  mutable std::unordered_map<std::uint32_t, std::string> users_;
  std::uint64_t netns_ = 0;
  bool is_there_ = true;
  /// By network namespace: each has indexes of its own.
  mutable std::unordered_map<std::uint64_t, std::unordered_map<std::uint32_t, std::string>> interfaces_;
  mutable std::unordered_map<std::uint64_t, std::string> namespaces_;
  /// An empty text: the host has no name.
  mutable NameCache<Address> hosts_;
  mutable std::optional<std::string> cgroup_mount_;
  mutable NameCache<std::uint64_t> cgroups_;
  mutable NameCache<std::uint32_t> processes_;
  /// By inode number.
  mutable NameCache<std::uint64_t> labels_;
  mutable std::vector<Warning> warnings_;
};

}  // namespace sockutils
