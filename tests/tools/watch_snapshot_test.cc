// What --watch marks, and what fits its page.

#include "sockls/watch_snapshot.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockls/screen.h"
#include "sockutils/list.h"
#include "support/catch.h"

namespace round_test {
namespace {

using tools::sockls::Mark;
using tools::sockls::round_fields;
using tools::sockls::WatchSnapshot;

/// A TCP socket on the loopback address that is bound, or listens.
class Socket {
 public:
  explicit Socket(bool listening) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t length = sizeof address;
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
    if (listening) listen();
  }
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  void listen() const { REQUIRE(::listen(fd_, 1) == 0); }
  std::uint64_t port() const { return port_; }

 private:
  int fd_;
  std::uint64_t port_;
};

WatchSnapshot look() {
  sockutils::Query query;
  query.kinds = {{sockutils::Family::Inet, sockutils::Protocol::Tcp}};
  query.fields = {sockutils::find_field("local_port")};
  const auto more = round_fields();
  query.fields.insert(query.fields.end(), more.begin(), more.end());
  query.listeners_first = true;
  auto snapshot = sockutils::take_snapshot(query);
  REQUIRE(snapshot);
  return WatchSnapshot(std::move(*snapshot), 1);
}

std::optional<Mark> mark_of(const Socket& socket, const std::vector<tools::sockls::MarkedRow>& rows) {
  std::optional<Mark> mark;
  for (const auto& row : rows) {
    const auto* const port = row.values[0] ? std::get_if<std::uint64_t>(&*row.values[0]) : nullptr;
    if (port != nullptr && *port == socket.port()) mark = row.mark;
    CHECK(row.values.size() == 1);
  }
  return mark;
}

}  // namespace

TEST_CASE("a round marks what is new, what has changed, and what has gone") {
  const Socket stays(true);
  auto goes = std::make_unique<Socket>(true);
  const std::uint64_t gone_port = goes->port();
  const WatchSnapshot before = look();
  CHECK(mark_of(stays, before.unmarked()) == Mark::Same);
  goes.reset();
  const Socket comes(true);
  const WatchSnapshot after = look();
  const auto rows = after.compared_with(before);
  CHECK(mark_of(stays, rows) == Mark::Same);
  CHECK(mark_of(comes, rows) == Mark::New);
  const auto gone = std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
    return row.mark == Mark::Gone && std::get<std::uint64_t>(*row.values[0]) == gone_port;
  });
  CHECK(gone == 1);
  CHECK(after.compared_with(after).size() == after.size());
}

TEST_CASE("a socket in another state is marked as changed") {
  const Socket socket(false);
  const WatchSnapshot before = look();
  if (!mark_of(socket, before.unmarked())) return;  // kernels before 6.8 do not list it
  socket.listen();
  CHECK(mark_of(socket, look().compared_with(before)) == Mark::Changed);
}

TEST_CASE("every mark has a sign of one column and a name") {
  using tools::sockls::name;
  using tools::sockls::sign;
  CHECK(sign(Mark::Same) == " ");
  CHECK(sign(Mark::New) == "+");
  CHECK(sign(Mark::Changed) == "~");
  CHECK(sign(Mark::Gone) == "-");
  CHECK(name(Mark::Gone) == "gone");
}

TEST_CASE("a page is cut to its height, and says how much is below") {
  using tools::sockls::fit_page;
  CHECK(fit_page("a\nb\nc\n", 3) == "a\nb\nc\n");
  CHECK(fit_page("a\nb\nc\nd\n", 3) == "a\nb\n2 more below: a taller terminal or a filter shows them\n");
  CHECK(fit_page("a\nb\n", 0) == "a\nb\n");
  CHECK(fit_page("", 5).empty());
}

}  // namespace round_test
