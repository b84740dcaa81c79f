#include "acquire/recordings/recording_format.h"
#include "acquire/recordings/snapshot_index.h"
#include "os/input_file.h"

namespace sockutils {

struct RecordingFile::Content {
  InputFile file;
  record::SnapshotIndex index = {};

  Result<void> extend() {
    return index.extend(
        [this](std::uint64_t offset, std::size_t size) { return file.read_at(offset, size); });
  }
};

Result<RecordingFile> RecordingFile::open(const std::string& path) {
  auto file = InputFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto beginning = file->read_at(0, record::HeaderSize);
  if (!beginning) return tl::unexpected(beginning.error());
  if (const auto checked = record::check_header(*beginning, path); !checked)
    return tl::unexpected(checked.error());
  auto content = std::make_unique<Content>(Content{std::move(*file)});
  if (const auto done = content->extend(); !done) return tl::unexpected(done.error());
  return RecordingFile(std::move(content));
}

Result<void> RecordingFile::refresh() { return content_->extend(); }

std::size_t RecordingFile::size() const { return content_->index.places().size(); }

std::uint64_t RecordingFile::time(std::size_t snapshot) const {
  return content_->index.places()[snapshot].time;
}

std::uint64_t RecordingFile::elapsed(std::size_t snapshot) const {
  return content_->index.places()[snapshot].elapsed;
}

const std::string& RecordingFile::damage() const { return content_->index.damage(); }

Recording::Result RecordingFile::read(std::size_t snapshot) const {
  const std::string& path = content_->file.path();
  if (snapshot >= size())
    return tl::unexpected(Error{0, "read", path, "there is no snapshot " + std::to_string(snapshot)});
  const record::SnapshotPlace& place = content_->index.places()[snapshot];
  const auto bytes = content_->file.read_at(place.offset, place.size);
  if (!bytes) return tl::unexpected(bytes.error());
  return Recording::parse(record::header() + *bytes, path);
}

RecordingFile::RecordingFile(std::unique_ptr<Content> content) : content_(std::move(content)) {}
RecordingFile::~RecordingFile() = default;
RecordingFile::RecordingFile(RecordingFile&&) noexcept = default;
RecordingFile& RecordingFile::operator=(RecordingFile&&) noexcept = default;

}  // namespace sockutils
