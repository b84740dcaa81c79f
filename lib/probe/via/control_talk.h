/// The server's end of the control channel.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "os/event_loop.h"
#include "os/sockaddr.h"
#include "os/tls.h"
#include "probe/server/plain_services.h"
#include "sockutils/serve.h"

namespace sockutils::probe {

class ServerCapture;

/// What the control port and its sessions share. Recreated when the options change.
struct ControlShared {
  ControlOptions options;
  /// Null: all clients are served, which happens on loopback only.
  std::unique_ptr<TlsContext> tls;
  std::size_t sessions = 0;
  /// Null: no packets are captured, for the reason in `no_capture`. Outlives all sessions.
  ServerCapture* capture = nullptr;
  std::string no_capture = {};
};

/// Errors: a certificate cannot be read; there is a key, but this build has no TLS, or its module is missing.
Result<std::shared_ptr<ControlShared>> make_control(const ControlOptions& options);

/// The two ends of a session's connection.
struct ControlEnds {
  Sockaddr local;
  Sockaddr peer;
};

/// Errors: as `TlsContext::accept()`.
Result<std::unique_ptr<ServerTalk>> make_control_talk(EventLoop& loop, std::shared_ptr<ControlShared> shared,
                                                      ControlEnds ends, ServerLog log);

}  // namespace sockutils::probe
