// Dumps that the kernel filters: what is sent, and what becomes of a kernel that refuses it.

#include <cerrno>

#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/bytecode.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::kernel_dumps_test {
namespace {

constexpr std::uint32_t PortId = FakeChannel::PortId;

/// The program in a request; empty when it has none.
std::string_view program_in(ByteView request) {
  const bool old = load<nlmsghdr>(request)->nlmsg_type == TCPDIAG_GETSOCK;
  const std::size_t fixed = sizeof(nlmsghdr) + (old ? sizeof(inet_diag_req) : sizeof(inet_diag_req_v2));
  std::string_view program;
  for_each_attribute(after(request, fixed), [&](unsigned type, ByteView value) {
    if (type == INET_DIAG_REQ_BYTECODE) program = as_text(value);
  });
  return program;
}

/// Two TCP listeners in a kernel that runs programs; it refuses those that are longer than `longest`.
struct Kernel {
  std::size_t longest = 100'000;
  int refusal = EINVAL;
  std::vector<std::string> programs = {};

  FakeChannel::Datagrams answer(ByteView request, std::uint32_t sequence) {
    const std::string_view program = program_in(request);
    programs.emplace_back(program);
    FakeChannel::Datagrams datagrams;
    if (program.size() > longest) {
      datagrams.emplace_back(error_message(sequence, PortId, refusal));
      return datagrams;
    }
    const auto asked = load<sock_diag_req>(request, sizeof(nlmsghdr));
    if (asked->sdiag_protocol == IPPROTO_TCP || load<nlmsghdr>(request)->nlmsg_type == TCPDIAG_GETSOCK)
      for (const std::uint16_t port : {std::uint16_t{22}, std::uint16_t{80}})
        add(datagrams, sequence, program, port);
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  }

  /// Somebody asked for port 80.
  static void add(FakeChannel::Datagrams& datagrams, std::uint32_t sequence, std::string_view program,
                  std::uint16_t port) {
    BytecodeEntry entry;
    entry.local_port = port;
    entry.bound_by_user = port == 80;
    if (!program.empty() && !Bytecode(program).lets_pass(entry)) return;
    inet_diag_msg message{};
    message.idiag_family = AF_INET;
    message.idiag_state = 10;
    message.id.idiag_sport = htons(port);
    message.id.idiag_cookie[0] = port;
    datagrams.emplace_back(netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, bytes_of(message)));
  }
};

using Rows = std::vector<std::string>;

Rows list(Kernel& kernel, std::string_view filter, std::vector<SocketKind> kinds,
          std::initializer_list<std::string_view> columns = {"local_port"}) {
  FakeSystem system;
  system.script = [&](ByteView request, std::uint32_t sequence) { return kernel.answer(request, sequence); };
  Query query;
  query.kinds = std::move(kinds);
  query.filter = Filter::parse(filter, {}).value();
  query.listeners_first = true;
  for (const std::string_view name : columns) query.fields.push_back(find_field(name));
  Rows rows;
  const auto report = list_sockets(system, query, [&](Values row) {
    std::string& text = rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) text += ' ';
      row[i] ? append_value(text, *row[i], query.fields[i]->type, Style::Plain)
             : static_cast<void>(text += '-');
    }
    return true;
  });
  INFO((report ? "" : report.error().message()));
  REQUIRE(report);
  CHECK(report->warnings.empty());
  return rows;
}

const std::vector<SocketKind> V4{{Family::Inet, Protocol::Tcp}};
const std::vector<SocketKind> Both{{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
const std::vector<SocketKind> WithUdp{
    {Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}, {Family::Inet, Protocol::Udp}};

}  // namespace

TEST_CASE("both forms of a request carry the program") {
  for (const auto& kinds : {V4, Both}) {
    Kernel kernel;
    CHECK(list(kernel, "listening and sport = 22", kinds) == Rows{"22"});
    REQUIRE(kernel.programs.size() == 1);
    CHECK(Bytecode(kernel.programs[0]).passes_audit());
  }
  Kernel kernel;
  CHECK(list(kernel, "", Both) == Rows{"22", "80"});
  for (const std::string& program : kernel.programs) CHECK(program.empty());
}

TEST_CASE("a kernel that refuses a program is asked without it, and not tried again") {
  for (const int refusal : {EINVAL, EPERM}) {
    Kernel kernel{.longest = 0, .refusal = refusal};
    CHECK(list(kernel, "sport = 22", WithUdp) == Rows{"22"});
    std::size_t with_program = 0;
    for (const std::string& program : kernel.programs) with_program += program.empty() ? 0u : 1u;
    CHECK(with_program == 1);
  }
}

TEST_CASE("autobound is what the dump that brought a socket was for") {
  Kernel kernel;
  CHECK(list(kernel, "", V4, {"local_port", "autobound"}) == Rows{"22 true", "80 false"});
  CHECK(list(kernel, "autobound", V4) == Rows{"22"});
  CHECK(list(kernel, "not autobound", V4) == Rows{"80"});
  CHECK(list(kernel, "autobound or sport = 80", V4) == Rows{"22", "80"});
}

TEST_CASE("a kernel that refuses the rest of a program still tells what is autobound") {
  Kernel kernel{.longest = 8};
  CHECK(list(kernel, "sport = 22 or sport = 80", V4, {"local_port", "autobound"}) ==
        Rows{"22 true", "80 false"});
  CHECK(list(kernel, "not autobound and sport < 100", V4) == Rows{"80"});
}

TEST_CASE("without programs nothing is known to be autobound, and nothing is lost") {
  Kernel kernel{.longest = 0};
  CHECK(list(kernel, "sport < 100", V4, {"local_port", "autobound"}) == Rows{"22 -", "80 -"});
  CHECK(list(kernel, "autobound", V4).empty());
  CHECK(list(kernel, "not autobound", V4) == Rows{"22", "80"});
}

}  // namespace sockutils::test::kernel_dumps_test
