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

/// What the control port and its sessions share. It is made anew when the options change.
struct ControlShared {
  ControlOptions options;
  /// Null: whoever comes is served, which only happens on loopback.
  std::unique_ptr<TlsContext> tls;
  std::size_t sessions = 0;
  /// Null: nobody's packets are captured, for this reason. It lives longer than any session.
  ServerCapture* capture = nullptr;
  std::string no_capture = {};
};

/// Errors: a certificate that cannot be read; no TLS in this build, or no module, where there is a key.
Result<std::shared_ptr<ControlShared>> make_control(const ControlOptions& options);

/// Which connection a session is.
struct ControlEnds {
  Sockaddr local;
  Sockaddr peer;
};

/// Errors: as `TlsContext::accept()`.
Result<std::unique_ptr<ServerTalk>> make_control_talk(EventLoop& loop, std::shared_ptr<ControlShared> shared,
                                                      ControlEnds ends, ServerLog log);

}  // namespace sockutils::probe
