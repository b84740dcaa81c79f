#include "tui/view/summary_lines.h"

#include <algorithm>
#include <cmath>

#include "common/text.h"
#include "sockutils/value.h"
#include "tui/view/graph.h"
#include "tui/view/human.h"

namespace tui {

using sockutils::MachineCounters;
using sockutils::State;

namespace {

constexpr std::size_t GraphWidth = 12;
constexpr std::size_t Gap = 2;

std::string human_rate(const std::optional<double>& rate) {
  // Absent: there is no connection with counters, so together they transfer nothing.
  return short_bytes(static_cast<std::uint64_t>(std::llround(rate.value_or(0)))) + "/s";
}

std::vector<float> directions(const std::vector<Moment>& history, float Moment::*direction) {
  std::vector<float> numbers;
  for (const Moment& moment : history) numbers.push_back(moment.*direction);
  return numbers;
}

/// The increase of a counter of the machine per second.
std::optional<double> gained(const Frame& frame, std::optional<std::uint64_t> MachineCounters::*counter) {
  if (!frame.machine || !frame.machine_before || !frame.elapsed) return std::nullopt;
  return sockutils::per_second(
      sockutils::counter_difference((*frame.machine_before).*counter, (*frame.machine).*counter),
      *frame.elapsed);
}

void add_trouble(std::vector<Segment>& segments, std::string_view name, const std::optional<double>& rate) {
  if (!rate) return;
  const Style style = *rate > 0 ? Style{.colour = Colour::Red, .bold = true} : Style{.dim = true};
  segments.push_back({std::string(name) + " " + short_number(*rate) + "/s", style, 4});
}

/// Packets without a socket. Forwarded traffic matters if there is much of it; the few packets that the
/// kernel sends by itself do not.
void add_packets(std::vector<Segment>& segments, const Frame& frame, double seconds) {
  const auto each_second = [&](std::uint64_t bytes) {
    return short_bytes(static_cast<std::uint64_t>(static_cast<double>(bytes) / std::max(seconds, 0.001))) +
           "/s";
  };
  const auto add = [&](std::string_view name, const PacketAccount::Sum& sum, std::uint8_t rank) {
    constexpr std::uint64_t WorthSaying = 1000;
    if (sum.in + sum.out < WorthSaying) return;
    segments.push_back(
        {std::string(name) + " in " + each_second(sum.in) + " out " + each_second(sum.out), {}, rank});
  };
  add("forwarded", frame.packets.forwarded, 2);
  add("no socket", frame.packets.unclaimed, 4);
}

std::size_t in_states(const Frame& frame, std::initializer_list<State> states) {
  std::size_t sum = 0;
  for (const State state : states) sum += frame.totals.states[static_cast<std::size_t>(state)];
  return sum;
}

void add_count(std::vector<Segment>& segments, std::string_view name, std::size_t count, std::uint8_t rank,
               Style style = {}) {
  if (count > 0) segments.push_back({std::string(name) + " " + std::to_string(count), style, rank});
}

std::size_t width_of(const std::vector<Segment>& segments, std::uint8_t rank) {
  std::size_t width = 0;
  for (const Segment& segment : segments)
    if (segment.rank <= rank) width += sockutils::display_width(segment.text) + Gap;
  return width;
}

}  // namespace

void put_segments(Grid& grid, std::size_t y, const std::vector<Segment>& segments) {
  std::uint8_t rank = 0;
  for (const Segment& segment : segments) rank = std::max(rank, segment.rank);
  while (rank > 0 && width_of(segments, rank) > grid.width() + Gap) --rank;
  std::size_t x = 0;
  for (const Segment& segment : segments)
    if (segment.rank <= rank) x += grid.put(x, y, segment.text, segment.style) + Gap;
}

std::vector<Segment> traffic_segments(const Frame& frame, const Symbols& symbols) {
  std::vector<Segment> segments;
  if (!frame.elapsed) return {{"rates follow with the next look", {.dim = true}, 0}};
  const auto rates = rates_of(frame.totals.change, *frame.elapsed);
  const Style green{.colour = Colour::Green};
  segments.push_back({"in " + human_rate(rates.bytes_in), {.bold = true}, 0});
  segments.push_back({graph(directions(frame.history, &Moment::in), GraphWidth, symbols), green, 5});
  segments.push_back({"out " + human_rate(rates.bytes_out), {.bold = true}, 0});
  segments.push_back({graph(directions(frame.history, &Moment::out), GraphWidth, symbols), green, 5});
  const auto seconds = std::chrono::duration<double>(*frame.elapsed).count();
  const auto each_second = [&](std::size_t count) {
    return static_cast<double>(count) / std::max(seconds, 0.001);
  };
  segments.push_back({"opened " + short_number(each_second(frame.totals.opened)) + "/s", {}, 3});
  segments.push_back({"closed " + short_number(each_second(frame.totals.closed)) + "/s", {}, 3});
  add_packets(segments, frame, seconds);
  if (const auto part = retransmitted_part(frame.totals.change)) {
    const bool much = *part >= 0.01;
    segments.push_back({"retransmitted " + short_number(*part * 100) + " %",
                        much ? Style{.colour = Colour::Red, .bold = true} : Style{}, 2});
  }
  return segments;
}

std::vector<Segment> state_segments(const Frame& frame) {
  std::vector<Segment> segments;
  std::size_t all = 0;
  for (const std::size_t count : frame.totals.states) all += count;
  segments.push_back({sockutils::counted(all, "socket"), {}, 0});
  add_count(segments, "established", in_states(frame, {State::Established}), 1);
  add_count(segments, "listening", in_states(frame, {State::Listen}), 2);
  add_count(segments, "unconnected", in_states(frame, {State::Unconnected}), 5);
  add_count(segments, "opening", in_states(frame, {State::SynSent, State::SynRecv}), 3,
            {.colour = Colour::Red});
  add_count(segments, "closing",
            in_states(frame, {State::FinWait1, State::FinWait2, State::Closing, State::LastAck}), 5,
            {.dim = true});
  add_count(segments, "close-wait", in_states(frame, {State::CloseWait}), 3, {.colour = Colour::Red});
  if (frame.machine && frame.machine->tcp_time_wait)
    add_count(segments, "time-wait", *frame.machine->tcp_time_wait, 5, {.dim = true});
  add_trouble(segments, "listen overflows", gained(frame, &MachineCounters::listen_overflows));
  add_trouble(segments, "udp errors", gained(frame, &MachineCounters::udp_errors));
  add_trouble(segments, "resets", gained(frame, &MachineCounters::tcp_resets));
  return segments;
}

}  // namespace tui
