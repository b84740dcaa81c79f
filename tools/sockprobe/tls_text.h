/// What is known of TLS, in words.
#pragma once

#include <chrono>
#include <string>

#include "sockutils/probe.h"

namespace tools::sockprobe {

/// `TLS 1.3, certificate for www.example.org, expires in 12 days, not trusted: self-signed`; empty without
/// TLS.
std::string tls_text(const sockutils::ProbeResult& result, std::chrono::sys_seconds now);

/// By the machine's clock.
std::chrono::sys_seconds time_of_day();

}  // namespace tools::sockprobe
