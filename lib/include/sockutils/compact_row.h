/// Rows that outlive the call that delivered them, stored compactly.
///
///     ProcessPool processes;
///     CompactRow::Builder builder;
///     builder.begin(2);
///     builder.add(std::uint64_t{443});
///     builder.add(std::string_view("https"));
///     const CompactRow kept = builder.finish(std::make_shared<const OwnerList>(builder.owners(),
///     processes)); std::cout << *kept.number(0) << '\n';  // prints: 443
///
/// Thread safety: const member functions may be called by several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sockutils/export.h"
#include "sockutils/value.h"

namespace sockutils {

/// Copies of processes, which outlive the results they came from; one copy per process, however many sockets
/// it holds. Not for use by several threads at once.
class SOCKUTILS_EXPORT ProcessPool {
 public:
  /// Returns a copy that is equal in every member: a process that has since executed another program gets a
  /// new one.
  std::shared_ptr<const Process> share(const Process& process);
  void forget_unused();

 private:
  std::unordered_map<std::int32_t, std::weak_ptr<const Process>> latest_;
};

/// Copies of owners, which outlive the results they came from: one list or several, such as the owners of a
/// socket and those of its other end.
class SOCKUTILS_EXPORT OwnerList {
 public:
  /// One empty list.
  OwnerList();
  OwnerList(std::span<const std::span<const Owner>> lists, ProcessPool& processes);
  OwnerList(std::span<const Owner> owners, ProcessPool& processes)
      : OwnerList(std::span(&owners, 1), processes) {}
  ~OwnerList();
  OwnerList(OwnerList&&) noexcept;
  OwnerList& operator=(OwnerList&&) noexcept;

  /// The owners of one list; none when there is no such list.
  std::span<const Owner> get(std::size_t list = 0) const;
  std::size_t lists() const;

 private:
  struct More;

  /// Nearly every socket has a single owner and a single list, stored without an allocation.
  Owner first_;
  std::shared_ptr<const Process> first_process_;
  std::unique_ptr<More> more_;
};

/// The values of a row, packed one after the other: numbers in as few bytes as they need, texts copied,
/// owners as references to lists. A row of fourteen columns takes about a hundred bytes.
class SOCKUTILS_EXPORT CompactRow {
 public:
  CompactRow() = default;
  /// A row of absent values.
  explicit CompactRow(std::size_t columns);

  std::size_t size() const;
  bool has(std::size_t column) const;

  /// The cell as a value; texts and owners are valid as long as this row is not changed.
  OptionalValue value(std::size_t column) const;
  std::optional<std::uint64_t> number(std::size_t column) const;
  /// The lists that the cells refer to; the first list may exist without a cell that refers to it.
  const std::shared_ptr<const OwnerList>& owners() const { return owners_; }

  /// Owners must be a list of this row; otherwise the cell gets no value.
  void set(std::size_t column, const OptionalValue& value);
  void set_number(std::size_t column, std::optional<std::uint64_t> number);
  void set_text(std::size_t column, std::string_view text) { set(column, text); }
  /// Replaces the lists; the cell refers to the first of them, and is absent when `owners` is null.
  void set_owners(std::size_t column, std::shared_ptr<const OwnerList> owners);
  /// Leaves the cell without a value.
  void clear(std::size_t column);
  /// Frees unused capacity.
  void seal() { cells_.shrink_to_fit(); }

  /// Prefetches the cells into the CPU caches.
  void prefetch() const { __builtin_prefetch(cells_.data()); }
  /// Size of the packed cells in bytes.
  std::size_t packed_size() const { return cells_.size(); }

  class Builder;

  /// Equal cells that refer to the same lists.
  friend bool operator==(const CompactRow& a, const CompactRow& b) {
    return a.cells_ == b.cells_ && a.owners_ == b.owners_;
  }

 private:
  std::string_view find(std::size_t column) const;
  void put(std::size_t column, std::string_view cell);

  /// The number of cells, then each cell as its kind and its value.
  std::string cells_;
  std::shared_ptr<const OwnerList> owners_;
};

/// Builds rows column by column; its memory is reused for the next row. Not for use by several threads at
/// once.
class SOCKUTILS_EXPORT CompactRow::Builder {
 public:
  /// `owners` is the first list, even if no column shows it.
  void begin(std::size_t columns, std::span<const Owner> owners = {});
  /// Appends the next column.
  void add(const OptionalValue& value);

  /// The lists that the added values refer to, each once, as they were given: keep them for `finish()`.
  std::span<const std::span<const Owner>> owners() const { return owners_; }
  /// Whether `row` has the same cells as the row being built.
  bool has_made(const CompactRow& row) const { return row.cells_ == cells_; }
  /// `owners` must hold the lists of `owners()`.
  CompactRow finish(std::shared_ptr<const OwnerList> owners) const;

 private:
  std::string cells_;
  std::vector<std::span<const Owner>> owners_;
};

}  // namespace sockutils
