// The page of details about one socket.

#include <algorithm>

#include "render/cell_text.h"
#include "sockutils/value.h"
#include "tui/collect/flow_attribution.h"
#include "tui/view/dialogs.h"
#include "tui/view/graph.h"
#include "tui/view/pages.h"

namespace tui {

using sockutils::Type;

namespace {

constexpr std::size_t NameWidth = 28;

/// The socket's row in the latest frame, or the previous row if it is not there.
std::shared_ptr<const SocketRow> row_now(const Frame* frame, const std::shared_ptr<const SocketRow>& before) {
  if (frame == nullptr) return before;
  const Table& sockets = *frame->sockets;
  for (std::size_t i = 0; i < sockets.rows.size(); ++i)
    if (sockets.rows[i]->key == before->key) return sockets.socket(i);
  return before;
}

std::vector<float> numbers_of(const std::vector<Moment>& history, float Moment::*member) {
  std::vector<float> numbers;
  for (const Moment& moment : history) numbers.push_back(moment.*member);
  return numbers;
}

void add_graph(std::vector<Line>& lines, std::string_view name, const std::vector<float>& numbers, Type type,
               std::size_t width, const Symbols& symbols) {
  if (std::none_of(numbers.begin(), numbers.end(), [](float number) { return number > 0; })) return;
  const auto human = [&](float number) {
    std::string text;
    append_value(text, static_cast<std::uint64_t>(std::max(number, 0.0F)), type, sockutils::Style::Human);
    return text;
  };
  std::string label(name);
  label.resize(6, ' ');
  const std::size_t room = width > 40 ? std::min<std::size_t>(width - 34, 120) : 8;
  lines.push_back({{"  " + label, {.bold = true}},
                   {graph(numbers, room, symbols), {.colour = Colour::Green}},
                   {"  " + human(numbers.back()) + ", at most " +
                        human(*std::max_element(numbers.begin(), numbers.end())),
                    {}}});
}

/// The meaning of a fact, in the same column of all lines if there is room.
Span meaning_of(const DetailFact& fact, std::size_t used, std::size_t width, const Symbols& symbols) {
  const std::size_t column = std::max<std::size_t>(used + 2, std::min<std::size_t>(52, width / 2));
  if (column + 12 > width) return {};
  std::string text(column - used, ' ');
  tools::append_cut(text, fact.meaning, width - column, tools::Keep::Start, symbols.cut);
  return {text, {.dim = true}};
}

void add_facts(std::vector<Line>& lines, const Details& details, std::size_t width, const Symbols& symbols) {
  std::string_view subject;
  for (const DetailFact& fact : details.facts) {
    if (fact.subject != subject) {
      subject = fact.subject;
      lines.push_back({});
      lines.push_back({{std::string(subject), {.bold = true, .underline = true}}});
    }
    std::string name = "  " + std::string(fact.name);
    name.resize(std::max(NameWidth, name.size() + 1), ' ');
    Line line{{name, {}}, {fact.value, {.bold = true}}};
    const std::size_t used = name.size() + sockutils::display_width(fact.value);
    line.push_back(meaning_of(fact, used, width, symbols));
    lines.push_back(std::move(line));
  }
}

/// Identifies the socket, and says whether it still exists.
std::string title_of(const SocketRow& row, const Fields& columns) {
  std::string title;
  for (const std::string_view name : {"protocol", "state", "local", "peer", "processes"}) {
    const auto found = std::find(columns.begin(), columns.end(), sockutils::find_field(name));
    const auto at = static_cast<std::size_t>(found - columns.begin());
    if (found == columns.end() || at >= row.cells.size() || !row.cells.has(at)) continue;
    title += title.empty() ? "" : "  ";
    tools::append_cell_text(title, row.cells.value(at), (*found)->type);
  }
  return row.mark == Mark::Closed ? title + "  (closed)" : title;
}

void add_why_no_rates(std::vector<Line>& lines, const SocketRow& row, const Frame* frame, std::size_t width) {
  const bool missing = frame != nullptr && !frame->packets.counting;
  if (!missing || !is_counted_by_packets(row.family, row.protocol)) return;
  append_wrapped_lines(lines,
                       sockutils::escape_text("no rates: the kernel counts no bytes of this socket, and "
                                              "packets are not counted (" +
                                              frame->packets.refusal + ")"),
                       {.dim = true}, width, 2);
}

void add_graphs(std::vector<Line>& lines, const std::vector<Moment>& history, std::size_t width,
                const Symbols& symbols) {
  add_graph(lines, "in", numbers_of(history, &Moment::in), Type::BytesPerSecond, width, symbols);
  add_graph(lines, "out", numbers_of(history, &Moment::out), Type::BytesPerSecond, width, symbols);
  add_graph(lines, "rtt", numbers_of(history, &Moment::rtt), Type::Microseconds, width, symbols);
}

std::vector<Line> lines_of(const SocketRow& row, const Model& model) {
  const std::size_t width = model.screen_width;
  std::vector<Line> lines;
  const Details* const details = model.details.get();
  if (details != nullptr)
    for (const std::string& remark : details->remarks)
      append_wrapped_lines(lines, sockutils::escape_text(remark), {.colour = Colour::Red, .bold = true},
                           width, 2);
  add_why_no_rates(lines, row, model.frame.get(), width);
  if (details == nullptr) {
    lines.push_back({{"  looking ...", {.dim = true}}});
    return lines;
  }
  add_graphs(lines, details->history, width, model.symbols);
  if (!details->failure.empty())
    lines.push_back({{"  " + sockutils::escape_text(details->failure), {.bold = true}}});
  add_facts(lines, *details, width, model.symbols);
  return lines;
}

}  // namespace

std::unique_ptr<View> details_page(Model& model, std::shared_ptr<const SocketRow> socket,
                                   const DetailTarget& target) {
  model.request.detail = target;
  model.request_changed = true;
  model.details.reset();
  return std::make_unique<PageView>(
      [&model, socket = std::move(socket)](Page& page) mutable {
        socket = row_now(model.frame.get(), socket);
        page.set_title(title_of(*socket, model.request.columns));
        page.set_lines(lines_of(*socket, model));
      },
      [&model] {
        model.request.detail.reset();
        model.request_changed = true;
        model.details.reset();
      });
}

}  // namespace tui
