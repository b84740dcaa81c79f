#include "tui/batch.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "common/finish.h"
#include "common/interrupt.h"
#include "common/output.h"
#include "sockutils/value.h"
#include "tui/collect/collector.h"
#include "tui/view/pane.h"
#include "tui/view/render_rows.h"
#include "tui/view/summary_lines.h"
#include "tui/view/table_view.h"

namespace tui {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::Type;
using tools::ExitCode;

namespace {

/// Maximum delay of Ctrl-C.
constexpr std::chrono::milliseconds PollInterval{100};

constexpr Field FrameNumber{.name = "frame", .title = "FRAME", .type = Type::Count, .get = nullptr};
constexpr Field FrameTime{.name = "time", .title = "TIME", .type = Type::Time, .get = nullptr};
constexpr Field RowChange{.name = "change", .title = " ", .type = Type::Text, .get = nullptr, .drop = 0};

std::string_view word_of(Mark mark) {
  switch (mark) {
    case Mark::New:
      return "new";
    case Mark::Changed:
      return "changed";
    case Mark::Closed:
      return "closed";
    case Mark::Same:
      return "same";
  }
  return {};
}

std::string_view sign_of_mark(Mark mark) {
  if (mark == Mark::New) return "+";
  return mark == Mark::Closed ? "-" : " ";
}

/// The time of a frame, as a value of `Type::Time`.
std::uint64_t time_of(const Frame& frame) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(frame.wall.time_since_epoch());
  return static_cast<std::uint64_t>(since.count());
}

/// The default columns for programs: endpoints are split into address and port.
Fields plain_columns(const Fields& columns) {
  const auto asked = [&] {
    Fields others = columns;
    std::erase(others, sockutils::find_field("netns_name"));
    return others != usual_columns();
  };
  if (asked()) return columns;
  Fields plain;
  for (const Field* const column : columns) {
    const bool local = column->name == "local";
    if (!local && column->name != "peer") {
      plain.push_back(column);
      continue;
    }
    plain.push_back(sockutils::find_field(local ? "local_address" : "peer_address"));
    plain.push_back(sockutils::find_field(local ? "local_port" : "peer_port"));
  }
  return plain;
}

/// Whether the format is meant for people rather than for programs.
bool is_for_people(const Settings& settings) {
  return tools::format_of(settings.rows).default_fields == tools::DefaultFields::ForPeople;
}

class Printing {
 public:
  Printing(const Settings& settings, tools::Messages& messages)
      : settings_(settings),
        messages_(messages),
        pane_(panes()[settings.pane]),
        view_(order()),
        out_(STDOUT_FILENO) {}

  bool print(const std::shared_ptr<const Frame>& frame) {
    ++printed_;
    failed_ = !frame->failure.empty();
    if (failed_) messages_.error({0, frame->failure, {}, {}});
    for (const sockutils::Warning& warning : frame->warnings) {
      missing_ = missing_ || warning.kind == sockutils::Warning::Kind::SocketsMissing;
      messages_.warning(warning);
    }
    view_.update(pane_.rows(*frame, {}), Clock::now());
    is_for_people(settings_) ? print_table(*frame) : print_records(frame);
    out_.flush();
    return !out_.error() && (!settings_.frames || printed_ < *settings_.frames);
  }

  ExitCode end() {
    if (records_) records_->end();
    const ExitCode written = tools::finish_output(out_, messages_);
    if (written != ExitCode::Worked) return written;
    return failed_ || missing_ ? ExitCode::Failed : ExitCode::Worked;
  }

 private:
  sockutils::SortKey order() const {
    return settings_.pane == 0 && settings_.order ? *settings_.order : pane_.usual_order();
  }

  RenderedRows rendered(LeadingColumns leading) {
    return {tools::format_of(settings_.rows), out_,
            tools::examine_terminal(STDOUT_FILENO, settings_.rows.colour), view_.table()->columns,
            std::move(leading)};
  }

  /// A heading and a separate table for each frame.
  void print_table(const Frame& frame) {
    if (printed_ > 1) out_.text() += '\n';
    append_value(out_.text(), time_of(frame), Type::Time, sockutils::Style::Human);
    for (const auto& segments : {traffic_segments(frame, AsciiSymbols), state_segments(frame)})
      for (const Segment& segment : segments)
        if (segment.style.colour != Colour::Green) out_.text() += "  " + segment.text;
    // Markdown merges adjacent lines into one paragraph or table.
    out_.text() += tools::format_of(settings_.rows).is_interactive ? "\n" : "\n\n";
    RenderedRows table = rendered({{&RowChange}, [](const TableRow& row, std::vector<OptionalValue>& values) {
                                     values.emplace_back(sign_of_mark(row.mark));
                                   }});
    table.add(view_.rows());
    table.end();
  }

  /// One document with the rows of all frames.
  void print_records(const std::shared_ptr<const Frame>& frame) {
    shown_ = frame;
    if (records_ && records_->columns() != view_.table()->columns) {
      records_->end();
      records_.reset();
    }
    if (!records_)
      records_.emplace(rendered({{&FrameNumber, &FrameTime, &RowChange},
                                 [this](const TableRow& row, std::vector<OptionalValue>& values) {
                                   values.emplace_back(printed_);
                                   values.emplace_back(time_of(*shown_));
                                   values.emplace_back(word_of(row.mark));
                                 }}));
    records_->add(view_.rows());
  }

  const Settings& settings_;
  tools::Messages& messages_;
  const Pane& pane_;
  TableView view_;
  tools::Output out_;
  std::uint64_t printed_ = 0;
  std::shared_ptr<const Frame> shown_;
  std::optional<RenderedRows> records_;
  bool failed_ = false;
  bool missing_ = false;
};

ViewRequest request_for(const Settings& settings, const sockutils::Query& query) {
  ViewRequest request;
  request.query = query;
  request.columns = is_for_people(settings) ? settings.columns : plain_columns(settings.columns);
  request.interval = settings.interval;
  request.count_packets = !settings.no_capture;
  return request;
}

}  // namespace

ExitCode print_frames(const Settings& settings, const sockutils::Query& query,
                      std::optional<sockutils::RecordingWriter> recorder, tools::Messages& messages) {
  tools::Interrupt interrupt;
  const ViewRequest request = request_for(settings, query);
  // Every frame is printed once, in order.
  std::mutex mutex;
  std::vector<std::shared_ptr<const Frame>> frames;
  std::condition_variable arrived;
  const Collector* source = nullptr;
  Printing printing(settings, messages);
  Collector collector(
      request,
      [&] {
        const std::lock_guard lock(mutex);
        if (source != nullptr) frames.push_back(source->frame());
        arrived.notify_all();
      },
      std::move(recorder));
  {
    const std::lock_guard lock(mutex);
    source = &collector;
    if (auto first = collector.frame()) frames.push_back(std::move(first));
  }
  for (bool more = true; more && !interrupt.requested();) {
    std::vector<std::shared_ptr<const Frame>> ready;
    {
      std::unique_lock lock(mutex);
      arrived.wait_for(lock, PollInterval, [&] { return !frames.empty(); });
      ready.swap(frames);
    }
    for (std::size_t i = 0; i < ready.size() && more; ++i) more = printing.print(ready[i]);
  }
  return printing.end();
}

ExitCode print_recording(const Settings& settings, const sockutils::Query& query, RecordingView view,
                         tools::Messages& messages) {
  tools::Interrupt interrupt;
  const ViewRequest request = request_for(settings, query);
  Printing printing(settings, messages);
  bool more = true;
  for (std::size_t i = settings.begin_at ? view.find(*settings.begin_at) : 0;
       i < view.size() && more && !interrupt.requested(); ++i)
    more = printing.print(std::make_shared<const Frame>(view.show(i, request)));
  return printing.end();
}

}  // namespace tui
