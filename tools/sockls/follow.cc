#include "sockls/follow.h"

#include <unistd.h>

#include <algorithm>

#include "common/finish.h"
#include "common/interrupt.h"
#include "sockls/columns.h"
#include "sockls/event_columns.h"
#include "sockls/listing.h"
#include "sockls/query.h"
#include "sockutils/follow.h"
#include "sockutils/value.h"

namespace tools::sockls {

using sockutils::Event;
using sockutils::EventKind;
using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::Query;
using sockutils::StateSet;

namespace {

/// How long Ctrl-C may have to wait.
constexpr std::chrono::milliseconds Slice{200};

class Following {
 public:
  Following(const Settings& settings, const Query& query, Messages& messages)
      : settings_(settings),
        messages_(messages),
        query_(query),
        for_people_(format_of(settings.rows).is_interactive),
        out_(STDOUT_FILENO) {
    choose_fields();
    if (!settings.states) query_.states = query_.states - StateSet{sockutils::State::TimeWait};
    if (settings.time_limit) end_ = Clock::now() + *settings.time_limit;
  }

  ExitCode run() {
    Interrupt interrupt;
    auto follower = sockutils::Follower::start(query_, {.interval = settings_.interval});
    if (!follower) {
      messages_.error(follower.error());
      return ExitCode::Failed;
    }
    say_how_closings_come(*follower);
    const auto renderer = make_renderer();
    renderer->begin();
    out_.flush();
    const sockutils::EventSink sink = [&](const Event& event) { return write(event, *renderer); };
    sockutils::Result<void> result;
    while (result && !is_over() && !interrupt.requested()) {
      result = follower->run_for(slice(), sink);
      say_warnings(*follower);
    }
    if (result && !count_reached()) result = follower->finish(sink);
    renderer->end(follower->warnings());
    return end(result, *follower);
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Deadline = std::chrono::time_point<Clock, std::chrono::duration<double>>;

  /// A query has the fields of sockets, and those that details are composed of.
  void choose_fields() {
    fields_ = shown_fields(settings_, query_.kinds).value_or(Fields());
    query_.fields = fields_of_sockets(fields_);
    const auto is_detail = [](const Field* field) { return field->name == "detail"; };
    if (std::none_of(fields_.begin(), fields_.end(), is_detail)) return;
    for (const Field* field : named_fields(sockutils::socket_fields(), sockutils::event_detail_fields()))
      query_.fields.push_back(field);
  }

  std::unique_ptr<Renderer> make_renderer() {
    const auto make = for_people_ ? make_log : format_of(settings_.rows).make;
    return make({.fields = fields_,
                 .out = out_,
                 .terminal = examine_terminal(STDOUT_FILENO, settings_.rows.colour),
                 .header = settings_.rows.header,
                 .wanted = {},
                 .exact = true,
                 .collection = "events"});
  }

  void say_how_closings_come(const sockutils::Follower& follower) {
    const auto all = follower.namespaces();
    const auto refused = std::find_if(all.begin(), all.end(), [](const sockutils::FollowedNamespace& one) {
      return one.kernel_refusal.has_value();
    });
    if (refused == all.end()) return;
    std::string interval;
    const auto microseconds = std::chrono::microseconds(settings_.interval).count();
    append_value(interval, static_cast<std::uint64_t>(microseconds), sockutils::Type::Microseconds,
                 sockutils::Style::Human);
    messages_.warning({sockutils::Warning::Kind::SocketsMissing,
                       "the kernel does not tell of closings (" + refused->kernel_refusal->message() +
                           "): sockets are compared every " + interval +
                           ", and what lives shorter than that is not seen",
                       "a shorter interval sees more"});
  }

  void say_warnings(const sockutils::Follower& follower) {
    for (const auto& warning : follower.warnings()) messages_.warning(warning);
  }

  bool count_reached() const { return settings_.count_limit && events_ >= *settings_.count_limit; }
  bool is_over() const { return out_.error() || count_reached() || (end_ && Clock::now() >= *end_); }

  std::chrono::milliseconds slice() const {
    if (!end_) return Slice;
    const std::chrono::duration<double> longest = Slice;
    const auto left =
        std::clamp<std::chrono::duration<double>>(*end_ - Clock::now(), longest.zero(), longest);
    return std::chrono::ceil<std::chrono::milliseconds>(left);
  }

  /// False when that was the last one.
  bool write(const Event& event, Renderer& renderer) {
    if (settings_.closings_only && event.kind != EventKind::Closed && event.kind != EventKind::Lost)
      return true;
    const sockutils::EventRow row(event, query_.fields);
    row_.clear();
    std::size_t next = 0;
    for (const Field* field : fields_) {
      if (is_of_event(*field)) {
        row_.push_back(field->get(row));
      } else {
        // Losses have no values.
        row_.push_back(next < event.values.size() ? event.values[next] : std::nullopt);
        ++next;
      }
    }
    renderer.row(row_);
    out_.flush();
    ++events_;
    return !is_over();
  }

  ExitCode end(const sockutils::Result<void>& result, const sockutils::Follower& follower) {
    const ExitCode written = finish_output(out_, messages_);
    if (written != ExitCode::Worked) return written;
    say_warnings(follower);
    const bool missing = is_incomplete(follower.warnings(), settings_, query_);
    if (!result) messages_.error(result.error());
    return !result || missing ? ExitCode::Failed : ExitCode::Worked;
  }

  const Settings& settings_;
  Messages& messages_;
  Query query_;
  bool for_people_;
  Output out_;
  Fields fields_;
  std::optional<Deadline> end_;
  std::uint64_t events_ = 0;
  std::vector<OptionalValue> row_;
};

}  // namespace

ExitCode follow(const Settings& settings, const Query& query, Messages& messages) {
  return Following(settings, query, messages).run();
}

}  // namespace tools::sockls
