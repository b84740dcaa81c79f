/// Results as JSON objects.
#pragma once

#include <cstdint>
#include <optional>

#include "render/json_value.h"
#include "sockprobe/writer.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

/// One probe of a row of them.
struct Repeated {
  /// From 1.
  std::size_t number;
  /// Microseconds since 1970.
  std::uint64_t time;
};

void append_result(JsonAppender& json, const sockutils::ProbeResult& result,
                   const sockutils::Services& services, const std::optional<Repeated>& repeated);
void append_series(JsonAppender& json, const Series& series);
/// `{"summary": {...}}`, which is told from a result by that.
void append_series_line(JsonAppender& json, const Series& series);

}  // namespace tools::sockprobe
