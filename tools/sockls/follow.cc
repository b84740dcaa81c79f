#include "sockls/follow.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "common/finish.h"
#include "common/interrupt.h"
#include "sockls/columns.h"
#include "sockls/extra_fields.h"
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

/// What a closing line counts, in this order.
constexpr std::array<std::string_view, 4> CounterNames{"tcp_bytes_sent", "tcp_bytes_received",
                                                       "tcp_total_retrans", "tcp_rtt"};
constexpr std::array<std::string_view, 4> CounterWords{"sent ", "received ", "retransmits ", "rtt "};

/// Of the usual columns these say little of an event.
bool is_of_use(const Field* field) {
  constexpr std::array<std::string_view, 5> Useless{"state", "recv_queue", "send_queue", "service", "user"};
  return std::find(Useless.begin(), Useless.end(), field->name) == Useless.end();
}

class Following {
 public:
  Following(const Settings& settings, const Query& query, Messages& messages)
      : settings_(settings),
        messages_(messages),
        query_(query),
        for_people_(settings.format->default_fields == DefaultFields::ForPeople),
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

  void choose_fields() {
    if (for_people_ && !columns_are_exact(settings_)) {
      const auto wanted = wanted_fields(settings_);
      std::erase_if(query_.fields, [&](const Field* field) {
        return !is_of_use(field) && std::find(wanted.begin(), wanted.end(), field) == wanted.end();
      });
    }
    shown_ = query_.fields;
    std::vector<const Field*> counters = known_fields(CounterNames);
    if (!for_people_ && !columns_are_exact(settings_)) {
      for (const Field* counter : counters)
        if (std::find(shown_.begin(), shown_.end(), counter) == shown_.end()) shown_.push_back(counter);
      query_.fields = shown_;
    }
    if (has_detail()) {
      counters.push_back(sockutils::find_field("state"));
      query_.fields.insert(query_.fields.end(), counters.begin(), counters.end());
    }
    fields_ = {&TimeField, &EventField};
    if (!for_people_) fields_.insert(fields_.end(), {&PreviousStateField, &SeenField, &FromKernelField});
    fields_.insert(fields_.end(), shown_.begin(), shown_.end());
    if (has_detail()) fields_.push_back(&DetailField);
  }

  bool has_detail() const { return for_people_ && !columns_are_exact(settings_); }

  std::unique_ptr<Renderer> make_renderer() {
    const auto make = for_people_ ? make_log : settings_.format->make;
    return make({.fields = fields_,
                 .out = out_,
                 .terminal = examine_terminal(STDOUT_FILENO, settings_.colour),
                 .header = settings_.header,
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

  /// Each fault once, though its count grows.
  void say_warnings(const sockutils::Follower& follower) {
    for (const auto& warning : follower.warnings()) {
      const std::string fault = std::string(name(warning.kind)) + warning.remedy;
      if (!said_.insert(fault).second) continue;
      messages_.warning(warning);
    }
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
    time_ = for_people_ ? time_for_people(event.time) : sockutils::time_stamp(event.time);
    row_ = {std::string_view(time_), name(event.kind)};
    if (!for_people_) {
      row_.emplace_back(event.previous_state);
      row_.push_back(event.seen ? OptionalValue(static_cast<std::uint64_t>(event.seen->count()))
                                : std::nullopt);
      row_.emplace_back(event.from_kernel);
    }
    for (std::size_t i = 0; i < shown_.size(); ++i)
      row_.push_back(i < event.values.size() ? event.values[i] : std::nullopt);
    if (has_detail()) row_.push_back(detail_of(event));
    renderer.row(row_);
    out_.flush();
    ++events_;
    return !is_over();
  }

  OptionalValue detail_of(const Event& event) {
    detail_.clear();
    if (event.kind == EventKind::Lost) detail_ = "closings that the kernel could not deliver";
    if (event.kind == EventKind::Closed) describe_end(event);
    if (event.kind == EventKind::Opened || event.kind == EventKind::Changed) describe_state(event);
    return detail_.empty() ? std::nullopt : OptionalValue(std::string_view(detail_));
  }

  void describe_state(const Event& event) {
    if (event.previous_state) detail_ += std::string(title(*event.previous_state)) + " > ";
    const auto& state = event.values.back();
    if (state) append_value(detail_, *state, sockutils::Type::State, sockutils::Style::Human);
  }

  void describe_end(const Event& event) {
    if (event.seen) {
      append_value(detail_, static_cast<std::uint64_t>(event.seen->count()), sockutils::Type::Microseconds,
                   sockutils::Style::Human);
    } else {
      detail_ += "short-lived";
    }
    for (std::size_t i = 0; i < CounterNames.size(); ++i) {
      const std::size_t column = shown_.size() + i;
      if (column >= event.values.size() || !event.values[column]) continue;
      detail_ += ", ";
      detail_ += CounterWords[i];
      append_value(detail_, *event.values[column], query_.fields[column]->type, sockutils::Style::Human);
    }
  }

  ExitCode end(const sockutils::Result<void>& result, const sockutils::Follower& follower) {
    const ExitCode written = finish_output(out_, messages_);
    if (written != ExitCode::Worked) return written;
    say_warnings(follower);
    bool missing = false;
    for (const auto& warning : follower.warnings()) {
      missing = missing || warning.kind == sockutils::Warning::Kind::SocketsMissing ||
                warning.kind == sockutils::Warning::Kind::SocketsMalformed;
    }
    if (!result) messages_.error(result.error());
    return !result || missing ? ExitCode::Failed : ExitCode::Worked;
  }

  const Settings& settings_;
  Messages& messages_;
  Query query_;
  bool for_people_;
  Output out_;
  /// What a row has of the socket, and of all.
  std::vector<const Field*> shown_;
  std::vector<const Field*> fields_;
  std::optional<Deadline> end_;
  std::uint64_t events_ = 0;
  std::set<std::string> said_;
  std::string time_;
  std::string detail_;
  std::vector<OptionalValue> row_;
};

}  // namespace

ExitCode follow(const Settings& settings, const Query& query, Messages& messages) {
  return Following(settings, query, messages).run();
}

}  // namespace tools::sockls
