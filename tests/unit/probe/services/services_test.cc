#include "probe/identify/service_probe.h"
#include "support/catch.h"

namespace sockutils::test::protocols_test {
namespace {

using namespace std::string_view_literals;
using probe::ServiceProbe;

std::string_view name_of(std::string_view bytes, std::uint16_t port) {
  static std::string name;
  const auto identity = probe::recognise(Protocol::Tcp, {bytes, port});
  name = identity ? identity->name : "";
  return name;
}

ServiceIdentity identity_of(std::string_view bytes, std::uint16_t port = 1) {
  return probe::recognise(Protocol::Tcp, {bytes, port}).value_or(ServiceIdentity{});
}

TEST_CASE("every protocol is recognised by what its own server half says, and by nobody else's reading") {
  for (const ServiceProbe* service_probe : probe::service_probes()) {
    INFO(service_probe->name);
    const std::string said =
        service_probe->reply(service_probe->request == nullptr ? "" : service_probe->request("host.example"));
    REQUIRE_FALSE(said.empty());
    REQUIRE_FALSE(service_probe->ports.empty());
    const auto identity = probe::recognise(service_probe->transport, {said, service_probe->ports[0]});
    REQUIRE(identity);
    CHECK(identity->name == service_probe->name);
    CHECK_FALSE(service_probe->match({"", service_probe->ports[0]}));
    CHECK_FALSE(service_probe->match({"\xde\xad\xbe\xef what is this\r\n", service_probe->ports[0]}));
  }
}

TEST_CASE("product and version are those of the banner") {
  CHECK(identity_of("OK MPD 0.23.5\n") == ServiceIdentity{"mpd", "MPD protocol", "0.23.5"});
  CHECK(identity_of("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n") == ServiceIdentity{"ssh", "OpenSSH", "9.2p1"});
  CHECK(identity_of("a word before\r\nSSH-2.0-dropbear_2022.83\r\n") ==
        ServiceIdentity{"ssh", "dropbear", "2022.83"});
  CHECK(identity_of("220 (vsFTPd 3.0.3)\r\n", 21) == ServiceIdentity{"ftp", "vsFTPd", "3.0.3"});
  CHECK(identity_of("220 mx.example ESMTP Postfix (Debian)\r\n", 25) ==
        ServiceIdentity{"smtp", "Postfix", ""});
  CHECK(identity_of("HTTP/1.0 404 x\r\nDate: now\r\nSERVER:  nginx/1.22.1 (x)\r\n\r\n") ==
        ServiceIdentity{"http", "nginx", "1.22.1"});
  CHECK(identity_of("\x38\0\0\0\x0a"
                    "5.5.5-10.11.6-MariaDB-0+deb12u1\0rest"sv) ==
        ServiceIdentity{"mysql", "MariaDB", "10.11.6-MariaDB-0+deb12u1"});
  CHECK(identity_of(
            "\x01\0\0\0\0\0\x50\0\x0a\0\x0a\0\x09....\x07productS\0\0\0\x08RabbitMQ\x07versionS\0\0\0\x06"
            "3.10.8"sv) == ServiceIdentity{"amqp", "RabbitMQ", "3.10.8"});
  CHECK(identity_of("RTSP/1.0 200 OK\r\nServer: Hipcam 1\r\n\r\n") ==
        ServiceIdentity{"rtsp", "Hipcam 1", ""});
  const auto snmp = probe::recognise(
      Protocol::Udp, {probe::usual_service_probe(Protocol::Udp, 161)
                          ->reply(probe::usual_service_probe(Protocol::Udp, 161)->request({})),
                      161});
  CHECK(snmp == ServiceIdentity{"snmp", "router1", ""});
  CHECK(identity_of("\x10\0\0\0\xff\x69\x04Host is blocked"sv) == ServiceIdentity{"mysql", "", ""});
}

TEST_CASE("a name server tells its product and version, or its version alone") {
  const auto told = [](const std::string& text) {
    const probe::ServiceProbe& dns = *probe::usual_service_probe(Protocol::Udp, 53);
    std::string answer = dns.reply(dns.request({}));
    const std::string own =
        "\x07\x06"
        "9.18.1";
    const std::size_t at = answer.find(own);
    REQUIRE(at != std::string::npos);
    answer.replace(at, own.size(), {static_cast<char>(text.size() + 1), static_cast<char>(text.size())});
    return probe::recognise(Protocol::Udp, {answer + text, 53});
  };
  CHECK(told("unbound 1.17.1") == ServiceIdentity{"dns", "unbound", "1.17.1"});
  CHECK(told("dnsmasq-2.90") == ServiceIdentity{"dns", "dnsmasq", "2.90"});
  CHECK(told("9.18.1-1+deb12u2-Debian") == ServiceIdentity{"dns", "", "9.18.1-1+deb12u2-Debian"});
  CHECK(told("unboundless 1") == ServiceIdentity{"dns", "", "unboundless 1"});
}

TEST_CASE(
    "a greeting of 220 is answered with EHLO, unless it is one of files for sure, or words would disturb") {
  const auto words = [](std::string_view greeting, std::uint16_t port) {
    return probe::further_words({greeting, port});
  };
  CHECK(words("220 mail.example\r\n", 4711) == "EHLO sockprobe\r\n");
  CHECK(words("220 mail.example ESMTP\r\n", 25) == "EHLO sockprobe\r\n");
  CHECK(words("220-mail.example\r\n", 25) == "");
  CHECK(words("220 mail.example\r\n250-mail.example\r\n", 25) == "");
  CHECK_FALSE(words("220 mail.example\r\n250 mail.example\r\n", 25));
  CHECK_FALSE(words("554 go away\r\n", 25));
  CHECK_FALSE(words("220 (vsFTPd 3.0.3)\r\n", 4711));
  CHECK_FALSE(words("220 hello\r\n", 6600));
  CHECK_FALSE(words("SSH-2.0-OpenSSH\r\n", 22));
  CHECK(name_of("220 mail.example\r\n250 SIZE\r\n", 4711) == "smtp");
  CHECK(name_of("220 files.example\r\n530 Please login.\r\n", 4711) == "ftp");
  CHECK(name_of("220 files.example\r\n500 'EHLO': command not understood.\r\n", 4711) == "ftp");
}

TEST_CASE("the same greeting is mail or files by its words, or else by its port") {
  CHECK(name_of("220 welcome\r\n", 21) == "ftp");
  CHECK(name_of("220 welcome\r\n", 25) == "smtp");
  CHECK(name_of("220 FTP server ready\r\n", 9999) == "ftp");
  CHECK(name_of("220 host ESMTP\r\n", 9999) == "smtp");
  CHECK(name_of("220 welcome\r\n", 9999).empty());
}

TEST_CASE("a home automation daemon answers in pairs of number and state") {
  CHECK(name_of("1 open 2 closed", 5001) == "pipicswd");
  CHECK(name_of("1 open", 5002) == "pipichbd");
  CHECK(name_of("1 open 2", 5001).empty());
  CHECK(name_of("open 1", 5001).empty());
  CHECK(name_of("1 ajar", 5001).empty());
}

TEST_CASE("nobody is asked what can do harm") {
  const ServiceProbe* const predict = probe::usual_service_probe(Protocol::Udp, 1210);
  REQUIRE(predict != nullptr);
  CHECK(predict->request("x") == "GET_VERSION\n");
  CHECK(probe::usual_service_probe(Protocol::Tcp, 6600) == nullptr);
  CHECK(probe::usual_service_probe(Protocol::Tcp, 5001)->request("x").size() <= 24);
  for (const unsigned port : {9100u, 9107u, 6600u, 5001u, 5002u})
    CHECK(probe::is_delicate(static_cast<std::uint16_t>(port)));
  for (const unsigned port : {80u, 9099u, 9108u})
    CHECK_FALSE(probe::is_delicate(static_cast<std::uint16_t>(port)));
  const std::string question = probe::usual_service_probe(Protocol::Tcp, 80)->request("a\r\nEvil: 1");
  CHECK(question.find("Evil") == std::string::npos);
}

}  // namespace
}  // namespace sockutils::test::protocols_test
