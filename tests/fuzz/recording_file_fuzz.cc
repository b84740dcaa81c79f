/// Any bytes as the file of a recording over time: the places of its snapshots are within it, in the order of
/// time, do not depend on how much of the file was there when it was read first, and each is a recording or
/// is refused with words.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fuzz_target.h"
#include "sockutils/record.h"
#include "source/record_format.h"
#include "source/snapshot_index.h"

using namespace sockutils;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

record::ReadPiece reader_of(std::string_view bytes) {
  return [bytes](std::uint64_t offset, std::size_t size) -> Result<std::string> {
    return std::string(bytes.substr(std::min<std::uint64_t>(offset, bytes.size()), size));
  };
}

void check_places(const std::vector<record::SnapshotPlace>& places, std::string_view bytes) {
  std::uint64_t end = record::HeaderSize;
  std::uint64_t elapsed = 0;
  for (const record::SnapshotPlace& place : places) {
    require(place.offset >= end && place.size <= bytes.size() && place.offset <= bytes.size() - place.size);
    require(place.elapsed >= elapsed);
    end = place.offset + place.size;
    elapsed = place.elapsed;
    const auto one =
        Recording::parse(record::header() + std::string(bytes.substr(place.offset, place.size)), "file");
    require(one || !one.error().message().empty());
  }
}

}  // namespace

FUZZ_TARGET(recording_file)(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!record::check_header(bytes.substr(0, record::HeaderSize), "file")) return 0;
  record::SnapshotIndex index;
  require(index.extend(reader_of(bytes)).has_value());
  check_places(index.places(), bytes);
  record::SnapshotIndex grown;
  for (const std::size_t part : {size / 3, size / 2, size})
    require(grown.extend(reader_of(bytes.substr(0, part))).has_value());
  require(grown.places().size() == index.places().size() && grown.damage() == index.damage());
  return 0;
}
