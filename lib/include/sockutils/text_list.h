/// A list of texts as a view: the values of fields of type `Type::List`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace sockutils {

/// Several texts of any bytes, in one of two forms: packed one after the other, or the names of the
/// bits that are set in a number. A view, valid as long as the memory that it was made of.
/// Thread safety: constant. Since: 0.1
class TextList {
 public:
  TextList() = default;
  /// What `append_element()` wrote. Of bytes that it did not write, what is cut is left out.
  explicit TextList(std::string_view packed) : packed_(packed) {}
  /// `names[i]` for each bit `i` of `bits`; bits beyond the names, or whose name is empty, are left out.
  /// The names are constants of the program.
  TextList(std::uint64_t bits, std::span<const std::string_view> names) : bits_(bits), names_(names) {}

  /// Walks the elements from first to last.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    Iterator(const TextList& list, std::size_t position) : list_(&list), position_(position) { settle(); }

    std::string_view operator*() const {
      if (!list_->names_.empty()) return list_->names_[position_];
      return list_->packed_.substr(position_ + sizeof(Length), list_->length_at(position_));
    }
    Iterator& operator++() {
      position_ += list_->names_.empty() ? sizeof(Length) + list_->length_at(position_) : 1;
      settle();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.position_ == b.position_; }

   private:
    /// On to the next element, or to the end.
    void settle() {
      const std::size_t end = list_->end_position();
      if (list_->names_.empty()) {
        if (!list_->is_whole(position_)) position_ = end;
      } else {
        while (position_ < end && !list_->has_name(position_)) ++position_;
      }
    }

    const TextList* list_ = nullptr;
    std::size_t position_ = 0;
  };

  /// The list must outlive its iterators.
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, end_position()}; }
  bool empty() const { return begin() == end(); }
  std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }

  /// The bytes of a packed list; empty for a set of names.
  std::string_view packed() const { return packed_; }

 private:
  using Length = std::uint32_t;
  friend void append_element(std::string& packed, std::string_view text);

  std::size_t end_position() const { return names_.empty() ? packed_.size() : names_.size(); }
  bool has_name(std::size_t bit) const { return bit < 64 && (bits_ >> bit & 1) != 0 && !names_[bit].empty(); }
  Length length_at(std::size_t position) const {
    Length length = 0;
    std::memcpy(&length, packed_.data() + position, sizeof length);
    return length;
  }
  bool is_whole(std::size_t position) const {
    const std::size_t left = packed_.size() - position;
    return left >= sizeof(Length) && left - sizeof(Length) >= length_at(position);
  }

  std::string_view packed_;
  std::uint64_t bits_ = 0;
  std::span<const std::string_view> names_;
};

/// Appends one text of at most 4 GiB to the packed form of a list. Since: 0.1
inline void append_element(std::string& packed, std::string_view text) {
  const auto length = static_cast<TextList::Length>(text.size());
  char bytes[sizeof length];
  std::memcpy(bytes, &length, sizeof length);
  packed.append(bytes, sizeof length);
  packed += text;
}

}  // namespace sockutils
