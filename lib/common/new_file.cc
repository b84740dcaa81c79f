#include "common/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "common/last_error.h"

namespace sockutils {
namespace {

constexpr std::size_t FlushAt = 64 * 1024;

/// The target of a symbolic link, so that the link itself is not replaced; `path` if nothing exists there
/// yet.
std::string resolved(const std::string& path) {
  char* const real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string result(real);
  std::free(real);
  return result;
}

bool is_replaceable(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace

Result<NewFile> NewFile::create(const std::string& path) {
  NewFile file;
  file.path_ = path;
  if (is_replaceable(path)) {
    file.temporary_ = resolved(path) + ".XXXXXX";
    // Readable by its owner only: command lines may contain secrets.
    file.own_fd_ = UniqueFd(mkostemp(file.temporary_.data(), O_CLOEXEC));
    if (!file.own_fd_) file.temporary_.clear();
  } else {
    file.own_fd_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  }
  if (!file.own_fd_) return tl::unexpected(last_error("open", path));
  file.fd_ = file.own_fd_.get();
  return file;
}

Result<NewFile> NewFile::create_beside_none(const std::string& path, unsigned permissions) {
  NewFile file;
  file.path_ = path;
  file.own_fd_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions));
  if (!file.own_fd_) return tl::unexpected(last_error("create", path));
  file.temporary_ = path;
  file.fd_ = file.own_fd_.get();
  return file;
}

NewFile NewFile::on(int fd, std::string name) {
  NewFile file;
  file.fd_ = fd;
  file.path_ = std::move(name);
  return file;
}

NewFile::NewFile(NewFile&& other) noexcept
    : own_fd_(std::move(other.own_fd_)),
      fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      error_(std::move(other.error_)) {}

NewFile::~NewFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Result<void> NewFile::fail(const char* operation) {
  error_ = last_error(operation, path_);
  return tl::unexpected(*error_);
}

Result<void> NewFile::append(std::string_view bytes) {
  if (error_) return tl::unexpected(*error_);
  buffer_ += bytes;
  return buffer_.size() >= FlushAt ? flush() : Result<void>{};
}

Result<void> NewFile::flush() {
  if (error_) return tl::unexpected(*error_);
  for (std::string_view rest = buffer_; !rest.empty();) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail("write");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return {};
}

Result<void> NewFile::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (temporary_.empty()) return {};
  // A full disk may be reported only now.
  if (fsync(fd_) != 0) return fail("write");
  if (rename(temporary_.c_str(), resolved(path_).c_str()) != 0) return fail("rename");
  temporary_.clear();
  return {};
}

namespace {

Result<void> fill(Result<NewFile> file, std::string_view content) {
  if (!file) return tl::unexpected(file.error());
  if (auto appended = file->append(content); !appended) return appended;
  return file->commit();
}

}  // namespace

Result<void> create_file(const std::string& path, std::string_view content, unsigned permissions) {
  return fill(NewFile::create_beside_none(path, permissions), content);
}

Result<void> replace_file(const std::string& path, std::string_view content) {
  return fill(NewFile::create(path), content);
}

}  // namespace sockutils
