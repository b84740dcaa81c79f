/// Where the snapshots of a recording are, found by walking over its sections. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"

namespace sockutils::record {

struct SnapshotPlace {
  /// Of its first section, in the file.
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  /// Microseconds since 1970.
  std::uint64_t time = 0;
  /// Microseconds since the first snapshot; never less than that of the one before.
  std::uint64_t elapsed = 0;
};

/// A piece of a file: what is there of so many bytes at an offset.
using ReadPiece = std::function<Result<std::string>(std::uint64_t offset, std::size_t size)>;

class SnapshotIndex {
 public:
  /// Goes on where the last whole snapshot ended. Errors: those of `read`.
  Result<void> extend(const ReadPiece& read);

  const std::vector<SnapshotPlace>& places() const { return places_; }
  /// What is wrong behind the last snapshot; empty when nothing is.
  const std::string& damage() const { return damage_; }

 private:
  struct Walk;

  void finish(SnapshotPlace place, std::uint64_t steady);
  bool take(Walk& walk, std::uint32_t tag, std::string_view beginning);

  std::vector<SnapshotPlace> places_;
  /// Of the clock that never jumps, at the last snapshot.
  std::uint64_t last_steady_ = 0;
  std::string damage_;
};

}  // namespace sockutils::record
