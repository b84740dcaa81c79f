#include "sockprobe/progress.h"

#include <unistd.h>

#include <cmath>
#include <string_view>

#include "common/terminal.h"

namespace tools::sockprobe {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// What is over by then needs no line.
constexpr milliseconds ShortRun = 1s;
constexpr milliseconds Pause = 200ms;
/// Before so much is done an estimate says nothing.
constexpr double LeastDone = 0.02;
constexpr milliseconds LeastElapsed = 1s;

std::string with_unit(double seconds) {
  struct Unit {
    double seconds;
    double up_to;
    std::string_view name;
  };
  constexpr Unit Units[] = {{1, 100, " s"}, {60, 6000, " min"}, {3600, 1e12, " h"}};
  for (const Unit& unit : Units)
    if (seconds < unit.up_to)
      return std::to_string(std::llround(seconds / unit.seconds)) + std::string(unit.name);
  return "days";
}

std::string time_left(double done, milliseconds elapsed) {
  if (done < LeastDone || elapsed < LeastElapsed) return {};
  const double seconds = std::chrono::duration<double>(elapsed).count() * (1 - done) / done;
  return ", about " + with_unit(seconds) + " left";
}

void write_to_terminal(std::string_view text) {
  // What a terminal does not take is not worth an error.
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace

std::string progress_text(const sockutils::ProbeProgress& progress, milliseconds elapsed, std::size_t width) {
  std::string text;
  if (progress.servers > 0) {
    text = "who answers: " + std::to_string(progress.identified) + " of " + std::to_string(progress.servers) +
           " open ports";
  } else {
    text = std::to_string(static_cast<unsigned>(progress.done * 100)) +
           " %: " + std::to_string(progress.asked) + " of " + std::to_string(progress.ports) +
           " ports known, " + std::to_string(progress.open) + " open";
  }
  text += time_left(progress.done, elapsed);
  return text.substr(0, width);
}

ProgressLine::ProgressLine(bool wanted)
    : wanted_(wanted && examine_terminal(STDERR_FILENO, ColourMode::Never).can_redraw) {}

void ProgressLine::show(const sockutils::ProbeProgress& progress) {
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  if (const bool identifies = progress.servers > 0; identifies != identifies_) {
    identifies_ = identifies;
    work_began_ = now;
  }
  if (now - program_began_ < ShortRun || now - last_ < Pause) return;
  last_ = now;
  // In the last column many terminals go on to the next line.
  const std::size_t width = examine_terminal(STDERR_FILENO, ColourMode::Never).width.value_or(80) - 1;
  const auto elapsed = std::chrono::duration_cast<milliseconds>(now - work_began_);
  write_to_terminal("\r" + progress_text(progress, elapsed, width) + "\x1b[K");
  is_shown_ = true;
}

void ProgressLine::hide() {
  if (!is_shown_) return;
  is_shown_ = false;
  last_ = {};
  write_to_terminal("\r\x1b[K");
}

}  // namespace tools::sockprobe
