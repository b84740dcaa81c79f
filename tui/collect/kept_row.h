/// Rows of values that outlive the event that gave them, in little room.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/field.h"
#include "sockutils/value.h"

namespace tui {

/// The owners of a socket, kept. A process that holds many sockets is kept once for all.
class KeptOwners {
 public:
  void add(std::shared_ptr<const sockutils::Process> process, const sockutils::Owner& owner);
  std::span<const sockutils::Owner> get() const;

 private:
  /// Nearly every socket has one.
  sockutils::Owner first_;
  std::shared_ptr<const sockutils::Process> first_process_;
  struct Several {
    std::vector<std::shared_ptr<const sockutils::Process>> processes;
    std::vector<sockutils::Owner> owners;
  };
  std::unique_ptr<Several> several_;
};

/// What the columns of a row hold: numbers, addresses and texts, packed one behind the other, from which what
/// people read is made when it is shown.
class KeptRow {
  enum class Kind : std::uint8_t {
    Absent,
    Flag,
    Number,
    Family,
    Protocol,
    State,
    Owners,
    Text,
    List,
    Address,
    Endpoint,
  };

 public:
  KeptRow() = default;
  /// As many cells without a value.
  explicit KeptRow(std::size_t columns);

  std::size_t size() const;
  bool has(std::size_t column) const { return kind_of(find(column)) != Kind::Absent; }

  /// A value of a field of type `type`. Owners are not kept here: `set_owners()`.
  void set(std::size_t column, const sockutils::OptionalValue& value, sockutils::Type type);
  void set_number(std::size_t column, std::optional<std::uint64_t> number);
  void set_text(std::size_t column, std::string_view text);
  void set_owners(std::shared_ptr<const KeptOwners> owners) { owners_ = std::move(owners); }
  /// Leaves the cell without a value.
  void clear(std::size_t column);
  /// Gives back the room that was left for more.
  void seal() { cells_.shrink_to_fit(); }

  /// Fetches the cells into the caches.
  void prefetch() const { __builtin_prefetch(cells_.data()); }
  /// Bytes that the cells take.
  std::size_t packed_size() const { return cells_.size(); }

  /// The cell as a value; texts and owners are valid as long as this row.
  sockutils::OptionalValue value(std::size_t column) const;
  std::optional<std::uint64_t> number(std::size_t column) const;
  const std::shared_ptr<const KeptOwners>& owners() const { return owners_; }

  /// For people and safe for a terminal; `-` when there is none.
  void append_text(std::string& out, std::size_t column, sockutils::Type type) const;

  /// Less, equal or greater than 0. What is absent comes last, whichever way is asked for.
  static int compare(const KeptRow& a, const KeptRow& b, std::size_t column, bool descending);
  /// Says the same as `compare()` of ascending order as far as it goes: cells with different ranks are in the
  /// order of these. No value: the cell has none.
  struct Rank {
    std::uint8_t kind;
    std::uint64_t number;
    /// Cells of the same rank are alike.
    bool is_whole() const { return kind < static_cast<std::uint8_t>(Kind::Owners); }
    friend auto operator<=>(const Rank&, const Rank&) = default;
  };
  std::optional<Rank> rank(std::size_t column) const;

  class Builder;

  friend bool operator==(const KeptRow& a, const KeptRow& b) {
    return a.cells_ == b.cells_ && a.owners_ == b.owners_;
  }

 private:
  struct Packer;
  struct Reader;

  std::size_t find(std::size_t column) const;
  Kind kind_of(std::size_t place) const { return static_cast<Kind>(cells_[place]); }
  std::size_t end_of(std::size_t place) const;
  void put(std::size_t column, std::string_view cell);
  std::uint64_t rank_of(Kind kind, std::size_t column, std::size_t place) const;

  /// Each a kind, and what that takes.
  std::string cells_;
  std::shared_ptr<const KeptOwners> owners_;
};

/// Makes rows column by column, without looking for places. Its memory serves one row after the other.
class KeptRow::Builder {
 public:
  void begin(std::size_t columns);
  /// The next column; the same values as `KeptRow::set()` takes.
  void add(const sockutils::OptionalValue& value, sockutils::Type type);

  /// Whether a row has these cells.
  bool has_made(const KeptRow& row) const { return row.cells_ == cells_; }
  KeptRow finish(std::shared_ptr<const KeptOwners> owners) const;

 private:
  std::string cells_;
};

}  // namespace tui
