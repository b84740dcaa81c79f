#include "probe/via/size_search.h"

#include <algorithm>

namespace sockutils::probe {

std::optional<std::uint32_t> SizeSearch::take(Clock::time_point now) {
  constexpr unsigned MaxTriesOfSize = 2;
  if (is_over() || (tries_ > 0 && now - sent_ < patience_)) return std::nullopt;
  if (tries_ == MaxTriesOfSize) {
    on_refusal();
    if (is_over()) return std::nullopt;
  }
  ++tries_;
  sent_ = now;
  return next_;
}

void SizeSearch::on_answer(std::uint32_t size) {
  if (size <= passes_ || size > most_) return;
  if (size >= fails_) fails_ = most_ + 1;
  passes_ = size;
  choose();
}

void SizeSearch::on_refusal() {
  fails_ = std::max(next_, passes_ + 1);
  choose();
}

void SizeSearch::choose() {
  tries_ = 0;
  next_ = passes_ + (fails_ - passes_) / 2;
}

}  // namespace sockutils::probe
