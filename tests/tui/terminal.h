/// The monitor in a pseudo-terminal, with libvterm as the screen.
#pragma once

#include <sys/types.h>
#include <vterm.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tui::test {

struct TerminalSettings {
  unsigned short columns = 100;
  unsigned short rows = 24;
  std::string term = "xterm-256color";
  std::string locale = "C.UTF-8";
  /// `NAME=value`, added to the environment.
  std::vector<std::string> environment = {};
  /// Instead of the monitor.
  std::string program = {};
};

/// The path of the program.
std::string monitor_program();

class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& arguments, const TerminalSettings& settings = {});
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  pid_t pid() const { return pid_; }
  void press(std::string_view bytes) const;
  void resize(unsigned short columns, unsigned short rows);

  /// Reads what the program writes, as long as that is and a little longer. Returns the bytes.
  std::size_t read_for(std::chrono::milliseconds time);
  /// Whether the screen comes to show `text` before many seconds are over.
  bool shows(std::string_view text);
  /// Whether it comes to show it no more.
  bool shows_no_more(std::string_view text);
  /// The screen, a line for each row.
  std::string screen() const;
  std::string line(std::size_t row) const;
  VTermScreenCell cell(std::size_t column, std::size_t row) const;

  /// Whether the program ends before many seconds are over; its exit status, or the negated signal.
  std::optional<int> end();
  /// Everything that was written.
  const std::string& written() const { return written_; }
  /// The settings of the terminal, as `stty` would show them, and whether they are those of the beginning.
  bool is_as_it_was() const;

 private:
  bool give_up(std::string_view text) const;
  void take_output(const char* bytes, std::size_t size);

  pid_t pid_ = -1;
  int fd_ = -1;
  /// Held open, so that the settings can be read when the program has ended.
  int other_end_ = -1;
  std::string settings_before_;
  std::string written_;
  VTerm* vterm_ = nullptr;
  VTermScreen* screen_ = nullptr;
  int columns_;
  int rows_;
  bool gone_ = false;
  /// Where the program runs, for what it may write.
  std::string folder_;
};

}  // namespace tui::test
