/// Shows the progress of a run on one line of a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "sockutils/probe.h"
#include "sockutils/via.h"

namespace tools::sockprobe {

/// The text at `elapsed` since the current phase began; at most `width` columns. Pure.
std::string progress_text(const sockutils::ProbeProgress& progress, std::chrono::milliseconds elapsed,
                          std::size_t width);
/// The same for `--path` and `--via`.
std::string progress_text(const sockutils::ProbePathProgress& progress, std::size_t width);
std::string progress_text(const sockutils::PairProgress& progress, std::size_t width);

/// A line on standard error if that is a terminal; it is erased at the end, and before anything else is
/// written. Short runs show none.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);
  ~ProgressLine() { hide(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const sockutils::ProbeProgress& progress);
  void show(const sockutils::ProbePathProgress& progress);
  void show(const sockutils::PairProgress& progress);
  void hide();

 private:
  /// Whether the next update is due.
  bool is_due();
  void write(const std::string& text);

  using Clock = std::chrono::steady_clock;

  bool wanted_;
  bool is_shown_ = false;
  /// Whether the current phase is identifying servers.
  bool identifies_ = false;
  Clock::time_point program_began_ = Clock::now();
  Clock::time_point work_began_ = program_began_;
  Clock::time_point last_{};
};

}  // namespace tools::sockprobe
