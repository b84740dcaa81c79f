/// A session on a screen of its own, with a clock, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/tui/sample.h"
#include "tui/view/session.h"

namespace tui::test {

/// Does nothing, and tells what it was asked for.
class NotedActions final : public Actions {
 public:
  sockutils::Result<void> close(const sockutils::SocketIdentity& socket) override {
    return note("close " + std::to_string(socket.cookie));
  }
  sockutils::Result<void> hold(const ProcessTarget& process) override {
    auto held =
        note("hold " + std::to_string(process.pid) + " of " + std::to_string(process.start_time.value_or(0)));
    if (held) ++held_;
    return held;
  }
  std::vector<sockutils::Result<void>> signal(int number) override {
    std::vector<sockutils::Result<void>> results;
    for (int i = 0; i < held_; ++i) results.push_back(note("signal " + std::to_string(number)));
    return results;
  }
  void let_go() override { held_ = 0; }
  sockutils::Result<void> write(const std::string& path, const Fields&,
                                const std::vector<const TableRow*>& rows) override {
    return note("write " + std::to_string(rows.size()) + " to " + path);
  }

  std::vector<std::string> noted;
  int refusal = 0;

 private:
  sockutils::Result<void> note(const std::string& text) {
    noted.push_back(text);
    if (refusal == 0) return {};
    return tl::unexpected(sockutils::Error{refusal, "do", text, {}});
  }
  int held_ = 0;
};

/// A session on a screen of its own, with a clock.
class Screen {
 public:
  explicit Screen(std::size_t width = 120, std::size_t height = 20, const std::string& filter = {},
                  const Settings& settings = {})
      : session_(settings, sockutils::Query{}, filter, false, actions), grid_(width, height) {
    session_.take_request_change();
  }
  NotedActions actions;

  void look(const std::vector<SampleSocket>& sockets) {
    session_.take(std::make_shared<const Frame>(book_.look(sockets)), book_.now());
  }
  Session::Request press(const Key& key) { return session_.handle(key, book_.now()); }
  Session::Request press(char c) { return press(character_key(static_cast<char32_t>(c))); }
  void type(std::string_view text) {
    for (const char c : text) press(c);
  }
  /// The screen as one text.
  std::string text() {
    session_.draw(grid_);
    std::string text;
    for (std::size_t y = 0; y < grid_.height(); ++y) text += grid_.line(y) + '\n';
    return text;
  }
  std::string line(std::size_t y) {
    session_.draw(grid_);
    return grid_.line(y);
  }
  void resize(std::size_t width, std::size_t height) { grid_.resize(width, height); }
  Session& operator*() { return session_; }
  SampleBook& book() { return book_; }

 private:
  Session session_;
  SampleBook book_;
  Grid grid_;
};

inline std::vector<SampleSocket> two_sockets(std::uint64_t bytes = 0) {
  return {SampleSocket(1).bytes(bytes, 0).owner(42, "curl"),
          SampleSocket(2).listening(8080).owner(43, "web")};
}

}  // namespace tui::test
