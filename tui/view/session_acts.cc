// What a session does to the machine: it names the target, freezes it, asks, and checks again.

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "render/cell_text.h"
#include "sockutils/value.h"
#include "tui/view/session.h"

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
      tools::append_cell_text(text, row.cells.value(i), table.columns[i]->type);
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
      tools::append_cell_text(line, row.cells.value(i), table.columns[i]->type);
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
  const auto tagged = active().view.tagged();
  const auto sockets = active().view.tagged_sockets();
  if (!sockets.empty()) return ask_to_close_all(sockets, tagged.size());
  const auto row = active().view.current_socket();
  if (!row || !tagged.empty()) {
    message_ = "sockets are closed one by one: o shows those of this row under it, Enter shows them alone";
    return;
  }
  const SocketRow& socket = *row;
  if (!socket.identity() || !sockutils::can_be_closed(socket.family, socket.protocol)) {
    message_ = "the kernel can close TCP and UDP sockets only";
    return;
  }
  std::vector<std::string> lines{"close this socket?"};
  const auto about = lines_about(*frame_->sockets, *row);
  lines.insert(lines.end(), about.begin(), about.end());
  lines.push_back("its process reads an error; cookie " + std::to_string(socket.identity()->cookie));
  question_.emplace(
      std::move(lines), [this, identity = *socket.identity()] { close(identity); },
      [this] { message_ = "nothing was closed"; });
}

/// Each is closed as it was when it was asked for, whatever the table shows by then.
void Session::ask_to_close_all(const std::vector<std::shared_ptr<const SocketRow>>& rows,
                               std::size_t tagged) {
  constexpr std::size_t MostNamed = 8;
  std::vector<sockutils::SocketIdentity> sockets;
  std::vector<std::string> names;
  for (const auto& row : rows) {
    const auto identity = row->identity();
    if (!identity || !sockutils::can_be_closed(row->family, row->protocol)) continue;
    sockets.push_back(*identity);
    if (names.size() < MostNamed) names.push_back(line_about(*frame_->sockets, *row));
  }
  if (sockets.empty()) {
    message_ = "the kernel can close TCP and UDP sockets only, and none of these is one";
    return;
  }
  std::vector<std::string> lines{"close these " + std::to_string(sockets.size()) + " sockets?"};
  lines.insert(lines.end(), names.begin(), names.end());
  if (sockets.size() > names.size())
    lines.push_back("and " + std::to_string(sockets.size() - names.size()) + " more");
  if (tagged > sockets.size())
    lines.push_back(std::to_string(tagged - sockets.size()) + " other rows cannot be closed");
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

std::vector<ProcessTarget> Session::processes_of(const TableRow& row) const {
  auto targets = owners_of(row);
  const Pane& pane = *panes_[active_].pane;
  if (!targets.empty() || pane.process_of == nullptr) return targets;
  if (const auto process = pane.process_of(row)) targets.push_back(*process);
  return targets;
}

/// Each once.
std::vector<ProcessTarget> Session::processes_of_tagged() const {
  std::vector<ProcessTarget> all;
  for (const auto& row : panes_[active_].view.tagged())
    for (const ProcessTarget& target : processes_of(*row))
      if (std::none_of(all.begin(), all.end(),
                       [&](const ProcessTarget& other) { return other.pid == target.pid; }))
        all.push_back(target);
  return all;
}

void Session::choose_process() {
  const bool any_tagged = !active().view.tagged().empty();
  const TableRow* const row = active().view.current();
  if (row == nullptr) return;
  auto targets = any_tagged ? processes_of_tagged() : processes_of(*row);
  if (targets.empty()) {
    message_ = any_tagged ? "no process is known to hold any of these" : "no process is known to hold this";
    return;
  }
  if (any_tagged || targets.size() == 1) return choose_signal(targets);
  std::vector<std::string> names;
  for (const ProcessTarget& target : targets) names.push_back(name_of(target));
  names.emplace_back("all of these");
  open_menu("which process?", std::move(names), [this, targets](std::size_t chosen) {
    choose_signal(chosen < targets.size() ? std::vector{targets[chosen]} : targets);
  });
}

/// The processes are held from here on: their numbers cannot come to mean others.
void Session::choose_signal(const std::vector<ProcessTarget>& processes) {
  deeds_.let_go();
  std::vector<ProcessTarget> held;
  std::string refusal;
  for (const ProcessTarget& process : processes) {
    const auto done = deeds_.hold(process);
    if (done) held.push_back(process);
    if (!done && refusal.empty()) refusal = safe(done.error().message());
  }
  if (held.empty()) {
    message_ = refusal;
    return;
  }
  std::vector<std::string> words;
  for (const SignalWord& word : SignalWords) {
    std::string text(word.name);
    text.resize(6, ' ');
    words.push_back(text + std::string(word.meaning));
  }
  const std::string whom =
      held.size() == 1 ? name_of(held.front()) : std::to_string(held.size()) + " processes";
  open_menu("signal for " + whom, std::move(words),
            [this, held, gone = processes.size() - held.size()](std::size_t chosen) {
              ask_to_signal(held, gone, chosen);
            });
}

void Session::ask_to_signal(const std::vector<ProcessTarget>& held, std::size_t gone, std::size_t word) {
  constexpr std::size_t MostNamed = 8;
  const std::string signal_name(SignalWords[word].name);
  std::vector<std::string> lines;
  if (held.size() == 1 && gone == 0) {
    lines = {"send " + signal_name + " to this process?", "process    " + safe(held.front().name),
             "pid        " + std::to_string(held.front().pid)};
  } else {
    lines.push_back("send " + signal_name + " to these " + std::to_string(held.size()) + " processes?");
    for (std::size_t i = 0; i < std::min(held.size(), MostNamed); ++i) lines.push_back(name_of(held[i]));
    if (held.size() > MostNamed) lines.push_back("and " + std::to_string(held.size() - MostNamed) + " more");
    if (gone > 0) lines.push_back(std::to_string(gone) + " others are gone already");
  }
  question_.emplace(
      std::move(lines), [this, held, number = SignalWords[word].number] { signal(held, number); },
      [this] {
        deeds_.let_go();
        message_ = "nothing was signalled";
      });
}

void Session::signal(const std::vector<ProcessTarget>& held, int number) {
  std::size_t sent = 0;
  std::string refusal;
  for (const auto& result : deeds_.signal(number)) {
    if (result) ++sent;
    if (!result && refusal.empty()) refusal = safe(result.error().message());
  }
  deeds_.let_go();
  active().view.clear_tags();
  if (held.size() == 1) {
    message_ = sent == 1 ? "the signal was sent" : refusal;
    return;
  }
  message_ = "the signal was sent to " + std::to_string(sent) + " processes";
  if (sent < held.size()) message_ += ", not to " + std::to_string(held.size() - sent) + ": " + refusal;
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
