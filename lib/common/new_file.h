/// Writes files that appear only when they are complete.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/unique_fd.h"
#include "sockutils/error.h"

namespace sockutils {

/// Appended data goes to a temporary file beside the final one, which is removed without `commit()`. If
/// something other than a regular file exists there (a terminal, a pipe, /dev/null), that is written to
/// directly.
class NewFile {
 public:
  /// Errors: as open(2).
  static Result<NewFile> create(const std::string& path);
  /// Never replaces an existing file; the permissions are limited by umask(2). Errors: as open(2), including
  /// EEXIST.
  static Result<NewFile> create_beside_none(const std::string& path, unsigned permissions);
  /// Writes to a descriptor of the caller, which is not closed.
  static NewFile on(int fd, std::string name);

  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  /// Errors: as write(2); after an error all further calls fail with it.
  Result<void> append(std::string_view bytes);
  /// Gives the file its name once all data is on disk. Errors: as write(2), fsync(2) and rename(2).
  Result<void> commit();

 private:
  NewFile() = default;
  Result<void> flush();
  Result<void> fail(const char* operation);

  UniqueFd own_fd_;
  int fd_ = -1;
  /// The final path, also for messages.
  std::string path_;
  /// What to remove without `commit()`; empty when writing in place.
  std::string temporary_;
  std::string buffer_;
  std::optional<Error> error_;
};

/// Creates a file that must not exist yet; `permissions` are limited by umask(2). If that fails, no file is
/// left behind. Errors: as open(2), including EEXIST, write(2) and fsync(2).
Result<void> create_file(const std::string& path, std::string_view content, unsigned permissions = 0666);

/// Writes a file that only its owner can read, replacing an existing one atomically: readers see either the
/// old or the new content in full. The target of a symbolic link is replaced, not the link. Errors: as
/// open(2), write(2), fsync(2) and rename(2).
Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace sockutils
