#include "tui/view/action_commands.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "render/cell_text.h"
#include "sockutils/value.h"
#include "tui/view/desk.h"
#include "tui/view/dialogs.h"
#include "tui/view/menu.h"
#include "tui/view/prompt.h"

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

/// Maximum number of targets named in a question.
constexpr std::size_t MaxNamed = 8;

using Sockets = std::vector<sockutils::SocketIdentity>;
using Processes = std::vector<ProcessTarget>;

std::string safe(const std::string& text) { return sockutils::escape_text(text); }

std::string close_refusal(const sockutils::Error& error) {
  return safe(error.message() +
              (error.code == EPERM ? ": it takes CAP_NET_ADMIN over its network namespace" : ""));
}

std::string padded(std::string_view word, std::size_t width) {
  std::string text(word);
  text.resize(width, ' ');
  return text;
}

/// Calls `tell(name, cell)` for each of the columns that the table has.
template <class Tell>
void visit_cells(const Table& table, const TableRow& row, std::initializer_list<std::string_view> names,
                 const Tell& tell) {
  for (const std::string_view name : names) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i]->name != name) continue;
      std::string text;
      tools::append_cell_text(text, row.cells.value(i), table.columns[i]->type);
      tell(name, row.cells.has(i), text);
    }
  }
}

/// Describes the row: all columns that identify the socket.
void add_lines_about(std::vector<std::string>& lines, const Table& table, const TableRow& row) {
  visit_cells(table, row, {"protocol", "state", "local", "peer", "processes", "user"},
              [&](std::string_view name, bool known, const std::string& text) {
                if (known) lines.push_back(padded(name, 11) + text);
              });
}

/// The same in a single line.
std::string line_about(const Table& table, const TableRow& row) {
  std::string line;
  visit_cells(
      table, row, {"protocol", "local", "peer", "processes"},
      [&](std::string_view, bool, const std::string& text) { line += (line.empty() ? "" : " ") + text; });
  return line;
}

/// Appends the first names, and the number of further ones.
void add_names(std::vector<std::string>& lines, const std::vector<std::string>& names) {
  const std::size_t named = std::min(names.size(), MaxNamed);
  lines.insert(lines.end(), names.begin(), names.begin() + static_cast<std::ptrdiff_t>(named));
  if (names.size() > named) lines.push_back("and " + std::to_string(names.size() - named) + " more");
}

std::string name_of(const ProcessTarget& process) {
  return safe(process.name) + "/" + std::to_string(process.pid);
}

std::vector<std::string> process_names(const Processes& processes) {
  std::vector<std::string> names;
  for (const ProcessTarget& process : processes) names.push_back(name_of(process));
  return names;
}

/// Adds a process unless it is already there.
void add_target(Processes& targets, const ProcessTarget& target) {
  const auto is_same = [&](const ProcessTarget& other) { return other.pid == target.pid; };
  if (std::none_of(targets.begin(), targets.end(), is_same)) targets.push_back(target);
}

void add_processes_of(Processes& targets, const TableRow& row, const Pane& pane) {
  const auto& owners = row.cells.owners();
  const auto all = owners ? owners->get() : std::span<const sockutils::Owner>();
  for (const sockutils::Owner& owner : all) {
    const sockutils::Process& process = *owner.process;
    add_target(targets, {process.pid, process.start_time, process.name.value_or("?")});
  }
  if (!all.empty() || pane.process_of == nullptr) return;
  if (const auto process = pane.process_of(row)) add_target(targets, *process);
}

/// The outcome of an action on several targets.
struct Tally {
  std::size_t done = 0;
  std::size_t refused = 0;
  /// The first failure.
  std::string reason;

  void add(const sockutils::Result<void>& result) {
    if (result) ++done;
    if (!result && ++refused == 1) reason = safe(result.error().message());
  }
};

void confirm(Desk& desk, std::vector<std::string> lines, std::function<void()> act,
             std::string_view refrained) {
  desk.views.open<ConfirmDialog>(std::move(lines), std::move(act), [&desk, refrained] {
    desk.actions.let_go();
    desk.model.message = refrained;
  });
}

void close_one(Desk& desk, const sockutils::SocketIdentity& socket) {
  const auto closed = desk.actions.close(socket);
  if (closed)
    desk.model.message = "the kernel was told to close it, and agreed";
  else
    desk.model.message =
        closed.error().code == ENOENT ? "it was gone already" : close_refusal(closed.error());
}

void close_all(Desk& desk, const Sockets& sockets) {
  std::size_t closed = 0;
  std::size_t gone = 0;
  std::string refusal;
  for (const sockutils::SocketIdentity& socket : sockets) {
    const auto done = desk.actions.close(socket);
    if (done)
      ++closed;
    else if (done.error().code == ENOENT)
      ++gone;
    else if (refusal.empty())
      refusal = close_refusal(done.error());
  }
  const std::size_t refused = sockets.size() - closed - gone;
  desk.model.message = std::to_string(closed) + " closed";
  if (gone > 0) desk.model.message += ", " + std::to_string(gone) + " gone already";
  if (refused > 0) desk.model.message += ", " + std::to_string(refused) + " not: " + refusal;
  desk.table().clear_tags();
}

void ask_to_close(Desk& desk, const SocketRow& row) {
  if (!row.identity() || !sockutils::can_be_closed(row.family, row.protocol)) {
    desk.model.message = "the kernel can close TCP and UDP sockets only";
    return;
  }
  std::vector<std::string> lines{"close this socket?"};
  add_lines_about(lines, *desk.model.frame->sockets, row);
  lines.push_back("its process reads an error; cookie " + std::to_string(row.identity()->cookie));
  confirm(
      desk, std::move(lines), [&desk, socket = *row.identity()] { close_one(desk, socket); },
      "nothing was closed");
}

/// Closes the sockets as they were when the user was asked, whatever the table shows by then.
void ask_to_close_all(Desk& desk, const std::vector<std::shared_ptr<const SocketRow>>& rows,
                      std::size_t tagged) {
  Sockets sockets;
  std::vector<std::string> names;
  for (const auto& row : rows) {
    const auto identity = row->identity();
    if (!identity || !sockutils::can_be_closed(row->family, row->protocol)) continue;
    sockets.push_back(*identity);
    names.push_back(line_about(*desk.model.frame->sockets, *row));
  }
  if (sockets.empty()) {
    desk.model.message = "the kernel can close TCP and UDP sockets only, and none of these is one";
    return;
  }
  std::vector<std::string> lines{"close these " + std::to_string(sockets.size()) + " sockets?"};
  add_names(lines, names);
  if (tagged > sockets.size())
    lines.push_back(std::to_string(tagged - sockets.size()) + " other rows cannot be closed");
  confirm(
      desk, std::move(lines), [&desk, sockets] { close_all(desk, sockets); }, "nothing was closed");
}

void send_signal(Desk& desk, std::size_t held, int number) {
  Tally tally;
  for (const auto& result : desk.actions.signal(number)) tally.add(result);
  desk.actions.let_go();
  desk.table().clear_tags();
  const std::string sent = std::to_string(tally.done);
  if (held == 1)
    desk.model.message = tally.done == 1 ? "the signal was sent" : tally.reason;
  else if (tally.done == held)
    desk.model.message = "the signal was sent to " + sent + " processes";
  else
    desk.model.message = "the signal was sent to " + sent + " processes, not to " +
                         std::to_string(held - tally.done) + ": " + tally.reason;
}

void ask_to_signal(Desk& desk, const Processes& held, std::size_t gone, std::size_t word) {
  const std::string send = "send " + std::string(SignalWords[word].name) + " to ";
  std::vector<std::string> lines;
  if (held.size() == 1 && gone == 0) {
    lines = {send + "this process?", "process    " + safe(held.front().name),
             "pid        " + std::to_string(held.front().pid)};
  } else {
    lines = {send + "these " + std::to_string(held.size()) + " processes?"};
    add_names(lines, process_names(held));
    if (gone > 0) lines.push_back(std::to_string(gone) + " others are gone already");
  }
  confirm(
      desk, std::move(lines),
      [&desk, count = held.size(), number = SignalWords[word].number] { send_signal(desk, count, number); },
      "nothing was signalled");
}

/// From here on the processes are held by pidfds, so that a reused pid is not mistaken for them.
void choose_signal(Desk& desk, const Processes& processes) {
  desk.actions.let_go();
  Processes held;
  Tally tally;
  for (const ProcessTarget& process : processes) {
    const auto done = desk.actions.hold(process);
    if (done) held.push_back(process);
    tally.add(done);
  }
  if (held.empty()) {
    desk.model.message = tally.reason;
    return;
  }
  std::vector<std::string> words;
  for (const SignalWord& word : SignalWords) words.push_back(padded(word.name, 6).append(word.meaning));
  const std::string whom =
      held.size() == 1 ? name_of(held.front()) : std::to_string(held.size()) + " processes";
  desk.views.open<Menu>(
      "signal for " + whom, std::move(words), 0,
      [&desk, held, gone = tally.refused](std::size_t chosen) { ask_to_signal(desk, held, gone, chosen); },
      [&desk] { desk.actions.let_go(); });
}

void write_table(Desk& desk, const std::string& path) {
  const TableView& table = desk.table();
  if (table.table() == nullptr) return;
  const auto tagged = table.tagged();
  std::vector<const TableRow*> rows;
  for (const auto& row : tagged) rows.push_back(row.get());
  if (rows.empty()) rows = table.rows();
  const auto written = desk.actions.write(path, table.table()->columns, rows);
  desk.model.message =
      written ? std::to_string(rows.size()) + " rows are in " + safe(path) : safe(written.error().message());
}

}  // namespace

void close_sockets(Desk& desk) {
  const auto tagged = desk.table().tagged();
  const auto sockets = desk.table().tagged_sockets();
  const auto row = desk.table().current_socket();
  if (!sockets.empty())
    ask_to_close_all(desk, sockets, tagged.size());
  else if (row && tagged.empty())
    ask_to_close(desk, *row);
  else
    desk.model.message =
        "sockets are closed one by one: o shows those of this row under it, Enter shows them alone";
}

void signal_processes(Desk& desk) {
  const TableRow* const row = desk.table().current();
  if (row == nullptr) return;
  const auto tagged = desk.table().tagged();
  Processes targets;
  for (const auto& one : tagged) add_processes_of(targets, *one, desk.panes.pane());
  if (tagged.empty()) add_processes_of(targets, *row, desk.panes.pane());
  if (targets.empty()) {
    desk.model.message =
        tagged.empty() ? "no process is known to hold this" : "no process is known to hold any of these";
    return;
  }
  if (!tagged.empty() || targets.size() == 1) return choose_signal(desk, targets);
  auto names = process_names(targets);
  names.emplace_back("all of these");
  desk.views.open<Menu>("which process?", std::move(names), 0, [&desk, targets](std::size_t chosen) {
    choose_signal(desk, chosen < targets.size() ? Processes{targets[chosen]} : targets);
  });
}

void export_table(Desk& desk) {
  const auto accept = [&desk](const std::string& path) -> Prompt::Verdict {
    if (!path.empty()) write_table(desk, path);
    return std::nullopt;
  };
  desk.views.open<Prompt>("write to (.csv, .json, .markdown, ...): ", "sockmon.csv", PromptHistory{}, accept);
}

}  // namespace tui
