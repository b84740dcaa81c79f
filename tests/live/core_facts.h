/// Every field that all families have, compared with what the system calls say of the same socket.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "common/unique_fd.h"
#include "support/listing.h"

namespace sockutils::test {

inline constexpr std::array BothSources{Source::Netlink, Source::Proc};
/// For kinds that most kernels have no netlink handler for.
inline constexpr std::array FallbackSources{Source::Auto, Source::Proc};

/// Plain values of fields.
using Facts = std::map<std::string, std::string>;

/// Lists sockets from `source` and finds the one that this process, alone, holds as `fd`. Checks family,
/// protocol, both ends, inode, cookie, namespace, user, interface and holder against getsockname(2),
/// getpeername(2), getsockopt(2), fstat(2) and /proc/self, and `others` beside or instead. What packets under
/// way still have to change gets a moment. Returns the row.
SocketRow check_core_facts(const UniqueFd& fd, std::string_view state, Source source,
                           const Facts& others = {});

/// The row of the socket with this descriptor.
SocketRow find_row(const UniqueFd& fd, Source source);

/// A file below /proc, without a newline at its end.
std::string proc_text(const std::string& path);

/// Where the rows of these kinds really come from: /proc/net when there is no netlink handler.
Source effective_source(Source source, Family family, std::string_view protocol);

}  // namespace sockutils::test
