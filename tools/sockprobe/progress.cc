#include "sockprobe/progress.h"

#include <unistd.h>

#include <cmath>
#include <string_view>

#include "common/terminal.h"
#include "common/text.h"

namespace tools::sockprobe {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// Shorter runs show no progress.
constexpr milliseconds ShortRun = 1s;
constexpr milliseconds Pause = 200ms;
/// Before this fraction is done, an estimate would be meaningless.
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
  // Errors of writing progress are ignored.
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

/// One less, because many terminals wrap after the last column.
std::size_t width_of_terminal() {
  return examine_terminal(STDERR_FILENO, ColourMode::Never).width.value_or(80) - 1;
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

std::string progress_text(const sockutils::ProbePathProgress& progress, std::size_t width) {
  std::string text;
  if (progress.paths > 1)
    text = std::to_string(progress.known) + " of " + std::to_string(progress.paths) + " ways known, ";
  text += progress.address.to_string() + " " + std::string(name(progress.port.protocol)) + "/" +
          std::to_string(progress.port.port);
  text += progress.ttl > 0 ? ": hop " + std::to_string(progress.ttl) : ": its end, and the path MTU";
  return text.substr(0, width);
}

std::string progress_text(const sockutils::PairProgress& progress, std::size_t width) {
  std::string text = std::to_string(progress.known) + " of " + std::to_string(progress.results) + " known";
  if (progress.ports > 0 && progress.direction == sockutils::PairDirection::ToServer)
    text += ", to server: " + std::to_string(progress.tried) + " of " + std::to_string(progress.ports) +
            " ports tried";
  else if (progress.ports > 0)
    text += ", to client: the server tries " + sockutils::counted(progress.ports, "port");
  else
    text += ", waiting for the server's word";
  return text.substr(0, width);
}

ProgressLine::ProgressLine(bool wanted)
    : wanted_(wanted && examine_terminal(STDERR_FILENO, ColourMode::Never).can_redraw) {}

bool ProgressLine::is_due() {
  const Clock::time_point now = Clock::now();
  if (!wanted_ || now - program_began_ < ShortRun || now - last_ < Pause) return false;
  last_ = now;
  return true;
}

void ProgressLine::write(const std::string& text) {
  write_to_terminal("\r" + text + "\x1b[K");
  is_shown_ = true;
}

void ProgressLine::show(const sockutils::ProbeProgress& progress) {
  if (const bool identifies = progress.servers > 0; identifies != identifies_) {
    identifies_ = identifies;
    work_began_ = Clock::now();
  }
  if (!is_due()) return;
  write(progress_text(progress, std::chrono::duration_cast<milliseconds>(Clock::now() - work_began_),
                      width_of_terminal()));
}

void ProgressLine::show(const sockutils::ProbePathProgress& progress) {
  if (is_due()) write(progress_text(progress, width_of_terminal()));
}

void ProgressLine::show(const sockutils::PairProgress& progress) {
  if (is_due()) write(progress_text(progress, width_of_terminal()));
}

void ProgressLine::hide() {
  if (!is_shown_) return;
  is_shown_ = false;
  last_ = {};
  write_to_terminal("\r\x1b[K");
}

}  // namespace tools::sockprobe
