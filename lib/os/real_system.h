/// The parts of the real system, one file each.
#pragma once

#include "os/system.h"

namespace sockutils::real {

Result<std::unique_ptr<NetlinkChannel>> open_sock_diag();
/// One of another protocol of netlink(7), as NETLINK_ROUTE.
Result<std::unique_ptr<NetlinkChannel>> open_netlink(int protocol);
Result<std::uint64_t> network_namespace(const std::string& path);
Result<void> in_network_namespace(const std::string& path, const std::function<void()>& work);
std::vector<Address> local_addresses();
Result<std::string> read_small_file(const std::string& path, std::size_t limit);
Result<void> socket_files(ListedFiles which, const std::function<void(const KernelFile&)>& visit);
Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                         std::chrono::milliseconds limit);
std::vector<Address> host_addresses(const std::string& name);
Result<std::string> cgroup_path(const std::string& mount, std::uint64_t id);

}  // namespace sockutils::real
