#include "probe/engine/hosts.h"
#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::question_test {
namespace {

const char* const ServicesText = "ssh 22/tcp\ndomain 53/tcp\ndomain 53/udp\npredict 1210/udp\nnfs-x 99/tcp\n";

Result<std::vector<ProbePort>> ports_of(std::string_view text) {
  std::vector<ProbePort> ports;
  const auto added = add_probe_ports(ports, text, Services::parse(ServicesText));
  if (!added) return tl::unexpected(added.error());
  return ports;
}

std::string written(const std::vector<ProbePort>& ports) {
  std::string text;
  for (const ProbePort& port : ports)
    text += std::string(text.empty() ? "" : " ") + (port.protocol == Protocol::Udp ? "u" : "") +
            std::to_string(port.port);
  return text;
}

TEST_CASE("ports are numbers, ranges, names and lists of them, each once") {
  CHECK(written(*ports_of("22")) == "22");
  CHECK(written(*ports_of("80,ssh,22,8000-8002")) == "80 22 8000 8001 8002");
  CHECK(written(*ports_of("udp/53,predict,tcp/domain")) == "u53 u1210 53");
  CHECK(written(*ports_of("nfs-x")) == "99");
  CHECK(ports_of("all")->size() == 65535);
  CHECK(ports_of("udp/all")->back() == ProbePort{Protocol::Udp, 65535});
}

TEST_CASE("what is no port is refused, and said why") {
  const auto complaint = [](std::string_view text) { return ports_of(text).error().message(); };
  CHECK(complaint("0") == "port 0: ports are 1 to 65535");
  CHECK(complaint("65536") == "port 65536: ports are 1 to 65535");
  CHECK(complaint("99999999999999999999") == "port 99999999999999999999: ports are 1 to 65535");
  CHECK(complaint("90-80") == "port 90-80: a range begins with the lower end: 80-90");
  CHECK(complaint("-") == "port -: an empty range");
  CHECK(complaint("80-") == "port 80-: a range needs both ends, as in 8000-8010");
  CHECK(complaint("") == "port: an empty port");
  CHECK(complaint("22,,80") == "port: an empty port");
  CHECK(complaint("sctp/22") == "port sctp/22: the prefix is tcp/ or udp/");
  CHECK(complaint("predict") == "port predict: no service of tcp in /etc/services");
}

struct Hosts {
  FakeSystem system;
  ProbeHostOptions options;
  std::vector<ProbeHost> hosts;

  std::string add(std::string_view text) {
    hosts.clear();
    const auto added = probe::add_hosts(hosts, text, options, system);
    if (!added) return added.error().message();
    std::string result;
    for (const ProbeHost& host : hosts)
      result += (result.empty() ? "" : " ") + (host.path.empty() ? host.address.to_string() : host.path);
    return result;
  }
};

TEST_CASE("hosts are addresses, networks, unix sockets and names") {
  Hosts hosts;
  hosts.system.interfaces = {{7, "eth0"}};
  const Address a4 = Address::v4({192, 0, 2, 1});
  const Address b4 = Address::v4({192, 0, 2, 2});
  const Address a6 = *Address::parse("2001:db8::1");
  hosts.system.hosts["both"] = {a6, *Address::parse("2001:db8::2"), a4, b4};
  CHECK(hosts.add("192.0.2.1") == "192.0.2.1");
  CHECK(hosts.add("[2001:db8::1]") == "2001:db8::1");
  CHECK(hosts.add("[fe80::1%eth0]") == "fe80::1");
  CHECK(hosts.hosts.at(0).address.scope_id == 7);
  CHECK(hosts.add("192.0.2.9/30") == "192.0.2.9 192.0.2.10");
  CHECK(hosts.add("192.0.2.254/31") == "192.0.2.254 192.0.2.255");
  CHECK(hosts.add("192.0.2.1/32") == "192.0.2.1");
  CHECK(hosts.add("2001:db8::fffe/127") == "2001:db8::fffe 2001:db8::ffff");
  CHECK(hosts.add("/run/mpd/socket") == "/run/mpd/socket");
  CHECK(hosts.add("@abstract") == "@abstract");
  CHECK(hosts.add("both") == "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2");
  hosts.options.ipv6 = false;
  CHECK(hosts.add("both") == "192.0.2.1 192.0.2.2");
}

TEST_CASE("what is no host is refused, and said why") {
  Hosts hosts;
  hosts.system.hosts["only4"] = {Address::v4({192, 0, 2, 1})};
  CHECK(hosts.add("unknown.example") == "host unknown.example: no address is known for this name");
  CHECK(hosts.add("10.0.0.0/12") ==
        "host 10.0.0.0/12: holds more than 256 hosts; --max-hosts raises the bound");
  CHECK(hosts.add("2001:db8::/32").find("more than 256 hosts") != std::string::npos);
  CHECK(hosts.add("10.0.0.0/33") == "host 10.0.0.0/33: a prefix length is 0 to 32");
  CHECK(hosts.add("fe80::1").find("needs its interface") != std::string::npos);
  CHECK(hosts.add("fe80::1%nowhere") == "host fe80::1%nowhere: there is no interface 'nowhere'");
  CHECK(hosts.add("") == "host: an empty name");
  CHECK(hosts.add(std::string(200, '/')).find("too long for a unix socket") != std::string::npos);
  hosts.options.ipv4 = false;
  CHECK(hosts.add("only4") == "host only4: has no IPv6 address");
}

}  // namespace
}  // namespace sockutils::test::question_test
