// What a session does to the machine: it names the target, freezes it, asks, and checks again.

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "sockutils/format.h"
#include "tui/session.h"

namespace tui {
namespace {

struct SignalWord {
  int number;
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<SignalWord, 7> SignalWords{{
    {SIGTERM, "TERM", "asks it to end"},
    {SIGINT, "INT", "as Ctrl-C does"},
    {SIGHUP, "HUP", "many daemons read their configuration anew"},
    {SIGKILL, "KILL", "ends it at once"},
    {SIGSTOP, "STOP", "halts it"},
    {SIGCONT, "CONT", "lets it go on"},
    {SIGUSR1, "USR1", "means what the program wants it to"},
}};

std::string safe(const std::string& text) { return sockutils::escape_text(text); }

std::string remedy_for(const sockutils::Error& error) {
  return error.code == EPERM ? ": it takes CAP_NET_ADMIN, try sudo" : std::string();
}

/// The row in words: every column that says who it is.
std::vector<std::string> lines_about(const Table& table, const TableRow& row) {
  std::vector<std::string> lines;
  for (const std::string_view name : {"protocol", "state", "local", "peer", "processes", "user"}) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i]->name != name || !row.cells.has(i)) continue;
      std::string text(name);
      text.resize(11, ' ');
      row.cells.append_text(text, i, table.columns[i]->type);
      lines.push_back(std::move(text));
    }
  }
  return lines;
}

/// The same in one line.
std::string line_about(const Table& table, const TableRow& row) {
  std::string line;
  for (const std::string_view name : {"protocol", "local", "peer", "processes"}) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i]->name != name) continue;
      if (!line.empty()) line += ' ';
      row.cells.append_text(line, i, table.columns[i]->type);
    }
  }
  return line;
}

/// Each process once.
std::vector<ProcessTarget> owners_of(const TableRow& row) {
  std::vector<ProcessTarget> targets;
  const auto& owners = row.cells.owners();
  if (!owners) return targets;
  for (const sockutils::Owner& owner : owners->get()) {
    const sockutils::Process& process = *owner.process;
    const bool known = std::any_of(targets.begin(), targets.end(),
                                   [&](const ProcessTarget& other) { return other.pid == process.pid; });
    if (!known) targets.push_back({process.pid, process.start_time, process.name.value_or("?")});
  }
  return targets;
}

std::string name_of(const ProcessTarget& process) {
  return safe(process.name) + "/" + std::to_string(process.pid);
}

}  // namespace

void Session::do_something(Action action) {
  const bool acts = action == Action::CloseSocket || action == Action::SignalProcess;
  if (acts && replays_) {
    message_ = "this is a recording: there is nothing here to close or to signal";
    return;
  }
  if (acts && readonly_) {
    message_ = "nothing is closed or signalled with --readonly";
    return;
  }
  if (action == Action::Untag) active().view.clear_tags();
  if (action == Action::CloseSocket) ask_to_close();
  if (action == Action::SignalProcess) choose_process();
  if (action == Action::Export) open_prompt(Asking::Export);
}

void Session::ask_to_close() {
  const auto row = active().view.current_row();
  if (!row) return;
  const auto tagged = active().view.tagged();
  if (active_ == 0 && !tagged.empty()) return ask_to_close_all(tagged);
  if (active_ != 0) {
    message_ = "sockets are closed where they are listed one by one: Enter shows those of this row";
    return;
  }
  const auto& socket = static_cast<const SocketRow&>(*row);
  if (!socket.identity() || !sockutils::can_be_closed(socket.family, socket.protocol)) {
    message_ = "the kernel can close TCP and UDP sockets only";
    return;
  }
  std::vector<std::string> lines{"close this socket?"};
  const auto about = lines_about(*active().view.table(), *row);
  lines.insert(lines.end(), about.begin(), about.end());
  lines.push_back("its process reads an error; cookie " + std::to_string(socket.identity()->cookie));
  question_.emplace(
      std::move(lines), [this, identity = *socket.identity()] { close(identity); },
      [this] { message_ = "nothing was closed"; });
}

/// Each is closed as it was when it was asked for, whatever the table shows by then.
void Session::ask_to_close_all(const std::vector<std::shared_ptr<const TableRow>>& rows) {
  constexpr std::size_t MostNamed = 8;
  std::vector<sockutils::SocketIdentity> sockets;
  std::vector<std::string> names;
  for (const auto& row : rows) {
    const auto& socket = static_cast<const SocketRow&>(*row);
    const auto identity = socket.identity();
    if (!identity || !sockutils::can_be_closed(socket.family, socket.protocol)) continue;
    sockets.push_back(*identity);
    if (names.size() < MostNamed) names.push_back(line_about(*active().view.table(), *row));
  }
  if (sockets.empty()) {
    message_ = "the kernel can close TCP and UDP sockets only, and none of these is one";
    return;
  }
  std::vector<std::string> lines{"close these " + std::to_string(sockets.size()) + " sockets?"};
  lines.insert(lines.end(), names.begin(), names.end());
  if (sockets.size() > names.size())
    lines.push_back("and " + std::to_string(sockets.size() - names.size()) + " more");
  if (rows.size() > sockets.size())
    lines.push_back(std::to_string(rows.size() - sockets.size()) + " others cannot be closed");
  question_.emplace(
      std::move(lines), [this, sockets] { close_all(sockets); }, [this] { message_ = "nothing was closed"; });
}

void Session::close_all(const std::vector<sockutils::SocketIdentity>& sockets) {
  std::size_t closed = 0;
  std::size_t gone = 0;
  std::string refusal;
  for (const sockutils::SocketIdentity& socket : sockets) {
    const auto done = deeds_.close(socket);
    if (done) ++closed;
    if (!done && done.error().code == ENOENT) ++gone;
    if (!done && done.error().code != ENOENT && refusal.empty())
      refusal = safe(done.error().message() + remedy_for(done.error()));
  }
  const std::size_t refused = sockets.size() - closed - gone;
  message_ = std::to_string(closed) + " closed";
  if (gone > 0) message_ += ", " + std::to_string(gone) + " gone already";
  if (refused > 0) message_ += ", " + std::to_string(refused) + " not: " + refusal;
  active().view.clear_tags();
}

void Session::close(const sockutils::SocketIdentity& socket) {
  const auto closed = deeds_.close(socket);
  if (closed) {
    message_ = "the kernel was told to close it, and agreed";
  } else if (closed.error().code == ENOENT) {
    message_ = "it was gone already";
  } else {
    message_ = safe(closed.error().message() + remedy_for(closed.error()));
  }
}

void Session::choose_process() {
  const auto row = active().view.current_row();
  if (!row) return;
  auto targets = owners_of(*row);
  if (targets.empty() && active().pane == &panes()[1]) targets = process_of_group(*row);
  if (targets.empty()) {
    message_ = "no process is known to hold this";
    return;
  }
  if (targets.size() == 1) return choose_signal(targets.front());
  std::vector<std::string> names;
  for (const ProcessTarget& target : targets) names.push_back(name_of(target));
  open_menu("which process?", std::move(names),
            [this, targets](std::size_t chosen) { choose_signal(targets[chosen]); });
}

/// A row of the pane of processes is one.
std::vector<ProcessTarget> Session::process_of_group(const TableRow& row) const {
  if (row.key.number == 0) return {};
  ProcessTarget target{static_cast<std::int32_t>(row.key.number), {}, {}};
  if (row.key.group != 0) target.start_time = row.key.group;
  const auto value = row.cells.value(1);
  if (const auto* const name = value ? std::get_if<std::string_view>(&*value) : nullptr) target.name = *name;
  return {target};
}

/// The process is held from here on: its number cannot come to mean another one.
void Session::choose_signal(const ProcessTarget& process) {
  if (const auto held = deeds_.hold(process); !held) {
    message_ = safe(held.error().message());
    return;
  }
  std::vector<std::string> words;
  for (const SignalWord& word : SignalWords) {
    std::string text(word.name);
    text.resize(6, ' ');
    words.push_back(text + std::string(word.meaning));
  }
  open_menu("signal for " + name_of(process), std::move(words), [this, process](std::size_t chosen) {
    const SignalWord& word = SignalWords[chosen];
    question_.emplace(
        std::vector<std::string>{"send " + std::string(word.name) + " to this process?",
                                 "process    " + safe(process.name),
                                 "pid        " + std::to_string(process.pid)},
        [this, number = word.number] { signal(number); },
        [this] {
          deeds_.let_go();
          message_ = "nothing was signalled";
        });
  });
}

void Session::signal(int number) {
  const auto sent = deeds_.signal(number);
  message_ = sent ? "the signal was sent" : safe(sent.error().message());
  deeds_.let_go();
}

void Session::write_table(const std::string& path) {
  const Table* const table = active().view.table();
  if (table == nullptr) return;
  const auto tagged = active().view.tagged();
  std::vector<const TableRow*> rows;
  for (const auto& row : tagged) rows.push_back(row.get());
  if (rows.empty()) rows = active().view.rows();
  const auto written = deeds_.write(path, table->columns, rows);
  message_ =
      written ? std::to_string(rows.size()) + " rows are in " + safe(path) : safe(written.error().message());
}

}  // namespace tui
