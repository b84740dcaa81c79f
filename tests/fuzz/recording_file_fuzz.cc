/// Any bytes as the file of a recording over time: the places of its snapshots are within it, in the order of
/// time, do not depend on how much of the file was there when it was read first, and each is a recording or
/// is refused with words. What happened between two snapshots is told, and written again says the same.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "acquire/recordings/record_between.h"
#include "acquire/recordings/recording_format.h"
#include "acquire/recordings/snapshot_index.h"
#include "fuzz_target.h"
#include "sockutils/record.h"

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

/// Its times are of this clock: written again, they do not depend on the file's.
constexpr std::chrono::steady_clock::time_point Now(std::chrono::hours(1));

void check_between(const std::shared_ptr<const Recording>& recording) {
  for (const IntervalEvents& between : recording->between()) {
    require(between.where.has_value());
    if (between.packets) {
      const auto again = record::parse_packets(record::packets_payload(*between.packets));
      require(again && again->traffic.flows.size() == between.packets->traffic.flows.size() &&
              record::packets_payload(*again) == record::packets_payload(*between.packets));
    }
    if (between.closings) {
      const std::string payload = record::closings_payload(*between.closings, Now);
      const auto again = record::parse_closings(payload);
      require(again && again->messages.size() == between.closings->messages.size() &&
              again->refusal == between.closings->refusal);
    }
  }
  Query query;
  query.recording = recording;
  for (const Field* field : fields()) query.fields.push_back(field);
  require(list_closings(query, [&](const Event& event) {
            require(event.kind == EventKind::Closed && event.values.size() == query.fields.size());
            return true;
          }).has_value());
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
    if (one) check_between(*one);
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
