/// Imitates the servers of a protocol, with the `reply` functions of the service probes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "probe/identify/service_probe.h"
#include "probe/server/plain_services.h"

namespace sockutils::probe {

/// Null when no TCP protocol has this name.
std::unique_ptr<ServerTalk> pretend(std::string_view name);

/// Empty when there is nothing to answer, as for input that is itself an answer: two servers would answer
/// each other for ever (CVE-2024-2169).
std::string pretend_to_answer(std::string_view name, std::string_view question);

}  // namespace sockutils::probe
