/// Rows of values that outlive the event that gave them, in little room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/field.h"
#include "sockutils/process.h"
#include "sockutils/value.h"

namespace tui {

/// The owners of a socket, kept. A process that holds many sockets is kept once for all.
struct KeptOwners {
  std::vector<std::shared_ptr<const sockutils::Process>> processes;
  std::vector<sockutils::Owner> owners;
};

/// What the columns of a row hold. Text is kept as people read it; numbers are numbers.
class KeptRow {
 public:
  KeptRow() = default;
  /// As many cells without a value.
  explicit KeptRow(std::size_t columns) : cells_(columns) {}

  std::size_t size() const { return cells_.size(); }
  bool has(std::size_t column) const { return cells_[column].kind != Kind::Absent; }

  /// A value of a field of type `type`. Owners are not kept here: `set_owners()`.
  void set(std::size_t column, const sockutils::OptionalValue& value, sockutils::Type type);
  void set_number(std::size_t column, std::optional<std::uint64_t> number);
  void set_text(std::size_t column, std::string_view text);
  void set_owners(std::shared_ptr<const KeptOwners> owners) { owners_ = std::move(owners); }

  /// The cell as a value; texts and owners are valid as long as this row.
  sockutils::OptionalValue value(std::size_t column) const;
  std::optional<std::uint64_t> number(std::size_t column) const;
  const std::shared_ptr<const KeptOwners>& owners() const { return owners_; }

  /// For people and safe for a terminal; `-` when there is none.
  void append_text(std::string& out, std::size_t column, sockutils::Type type) const;

  /// Less, equal or greater than 0. What is absent comes last, whichever way is asked for.
  static int compare(const KeptRow& a, const KeptRow& b, std::size_t column, bool descending);

  friend bool operator==(const KeptRow& a, const KeptRow& b) {
    return a.cells_ == b.cells_ && a.text_ == b.text_ && a.owners_ == b.owners_;
  }

 private:
  enum class Kind : std::uint8_t {
    Absent,
    Flag,
    Number,
    Family,
    Protocol,
    State,
    Text,
    Address,
    Owners,
    List
  };
  struct Cell {
    std::uint64_t number = 0;
    std::uint32_t begin = 0;
    /// Of the text; bytes that only sorting looks at stand before it.
    std::uint16_t key_length = 0;
    Kind kind = Kind::Absent;
    friend bool operator==(const Cell&, const Cell&) = default;
  };
  struct Visitor;

  void set_bytes(std::size_t column, Kind kind, std::string_view key, std::string_view text);
  std::string_view text_of(const Cell& cell) const;
  std::string_view order_of(const Cell& cell) const;
  sockutils::Address address_of(const Cell& cell) const;

  std::vector<Cell> cells_;
  std::string text_;
  std::shared_ptr<const KeptOwners> owners_;
};

}  // namespace tui
