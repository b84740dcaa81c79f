/// Rows that outlive the call that gave them, in little room.
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

/// Processes that outlive what told of them, each once however many sockets it holds. Not for several threads
/// at once.
class SOCKUTILS_EXPORT ProcessPool {
 public:
  /// One that is like this in everything: a process that has executed another program is another one here.
  std::shared_ptr<const Process> share(const Process& process);
  void forget_unused();

 private:
  std::unordered_map<std::int32_t, std::weak_ptr<const Process>> latest_;
};

/// Owners that outlive what told of them. There is one list, or there are several: of who holds a socket, of
/// who holds its other end, ...
class SOCKUTILS_EXPORT OwnerList {
 public:
  /// A list of nobody.
  OwnerList();
  OwnerList(std::span<const std::span<const Owner>> lists, ProcessPool& processes);
  OwnerList(std::span<const Owner> owners, ProcessPool& processes)
      : OwnerList(std::span(&owners, 1), processes) {}
  ~OwnerList();
  OwnerList(OwnerList&&) noexcept;
  OwnerList& operator=(OwnerList&&) noexcept;

  /// Those of a list; none for one that there is not.
  std::span<const Owner> get(std::size_t list = 0) const;
  std::size_t lists() const;

 private:
  struct More;

  /// Nearly every socket has one owner, and one list of them.
  Owner first_;
  std::shared_ptr<const Process> first_process_;
  std::unique_ptr<More> more_;
};

/// The values of a row, packed one behind the other: numbers in as many bytes as they take, texts copied,
/// owners as references to lists. A row of fourteen columns takes some hundred bytes.
class SOCKUTILS_EXPORT CompactRow {
 public:
  CompactRow() = default;
  /// As many cells without a value.
  explicit CompactRow(std::size_t columns);

  std::size_t size() const;
  bool has(std::size_t column) const;

  /// The cell as a value; texts and owners are valid as long as this row is not changed.
  OptionalValue value(std::size_t column) const;
  std::optional<std::uint64_t> number(std::size_t column) const;
  /// The lists that the cells refer to; the first may be there for itself.
  const std::shared_ptr<const OwnerList>& owners() const { return owners_; }

  /// Owners have to be of a list of this row: others leave the cell without a value.
  void set(std::size_t column, const OptionalValue& value);
  void set_number(std::size_t column, std::optional<std::uint64_t> number);
  void set_text(std::size_t column, std::string_view text) { set(column, text); }
  /// Replaces the lists; the cell is the first of them, absent when that is null.
  void set_owners(std::size_t column, std::shared_ptr<const OwnerList> owners);
  /// Leaves the cell without a value.
  void clear(std::size_t column);
  /// Gives back the room that was left for more.
  void seal() { cells_.shrink_to_fit(); }

  /// Fetches the cells into the caches.
  void prefetch() const { __builtin_prefetch(cells_.data()); }
  /// Bytes that the cells take.
  std::size_t packed_size() const { return cells_.size(); }

  class Builder;

  /// Equal cells that refer to the same lists.
  friend bool operator==(const CompactRow& a, const CompactRow& b) {
    return a.cells_ == b.cells_ && a.owners_ == b.owners_;
  }

 private:
  std::string_view find(std::size_t column) const;
  void put(std::size_t column, std::string_view cell);

  /// How many there are, and each as a kind and what that takes.
  std::string cells_;
  std::shared_ptr<const OwnerList> owners_;
};

/// Makes rows column by column. Its memory serves one row after the other. Not for several threads at once.
class SOCKUTILS_EXPORT CompactRow::Builder {
 public:
  /// `owners` is the first list, whether or not a column shows it.
  void begin(std::size_t columns, std::span<const Owner> owners = {});
  /// The next column.
  void add(const OptionalValue& value);

  /// The lists that the values referred to, each once, as they were given: `finish()` wants them kept.
  std::span<const std::span<const Owner>> owners() const { return owners_; }
  /// Whether a row has these cells.
  bool has_made(const CompactRow& row) const { return row.cells_ == cells_; }
  /// `owners` has the lists of `owners()`.
  CompactRow finish(std::shared_ptr<const OwnerList> owners) const;

 private:
  std::string cells_;
  std::vector<std::span<const Owner>> owners_;
};

}  // namespace sockutils
