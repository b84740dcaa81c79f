/// Writing a file that is there only when it is complete.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/unique_fd.h"
#include "sockutils/error.h"

namespace sockutils {

/// What was appended goes to a temporary file beside the final one; without `commit()` it is removed.
/// Something there that is no regular file (a terminal, a pipe, /dev/null) is written to as it is.
class NewFile {
 public:
  /// Errors: as open(2).
  static Result<NewFile> create(const std::string& path);
  /// In no other's place, with these permissions as far as umask(2) leaves them. Errors: as open(2), EEXIST
  /// among them.
  static Result<NewFile> create_beside_none(const std::string& path, unsigned permissions);
  /// Writes to a descriptor of the caller, which stays open.
  static NewFile on(int fd, std::string name);

  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  /// Errors: as write(2); after one, all that follows fails alike.
  Result<void> append(std::string_view bytes);
  /// Gives the file its name once all of it is on the disk. Errors: as write(2), fsync(2) and rename(2).
  Result<void> commit();

 private:
  NewFile() = default;
  Result<void> flush();
  Result<void> fail(const char* operation);

  UniqueFd own_fd_;
  int fd_ = -1;
  /// Where it goes, for messages too.
  std::string path_;
  /// What to remove without `commit()`; empty when it is written in place.
  std::string temporary_;
  std::string buffer_;
  std::optional<Error> error_;
};

/// Writes a file where there is none, with `permissions` as far as umask(2) leaves them. When that fails
/// there is none either. Errors: as open(2), EEXIST among them, write(2) and fsync(2).
Result<void> create_file(const std::string& path, std::string_view content, unsigned permissions = 0666);

/// Writes a file that only its owner can read, in the place of another if there is one: whoever reads it
/// meanwhile has one or the other, whole. Where a symbolic link leads is replaced, not the link. Errors: as
/// open(2), write(2), fsync(2) and rename(2).
Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace sockutils
