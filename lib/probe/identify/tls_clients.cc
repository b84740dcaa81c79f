#include "probe/identify/tls_clients.h"

namespace sockutils::probe {
namespace {

/// `[fe80::1%eth0]` without brackets and scope.
std::string_view without_brackets(std::string_view host) {
  if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
  return host;
}

std::vector<std::string> names_of(TlsClients::Offer offer) {
  if (offer == TlsClients::Offer::Nothing) return {};
  if (offer == TlsClients::Offer::Http1) return {"http/1.1"};
  return {"h2", "http/1.1"};
}

}  // namespace

const TlsLibrary* TlsClients::library() {
  if (library_) return *library_;
  const auto loaded = tls_library();
  if (!loaded) error_ = loaded.error();
  library_ = loaded ? *loaded : nullptr;
  return *library_;
}

Result<std::unique_ptr<TlsSession>> TlsClients::begin(std::string_view host, Offer offer) {
  if (!available()) return tl::unexpected(error_);
  auto& context = contexts_[static_cast<std::size_t>(offer)];
  if (!context) {
    auto made = library()->client({.verify = false, .alpn = names_of(offer), .lenient = true});
    if (!made) return tl::unexpected(made.error());
    context = std::move(*made);
  }
  return context->connect(without_brackets(host));
}

}  // namespace sockutils::probe
