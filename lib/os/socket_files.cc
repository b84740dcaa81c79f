#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <unistd.h>

#include "common/last_error.h"
#include "common/unique_fd.h"
#include "os/real_system.h"

#ifdef SOCKUTILS_HAVE_BPF
#include "os/bpf/socket_files.h"
#endif

namespace sockutils {
namespace real {

#ifdef SOCKUTILS_HAVE_BPF

namespace {

/// As much as the kernel writes at once (bpf_iter.c).
constexpr std::size_t Records = 64 * 1024 / sizeof(socket_file);

/// Takes whole records; a read may end within one. The rest moves to the front.
class RecordBuffer {
 public:
  char* free_space() { return reinterpret_cast<char*>(records_->data()) + held_; }
  std::size_t free_size() const { return sizeof(*records_) - held_; }

  template <class Visit>
  void take(std::size_t length, const Visit& visit) {
    held_ += length;
    const std::size_t whole = held_ / sizeof(socket_file);
    for (std::size_t i = 0; i < whole; ++i) {
      const socket_file& record = (*records_)[i];
      visit(KernelFile{
          {record.inode, record.pid, record.tid, record.fd}, record.netns, record.is_namespace != 0});
    }
    held_ -= whole * sizeof(socket_file);
    if (held_ > 0) std::memcpy(records_->data(), records_->data() + whole, held_);
  }

 private:
  std::unique_ptr<std::array<socket_file, Records>> records_ =
      std::make_unique<std::array<socket_file, Records>>();
  std::size_t held_ = 0;
};

}  // namespace

Result<void> socket_files(ListedFiles which, const std::function<void(const KernelFile&)>& visit) {
  const int opened =
      which == ListedFiles::Sockets ? sockutils_open_socket_files() : sockutils_open_namespace_files();
  if (opened < 0) return tl::unexpected(Error{-opened, "load", "BPF program", {}});
  const UniqueFd fd(opened);
  RecordBuffer buffer;
  for (;;) {
    const ssize_t length = ::read(fd.get(), buffer.free_space(), buffer.free_size());
    if (length == 0) return {};
    if (length > 0) {
      buffer.take(static_cast<std::size_t>(length), visit);
    } else if (errno != EAGAIN && errno != EINTR) {  // EAGAIN: a long way without any socket
      return tl::unexpected(last_error("read", "BPF iterator"));
    }
  }
}

#else

Result<void> socket_files(ListedFiles, const std::function<void(const KernelFile&)>&) {
  return tl::unexpected(Error{ENOTSUP, "load", "BPF program", "built without BPF"});
}

#endif

}  // namespace real

bool has_bpf() {
#ifdef SOCKUTILS_HAVE_BPF
  return true;
#else
  return false;
#endif
}

}  // namespace sockutils
