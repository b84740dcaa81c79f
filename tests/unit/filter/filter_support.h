/// Filters and rows for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/row.h"
#include "sockutils/filter.h"
#include "sockutils/value.h"
#include "support/catch.h"

namespace sockutils::testing {

/// A few names, as a machine might have them; `shell` stands for two ports.
inline FilterNames some_names() {
  FilterNames names;
  names.service = [](std::string_view name) -> std::vector<std::uint16_t> {
    if (name == "ssh") return {22};
    if (name == "shell") return {514, 5140};
    return {};
  };
  names.ip_protocol = [](std::string_view name) -> std::optional<std::uint8_t> {
    if (name == "icmp") return 1;
    return name == "shell" ? std::optional<std::uint8_t>(99) : std::nullopt;
  };
  names.host = [](std::string_view name) -> std::vector<Address> {
    if (name != "localhost") return {};
    return {*Address::parse("127.0.0.1"), *Address::parse("::1")};
  };
  names.interface = [](std::string_view name) -> std::optional<std::uint32_t> {
    if (name == "lo") return 1;
    return name == "eth0" ? std::optional<std::uint32_t>(2) : std::nullopt;
  };
  names.user = [](std::string_view name) -> std::optional<std::uint32_t> {
    return name == "www-data" ? std::optional<std::uint32_t>(33) : std::nullopt;
  };
  names.cgroup = [](std::string_view path) -> std::optional<std::uint64_t> {
    return path == "/system.slice" ? std::optional<std::uint64_t>(4242) : std::nullopt;
  };
  return names;
}

inline Filter parse(std::string_view text) {
  const auto filter = Filter::parse(text, some_names());
  INFO(text);
  if (!filter) FAIL(filter.error().explain(text));
  return *filter;
}

/// The error of a filter that must not parse.
inline FilterError error_of(std::string_view text) {
  const auto filter = Filter::parse(text, some_names());
  INFO(text);
  if (filter) FAIL("parses as " << filter->to_string());
  return filter.error();
}

/// A socket with owners; the processes live as long as it.
struct TestSocket {
  Socket socket;
  std::vector<std::unique_ptr<Process>> processes;
  std::vector<Owner> owners;

  TestSocket& held_by(Process process, std::int32_t fd) {
    processes.push_back(std::make_unique<Process>(std::move(process)));
    owners.push_back({processes.back().get(), processes.back()->pid, fd});
    return *this;
  }

  bool matches(const Filter& filter) const {
    static const NoNames names;
    return filter.matches(SocketRow{socket, owners, names});
  }
  bool matches(std::string_view text) const { return matches(parse(text)); }
};

inline TestSocket internet_socket(State state, std::string_view local, std::uint16_t local_port,
                                  std::string_view peer = {}, std::uint16_t peer_port = 0) {
  TestSocket test;
  Socket& socket = test.socket;
  socket.state = state;
  socket.local_address = Address::parse(local);
  socket.family = socket.local_address->is_v6 ? Family::Inet6 : Family::Inet;
  socket.local_port = local_port;
  if (!peer.empty()) socket.peer_address = Address::parse(peer);
  if (peer_port != 0) socket.peer_port = peer_port;
  return test;
}

inline TestSocket unix_socket(std::string_view name, std::string_view peer = {}) {
  TestSocket test;
  test.socket.family = Family::Unix;
  test.socket.protocol = Protocol::Stream;
  test.socket.state = State::Established;
  if (!name.empty()) test.socket.facts.set_bytes(LocalName, name);
  if (!peer.empty()) test.socket.facts.set_bytes(PeerName, peer);
  return test;
}

}  // namespace sockutils::testing
