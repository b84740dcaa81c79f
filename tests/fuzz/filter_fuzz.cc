/// Any bytes as a filter: it parses or says where it is wrong, and what parses prints as a filter that is
/// equal.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz_target.h"
#include "model/row.h"
#include "sockutils/filter.h"

namespace {

using namespace sockutils;

/// What the parser takes.
constexpr std::size_t LongestFilter = 64 * 1024;

void require(bool condition, const char* what, std::string_view text) {
  if (condition) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

FilterNames some_names() {
  FilterNames names;
  names.service = [](std::string_view name) -> std::vector<std::uint16_t> {
    if (name == "ssh") return {22};
    return name == "shell" ? std::vector<std::uint16_t>{514, 5140} : std::vector<std::uint16_t>{};
  };
  names.host = [](std::string_view name) -> std::vector<Address> {
    if (name != "localhost") return {};
    return {Address::v4({127, 0, 0, 1}), *Address::parse("::1")};
  };
  names.interface = [](std::string_view name) {
    return name == "lo" ? std::optional<std::uint32_t>(1) : std::nullopt;
  };
  names.user = [](std::string_view name) {
    return name == "root" ? std::optional<std::uint32_t>(0) : std::nullopt;
  };
  return names;
}

Socket listener() {
  Socket socket;
  socket.family = Family::Inet6;
  socket.state = State::Listen;
  socket.local_address = *Address::parse("::ffff:127.0.0.1");
  socket.local_port = 22;
  socket.uid = 0;
  return socket;
}

Socket unix_socket() {
  Socket socket;
  socket.family = Family::Unix;
  socket.protocol = Protocol::Stream;
  socket.state = State::Established;
  socket.facts.set_bytes(LocalName, "/run/A");
  return socket;
}

void check_error(const FilterError& error, std::string_view text) {
  require(error.position <= text.size() && error.length <= text.size() - error.position, "outside", text);
  require(!error.message.empty(), "no message", text);
  for (const char c : error.explain(text))
    require(c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'), "unsafe", text);
}

void check_same_matches(const Filter& a, const Filter& b, std::string_view text) {
  const Process process{.pid = 7, .name = "sshd"};
  const Owner owner{&process, 7, 3};
  const NoNames names;
  const Socket sockets[] = {listener(), unix_socket(), Socket{}};
  for (const Socket& socket : sockets) {
    for (const bool owned : {false, true}) {
      const std::span<const Owner> owners(&owner, owned ? 1 : 0);
      const SocketRow row{socket, owners, names};
      require(a.matches(row) == b.matches(row), "prints as another filter", text);
      if (socket.state && a.matches(row))
        require(a.possible_states().contains(*socket.state), "impossible state", text);
    }
  }
}

}  // namespace

FUZZ_TARGET(filter)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = Filter::parse(text, some_names());
  if (!filter) {
    check_error(filter.error(), text);
    return 0;
  }
  const std::string printed = filter->to_string();
  if (printed.size() > LongestFilter) return 0;
  const auto again = Filter::parse(printed, {});
  require(again.has_value(), "does not parse again", printed);
  require(again->to_string() == printed, "prints differently", printed);
  check_same_matches(*filter, *again, printed);
  return 0;
}
