/// Answering as the servers of a protocol do: the halves that stand beside each protocol's questions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "probe/identify/service_probe.h"
#include "probe/server/plain_services.h"

namespace sockutils::probe {

/// Null when no protocol over TCP is called so.
std::unique_ptr<ServerTalk> pretend(std::string_view name);

/// Empty when there is nothing to answer, which is the case for answers: two servers would never come to an
/// end (CVE-2024-2169).
std::string pretend_to_answer(std::string_view name, std::string_view question);

}  // namespace sockutils::probe
