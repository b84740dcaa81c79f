#include "sockls/watch_snapshot.h"

#include <array>

#include "sockls/columns.h"
#include "sockutils/value.h"

namespace tools::sockls {

using sockutils::Field;
using sockutils::Values;

namespace {

constexpr std::array<std::string_view, 7> RoundNames{"state",    "family", "cookie", "inode",
                                                     "protocol", "local",  "peer"};
constexpr std::size_t StateColumn = 0;
constexpr std::size_t CookieColumn = 2;
constexpr std::size_t InodeColumn = 3;

void append(std::string& key, Values values, std::size_t column) {
  key += ';';
  if (!values[column]) return;
  append_value(key, *values[column], sockutils::find_field(RoundNames[column])->type,
               sockutils::Style::Plain);
}

/// Family and cookie; where there is no cookie the inode, where there is neither the ends.
std::string key_of(Values values) {
  std::string key;
  append(key, values, 1);
  const std::size_t identity = values[CookieColumn] ? CookieColumn : InodeColumn;
  key += std::to_string(identity);
  append(key, values, identity);
  if (values[identity]) return key;
  for (std::size_t column = InodeColumn + 1; column < RoundNames.size(); ++column)
    append(key, values, column);
  return key;
}

}  // namespace

std::string_view sign(Mark mark) {
  constexpr std::array<std::string_view, 4> Signs{" ", "+", "~", "-"};
  return Signs[static_cast<std::size_t>(mark)];
}

std::string_view name(Mark mark) {
  constexpr std::array<std::string_view, 4> Names{"same", "new", "changed", "gone"};
  return Names[static_cast<std::size_t>(mark)];
}

std::vector<const Field*> round_fields() { return named_fields(sockutils::socket_fields(), RoundNames); }

WatchSnapshot::WatchSnapshot(sockutils::Snapshot snapshot, std::size_t shown)
    : snapshot_(std::move(snapshot)), shown_(shown) {
  keys_.reserve(snapshot_.size());
  for (std::size_t i = 0; i < snapshot_.size(); ++i) keys_.push_back(key_of(snapshot_[i].subspan(shown_)));
  for (std::size_t i = 0; i < keys_.size(); ++i) places_.emplace(keys_[i], i);
}

bool WatchSnapshot::has_changed(std::size_t index, const WatchSnapshot& before,
                                std::size_t index_before) const {
  const auto& now = snapshot_[index][shown_ + StateColumn];
  const auto& then = before.snapshot_[index_before][before.shown_ + StateColumn];
  const auto state_of = [](const sockutils::OptionalValue& value) {
    return value ? std::get_if<sockutils::State>(&*value) : nullptr;
  };
  const auto* const a = state_of(now);
  const auto* const b = state_of(then);
  return a != nullptr && b != nullptr && *a != *b;
}

std::vector<MarkedRow> WatchSnapshot::unmarked() const {
  std::vector<MarkedRow> rows;
  for (std::size_t i = 0; i < size(); ++i) rows.push_back({Mark::Same, row(i)});
  return rows;
}

std::vector<MarkedRow> WatchSnapshot::compared_with(const WatchSnapshot& before) const {
  // Those that have gone, by the row before them that is still there.
  std::map<std::string_view, std::vector<std::size_t>> gone;
  std::string_view last;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (places_.contains(before.keys_[i])) {
      last = before.keys_[i];
    } else {
      gone[last].push_back(i);
    }
  }
  std::vector<MarkedRow> rows;
  const auto add_gone = [&](std::string_view key) {
    const auto found = gone.find(key);
    if (found == gone.end()) return;
    for (const std::size_t i : found->second) rows.push_back({Mark::Gone, before.row(i)});
  };
  add_gone({});
  for (std::size_t i = 0; i < size(); ++i) {
    const auto known = before.places_.find(keys_[i]);
    Mark mark = known == before.places_.end() ? Mark::New : Mark::Same;
    if (mark == Mark::Same && has_changed(i, before, known->second)) mark = Mark::Changed;
    rows.push_back({mark, row(i)});
    add_gone(keys_[i]);
  }
  return rows;
}

}  // namespace tools::sockls
