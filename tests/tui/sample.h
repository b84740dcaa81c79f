/// Sockets for tests, without a machine.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/follow.h"
#include "tui/collect/socket_accounting.h"

namespace tui::test {

using namespace std::chrono_literals;

/// A socket by the values of its fields.
class SampleSocket {
 public:
  /// An established TCP connection with this cookie.
  explicit SampleSocket(std::uint64_t cookie);

  SampleSocket& set(std::string_view field, sockutils::Value value) {
    values_[std::string(field)] = value;
    return *this;
  }
  SampleSocket& bytes(std::uint64_t in, std::uint64_t out) {
    return set("tcp_bytes_received", in).set("tcp_bytes_acked", out);
  }
  SampleSocket& state(sockutils::State state) { return set("state", state); }
  SampleSocket& local(sockutils::Address address, std::uint16_t port);
  SampleSocket& peer(sockutils::Address address, std::uint16_t port);
  SampleSocket& listening(std::uint16_t port);
  /// Held by this process, and by those that were named before.
  SampleSocket& owner(std::int32_t pid, std::string name, std::optional<std::string> container = {});

  /// As a query with these fields would give it; valid as long as this.
  std::vector<sockutils::OptionalValue> values(const Fields& fields) const;

 private:
  std::map<std::string, sockutils::Value, std::less<>> values_;
  std::vector<std::shared_ptr<sockutils::Process>> processes_;
  std::vector<sockutils::Owner> owners_;
};

/// A book with a clock.
class SampleBook {
 public:
  explicit SampleBook(const Fields& columns = usual_columns()) : columns_(columns), book_(columns, {}) {}

  /// A second later, a look that has these.
  Frame look(const std::vector<SampleSocket>& sockets, std::chrono::milliseconds later = 1s);
  void tell(sockutils::EventKind kind, const SampleSocket& socket,
            std::optional<std::chrono::microseconds> seen = std::nullopt);
  SocketAccounting& operator*() { return book_; }
  Clock::time_point now() const { return now_; }
  void wait(std::chrono::milliseconds time) { now_ += time; }

 private:
  Fields columns_;
  SocketAccounting book_;
  Clock::time_point now_{1h};
  std::map<std::uint64_t, bool> known_;
  bool first_ = true;
};

/// The row of a socket by its cookie, or null.
std::shared_ptr<const SocketRow> row_of(const Frame& frame, std::uint64_t cookie);
/// A cell as people read it; `no such column` else.
std::string text_of(const Table& table, const TableRow& row, std::string_view column);

inline sockutils::Address v4(std::uint8_t last) { return sockutils::Address::v4({192, 0, 2, last}); }

}  // namespace tui::test
