/// What must hold for any filter: its whole is what its parts make it, and what is printed is the filter.
#include <array>
#include <random>

#include "family/inet/inet.h"
#include "unit/filter/filter_support.h"

namespace filter_property_test {

using namespace sockutils;
using namespace sockutils::testing;

namespace {

/// Random choices that are the same in every run.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& from) {
    return from[below(N)];
  }

 private:
  std::mt19937 engine_;
};

constexpr std::array<std::string_view, 8> Addresses{"0.0.0.0", "127.0.0.1", "10.0.0.1",        "10.9.0.1",
                                                    "::",      "::1",       "::ffff:10.0.0.1", "fe80::1"};
constexpr std::array<std::uint16_t, 5> Ports{22, 80, 514, 1024, 65535};
constexpr std::array<std::string_view, 4> ProcessNames{"sshd", "nginx", "a b", "\x1b[31m"};
constexpr std::array<std::string_view, 4> UnixNames{"/run/A", "@abstract", "inode:5", "/tmp/x y"};

/// Every test here stands alone: joined with others it must say what it says alone.
constexpr std::array<std::string_view, 72> Tests{"sport = :22",
                                                 "dport != :80",
                                                 "sport < 1024",
                                                 "dport >= :514",
                                                 "port = shell",
                                                 "port not in (22, 80)",
                                                 "port > 80",
                                                 "sport in (22, 1024)",
                                                 "sport = inet6:22",
                                                 "dport = *",
                                                 "sport != inet:514",
                                                 "src 10/8",
                                                 "dst 10.0.0.0/255.0.0.0:22",
                                                 "src ::ffff:10.0.0.1",
                                                 "dst [::]/0",
                                                 "src [fe80::]/10:80",
                                                 "src != 127.0.0.1",
                                                 "address 10.0.0.1",
                                                 "address != 10/9",
                                                 "dst in (10/8, ::1, 127.0.0.1:22)",
                                                 "src *",
                                                 "src inet:*",
                                                 "dst :22",
                                                 "address not in (10.0.0.1:22, ::)",
                                                 "peer_address = 0/0",
                                                 "src localhost",
                                                 "src unix:/run/*",
                                                 "dst @ABSTRACT",
                                                 "src unix:",
                                                 "src != unix:*x*",
                                                 "src link:ip",
                                                 "src link:*:lo",
                                                 "sport != link:eth0",
                                                 "src netlink:route",
                                                 "sport > netlink:5",
                                                 "state established",
                                                 "listening",
                                                 "state connected exclude established",
                                                 "state all",
                                                 "exclude big",
                                                 "state = listen",
                                                 "state not in (listen, established)",
                                                 "established time-wait",
                                                 "pid = 1",
                                                 "pid != 1",
                                                 "pid > 1",
                                                 "pid in (1, 2)",
                                                 "process = nginx",
                                                 "process !~ '^s'",
                                                 "process ~ 'd$|x'",
                                                 "process < nginx",
                                                 "process = \"\\x1b[31m\"",
                                                 "fd not in (3, 4)",
                                                 "recv_queue >= 1KiB",
                                                 "recv_queue != 0",
                                                 "timer_expires < 1.5s",
                                                 "timer_expires = 20ms",
                                                 "uid = 0",
                                                 "user = www-data",
                                                 "uid != 33",
                                                 "dev lo",
                                                 "dev != eth0",
                                                 "fwmark = 0x10/0xf0",
                                                 "mark != 1",
                                                 "family = inet",
                                                 "family not in (inet, unix)",
                                                 "protocol != tcp",
                                                 "dual_stack",
                                                 "dual_stack = no",
                                                 "has pid",
                                                 "has port",
                                                 "autobound"};

/// A filter, and the same as a tree of tests that are asked one by one.
struct Expression {
  std::string text;
  enum class Kind { Test, Not, And, Or } kind = Kind::Test;
  std::vector<Expression> parts;

  bool holds(const TestSocket& socket) const {
    const auto part_holds = [&](const Expression& part) { return part.holds(socket); };
    switch (kind) {
      case Kind::Test:
        return socket.matches(text);
      case Kind::Not:
        return !parts.front().holds(socket);
      case Kind::And:
        return std::all_of(parts.begin(), parts.end(), part_holds);
      case Kind::Or:
        return std::any_of(parts.begin(), parts.end(), part_holds);
    }
    return false;
  }
};

std::string bracketed(Dice& dice, const Expression& part, bool needed) {
  if (!needed && !dice.one_in(4)) return part.text;
  return dice.one_in(2) ? "( " + part.text + " )" : "(" + part.text + ")";
}

Expression negation(Dice& dice, Expression part) {
  constexpr std::array<std::string_view, 4> Words{"not ", "! ", "!", "NOT\t"};
  Expression whole{"", Expression::Kind::Not, {std::move(part)}};
  const Expression::Kind inner = whole.parts[0].kind;
  const bool joined = inner == Expression::Kind::And || inner == Expression::Kind::Or;
  whole.text = std::string(dice.pick(Words)) + bracketed(dice, whole.parts[0], joined);
  return whole;
}

Expression conjunction(Dice& dice, std::vector<Expression> parts) {
  constexpr std::array<std::string_view, 5> Words{" and ", "&", " && ", " AND\n", " "};
  const std::string_view word = dice.pick(Words);
  Expression whole{"", Expression::Kind::And, std::move(parts)};
  for (const Expression& part : whole.parts) {
    if (!whole.text.empty()) whole.text += word;
    // Words of state hold for more than themselves when nothing stands between them and what follows.
    whole.text += bracketed(dice, part, part.kind == Expression::Kind::Or || word == " ");
  }
  return whole;
}

Expression disjunction(Dice& dice, std::vector<Expression> parts) {
  constexpr std::array<std::string_view, 4> Words{" or ", "|", " || ", " OR "};
  Expression whole{"", Expression::Kind::Or, std::move(parts)};
  for (const Expression& part : whole.parts) {
    if (!whole.text.empty()) whole.text += dice.pick(Words);
    whole.text += bracketed(dice, part, false);
  }
  return whole;
}

Expression random_expression(Dice& dice, unsigned depth) {
  if (depth == 0 || dice.one_in(5)) return {std::string(dice.pick(Tests)), Expression::Kind::Test, {}};
  if (dice.one_in(4)) return negation(dice, random_expression(dice, depth - 1));
  std::vector<Expression> parts;
  const std::size_t count = 2 + dice.below(2);
  while (parts.size() < count) parts.push_back(random_expression(dice, depth - 1));
  return dice.one_in(2) ? conjunction(dice, std::move(parts)) : disjunction(dice, std::move(parts));
}

void add_owners(Dice& dice, TestSocket& test) {
  for (std::size_t count = dice.below(3); count > 0; --count) {
    Process process;
    process.pid = static_cast<std::int32_t>(1 + dice.below(3));
    if (!dice.one_in(4)) process.name = std::string(dice.pick(ProcessNames));
    test.held_by(std::move(process), static_cast<std::int32_t>(dice.below(6)));
  }
}

void add_internet_ends(Dice& dice, Socket& socket) {
  if (!dice.one_in(8)) socket.local_address = Address::parse(dice.pick(Addresses));
  if (!dice.one_in(8)) socket.local_port = dice.pick(Ports);
  if (dice.one_in(2)) socket.peer_address = Address::parse(dice.pick(Addresses));
  if (dice.one_in(2)) socket.peer_port = dice.pick(Ports);
}

TestSocket random_socket(Dice& dice) {
  TestSocket test;
  Socket& socket = test.socket;
  constexpr std::array<Family, 5> Families{Family::Inet, Family::Inet6, Family::Unix, Family::Packet,
                                           Family::Netlink};
  socket.family = dice.pick(Families);
  if (!dice.one_in(6)) socket.state = static_cast<State>(dice.below(12));
  if (socket.family == Family::Inet || socket.family == Family::Inet6) add_internet_ends(dice, socket);
  if (socket.family == Family::Unix) socket.facts.set_bytes(LocalName, dice.pick(UnixNames));
  if (socket.family == Family::Packet) socket.facts.set_bytes(LocalName, dice.one_in(2) ? "ip" : "0x0042");
  if (socket.family == Family::Netlink) {
    socket.protocol = netlink_protocol(static_cast<unsigned>(dice.below(2)));
    socket.facts.set_bytes(LocalName, dice.one_in(2) ? "kernel" : "77");
  }
  if (dice.one_in(2)) socket.recv_queue = dice.below(3) * 1024;
  if (dice.one_in(2)) socket.uid = dice.one_in(2) ? 0 : 33;
  if (dice.one_in(2)) socket.interface = 1 + static_cast<std::uint32_t>(dice.below(3));
  if (dice.one_in(2)) socket.facts.set_number(inet::Mark, dice.below(32));
  if (dice.one_in(2)) socket.facts.set_number(inet::TimerExpires, 20'000 * dice.below(100));
  add_owners(dice, test);
  return test;
}

}  // namespace

TEST_CASE("the whole of a filter is what its parts make it, and prints as itself") {
  constexpr unsigned Filters = 1000;
  constexpr unsigned Sockets = 6;
  Dice dice(20'240'229);
  std::size_t matched = 0;
  for (unsigned i = 0; i < Filters; ++i) {
    const Expression expression = random_expression(dice, 4);
    const Filter filter = parse(expression.text);
    const std::string printed = filter.to_string();
    INFO(expression.text << "\n" << printed);
    const auto again = Filter::parse(printed, {});
    REQUIRE(again.has_value());
    REQUIRE(again->to_string() == printed);
    REQUIRE(again->possible_states() == filter.possible_states());
    REQUIRE(again->needs() == filter.needs());
    for (unsigned j = 0; j < Sockets; ++j) {
      const TestSocket socket = random_socket(dice);
      const bool matches = socket.matches(filter);
      REQUIRE(matches == expression.holds(socket));
      REQUIRE(matches == socket.matches(*again));
      if (matches && socket.socket.state) REQUIRE(filter.possible_states().contains(*socket.socket.state));
      if (filter.matches_everything()) REQUIRE(matches);
      matched += matches ? 1U : 0U;
    }
  }
  // Both answers must be common, or the comparison above says little.
  CHECK(matched > Filters * Sockets / 5);
  CHECK(matched < Filters * Sockets * 4 / 5);
}

TEST_CASE("two filters joined match what both match") {
  Dice dice(7);
  for (unsigned i = 0; i < 300; ++i) {
    const Filter a = parse(random_expression(dice, 2).text);
    const Filter b = parse(random_expression(dice, 2).text);
    const Filter both = a && b;
    INFO(a.to_string() << "\n" << b.to_string());
    REQUIRE(both.to_string() == parse(both.to_string()).to_string());
    const TestSocket socket = random_socket(dice);
    REQUIRE(socket.matches(both) == (socket.matches(a) && socket.matches(b)));
  }
}

TEST_CASE("a filter with one byte changed parses or says where it is wrong") {
  Dice dice(11);
  for (unsigned i = 0; i < 3000; ++i) {
    std::string text(dice.pick(Tests));
    text[dice.below(text.size())] = static_cast<char>(dice.below(256));
    const auto filter = Filter::parse(text, some_names());
    INFO(escape_text(text));
    if (filter) {
      const auto again = Filter::parse(filter->to_string(), {});
      REQUIRE(again.has_value());
      REQUIRE(again->to_string() == filter->to_string());
    } else {
      REQUIRE(filter.error().position + filter.error().length <= text.size());
      REQUIRE(filter.error().explain(text).find("\n  ") != std::string::npos);
    }
  }
}

}  // namespace filter_property_test
