#include "probe/server/connection.h"

#include <array>
#include <cerrno>

namespace sockutils::probe {
namespace {

constexpr std::size_t MaxUnsent = 32 * 1024;
constexpr std::size_t ReadAtOnce = 16 * 1024;
constexpr std::chrono::seconds DrainTime{2};

}  // namespace

Connection::Connection(EventLoop& loop, Owner& owner, Setup setup, const ServerLimits& limits)
    : loop_(loop), owner_(owner), setup_(std::move(setup)), limits_(limits) {}

Connection::~Connection() { loop_.forget(fd()); }

void Connection::begin() {
  if (auto watched = loop_.watch(fd(), *this, {}); !watched) return end(watched.error().message());
  setup_.talk->attach(*this);
  take(setup_.talk->greet());
  settle();
}

void Connection::say(Answer answer) {
  if (over_) return;
  take(answer);
  settle();
}

void Connection::take(const Answer& answer) {
  unsent_ += answer.bytes;
  hanging_up_ = hanging_up_ || answer.hang_up;
}

void Connection::on_ready(EventLoop::Readiness what) {
  if (over_) return;
  if (what.readable) read();
  if (!over_ && what.hung_up && !what.readable) end("the client is gone");
  if (!over_) settle();
}

void Connection::read() {
  std::array<char, ReadAtOnce> room;
  const auto size = receive_bytes(fd(), room);
  if (!size && (size.error().code == EAGAIN || size.error().code == EINTR)) return;
  if (!size) return end(size.error().message());
  heard_all_ = *size == 0;
  if (heard_all_) return;
  received_ += *size;
  last_moved_ = Clock::now();
  if (received_ > limits_.bytes) return end("sent too much");
  if (!hanging_up_) take(setup_.talk->hear({room.data(), *size}));
}

void Connection::flush() {
  while (!unsent_.empty()) {
    const auto size = send_bytes(fd(), unsent_);
    if (!size && size.error().code == EINTR) continue;
    if (!size && size.error().code == EAGAIN) return;
    if (!size) return end(size.error().message());
    unsent_.erase(0, *size);
    sent_ += *size;
    last_moved_ = Clock::now();
  }
}

void Connection::settle() {
  flush();
  if (over_) return;
  if (unsent_.empty() && heard_all_) return end("closed by the client");
  if (unsent_.empty() && hanging_up_ && !draining_) {
    draining_ = true;
    end_sending(fd());
  }
  const bool wants_more = !heard_all_ && unsent_.size() < MaxUnsent;
  if (auto watched = loop_.watch(fd(), *this, {.readable = wants_more, .writable = !unsent_.empty()});
      !watched)
    end(watched.error().message());
}

void Connection::check_time(Clock::time_point now) {
  if (draining_ && now - last_moved_ >= DrainTime) return end("done");
  if (now - last_moved_ >= limits_.idle) return end("silent for too long");
  if (now - began_ >= setup_.talk->longest().value_or(limits_.lifetime)) return end("lasted too long");
}

void Connection::end(std::string reason) {
  if (over_) return;
  over_ = true;
  loop_.forget(fd());
  owner_.on_end(*this, std::move(reason));
}

}  // namespace sockutils::probe
