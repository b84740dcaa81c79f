/// Nanoseconds for one socket on its way from the kernel's bytes to a value: decode, filter, format.
#include <benchmark/benchmark.h>
#include <linux/tcp.h>

#include <cstdlib>

#include "family/family.h"
#include "model/row.h"
#include "sockutils/filter.h"
#include "sockutils/value.h"
#include "support/diag_messages.h"

namespace {

using namespace sockutils;

std::string message(bool with_info) {
  std::string bytes = test::bytes_of(test::tcp_connection());
  if (!with_info) return bytes;
  tcp_info info{};
  info.tcpi_rtt = 12'345;
  info.tcpi_snd_cwnd = 10;
  return bytes + test::attribute(INET_DIAG_INFO, test::bytes_of(info)) +
         test::attribute(INET_DIAG_CONG, "cubic");
}

const FamilyHandler& tcp() {
  for (const FamilyHandler& handler : family_handlers())
    if (handler.kind.family == Family::Inet && handler.kind.protocol == Protocol::Tcp) return handler;
  std::abort();
}

void decode(benchmark::State& state, bool with_info) {
  const std::string bytes = message(with_info);
  const FamilyHandler& handler = tcp();
  Socket socket;
  for (auto _ : state) {
    socket.clear();
    benchmark::DoNotOptimize(handler.decode(as_bytes(bytes), handler.kind, socket));
  }
}

Socket decoded() {
  Socket socket;
  const std::string bytes = message(true);
  tcp().decode(as_bytes(bytes), tcp().kind, socket);
  return socket;
}

void filter(benchmark::State& state, const char* text) {
  const auto parsed = Filter::parse(text, {});
  if (!parsed) std::abort();
  const Socket socket = decoded();
  const NoNames none;
  const SocketRow row{socket, {}, none};
  for (auto _ : state) benchmark::DoNotOptimize(parsed->matches(row));
}

void format(benchmark::State& state, const char* name, Style style) {
  const Field* const field = find_field(name);
  const Socket socket = decoded();
  const NoNames none;
  const SocketRow row{socket, {}, none};
  std::string text;
  for (auto _ : state) {
    text.clear();
    append_value(text, *field->get(row), field->type, style);
    benchmark::DoNotOptimize(text.data());
  }
}

BENCHMARK_CAPTURE(decode, tcp, false);
BENCHMARK_CAPTURE(decode, tcp_with_tcp_info, true);
BENCHMARK_CAPTURE(filter, state_and_port, "established and dport = 51022");
BENCHMARK_CAPTURE(filter, port_and_prefix, "dport = 443 and dst 10.0.0.0/8");
BENCHMARK_CAPTURE(filter, tcp_rtt, "tcp_rtt > 50ms");
BENCHMARK_CAPTURE(format, local_for_people, "local", Style::Human);
BENCHMARK_CAPTURE(format, tcp_rtt_for_people, "tcp_rtt", Style::Human);
BENCHMARK_CAPTURE(format, tcp_rtt_plain, "tcp_rtt", Style::Plain);

}  // namespace

BENCHMARK_MAIN();
