/// Decodes certificates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/probe.h"
#include "tls/openssl.h"

namespace sockutils::tls {

/// Whether a server's name is an IPv4 or IPv6 address.
bool is_address(std::string_view name);

/// `expected` is the name or address to compare with; empty: none. `problems` are added by the caller.
CertificateFacts facts_of(const X509* certificate, const std::string& expected);

/// The meaning of a verification result, X509_V_ERR_*.
std::string problem_of(int result);

}  // namespace sockutils::tls
