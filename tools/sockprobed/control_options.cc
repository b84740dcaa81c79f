#include <array>

#include "common/words.h"
#include "sockprobed/server_option.h"
#include "sockutils/probe.h"

namespace tools::sockprobed {
namespace {

constexpr std::string_view Control = "The control port, for sockprobe --via";

tools::Complaint set_control_port(Settings& settings, const std::string& value) {
  const auto port = number_between<std::uint16_t>(value, 0, 65'535);
  if (!port) return refuse_value("control", value, "a port, or 0 for any that is free");
  settings.server.control.port = *port;
  return std::nullopt;
}

tools::Complaint no_control(Settings& settings, const std::string&) {
  settings.server.control.enabled = false;
  return std::nullopt;
}

tools::Complaint make_key(Settings& settings, const std::string& value) {
  settings.action = Action::MakeKey;
  settings.new_key_file = value;
  return std::nullopt;
}

tools::Complaint add_key_file(Settings& settings, const std::string& value) {
  settings.key_files.push_back(value);
  return std::nullopt;
}

tools::Complaint allow_capture(Settings& settings, const std::string&) {
  settings.server.control.allow_capture = true;
  return std::nullopt;
}

template <auto Member>
tools::Complaint set_trust_file(Settings& settings, const std::string& value) {
  settings.server.control.trust.*Member = value;
  return std::nullopt;
}

tools::Complaint set_allowed_ports(Settings& settings, const std::string& value) {
  std::vector<sockutils::ProbePort> ports;
  auto& ranges = settings.server.control.allowed_ports;
  ranges.clear();
  for (const std::string_view part : split_list(value)) {
    ports.clear();
    if (value == "none") return std::nullopt;
    const auto added = sockutils::add_probe_ports(ports, part, {});
    if (!added || ports.empty())
      return refuse_value("allow-ports", value, "a list of ports and ranges, all, or none");
    ranges.emplace_back(ports.front().port, ports.back().port);
  }
  return std::nullopt;
}

constexpr std::array ControlOptionTable{
    ServerOption{{0, "control", {"PORT"}, Control, "where it is: 7077 unless told"}, set_control_port},
    ServerOption{{0, "no-control", {}, Control, "none"}, no_control},
    ServerOption{
        {0,
         "make-key",
         {"FILE"},
         Control,
         "write a new key to a file, and end",
         "Its name is that of the file, without folder and extension. Bring the file to the client by a way "
         "that nobody else can read."},
        make_key},
    ServerOption{
        {0,
         "key",
         {"FILE"},
         Control,
         "serve clients with a key in this file",
         "A line for each client, as `--make-key` writes them. May be given several times. Read again with "
         "SIGHUP: who is no longer in it is sent away. A file that others can read is refused."},
        add_key_file},
    ServerOption{{0,
                  "certificate",
                  {"FILE"},
                  Control,
                  "the server's certificate, PEM",
                  "With it and `--authorities` clients may show a certificate instead of a key."},
                 set_trust_file<&sockutils::PairTrust::certificate_file>},
    ServerOption{{0, "certificate-key", {"FILE"}, Control, "its private key, PEM"},
                 set_trust_file<&sockutils::PairTrust::certificate_key_file>},
    ServerOption{{0, "authorities", {"FILE"}, Control, "who may certify clients, PEM"},
                 set_trust_file<&sockutils::PairTrust::authorities_file>},
    ServerOption{
        {0,
         "allow-ports",
         {"LIST"},
         Control,
         "ports that clients may have opened",
         "Numbers and ranges, `all` or `none`; 1024-65535 unless told. They are open for as long as they are "
         "tried, and never one that is taken."},
        set_allowed_ports},
    ServerOption{
        {0,
         "allow-capture",
         {},
         Control,
         "clients may have their packets as they arrive",
         "For `sockprobe --via --capture`: the headers of packets between the ports that are tried and the "
         "client's own address, a megabyte of them at most. Takes CAP_NET_RAW at the start, which is given "
         "up "
         "then, so that SIGHUP can take it back and not give it."},
        allow_capture},
};

}  // namespace

std::span<const ServerOption> control_options() { return ControlOptionTable; }

}  // namespace tools::sockprobed
