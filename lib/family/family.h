/// What a socket family is to the rest of the library: how to ask for its sockets, and how to read the
/// answers. Everything here is pure: bytes in, `Socket` out; nothing is opened. A family is one file here and
/// its two rows in families.cc; its name is in model/value_names.cc, the files of processes by which
/// `--unbound` knows it in acquire/dumps/unbound.cc, and its option in tools/sockls/socket_options.cc.
#pragma once

#include <linux/sock_diag.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/bytes.h"
#include "model/socket.h"
#include "sockutils/field.h"
#include "sockutils/list.h"

namespace sockutils {

/// What one dump shall bring.
struct DumpRequest {
  StateSet states = StateSet::all();
  Needs needs = Needs::Nothing;
  /// The value of INET_DIAG_REQ_BYTECODE, for the internet families; empty: no such attribute.
  std::string_view bytecode = {};
};

/// How well a record could be read.
enum class Decode : std::uint8_t {
  Complete,
  Partial,    ///< the socket is there, but what followed its fixed part was cut or made no sense
  Malformed,  ///< no socket could be read
};

/// Where a kind that nothing lists leaves a trace.
struct Evidence {
  /// Its name in /proc/net/protocols.
  std::string_view protocol = {};
  /// The file counts such sockets; of other kinds it always says 0.
  bool counted = false;
  /// The option that a kernel needs to list them.
  std::string_view kernel_option = {};
};

/// One kind of socket: a row of the list in families.cc.
struct FamilyHandler {
  SocketKind kind;
  /// For messages: `tcp (IPv6)`.
  std::string_view title;
  /// The states that such a socket can be in.
  StateSet states;
  /// Appends the payload of a SOCK_DIAG_BY_FAMILY request; null when no kernel answers one.
  void (*append_request)(std::string& out, const SocketKind& kind, const DumpRequest& request);
  /// Reads the payload of one answer into a cleared socket.
  Decode (*decode)(ByteView payload, const SocketKind& kind, Socket& socket);
  /// The file below /proc/net; empty when there is none.
  std::string_view proc_file;
  /// Reads one line of that file, without its newline, into a cleared socket; null without a file.
  Decode (*parse_line)(std::string_view line, const SocketKind& kind, Socket& socket);
  /// Whether a line begins a record: a unix path can hold newlines. Null when every line does.
  bool (*begins_record)(std::string_view line) = nullptr;
  /// The type of the netlink message.
  std::uint16_t message_type = SOCK_DIAG_BY_FAMILY;
  /// For kinds without a file: how to tell whether this kernel has such sockets.
  Evidence evidence = {};
  /// Protocols, from 0 on, that can be asked for one by one where a long dump loses sockets; 0: none is lost.
  unsigned lossy_protocols = 0;
};

/// One request that brings several kinds in a single walk over the kernel's table.
struct JointHandler {
  /// Its `kind` is the first of `kinds`; it reads no file.
  FamilyHandler handler;
  std::array<SocketKind, 2> kinds;
};

/// Every kind, in the order in which they are listed.
std::span<const FamilyHandler> family_handlers();

/// Shorter ways to several kinds at once; a kernel need not know them.
std::span<const JointHandler> joint_handlers();

/// The fields that families declare, one table each.
std::span<const std::span<const Field>> family_fields();

}  // namespace sockutils
