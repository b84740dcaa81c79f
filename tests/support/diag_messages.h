/// Netlink messages as kernels of several ages send them, built byte by byte for tests.
#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "common/bytes.h"
#include "family/attributes.h"

namespace sockutils::test {

inline void pad4(std::string& bytes) { bytes.resize(align4(bytes.size())); }

inline std::string attribute(unsigned type, std::string_view payload) {
  std::string bytes;
  append_object(bytes, nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()),
                              static_cast<std::uint16_t>(type)});
  bytes += payload;
  pad4(bytes);
  return bytes;
}

template <class T>
std::string bytes_of(const T& object) {
  std::string bytes;
  append_object(bytes, object);
  return bytes;
}

inline std::string netlink_message(std::uint16_t type, std::uint32_t sequence, std::uint32_t port_id,
                                   std::string_view payload, std::uint16_t flags = NLM_F_MULTI) {
  std::string bytes;
  append_object(bytes, nlmsghdr{static_cast<std::uint32_t>(sizeof(nlmsghdr) + payload.size()), type, flags,
                                sequence, port_id});
  bytes += payload;
  pad4(bytes);
  return bytes;
}

inline std::string done_message(std::uint32_t sequence, std::uint32_t port_id, int error = 0) {
  return netlink_message(NLMSG_DONE, sequence, port_id, bytes_of(error));
}

inline std::string error_message(std::uint32_t sequence, std::uint32_t port_id, int error) {
  nlmsgerr body{};
  body.error = -error;
  return netlink_message(NLMSG_ERROR, sequence, port_id, bytes_of(body), 0);
}

/// An established TCP connection 192.0.2.7:22 - 198.51.100.4:51022.
inline inet_diag_msg tcp_connection() {
  inet_diag_msg message{};
  message.idiag_family = AF_INET;
  message.idiag_state = 1;
  message.id.idiag_sport = htons(22);
  message.id.idiag_dport = htons(51022);
  message.id.idiag_src[0] = htonl(0xc0000207);
  message.id.idiag_dst[0] = htonl(0xc6336404);
  message.id.idiag_cookie[0] = 0x1001;
  message.id.idiag_cookie[1] = 2;
  message.idiag_rqueue = 5;
  message.idiag_wqueue = 7;
  message.idiag_uid = 1000;
  message.idiag_inode = 4242;
  return message;
}

}  // namespace sockutils::test
