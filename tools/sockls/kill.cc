#include "sockls/kill.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "common/finish.h"
#include "common/text.h"
#include "sockls/columns.h"
#include "sockls/extra_fields.h"
#include "sockls/listing.h"
#include "sockls/query.h"
#include "sockutils/kill.h"

namespace tools::sockls {

using sockutils::Error;
using sockutils::Query;
using sockutils::SocketIdentity;
using sockutils::State;

namespace {

enum class Outcome : std::uint8_t { Closed, Gone, Refused, Open, Unsupported };

std::string_view name(Outcome outcome) {
  constexpr std::array<std::string_view, 5> Names{"closed", "gone", "refused", "open", "unsupported"};
  return Names[static_cast<std::size_t>(outcome)];
}

struct Target {
  std::size_t row;
  std::optional<SocketIdentity> identity;
  Outcome outcome = Outcome::Unsupported;
  Error error{};
};

using Identity = std::pair<sockutils::Family, std::uint64_t>;

/// What would help; empty when nothing does.
std::string_view remedy_of(int code) {
  if (code == EPERM) return " (this takes CAP_NET_ADMIN over its network namespace)";
  if (code == EOPNOTSUPP) return " (this kernel has no CONFIG_INET_DIAG_DESTROY)";
  return {};
}

bool asks_a_person() { return ::isatty(STDIN_FILENO) == 1; }

/// Reads a line of standard input byte by byte: nothing is taken that is not ours.
bool is_yes() {
  std::string line;
  for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) line += c;
  return line == "y" || line == "Y" || line == "yes";
}

/// One run of `--kill`.
class Killing {
 public:
  Killing(const Settings& settings, const Query& query, Messages& messages)
      : settings_(settings), messages_(messages), query_(query), shown_(query.fields.size()) {
    const auto identity = sockutils::identity_fields();
    query_.fields.insert(query_.fields.end(), identity.begin(), identity.end());
  }

  ExitCode run() {
    if (for_programs() && !settings_.yes) {
      messages_.usage("--kill with --" + std::string(format_of(settings_.rows).name) + " needs --yes");
      return ExitCode::Usage;
    }
    auto found = sockutils::take_snapshot(query_);
    if (!found) {
      messages_.error(found.error());
      return ExitCode::Failed;
    }
    sockets_ = std::move(*found);
    say_report(settings_, sockets_.report(), messages_);
    if (sockets_.size() == 0) return nothing_matched();
    find_targets();
    if (!for_programs()) write_rows();
    if (const auto code = confirm()) return *code;
    for (Target& target : targets_) close(target);
    check_that_they_are_closed();
    if (for_programs()) write_rows();
    return end();
  }

 private:
  bool for_programs() const { return !format_of(settings_.rows).is_interactive; }

  /// Whether sockets may have been meant that were not found.
  bool lacks_any() const { return is_incomplete(sockets_.report().warnings, settings_, query_); }

  ExitCode nothing_matched() {
    if (for_programs()) {
      write_rows();
    } else {
      messages_.note("nothing matches");
    }
    return lacks_any() ? ExitCode::Failed : ExitCode::No;
  }

  void find_targets() {
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      Target target{i, sockutils::identity_of(sockets_[i].subspan(shown_)), Outcome::Unsupported, {}};
      if (target.identity && !sockutils::can_be_closed(target.identity->family, target.identity->protocol))
        target.identity.reset();
      targets_.push_back(std::move(target));
    }
  }

  std::size_t closable() const {
    return static_cast<std::size_t>(std::count_if(targets_.begin(), targets_.end(),
                                                  [](const Target& target) { return target.identity; }));
  }

  void write_rows() {
    Output out(STDOUT_FILENO);
    std::vector<const sockutils::Field*> fields(query_.fields.begin(),
                                                query_.fields.begin() + static_cast<std::ptrdiff_t>(shown_));
    if (for_programs()) fields.push_back(&OutcomeField);
    const auto wanted = wanted_fields(settings_);
    const auto renderer = format_of(settings_.rows)
                              .make({.fields = fields,
                                     .out = out,
                                     .terminal = examine_terminal(STDOUT_FILENO, settings_.rows.colour),
                                     .header = settings_.rows.header,
                                     .wanted = wanted,
                                     .exact = columns_are_exact(settings_.rows)});
    renderer->begin();
    for (const Target& target : targets_) {
      const auto values = sockets_[target.row].first(shown_);
      std::vector<sockutils::OptionalValue> row(values.begin(), values.end());
      if (for_programs()) row.emplace_back(name(target.outcome));
      renderer->row(row);
    }
    renderer->end(sockets_.report().warnings);
    written_ = finish_output(out, messages_);
  }

  static std::string count_of(std::size_t count) { return sockutils::counted(count, "socket"); }

  /// A code when it ends here.
  std::optional<ExitCode> confirm() {
    if (written_ != ExitCode::Worked) return written_;
    if (closable() == 0) {
      say_what_cannot_be_closed();
      return ExitCode::Failed;
    }
    if (settings_.yes) return std::nullopt;
    if (!asks_a_person()) {
      messages_.usage("nothing was closed: without a terminal to ask at, --kill needs --yes");
      return ExitCode::Usage;
    }
    messages_.question("close " + count_of(closable()) + "? [y/N] ");
    if (is_yes()) return std::nullopt;
    messages_.note("nothing was closed");
    return ExitCode::No;
  }

  void say_what_cannot_be_closed() const {
    const std::size_t others = targets_.size() - closable();
    if (others > 0)
      messages_.note(count_of(others) +
                     " cannot be closed: only TCP and UDP can, and only by the identity that netlink gives");
  }

  void close(Target& target) const {
    if (!target.identity) return;
    const auto done = sockutils::close_socket(*target.identity);
    if (!done) target.error = done.error();
    target.outcome = done ? Outcome::Closed : target.error.code == ENOENT ? Outcome::Gone : Outcome::Refused;
  }

  /// What is left of the sockets that were there, with their states.
  sockutils::Result<std::map<Identity, State>> sockets_left() const {
    Query again = query_;
    const auto identity = sockutils::identity_fields();
    again.fields.assign(identity.begin(), identity.end());
    again.fields.push_back(sockutils::find_field("state"));
    again.filter = {};
    again.states = sockutils::StateSet::all();
    again.sort.clear();
    again.listeners_first = false;
    std::map<Identity, State> left;
    const auto report = sockutils::list_sockets(again, [&](sockutils::Values values) {
      const auto found = sockutils::identity_of(values.first(identity.size()));
      const auto* const state = values.back() ? std::get_if<State>(&*values.back()) : nullptr;
      if (found) left.emplace(Identity{found->family, found->cookie}, state ? *state : State::Unconnected);
      return true;
    });
    if (!report) return tl::unexpected(report.error());
    return left;
  }

  /// The kernel's word is not all. A UDP socket that is bound gets an error and goes on; of several sockets
  /// at one port the kernel finds one. A listener that was closed stays bound, but listens no more.
  void check_that_they_are_closed() {
    const auto left = sockets_left();
    if (!left) return messages_.error(left.error());
    for (Target& target : targets_) {
      if (!target.identity || target.outcome == Outcome::Refused) continue;
      const auto found = left->find({target.identity->family, target.identity->cookie});
      if (found == left->end()) continue;
      const bool listens_no_more = found->second == State::BoundInactive && target.outcome == Outcome::Closed;
      if (!listens_no_more) target.outcome = Outcome::Open;
    }
  }

  void say_what_went_wrong(const Target& target) const {
    if (target.error.operation.empty()) return;
    if (target.outcome == Outcome::Gone) {
      messages_.note("close " + target.error.subject + ": it was gone already");
    } else if (target.outcome == Outcome::Open) {
      messages_.note("close " + target.error.subject + ": the kernel does not find it by its ends");
    } else {
      messages_.note(target.error.message() + std::string(remedy_of(target.error.code)));
    }
  }

  std::size_t count(Outcome outcome) const {
    return static_cast<std::size_t>(std::count_if(
        targets_.begin(), targets_.end(), [=](const Target& target) { return target.outcome == outcome; }));
  }

  ExitCode end() {
    if (written_ != ExitCode::Worked) return written_;
    for (const Target& target : targets_) say_what_went_wrong(target);
    say_what_cannot_be_closed();
    if (const std::size_t open = count(Outcome::Open); open > 0)
      messages_.note(
          count_of(open) +
          " got an error and stayed open: a UDP socket that is bound, or one of several listeners at "
          "one port");
    if (!for_programs()) messages_.note("closed " + count_of(count(Outcome::Closed)));
    const bool all = count(Outcome::Closed) + count(Outcome::Gone) == targets_.size();
    return all && !lacks_any() ? ExitCode::Worked : ExitCode::Failed;
  }

  const Settings& settings_;
  Messages& messages_;
  Query query_;
  std::size_t shown_;
  sockutils::Snapshot sockets_;
  std::vector<Target> targets_;
  ExitCode written_ = ExitCode::Worked;
};

}  // namespace

ExitCode kill_matching(const Settings& settings, const Query& query, Messages& messages) {
  return Killing(settings, query, messages).run();
}

}  // namespace tools::sockls
