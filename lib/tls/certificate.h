/// Certificates as facts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/probe.h"
#include "tls/openssl.h"

namespace sockutils::tls {

/// Whether it is an IPv4 or IPv6 address, as a server may be called.
bool is_address(std::string_view name);

/// `expected` is the name or address to compare with; empty: none. `problems` are left to the caller.
CertificateFacts facts_of(const X509* certificate, const std::string& expected);

/// What a result of the verification means, X509_V_ERR_*.
std::string problem_of(int result);

}  // namespace sockutils::tls
