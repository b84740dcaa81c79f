/// Writes recordings.
#pragma once

#include "common/new_file.h"
#include "os/machine.h"
#include "os/system.h"
#include "sockutils/record.h"

namespace sockutils {

/// Appends one snapshot to a file that already has its header, and commits it. After an error the file may
/// end with an incomplete snapshot.
Result<Report> record_snapshot(const System& inner, const MachineFacts& machine, const Query& query,
                               NewFile& file, const RecordingWriter::More& more = {});

/// `record_sockets()` for any `System`.
Result<Report> record_system(const System& inner, const MachineFacts& machine, const Query& query,
                             NewFile file);

}  // namespace sockutils
