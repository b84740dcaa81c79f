/// Interfaces as the kernel describes them: rtnetlink(7).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/bytes.h"
#include "sockutils/error.h"

namespace sockutils {

struct Link {
  std::uint32_t index = 0;
  std::string name;
  /// Its link-layer address; only those of six bytes.
  std::array<std::uint8_t, 6> address{};
  bool has_address = false;
  /// It belongs to a bridge, bond or team, through which its packets pass too.
  bool is_port = false;
};

/// Those of the calling thread's network namespace. Errors: as socket(2) and recvmsg(2).
Result<std::vector<Link>> read_links();

/// One RTM_NEWLINK message without its nlmsghdr. False: it cannot be understood.
bool decode_link(ByteView message, Link& link);

}  // namespace sockutils
