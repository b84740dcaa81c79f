/// `--record` and `--read`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockls/settings.h"

namespace tools::sockls {

/// Options that make no sense beside these two, for people; nothing when all do.
std::optional<std::string> recording_conflict(const Settings& settings,
                                              const std::vector<std::string>& filter);

/// Reads the file of `--read`, if there is one, into the settings.
sockutils::Result<void> load_recording(Settings& settings);

/// Which snapshot is listed: recordings of `sockmon` have many.
std::size_t last_snapshot(const sockutils::Recording& recording);

/// On a terminal: where and when a recording was made.
void tell_origin(const sockutils::Recording& recording, const Messages& messages);

/// The sockets to list: of a recording those that it holds, unless others were asked for by name.
std::vector<sockutils::SocketKind> chosen_kinds(const Settings& settings);

/// What `--record` writes, in whatever network namespaces.
sockutils::Query record_query(const Settings& settings);
/// Writes the file of `--record`.
ExitCode record(const Settings& settings, const sockutils::Query& query, Messages& messages);

}  // namespace tools::sockls
