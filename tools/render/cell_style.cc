#include "render/cell_style.h"

namespace tools {

using sockutils::State;

namespace {

CellStyle style_of_state(State state) {
  switch (state) {
    case State::Listen:
      return CellStyle::Listening;
    case State::SynSent:
    case State::SynRecv:
    case State::CloseWait:
      return CellStyle::Attention;
    case State::FinWait1:
    case State::FinWait2:
    case State::TimeWait:
    case State::Closed:
    case State::LastAck:
    case State::Closing:
    case State::BoundInactive:
      return CellStyle::Fading;
    case State::Unconnected:
    case State::Established:
      return CellStyle::Plain;
  }
  return CellStyle::Plain;
}

bool takes_every_address(const sockutils::Endpoint& end) {
  return !end.any && end.address && end.port && (end.dual_stack || end.address->is_wildcard());
}

}  // namespace

CellStyle style_of(const sockutils::Value& value, std::optional<State> state) {
  if (const auto* own = std::get_if<State>(&value)) return style_of_state(*own);
  const auto* end = std::get_if<sockutils::Endpoint>(&value);
  if (end == nullptr || !state || !sockutils::ListeningStates.contains(*state)) return CellStyle::Plain;
  return takes_every_address(*end) ? CellStyle::Exposed : CellStyle::Plain;
}

std::string_view style_sequence(CellStyle style) {
  switch (style) {
    case CellStyle::Plain:
      return {};
    case CellStyle::Heading:
      return "\x1b[1m";
    case CellStyle::Listening:
      return "\x1b[32m";
    case CellStyle::Fading:
      return "\x1b[2m";
    case CellStyle::Attention:
      return "\x1b[31m";
    case CellStyle::Exposed:
      return "\x1b[35m";
  }
  return {};
}

}  // namespace tools
