// One question, asked in every way that there is: each field of each socket has to say the same.
#include <fcntl.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <map>
#include <set>

#include "cli/program.h"
#include "sockutils/field.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/skip.h"
#include "support/sockets.h"

namespace cli::equality_test {
namespace {

using namespace sockutils::test;
using sockutils::UniqueFd;

/// Field -> its JSON, of one socket; by the socket's family and cookie.
using Facts = std::map<std::string, std::string>;
using Rows = std::map<std::string, Facts>;

/// Without what grows by the second.
std::string text_of(rapidjson::Value& value) {
  if (value.IsArray())
    for (auto& element : value.GetArray())
      if (element.IsObject()) element.RemoveMember("age");
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

/// What only one of the tools adds to a row.
bool is_of_socket(const std::string& name) { return sockutils::find_field(name) != nullptr; }

Rows parse(const Result& result) {
  INFO(result.err);
  Rows rows;
  for (const std::string& line : lines(result.out)) {
    rapidjson::Document row;
    row.Parse(line.c_str());
    REQUIRE(row.IsObject());
    Facts facts;
    for (auto& member : row.GetObject())
      if (is_of_socket(member.name.GetString())) facts[member.name.GetString()] = text_of(member.value);
    // Later lines of one socket are what is true now.
    if (facts.contains("cookie")) rows[facts["family"] + facts["cookie"]] = std::move(facts);
  }
  return rows;
}

std::string all_fields() {
  std::string words;
  for (const sockutils::Field* field : sockutils::fields())
    words += (words.empty() ? "" : ",") + std::string(field->name);
  return words;
}

void name_process(const char* name) { prctl(PR_SET_NAME, name); }

void join_network_of(pid_t pid) {
  const UniqueFd there(::open(("/proc/" + std::to_string(pid) + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC));
  checked(::setns(there.get(), CLONE_NEWNET), "setns");
}

/// A process that holds a network namespace, in which nothing is.
class Home : public Child {
 public:
  Home() : Child([] { enter_new_network(); }) {}
  std::vector<std::string> wrapper() const { return {"nsenter", "-t", std::to_string(pid()), "-n", "--"}; }
};

constexpr std::uint16_t Port = 5556;

/// Two processes with both ends of a TCP connection, of a unix connection by path and of UDP, listeners of
/// both versions of IP, and sockets of the families that a kernel always has.
class Scene {
 public:
  explicit Scene(pid_t home)
      : server_(
            [this, home] {
              name_process("eq-server");
              join_network_of(home);
              tcp_ = make_socket(AF_INET, SOCK_STREAM);
              bind_to(tcp_, SocketAddress::v4("127.0.0.1", Port));
              listen_on(tcp_, 7);
              tcp6_ = make_socket(AF_INET6, SOCK_STREAM);
              bind_to(tcp6_, SocketAddress::v6("::", Port + 1));
              listen_on(tcp6_, 3);
              udp_ = make_socket(AF_INET, SOCK_DGRAM);
              bind_to(udp_, SocketAddress::v4("127.0.0.1", Port));
              unix_ = make_socket(AF_UNIX, SOCK_STREAM);
              bind_to(unix_, SocketAddress::unix_name(path()));
              listen_on(unix_, 2);
              abstract_ = make_socket(AF_UNIX, SOCK_DGRAM);
              bind_to(abstract_, SocketAddress::unix_name(std::string_view("\0equal", 6)));
              netlink_ = make_socket(AF_NETLINK, SOCK_RAW, 0);
              bind_to(netlink_, SocketAddress::netlink(0, 1));
              packet_ = make_socket(AF_PACKET, SOCK_DGRAM);
            },
            [this] {
              for (const UniqueFd* const listener : {&tcp_, &unix_}) {
                UniqueFd& taken = accepted_.emplace_back(accept_from(*listener));
                send_text(taken, "x");
              }
            }),
        client_([this, home] {
          name_process("eq-client");
          join_network_of(home);
          for (UniqueFd* const inherited : {&tcp_, &tcp6_, &udp_, &unix_, &abstract_, &netlink_, &packet_})
            *inherited = UniqueFd();
          connection_ = make_socket(AF_INET, SOCK_STREAM);
          connect_to(connection_, SocketAddress::v4("127.0.0.1", Port));
          datagrams_ = make_socket(AF_INET, SOCK_DGRAM);
          connect_to(datagrams_, SocketAddress::v4("127.0.0.1", Port));
          path_ = make_socket(AF_UNIX, SOCK_STREAM);
          connect_to(path_, SocketAddress::unix_name(path()));
          // Once this is there, the server has accepted.
          char byte = 0;
          for (const UniqueFd* const end : {&connection_, &path_})
            checked(static_cast<int>(::read(end->get(), &byte, 1)), "read");
        }) {}

  static constexpr std::size_t Sockets = 12;

 private:
  std::string path() const { return folder_.path() + "/socket"; }

  TemporaryFolder folder_;
  UniqueFd tcp_, tcp6_, udp_, unix_, abstract_, netlink_, packet_;
  std::vector<UniqueFd> accepted_;
  UniqueFd connection_, datagrams_, path_;
  Child server_;
  Child client_;
};

/// Fields that differ between two listings one after the other: of these the values are not compared.
std::set<std::string> moving(const Rows& before, const Rows& after) {
  std::set<std::string> names;
  for (const auto& [key, facts] : before)
    for (const auto& [name, value] : facts) {
      const auto row = after.find(key);
      if (row == after.end() || !row->second.contains(name) || row->second.at(name) != value)
        names.insert(name);
    }
  return names;
}

/// What `other` says otherwise, in words.
std::vector<std::string> differences(const Rows& rows, const Rows& other,
                                     const std::set<std::string>& moving) {
  std::vector<std::string> all;
  for (const auto& [key, facts] : rows) {
    const auto row = other.find(key);
    if (row == other.end()) {
      all.push_back("no row " + facts.at("family") + " " + facts.at("local"));
      continue;
    }
    std::set<std::string> names;
    for (const Facts* side : {&facts, &row->second})
      for (const auto& [name, value] : *side) names.insert(name);
    for (const std::string& name : names) {
      const auto mine = facts.find(name);
      const auto theirs = row->second.find(name);
      const std::string a = mine == facts.end() ? "nothing" : mine->second;
      const std::string b = theirs == row->second.end() ? "nothing" : theirs->second;
      if (a == b || (moving.contains(name) && a != "nothing" && b != "nothing")) continue;
      std::string& said = all.emplace_back(name);
      for (const std::string_view part :
           {" of ", facts.at("local").c_str(), ": ", a.c_str(), " | ", b.c_str()})
        said += part;
    }
  }
  return all;
}

class Equality {
 public:
  Rows sockls(std::vector<std::string> words) { return run(std::move(words), {}, home_.wrapper()); }
  Rows monitor(std::vector<std::string> words) {
    words.insert(words.end(), {"--batch", "--frames=1", "--no-capture", "--interval=0.3"});
    return run(std::move(words), tool_path("sockmon"), home_.wrapper());
  }
  /// From the network namespace of the test.
  Rows from_outside(std::vector<std::string> words, const std::string& program) {
    words.push_back("--netns=" + std::to_string(home_.pid()));
    return run(std::move(words), program, {});
  }
  std::string file(const char* name) const { return folder_.path() + "/" + name; }
  pid_t home() const { return home_.pid(); }
  std::vector<std::string> wrapper() const { return home_.wrapper(); }

  std::vector<std::string> asking(std::vector<std::string> words) const {
    words.insert(words.end(), {"--all", "--jsonl", "--columns=" + all_fields(), "process ~ '^eq-'"});
    return words;
  }

 private:
  Rows run(std::vector<std::string> words, const std::string& program,
           const std::vector<std::string>& wrapper) const {
    return parse(cli::sockls(asking(std::move(words)), {.program = program, .wrapper = wrapper}));
  }

  Home home_;
  TemporaryFolder folder_;
};

/// Follows the sockets of a namespace from before there are any.
class Following {
 public:
  explicit Following(const Equality& equality)
      : program_(equality.asking({"--follow=1", "--for=30"}), {.wrapper = equality.wrapper()}) {
    // The first that it reports says that it follows; its next look is a second away then.
    const Child canary([] {},
                       [&equality] {
                         name_process("eq-canary");
                         join_network_of(equality.home());
                         for (int i = 0; i < 300; ++i) {
                           const UniqueFd listener = make_tcp_listener(AF_INET, 1);
                           ::usleep(100'000);
                         }
                       });
    program_.read_until("eq-canary");
  }

  Rows until_all_are_told() {
    program_.read_until("\"local\":\"@equal\"");
    // Ctrl-C has it say what else there is to say.
    ::kill(program_.pid(), SIGINT);
    Rows rows = parse(program_.finish());
    std::erase_if(rows, [](const auto& row) { return row.second.at("process") == "[\"eq-canary\"]"; });
    return rows;
  }

 private:
  Program program_;
};

void check_equal(const char* what, const Rows& rows, const Rows& other, const std::set<std::string>& moving) {
  INFO(what);
  CHECK(differences(rows, other, moving) == std::vector<std::string>{});
}

TEST_CASE("every field says the same in a listing, in the monitor and in recordings") {
  if (!is_root()) SKIP_OUT_LOUD("takes root: network namespaces");
  Equality equality;
  const Scene scene(equality.home());
  const Rows rows = equality.sockls({});
  REQUIRE(rows.size() == Scene::Sockets);
  const Rows monitor = equality.monitor({});
  const Rows outside = equality.from_outside({}, {});
  const Rows monitor_outside = equality.from_outside(
      {"--batch", "--frames=1", "--no-capture", "--interval=0.3"}, tool_path("sockmon"));
  static_cast<void>(cli::sockls({"--all", "--resolve", "--record=" + equality.file("one")},
                                {.wrapper = equality.wrapper()}));
  const Rows recorded = equality.sockls({"--read=" + equality.file("one")});
  const std::string home = "--netns=" + std::to_string(equality.home());
  static_cast<void>(cli::sockls({"--all", "--resolve", home, "--record=" + equality.file("there")}));
  const Rows recorded_there = equality.sockls({"--read=" + equality.file("there")});
  static_cast<void>(equality.monitor({"--record=" + equality.file("two")}));
  const Rows replayed = equality.monitor({"--replay=" + equality.file("two")});
  const Rows read = equality.sockls({"--read=" + equality.file("two")});
  const std::set<std::string> moved = moving(rows, equality.sockls({}));
  for (const char* field :
       {"local", "peer", "state", "processes", "peer_processes", "peer_path", "autobound"}) {
    INFO(field);
    CHECK_FALSE(moved.contains(field));
  }
  check_equal("sockmon", rows, monitor, moved);
  check_equal("sockls -N", rows, outside, moved);
  check_equal("sockmon -N", rows, monitor_outside, moved);
  check_equal("sockls --read", rows, recorded, moved);
  check_equal("sockls --read of another namespace", rows, recorded_there, moved);
  check_equal("sockmon --replay", rows, replayed, moved);
  check_equal("sockls --read of sockmon's", rows, read, moved);
}

TEST_CASE("every field says the same in a listing and in events") {
  if (!is_root()) SKIP_OUT_LOUD("takes root: network namespaces");
  Equality equality;
  Following following(equality);
  const Scene scene(equality.home());
  const Rows told = following.until_all_are_told();
  const Rows rows = equality.sockls({});
  REQUIRE(rows.size() == Scene::Sockets);
  check_equal("sockls --follow", rows, told, moving(rows, equality.sockls({})));
}

}  // namespace
}  // namespace cli::equality_test
