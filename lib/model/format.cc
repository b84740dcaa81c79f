#include "sockutils/value.h"

#include <array>
#include <chrono>
#include <cstdint>

#include "common/append_number.h"

namespace sockutils {
namespace {

/// `12`, `1.2`: three figures are enough for people.
void append_scaled(std::string& out, std::uint64_t value, std::uint64_t unit) {
  std::uint64_t whole = value / unit;
  std::uint64_t tenth = (value % unit) * 10 / unit;
  append_number(out, whole);
  if (whole < 10 && tenth != 0) {
    out += '.';
    append_number(out, tenth);
  }
}

/// Exact as long as it stays readable: queues are compared by eye.
void append_bytes(std::string& out, std::uint64_t value) {
  constexpr std::uint64_t ExactBelow = 1'000'000;
  constexpr std::string_view Suffixes = "KMGTPE";
  if (value < ExactBelow) return append_number(out, value);
  std::uint64_t unit = 1024;
  std::size_t suffix = 0;
  while (suffix + 1 < Suffixes.size() && value / unit >= 1024) {
    unit *= 1024;
    ++suffix;
  }
  append_scaled(out, value, unit);
  out += Suffixes[suffix];
}

struct TimeUnit {
  std::uint64_t microseconds;
  std::string_view name;
};

constexpr std::array<TimeUnit, 6> TimeUnits{{
    {86'400'000'000, "d"},
    {3'600'000'000, "h"},
    {60'000'000, "m"},
    {1'000'000, "s"},
    {1'000, "ms"},
    {1, "us"},
}};

void append_duration(std::string& out, std::uint64_t value) {
  for (const TimeUnit& unit : TimeUnits) {
    if (value < unit.microseconds) continue;
    append_scaled(out, value, unit.microseconds);
    out += unit.name;
    return;
  }
  out += '0';
}

void append_two_digits(std::string& out, std::uint64_t value) {
  if (value < 10) out += '0';
  append_number(out, value);
}

/// `2026-11-25T10:33:20Z` (RFC 3339). UTC: the same on every machine that reads a recording.
void append_time(std::string& out, std::uint64_t microseconds) {
  using std::chrono::days;
  constexpr std::uint64_t Second = 1'000'000;
  constexpr std::uint64_t SecondsPerDay = 86'400;
  const std::uint64_t seconds = microseconds / Second;
  const std::chrono::sys_days day{days{static_cast<days::rep>(seconds / SecondsPerDay)}};
  const std::chrono::year_month_day date{day};
  const std::uint64_t time = seconds % SecondsPerDay;
  append_number(out, static_cast<std::uint64_t>(static_cast<int>(date.year())));
  out += '-';
  append_two_digits(out, static_cast<unsigned>(date.month()));
  out += '-';
  append_two_digits(out, static_cast<unsigned>(date.day()));
  out += 'T';
  append_two_digits(out, time / 3600);
  out += ':';
  append_two_digits(out, time / 60 % 60);
  out += ':';
  append_two_digits(out, time % 60);
  out += 'Z';
}

/// Years that the calendar of the standard library can name; beyond them a number is a number.
/// RFC 3339, with microseconds.
void append_time_stamp(std::string& out, std::uint64_t microseconds) {
  append_time(out, microseconds);
  const std::string digits = std::to_string(microseconds % 1'000'000);
  out.back() = '.';
  out.append(6 - digits.size(), '0');
  out += digits;
  out += 'Z';
}

bool has_a_date(std::uint64_t microseconds) {
  constexpr std::uint64_t Year9999 = 253'402'300'799'000'000;
  return microseconds <= Year9999;
}

void append_v4(std::string& out, const Address& address) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out += '.';
    append_number(out, address.bytes[i]);
  }
}

/// What follows a name to say where it holds: an interface by name or number.
void append_scope(std::string& out, const Endpoint& end, char separator) {
  if (end.scope.empty() && end.scope_id == 0) return;
  out += separator;
  end.scope.empty() ? append_number(out, end.scope_id) : static_cast<void>(out += end.scope);
}

void append_host(std::string& out, const Endpoint& end, Style style) {
  if (!end.host.empty()) {
    out += end.host;
  } else if (end.dual_stack && style == Style::Human && end.address->is_wildcard()) {
    out += '*';
  } else if (!end.address->is_v6) {
    append_v4(out, *end.address);
  } else {
    out += '[';
    out += end.address->to_string();
    append_scope(out, end, '%');
    out += ']';
  }
}

void append_endpoint(std::string& out, const Endpoint& end, Style style) {
  if (end.any) {
    out += '*';
  } else if (end.address) {
    append_host(out, end, style);
    out += ':';
    end.port ? append_number(out, *end.port) : static_cast<void>(out += '*');
  } else {
    out += end.text;
    append_scope(out, end, ':');
  }
}

void append_process(std::string& out, const Process& process) {
  out += process.name.value_or("?");
  out += '/';
  append_number(out, static_cast<std::uint64_t>(process.pid));
}

/// What holds a socket that no process holds. A process called so has a slash and a number after its name.
constexpr std::string_view KernelWord = "kernel";

/// `sshd/4242 +1`: the first process, and how many others there are.
void append_owners_human(std::string& out, std::span<const Owner> owners) {
  if (owners.empty()) return static_cast<void>(out += KernelWord);
  append_process(out, *owners.front().process);
  std::uint64_t others = 0;
  const Process* last = owners.front().process;
  for (const Owner& owner : owners) {
    if (owner.process == last) continue;
    last = owner.process;
    ++others;
  }
  if (others == 0) return;
  out += " +";
  append_number(out, others);
}

void append_owners_plain(std::string& out, std::span<const Owner> owners) {
  if (owners.empty()) out += KernelWord;
  for (const Owner& owner : owners) {
    if (&owner != owners.data()) out += ',';
    append_process(out, *owner.process);
    out += '/';
    append_number(out, static_cast<std::uint64_t>(owner.fd));
  }
}

class Appender {
 public:
  Appender(std::string& out, Type type, Style style) : out_(out), type_(type), style_(style) {}

  void operator()(bool value) const {
    if (style_ == Style::Human) out_ += value ? "yes" : "no";
    if (style_ == Style::Plain) out_ += value ? "true" : "false";
  }
  void operator()(std::uint64_t value) const {
    if (type_ == Type::Mask) return append_mask(value);
    if (style_ == Style::Plain && type_ == Type::Time && has_a_date(value))
      return append_time_stamp(out_, value);
    if (style_ == Style::Plain) return append_number(out_, value);
    if (type_ == Type::Microseconds) return append_duration(out_, value);
    if (type_ == Type::Time && has_a_date(value)) return append_time(out_, value);
    if (type_ != Type::Bytes && type_ != Type::BytesPerSecond) return append_number(out_, value);
    append_bytes(out_, value);
    if (type_ == Type::BytesPerSecond) out_ += "/s";
  }
  void operator()(double value) const { append_real(out_, value); }
  void operator()(std::string_view value) const { out_ += value; }
  void operator()(const Address& value) const {
    value.is_v6 ? static_cast<void>(out_ += value.to_string()) : append_v4(out_, value);
  }
  void operator()(const Endpoint& value) const { append_endpoint(out_, value, style_); }
  void operator()(Family value) const { out_ += name(value); }
  void operator()(Protocol value) const { out_ += name(value); }
  void operator()(State value) const { out_ += style_ == Style::Human ? title(value) : name(value); }
  void operator()(std::span<const Owner> value) const {
    style_ == Style::Human ? append_owners_human(out_, value) : append_owners_plain(out_, value);
  }
  void operator()(const TextList& value) const {
    if (value.empty() && style_ == Style::Human) out_ += "none";
    bool first = true;
    for (const std::string_view text : value) {
      if (!first) out_ += ',';
      first = false;
      out_ += text;
    }
  }
  void operator()(const PerOwner& value) const {
    std::string last;
    for (const Owner& owner : value.owners) {
      std::string text;
      if (const auto element = value.get(owner)) append_value(text, *element, type_, style_);
      const bool first = &owner == value.owners.data();
      if (!first && style_ == Style::Human && text == last) continue;
      if (!first) out_ += ',';
      out_ += text;
      last = std::move(text);
    }
  }

 private:
  void append_mask(std::uint64_t value) const {
    if (style_ == Style::Plain) return append_number(out_, value);
    out_ += "0x";
    append_number(out_, value, 16);
  }

  std::string& out_;
  Type type_;
  Style style_;
};

}  // namespace

void append_value(std::string& out, const Value& value, Type type, Style style) {
  std::visit(Appender(out, type, style), value);
}

}  // namespace sockutils
