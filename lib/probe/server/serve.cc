#include "sockutils/serve.h"

#include "probe/server/server.h"

namespace sockutils {

std::string_view name(ServerEvent::Kind kind) {
  switch (kind) {
    case ServerEvent::Kind::Serving:
      return "serving";
    case ServerEvent::Kind::Stopped:
      return "stopped";
    case ServerEvent::Kind::Connected:
      return "connected";
    case ServerEvent::Kind::Session:
      return "session";
    case ServerEvent::Kind::Ended:
      return "ended";
    case ServerEvent::Kind::Refused:
      return "refused";
    case ServerEvent::Kind::Notice:
      return "notice";
    case ServerEvent::Kind::Warning:
      break;
  }
  return "warning";
}

TestServer::TestServer(std::unique_ptr<Content> content) : content_(std::move(content)) {}
TestServer::~TestServer() = default;
TestServer::TestServer(TestServer&&) noexcept = default;
TestServer& TestServer::operator=(TestServer&&) noexcept = default;

Result<TestServer> TestServer::open(const ServerOptions& options, ServerLog log) {
  auto loop = EventLoop::open();
  if (!loop) return tl::unexpected(loop.error());
  auto content = std::make_unique<Content>(std::move(*loop), std::move(log));
  if (auto configured = content->configure(options); !configured) return tl::unexpected(configured.error());
  return TestServer(std::move(content));
}

std::vector<ServedPort> TestServer::ports() const { return content_->ports(); }
Result<void> TestServer::serve(int wake_fd) { return content_->serve(wake_fd); }
Result<void> TestServer::reload(const ServerOptions& options) { return content_->configure(options); }

}  // namespace sockutils
