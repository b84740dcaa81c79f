#include "tools/sample_rows.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace samples {

using namespace sockutils;

std::vector<const Field*> fields(std::initializer_list<std::string_view> names) {
  std::vector<const Field*> result;
  for (const std::string_view name : names) {
    result.push_back(find_field(name));
    if (result.back() == nullptr) throw std::logic_error("no field " + std::string(name));
  }
  return result;
}

Endpoint end(std::string_view address, std::uint16_t port) {
  Endpoint end{.address = Address::parse(address)};
  if (port != 0) end.port = port;
  return end;
}

Endpoint any() { return {.any = true}; }

std::span<const Owner> Listing::owners(std::string_view name, int pid, int count) {
  std::vector<Owner> list;
  for (int i = 0; i < count; ++i) {
    processes_.push_back({.pid = pid + i, .start_time = 4711, .name = std::string(name)});
    list.push_back({.process = &processes_.back(), .tid = pid + i, .fd = 3 + i});
  }
  owners_.push_back(std::move(list));
  return owners_.back();
}

Listing::Listing()
    : fields_(samples::fields({"protocol", "state", "recv_queue", "send_queue", "local", "peer", "service",
                               "user", "processes"})) {
  using Number = std::uint64_t;
  Endpoint everywhere = end("::", 22);
  everywhere.dual_stack = true;
  rows = {
      {Protocol::Tcp, State::Listen, Number{0}, Number{128}, everywhere, any(), "ssh", "root",
       owners("sshd", 712)},
      {Protocol::Tcp, State::Listen, Number{0}, Number{5}, end("127.0.0.1", 6600), any(), "mpd", "mpd",
       owners("mpd", 1188)},
      {Protocol::Tcp, State::Listen, Number{0}, Number{511}, end("0.0.0.0", 443), any(), "https", "www-data",
       owners("nginx", 2001, 5)},
      {Protocol::Tcp, State::Established, Number{0}, Number{36}, end("192.0.2.7", 22),
       end("198.51.100.4", 51022), "ssh", "root", owners("sshd", 4242, 2)},
      {Protocol::Tcp, State::Established, Number{2621440}, Number{0},
       end("2001:db8:85a3::8a2e:370:7334", 51514), end("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 443),
       "https", "systemd-timesync", owners("chromium-browser", 31337)},
      {Protocol::Tcp, State::TimeWait, Number{0}, Number{0}, end("192.0.2.7", 40112), end("203.0.113.80", 80),
       "http", std::nullopt, std::nullopt},
      {Protocol::Tcp, State::CloseWait, Number{1}, Number{0}, end("192.0.2.7", 40114),
       end("203.0.113.80", 80), "http", "pi", owners("curl", 991)},
      {Protocol::Udp, State::Unconnected, Number{0}, Number{0}, end("0.0.0.0", 1210), any(), "predict", "pi",
       owners("predict", 901)},
      {Protocol::Icmp, State::Unconnected, std::nullopt, std::nullopt, end("0.0.0.0", 0), any(), std::nullopt,
       "pi", std::nullopt},
  };
}

const tools::Format& format(std::string_view name) {
  const auto all = tools::formats();
  return *std::find_if(all.begin(), all.end(), [=](const tools::Format& f) { return f.name == name; });
}

std::string render(const std::vector<const Field*>& fields, const std::vector<Row>& rows, const Style& style,
                   std::span<const Warning> warnings) {
  const int file = ::memfd_create("output", MFD_CLOEXEC);
  tools::Output out(file);
  const auto renderer = format(style.format)
                            .make({.fields = fields,
                                   .out = out,
                                   .terminal = style.terminal,
                                   .header = style.header,
                                   .exact = style.exact});
  renderer->begin();
  for (const Row& row : rows) renderer->row(row);
  renderer->end(warnings);
  out.flush();
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  const ssize_t read = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  if (read != static_cast<ssize_t>(text.size())) throw std::runtime_error("the output cannot be read back");
  return text;
}

}  // namespace samples
