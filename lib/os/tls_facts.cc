#include "sockutils/probe.h"

namespace sockutils {

std::optional<std::int64_t> days_left(const CertificateFacts& certificate, std::chrono::sys_seconds now) {
  if (!certificate.not_after) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*certificate.not_after - now).count();
}

}  // namespace sockutils
