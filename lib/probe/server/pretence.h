/// Answering as the servers of a protocol do: the halves that stand beside each protocol's questions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "probe/dialect.h"
#include "probe/server/plain_services.h"

namespace sockutils::probe {

/// Null when there is none of that name; the usual one when several transports have it and none is told.
const Dialect* find_dialect(std::string_view name, std::optional<Protocol> transport = std::nullopt);

/// Null when no protocol over TCP is called so.
std::unique_ptr<ServerTalk> pretend(std::string_view name);

/// Empty when there is nothing to answer, which is the case for answers: two servers would never come to an
/// end (CVE-2024-2169).
std::string pretend_to_answer(std::string_view name, std::string_view question);

}  // namespace sockutils::probe
