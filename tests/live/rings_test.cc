#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::rings_test {
namespace {

/// An io_uring, without any library.
class Ring {
 public:
  Ring() : fd_(static_cast<int>(syscall(SYS_io_uring_setup, 4, &parameters_))) {}
  bool is_there() const { return static_cast<bool>(fd_); }
  int fd() const { return fd_.get(); }

  void hold(const UniqueFd& file) const {
    const std::array<int, 2> files{-1, file.get()};
    checked(
        static_cast<int>(syscall(SYS_io_uring_register, fd_.get(), IORING_REGISTER_FILES, files.data(), 2)),
        "io_uring_register");
  }
  void map() {
    mapping_ = mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), IORING_OFF_SQ_RING);
    REQUIRE(mapping_ != MAP_FAILED);
  }
  void close() { fd_ = UniqueFd(); }
  ~Ring() {
    if (mapping_ != nullptr) munmap(mapping_, Size);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

 private:
  static constexpr std::size_t Size = 4096;
  io_uring_params parameters_{};
  UniqueFd fd_;
  void* mapping_ = nullptr;
};

/// BPF tells of no rings.
SocketRow row_of(const std::string& inode) {
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.process_source = ProcessSource::Proc;
  return Listing::take(std::move(query)).the_one("inode", inode);
}

}  // namespace

TEST_CASE(
    "a listener that is registered with an io_uring is held by who has the ring, while it can be seen") {
  REQUIRE_PRIVATE_NETWORK();
  Ring ring;
  if (!ring.is_there()) SKIP_OUT_LOUD("this kernel has no io_uring");
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const std::string inode = std::to_string(inode_of(listener));
  ring.hold(listener);
  listener = UniqueFd();
  const SocketRow row = row_of(inode);
  REQUIRE(row.holders().size() == 1);
  CHECK(row.holders()[0].process.pid == getpid());
  CHECK(row.holders()[0].fd == ring.fd());

  ring.map();
  ring.close();
  CHECK(row_of(inode)["kernel_owned"] != "true");
}

}  // namespace sockutils::test::rings_test
