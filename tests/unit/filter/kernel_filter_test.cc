#include "filter/kernel_filter.h"

#include <array>
#include <random>

#include "family/inet/inet.h"
#include "support/bytecode.h"
#include "unit/filter/filter_support.h"

namespace sockutils::test::kernel_filter_test {
namespace {

using sockutils::testing::parse;
using sockutils::testing::TestSocket;

KernelTarget tcp() { return {}; }

/// The program for TCP over both versions; `everything` and `nothing` where there is none.
std::string program(std::string_view text, const KernelTarget& target = tcp()) {
  const auto dumps = plan_dumps(parse(text), target, Needs::Nothing);
  if (dumps.empty()) return "nothing";
  return dumps.front().program.empty() ? "everything" : dumps.front().program;
}

bool same_program(std::string_view a, std::string_view b) { return program(a) == program(b); }

constexpr std::array<std::string_view, 8> Addresses{
    "0.0.0.0", "127.0.0.1", "10.0.0.1", "10.9.0.1", "::", "::1", "::ffff:10.0.0.1", "::ffff:0.0.0.0"};
constexpr std::array<std::uint16_t, 6> Ports{0, 22, 80, 514, 1024, 65535};

/// Tests that the kernel can decide, and decides as user space does.
constexpr std::array<std::string_view, 43> Decidable{"sport = :22",
                                                     "sport != :22",
                                                     "dport = :80",
                                                     "dport != :80",
                                                     "sport < 1024",
                                                     "dport <= 80",
                                                     "dport < 1",
                                                     "sport > 80",
                                                     "dport >= :514",
                                                     "dport >= :0",
                                                     "sport = 0",
                                                     "dport != 0",
                                                     "port > 65534",
                                                     "port = shell",
                                                     "port not in (22, 80)",
                                                     "sport = inet6:22",
                                                     "sport != inet:514",
                                                     "sport > netlink:5",
                                                     "src 10/8",
                                                     "dst 10.0.0.0/255.0.0.0:22",
                                                     "src ::ffff:10.0.0.1",
                                                     "dst [::]/0",
                                                     "peer_address = 0/0",
                                                     "peer_address != 0/0",
                                                     "dst 0.0.0.0",
                                                     "src ::",
                                                     "src != 127.0.0.1",
                                                     "address 10.0.0.1",
                                                     "address != 10/9",
                                                     "dst in (10/8, ::1, 127.0.0.1:22)",
                                                     "address not in (10.0.0.1:22, ::)",
                                                     "src *",
                                                     "src inet:*",
                                                     "src != inet6:*",
                                                     "src unix:/run/*",
                                                     "src != unix:/run/*",
                                                     "dev 2",
                                                     "dev != 2",
                                                     "family = inet",
                                                     "family not in (inet, unix)",
                                                     "protocol = udp",
                                                     "has port",
                                                     "has peer_address"};

/// Tests that the kernel can decide in part or not at all.
constexpr std::array<std::string_view, 14> Undecidable{"pid = 1",        "pid != 1",
                                                       "established",    "uid = 33",
                                                       "recv_queue > 3", "has pid",
                                                       "dual_stack",     "src fe80::1%lo",
                                                       "src != ::1%lo",  "mark = 1/3",
                                                       "mark != 1",      "cgroup = 7",
                                                       "cgroup != 7",    "sport not in (22, 80) and pid = 1"};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t count) { return engine_() % count; }
  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& from) {
    return from[below(N)];
  }

 private:
  std::mt19937 engine_;
};

/// The same socket for the kernel and for user space.
struct Pair {
  BytecodeEntry entry;
  TestSocket socket;
};

Pair random_pair(Dice& dice) {
  Pair pair;
  BytecodeEntry& entry = pair.entry;
  entry.local = *Address::parse(dice.pick(Addresses));
  do entry.peer = *Address::parse(dice.pick(Addresses));
  while (entry.peer.is_v6 != entry.local.is_v6);
  entry.local_port = dice.pick(Ports);
  entry.peer_port = dice.pick(Ports);
  entry.interface = static_cast<std::uint32_t>(dice.below(3));
  const bool mini = dice.below(4) == 0;
  entry.mark = static_cast<std::uint32_t>(dice.below(5));
  entry.cgroup = mini ? 0 : 6 + dice.below(3);
  Socket& socket = pair.socket.socket;
  socket.family = entry.local.is_v6 ? Family::Inet6 : Family::Inet;
  socket.state = mini ? State::TimeWait : State::Established;
  inet::set_endpoints(socket, entry.local, entry.local_port, entry.peer, entry.peer_port);
  if (entry.interface != 0) socket.interface = entry.interface;
  // Old kernels do not tell the mark of TIME_WAIT.
  if (!mini || dice.below(2) == 0) socket.facts.set_number(inet::Mark, entry.mark);
  if (!mini) socket.facts.set_number(inet::CgroupId, entry.cgroup);
  return pair;
}

template <std::size_t N>
std::string random_filter(Dice& dice, const std::array<std::string_view, N>& tests, unsigned depth) {
  if (depth == 0 || dice.below(3) == 0) return std::string(dice.pick(tests));
  if (dice.below(4) == 0) return "not (" + random_filter(dice, tests, depth - 1) + ")";
  std::string text = "(" + random_filter(dice, tests, depth - 1) + ")";
  const char* const word = dice.below(2) == 0 ? " and (" : " or (";
  for (std::size_t more = 1 + dice.below(3); more > 0; --more)
    text += word + random_filter(dice, tests, depth - 1) + ")";
  return text;
}

/// What the kernel would hand on.
bool is_dumped(std::string_view program, const BytecodeEntry& entry) {
  if (program == "everything") return true;
  return program != "nothing" && Bytecode(program).lets_pass(entry);
}

}  // namespace

TEST_CASE("what the kernel can decide it decides as user space does") {
  Dice dice(1);
  for (unsigned i = 0; i < 4000; ++i) {
    const std::string text =
        i < Decidable.size() ? std::string(Decidable[i]) : random_filter(dice, Decidable, 3);
    const Filter filter = parse(text);
    const std::string compiled = program(text);
    INFO(text);
    if (compiled != "everything" && compiled != "nothing") REQUIRE(Bytecode(compiled).passes_audit());
    for (unsigned n = 0; n < 20; ++n) {
      const Pair pair = random_pair(dice);
      INFO(pair.entry.local.to_string() << ' ' << pair.entry.local_port << ' ' << pair.entry.peer.to_string()
                                        << ' ' << pair.entry.peer_port << " dev " << pair.entry.interface);
      REQUIRE(is_dumped(compiled, pair.entry) == pair.socket.matches(filter));
    }
  }
}

TEST_CASE("the kernel drops nothing that a filter matches, whatever else that asks") {
  constexpr std::size_t Count = Decidable.size() + Undecidable.size();
  std::array<std::string_view, Count> all{};
  std::copy(Decidable.begin(), Decidable.end(), all.begin());
  std::copy(Undecidable.begin(), Undecidable.end(), all.begin() + Decidable.size());
  Dice dice(2);
  std::size_t dropped = 0;
  for (unsigned i = 0; i < 4000; ++i) {
    const std::string text = i < Count ? std::string(all[i]) : random_filter(dice, all, 3);
    const Filter filter = parse(text);
    const std::string compiled = program(text);
    INFO(text);
    if (compiled != "everything" && compiled != "nothing") REQUIRE(Bytecode(compiled).passes_audit());
    for (unsigned n = 0; n < 20; ++n) {
      const Pair pair = random_pair(dice);
      const bool dumped = is_dumped(compiled, pair.entry);
      dropped += dumped ? 0u : 1u;
      INFO(pair.entry.local.to_string() << ' ' << pair.entry.local_port << ' ' << pair.entry.peer.to_string()
                                        << ' ' << pair.entry.peer_port << " mark " << pair.entry.mark);
      REQUIRE((dumped || !pair.socket.matches(filter)));
    }
  }
  CHECK(dropped > 20'000);
}

TEST_CASE("of a filter that the kernel can decide in part, that part is sent") {
  CHECK(same_program("pid = 1 and sport = 22", "sport = 22"));
  CHECK(same_program("established and sport = 22 and uid = 0", "sport = 22"));
  CHECK(same_program("not (pid = 1 or sport = 22)", "not sport = 22"));
  CHECK(program("pid = 1 or sport = 22") == "everything");
  CHECK(program("not (pid = 1 and sport = 22)") == "everything");
  CHECK(program("pid = 1") == "everything");
  CHECK(program("") == "everything");
}

TEST_CASE("a dump in which nothing can match is not asked for") {
  CHECK(program("protocol = udp") == "nothing");
  CHECK(program("protocol = tcp") == "everything");
  CHECK(program("family = unix") == "nothing");
  CHECK(program("src /run/*") == "nothing");
  CHECK(program("src /run/* or sport = 22") == program("sport = 22"));
  CHECK(program("family = inet6", {Protocol::Tcp, true, false, StateSet::all()}) == "nothing");
  CHECK(program("family = inet6", {Protocol::Tcp, false, true, StateSet::all()}) == "everything");
  CHECK(program("src ::1", {Protocol::Tcp, true, false, StateSet::all()}) == "nothing");
}

TEST_CASE("states are decided by what is asked for") {
  const KernelTarget listeners{Protocol::Tcp, true, true, StateSet{State::Listen}};
  CHECK(program("listening and sport = 22", listeners) == program("sport = 22"));
  CHECK(program("established and sport = 22", listeners) == "nothing");
  CHECK(program("listening or sport = 22", listeners) == "everything");
  CHECK(program("established or sport = 22", listeners) == program("sport = 22"));
}

TEST_CASE("a port comparison is two operations") {
  const std::string expected{INET_DIAG_BC_S_EQ, 8, 12, 0, 0, 0, 22, 0};
  CHECK(program("sport = 22") == expected);
}

TEST_CASE("jumps of more than a byte reach across a long filter") {
  std::string text = "dport = 7 or sport in (1";
  for (int port = 2; port < 1000; ++port) text += ", " + std::to_string(port);
  text += ")";
  const std::string compiled = program(text);
  REQUIRE(compiled.size() > 10'000);
  const Bytecode bytecode(compiled);
  REQUIRE(bytecode.passes_audit());
  for (const unsigned port : {0u, 1u, 2u, 500u, 999u, 1000u, 65535u}) {
    BytecodeEntry entry;
    entry.local_port = static_cast<std::uint16_t>(port);
    INFO(port);
    CHECK(bytecode.lets_pass(entry) == (port >= 1 && port < 1000));
    entry.peer_port = 7;
    CHECK(bytecode.lets_pass(entry));
  }
}

TEST_CASE("a filter too long for the kernel is left to user space") {
  std::string text = "sport in (1";
  for (int port = 2; port < 9000; ++port) text += ", " + std::to_string(port);
  CHECK(program(text + ")") == "everything");
}

TEST_CASE("what only programs tell is asked for in two halves") {
  const StateSet full{State::Listen, State::Established};
  const KernelTarget plain{Protocol::Tcp, true, true, full};
  const auto both = plan_dumps(parse("sport = 22"), plain, Needs::Autobound);
  REQUIRE(both.size() == 2);
  for (const KernelDump& dump : both) {
    REQUIRE(Bytecode(dump.program).passes_audit());
    REQUIRE(Bytecode(dump.least_program).passes_audit());
    for (const bool bound : {true, false}) {
      BytecodeEntry entry;
      entry.local_port = 22;
      entry.bound_by_user = bound;
      CHECK(Bytecode(dump.program).lets_pass(entry) == (bound != dump.autobound));
      entry.local_port = 23;
      CHECK_FALSE(Bytecode(dump.program).lets_pass(entry));
      CHECK(Bytecode(dump.least_program).lets_pass(entry) == (bound != dump.autobound));
    }
  }
  const auto only = [&](std::string_view text, const KernelTarget& target) {
    std::string halves;
    for (const KernelDump& dump : plan_dumps(parse(text), target, parse(text).needs()))
      halves += *dump.autobound ? "+" : "-";
    return halves;
  };
  CHECK(only("autobound", plain) == "+");
  CHECK(only("not autobound", plain) == "-");
  CHECK(only("autobound = no", plain) == "-");
  CHECK(only("autobound and sport = 22", plain) == "+");
  CHECK(only("autobound or pid = 1", plain) == "+-");
  // Of a mini-socket nothing is known, so that "not autobound" is true of it, and it stands in the first
  // half.
  CHECK(only("not autobound", tcp()) == "+-");
  CHECK(only("autobound = no", tcp()) == "-");
}

TEST_CASE("programs are for handlers that compare what they show") {
  CHECK(takes_kernel_filter({Family::Inet6, Protocol::Udp}));
  CHECK_FALSE(takes_kernel_filter({Family::Inet, Protocol::Raw}));
  CHECK_FALSE(takes_kernel_filter({Family::Unix, std::nullopt}));
}

}  // namespace sockutils::test::kernel_filter_test
