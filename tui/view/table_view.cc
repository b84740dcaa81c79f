#include "tui/view/table_view.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace tui {
namespace {

/// The order is kept for this long after a key.
constexpr std::chrono::milliseconds KeepsStillFor{1500};

}  // namespace

std::optional<std::size_t> TableView::sort_column() const {
  const auto& columns = table_->columns;
  const auto found = std::find(columns.begin(), columns.end(), order_.field);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

bool TableView::before(std::uint32_t a, std::uint32_t b, std::optional<std::size_t> column) const {
  const TableRow& left = *table_->rows[a];
  const TableRow& right = *table_->rows[b];
  if (column) {
    const auto order = compare(left.cells.value(*column), right.cells.value(*column), order_.descending);
    if (order != 0) return order < 0;
  }
  return left.key < right.key;
}

/// Sorting adjacent numbers is much faster than sorting rows that are scattered in memory.
void TableView::sort_by(std::size_t column) {
  struct Ranked {
    std::optional<sockutils::SortPrefix> prefix;
    RowKey key;
    std::uint32_t row;
  };
  std::vector<Ranked> ranks;
  ranks.reserve(table_->rows.size());
  visit_rows(*table_, [&](const auto& row, std::size_t i) {
    const auto value = row->cells.value(column);
    ranks.push_back(
        {value ? std::optional(sort_prefix(*value)) : std::nullopt, row->key, static_cast<std::uint32_t>(i)});
  });
  std::sort(ranks.begin(), ranks.end(), [&](const Ranked& a, const Ranked& b) {
    if (!a.prefix || !b.prefix) return a.prefix || b.prefix ? a.prefix.has_value() : a.key < b.key;
    const auto order = *a.prefix <=> *b.prefix;
    if (order != 0) return order_.descending ? order > 0 : order < 0;
    return a.prefix->whole && b.prefix->whole ? a.key < b.key : before(a.row, b.row, column);
  });
  for (std::size_t i = 0; i < ranks.size(); ++i) sorted_[i] = ranks[i].row;
}

void TableView::sort() {
  sorted_.resize(table_ ? table_->rows.size() : 0);
  std::iota(sorted_.begin(), sorted_.end(), 0U);
  if (!table_) return;
  const auto column = sort_column();
  if (column) return sort_by(*column);
  std::sort(sorted_.begin(), sorted_.end(),
            [&](std::uint32_t a, std::uint32_t b) { return before(a, b, column); });
}

/// Keeps the relative order of rows that were there before.
void TableView::keep_order(const Table& before_this) {
  std::unordered_map<RowKey, std::uint32_t, RowKeyHash> places;
  for (std::uint32_t i = 0; i < table_->rows.size(); ++i) places.emplace(table_->rows[i]->key, i);
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t i : sorted_) {
    const auto place = places.find(before_this.rows[i]->key);
    if (place == places.end()) continue;
    kept.push_back(place->second);
    places.erase(place);
  }
  std::vector<std::uint32_t> added;
  for (const auto& [key, i] : places) added.push_back(i);
  const auto column = sort_column();
  std::sort(added.begin(), added.end(),
            [&](std::uint32_t a, std::uint32_t b) { return before(a, b, column); });
  kept.insert(kept.end(), added.begin(), added.end());
  sorted_ = std::move(kept);
}

/// Puts rows of the tree after their parent, in the current order.
void TableView::arrange() {
  if (!table_ || table_->branches.empty()) return;
  constexpr std::uint32_t None = Branch::NoParent;
  std::vector<std::uint32_t> first(table_->rows.size() + 1, None);
  std::vector<std::uint32_t> next(table_->rows.size(), None);
  is_last_.assign(table_->rows.size(), false);
  const std::size_t top = table_->rows.size();
  for (auto row = sorted_.rbegin(); row != sorted_.rend(); ++row) {
    const std::uint32_t parent = table_->branches[*row].parent;
    std::uint32_t& begin = first[parent == None ? top : parent];
    is_last_[*row] = begin == None;
    next[*row] = std::exchange(begin, *row);
  }
  std::vector<std::uint32_t> waiting{first[top]};
  sorted_.clear();
  while (!waiting.empty()) {
    const std::uint32_t row = waiting.back();
    waiting.pop_back();
    if (row == None) continue;
    sorted_.push_back(row);
    waiting.push_back(next[row]);
    waiting.push_back(first[row]);
  }
}

void TableView::update(std::shared_ptr<const Table> table, Clock::time_point now) {
  if (table == table_ && table != nullptr && !moved_) return;
  const auto last = std::exchange(table_, std::move(table));
  if (moved_ && now - *moved_ > KeepsStillFor) moved_.reset();
  if (!last || last->columns != table_->columns) natural_.clear();
  if (last && (frozen_ || moved_)) {
    keep_order(*last);
  } else {
    sort();
  }
  arrange();
  follow_cursor();
  keep_tags();
}

void TableView::keep_tags() {
  if (tags_.empty()) return;
  std::set<RowKey> kept;
  for (const auto& row : table_->rows)
    if (tags_.contains(row->key)) kept.insert(row->key);
  tags_ = std::move(kept);
}

void TableView::toggle_tag() {
  const TableRow* const row = current();
  if (row != nullptr && !tags_.insert(row->key).second) tags_.erase(row->key);
}

std::vector<std::shared_ptr<const TableRow>> TableView::tagged() const {
  std::vector<std::shared_ptr<const TableRow>> rows;
  if (tags_.empty()) return rows;
  for (const std::uint32_t i : sorted_)
    if (tags_.contains(table_->rows[i]->key)) rows.push_back(table_->rows[i]);
  return rows;
}

std::vector<std::shared_ptr<const SocketRow>> TableView::tagged_sockets() const {
  std::vector<std::shared_ptr<const SocketRow>> sockets;
  if (tags_.empty()) return sockets;
  for (const std::uint32_t i : sorted_)
    if (auto socket = tags_.contains(table_->rows[i]->key) ? table_->socket(i) : nullptr)
      sockets.push_back(std::move(socket));
  return sockets;
}

void TableView::follow_cursor() {
  if (cursor_key_) {
    const auto found = std::find_if(sorted_.begin(), sorted_.end(),
                                    [&](std::uint32_t i) { return table_->rows[i]->key == *cursor_key_; });
    if (found != sorted_.end()) {
      const auto position = static_cast<std::size_t>(found - sorted_.begin());
      // Keeps the row at its place on the screen, if there are enough rows above it.
      const std::size_t line = cursor_ - std::min(cursor_, top_);
      top_ = position - std::min(position, line);
      cursor_ = position;
      return;
    }
    cursor_key_.reset();
  }
  cursor_ = size() == 0 ? 0 : std::min(cursor_, size() - 1);
}

void TableView::place_cursor(std::size_t position, Clock::time_point now) {
  cursor_ = size() == 0 ? 0 : std::min(position, size() - 1);
  moved_ = now;
  cursor_key_.reset();
  // With the cursor at the top, the user wants to see what comes to the top.
  if (cursor_ > 0 && current() != nullptr) cursor_key_ = current()->key;
}

void TableView::hold_row() {
  if (current() != nullptr) cursor_key_ = current()->key;
}

void TableView::move(std::ptrdiff_t rows, Clock::time_point now) {
  const auto up = static_cast<std::size_t>(rows < 0 ? -rows : 0);
  place_cursor(rows < 0 ? cursor_ - std::min(cursor_, up) : cursor_ + static_cast<std::size_t>(rows), now);
}

void TableView::move_page(int direction, Clock::time_point now) {
  move(direction * static_cast<std::ptrdiff_t>(std::max<std::size_t>(page_, 2) - 1), now);
}

bool TableView::click(std::size_t line, Clock::time_point now) {
  if (line == 0 || top_ + line > size()) return false;
  place_cursor(top_ + line - 1, now);
  hold_row();
  return true;
}

void TableView::scroll_columns(int columns) {
  const std::size_t most = table_ && !table_->columns.empty() ? table_->columns.size() - 1 : 0;
  if (columns < 0) skipped_columns_ -= std::min<std::size_t>(skipped_columns_, 1);
  if (columns > 0) skipped_columns_ = std::min(skipped_columns_ + 1, most);
  laid_out_width_ = 0;
}

void TableView::set_order(const sockutils::SortKey& order) {
  order_ = order;
  frozen_ = false;
  moved_.reset();
  sort();
  arrange();
  follow_cursor();
}

void TableView::order_by(const sockutils::Field& column) { set_order({&column, descends_first(column)}); }

void TableView::shift_order(int direction) {
  if (!table_ || table_->columns.empty()) return;
  const std::size_t count = table_->columns.size();
  const auto at = sort_column();
  const std::size_t next = !at ? 0 : (direction > 0 ? *at + 1 : *at + count - 1) % count;
  order_by(*table_->columns[next]);
}

void TableView::reverse() { set_order({order_.field, !order_.descending}); }

const TableRow* TableView::current() const {
  return cursor_ < sorted_.size() ? table_->rows[sorted_[cursor_]].get() : nullptr;
}

std::shared_ptr<const TableRow> TableView::current_row() const {
  return cursor_ < sorted_.size() ? table_->rows[sorted_[cursor_]] : nullptr;
}

std::shared_ptr<const SocketRow> TableView::current_socket() const {
  return cursor_ < sorted_.size() ? table_->socket(sorted_[cursor_]) : nullptr;
}

Fold TableView::current_fold() const {
  if (cursor_ >= sorted_.size() || table_->branches.empty()) return Fold::Nothing;
  return table_->branches[sorted_[cursor_]].fold;
}

std::uint32_t TableView::parent_place() const {
  if (cursor_ >= sorted_.size() || table_->branches.empty()) return Branch::NoParent;
  return table_->branches[sorted_[cursor_]].parent;
}

const TableRow* TableView::parent() const {
  const std::uint32_t place = parent_place();
  return place == Branch::NoParent ? nullptr : table_->rows[place].get();
}

void TableView::move_to_parent(Clock::time_point now) {
  const auto found = std::find(sorted_.begin(), sorted_.end(), parent_place());
  if (found != sorted_.end()) place_cursor(static_cast<std::size_t>(found - sorted_.begin()), now);
}

std::vector<const TableRow*> TableView::rows() const {
  std::vector<const TableRow*> rows;
  for (const std::uint32_t i : sorted_) rows.push_back(table_->rows[i].get());
  return rows;
}

bool TableView::search(std::string_view text, bool from_here, bool backwards, Clock::time_point now) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (std::size_t step = from_here ? 0 : 1; step <= size() && size() > 0; ++step) {
    const std::size_t at = backwards ? (cursor_ + 2 * size() - step) % size() : (cursor_ + step) % size();
    if (!row_shows(*table_->rows[sorted_[at]], lower)) continue;
    place_cursor(at, now);
    hold_row();
    return true;
  }
  return false;
}

}  // namespace tui
