/// Attributes of sock_diag that are lists. Each function appends to a packed list, see
/// `append_element()`, and returns false when the bytes are cut; what stands before that is there. Pure.
#pragma once

#include <string>

#include "common/bytes.h"

namespace sockutils::inet {

/// INET_DIAG_MD5SIG, an array of struct tcp_diag_md5sig (linux/tcp.h): for each key the peers that it is for,
/// as in `192.0.2.0/24`; with `keys` followed by `=` and the key's bytes.
bool append_md5_keys(std::string& list, ByteView payload, bool keys);

/// INET_DIAG_SK_BPF_STORAGES (linux/sock_diag.h): for each map its number, `=`, and the value in hexadecimal.
bool append_bpf_storages(std::string& list, ByteView payload);

}  // namespace sockutils::inet
