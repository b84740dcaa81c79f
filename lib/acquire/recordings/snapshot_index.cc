#include "acquire/recordings/snapshot_index.h"

#include <algorithm>
#include <optional>

#include "acquire/recordings/recording_format.h"
#include "common/wire.h"

namespace sockutils::record {
namespace {

/// Tag and length.
constexpr std::size_t SectionHead = 8;
/// Two times.
constexpr std::size_t LongestBeginning = 16;
/// More than that cannot have passed between two snapshots that somebody made: a day.
constexpr std::uint64_t LongestPause = 86'400'000'000;

/// Reads a file front to back in large pieces.
class Window {
 public:
  Window(const ReadPiece& read, std::uint64_t offset) : read_(read), offset_(offset) {}

  /// The next bytes: fewer than `size` only at the end of the file.
  Result<std::string_view> peek(std::size_t size) {
    if (bytes_.size() - begin_ < size) {
      auto piece = read_(offset_, std::max(size, PieceSize));
      if (!piece) return tl::unexpected(piece.error());
      bytes_ = *std::move(piece);
      begin_ = 0;
    }
    return std::string_view(bytes_).substr(begin_, size);
  }
  void skip(std::uint64_t size) {
    offset_ += size;
    begin_ = size < bytes_.size() - begin_ ? begin_ + size : bytes_.size();
  }
  std::uint64_t offset() const { return offset_; }

 private:
  static constexpr std::size_t PieceSize = 256 * 1024;

  const ReadPiece& read_;
  std::uint64_t offset_;
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace

/// A snapshot on the way.
struct SnapshotIndex::Walk {
  std::optional<SnapshotPlace> open;
  std::uint64_t steady = 0;
  std::uint64_t sections = 0;
};

void SnapshotIndex::finish(SnapshotPlace place, std::uint64_t steady) {
  if (!places_.empty()) {
    const SnapshotPlace& before = places_.back();
    const bool has_both = steady > 0 && last_steady_ > 0;
    const std::uint64_t now = has_both ? steady : place.time;
    const std::uint64_t then = has_both ? last_steady_ : before.time;
    place.elapsed = before.elapsed + std::min(now > then ? now - then : 0, LongestPause);
  }
  last_steady_ = steady;
  places_.push_back(place);
}

/// False when the section makes no sense here.
bool SnapshotIndex::take(Walk& walk, std::uint32_t tag, std::string_view beginning) {
  WireReader reader(beginning);
  ++walk.sections;
  if (tag == static_cast<std::uint32_t>(Tag::Snapshot)) {
    const auto time = reader.number<std::uint64_t>();
    if (walk.open || !time) return false;
    walk.open.emplace().time = std::min(*time, LatestTime);
    walk.steady = reader.number<std::uint64_t>().value_or(0);
    walk.sections = 0;
  }
  return tag != static_cast<std::uint32_t>(Tag::End) ||
         (walk.open && reader.number<std::uint32_t>() == walk.sections);
}

Result<void> SnapshotIndex::extend(const ReadPiece& read) {
  damage_.clear();
  Window window(read, places_.empty() ? HeaderSize : places_.back().offset + places_.back().size);
  Walk walk;
  for (;;) {
    const auto head = window.peek(SectionHead + LongestBeginning);
    if (!head) return tl::unexpected(head.error());
    if (head->empty()) break;
    WireReader reader(*head);
    const auto tag = reader.number<std::uint32_t>();
    const auto length = reader.number<std::uint32_t>();
    if (!tag || !length) {
      damage_ = "the recording is cut";
      return {};
    }
    const auto beginning = reader.rest().substr(0, std::min<std::size_t>(*length, LongestBeginning));
    const std::uint64_t start = window.offset();
    const std::uint64_t end = start + SectionHead + *length;
    // What the length promises has to be there.
    if (*length > reader.rest().size()) {
      const auto last = read(end - 1, 1);
      if (!last) return tl::unexpected(last.error());
      if (last->empty()) {
        damage_ = "the recording is cut";
        return {};
      }
    }
    if (!take(walk, *tag, beginning)) {
      damage_ = "the recording is damaged at byte " + std::to_string(start);
      return {};
    }
    if (*tag == static_cast<std::uint32_t>(Tag::Snapshot)) walk.open->offset = start;
    if (*tag == static_cast<std::uint32_t>(Tag::End)) {
      walk.open->size = end - walk.open->offset;
      finish(*walk.open, walk.steady);
      walk = {};
    }
    window.skip(end - start);
  }
  if (walk.open) damage_ = "the recording is cut";
  return {};
}

}  // namespace sockutils::record
