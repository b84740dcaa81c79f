// What cannot be seen is said, with what helps the one who asks.

#include <unistd.h>

#include "cli/program.h"
#include "support/catch.h"
#include "support/skip.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace unseen_test {
namespace {

using Words = std::vector<std::string>;

/// A pid namespace with a /proc of its own, beside the network of this one.
Words own_pid_namespace() { return {"unshare", cli::is_root() ? "-pf" : "-Urpf", "--mount-proc"}; }

/// An ordinary user behind a /proc that hides the processes of others. The mount of everybody stays as it is.
Words behind_hidepid(const std::string& value) {
  Words words{"unshare", "-m", "sh", "-c", "mount -t proc -o hidepid=" + value + " proc /proc && exec \"$@\"",
              "sh"};
  words.insert(words.end(), cli::AsNobody.begin(), cli::AsNobody.end());
  return words;
}

bool runs_in(const Words& wrapper) { return sockls({"--version"}, {.wrapper = wrapper}).status == 0; }

/// A listener of a user who has no name.
class StrangersListener {
 public:
  StrangersListener() {
    REQUIRE(::seteuid(Uid) == 0);
    listener_.emplace();
    REQUIRE(::seteuid(0) == 0);
  }
  std::string filter() const { return listener_->filter(); }

  static constexpr uid_t Uid = 3141592653;

 private:
  std::optional<cli::Listener> listener_;
};

}  // namespace

TEST_CASE("in a pid namespace of its own beside the host's network owners are missing, and that is said") {
  const cli::Surroundings inside{.wrapper = own_pid_namespace()};
  if (!runs_in(inside.wrapper)) SKIP_OUT_LOUD("no pid namespace of its own is to be had");
  const cli::Listener listener;
  const cli::Result shown = sockls({"-tnp", listener.filter()}, inside);
  CHECK(shown.status == 3);
  CHECK_THAT(shown.out, Contains(std::to_string(listener.port())));
  CHECK_THAT(shown.err, Contains("the owner of 1 socket is unknown") && Contains("pid namespace") &&
                            Contains("--pid=host"));
  CHECK(cli::lines(shown.err).size() == 1);
  const std::string by_owner = "process = cli_tests and " + listener.filter();
  for (const Words& words :
       {Words{"-q", by_owner}, Words{"-t", by_owner}, Words{"--columns=pid", listener.filter()},
        Words{"--group-by=process", listener.filter()}, Words{"-K", "--yes", "-t", by_owner},
        Words{"--unbound", "-tn", listener.filter()}, Words{"--follow", "--for=0.01", "-t", by_owner}}) {
    const cli::Result result = sockls(words, inside);
    INFO(words.front() << ' ' << words.back());
    CHECK(result.status == 3);
    CHECK_THAT(result.err, Contains("pid namespace"));
  }
  CHECK(sockls({"-q", listener.filter()}, inside).status == 0);
  CHECK(sockls({"-tn", listener.filter()}, inside).status == 0);
}

TEST_CASE("hidepid is named to who is kept from processes, and to nobody else") {
  if (const std::string why = cli::nobody_cannot_run(); !why.empty()) SKIP_OUT_LOUD(why);
  const cli::Listener listener;
  for (const char* value : {"1", "2"}) {
    const Words wrapper = behind_hidepid(value);
    if (!runs_in(wrapper)) SKIP_OUT_LOUD("proc cannot be mounted with hidepid");
    const cli::Result result = sockls({"-tnp", listener.filter()}, {.wrapper = wrapper});
    CHECK(result.status == 3);
    CHECK(cli::lines(result.err).size() == 1);
    CHECK_THAT(result.err, Contains("hidepid") && Contains("CAP_SYS_PTRACE"));
    const Words as_root(wrapper.begin(), wrapper.end() - static_cast<std::ptrdiff_t>(cli::AsNobody.size()));
    CHECK(sockls({"-tnp", listener.filter()}, {.wrapper = as_root}).err.find("hidepid") == std::string::npos);
  }
}

TEST_CASE("processes that may not be read are named, and nobody is told to be what he is") {
  if (const std::string why = cli::nobody_cannot_run(); !why.empty()) SKIP_OUT_LOUD(why);
  const cli::Listener listener;
  const cli::Result nobody = sockls({"-tnp", listener.filter()}, {.wrapper = cli::AsNobody});
  CHECK(nobody.status == 3);
  CHECK_THAT(nobody.err, Contains("/1") && Contains("run as root, or give the program CAP_SYS_PTRACE"));

  const Words without{"setpriv", "--bounding-set=-sys_ptrace"};
  const cli::Result root = sockls({"-tnp", listener.filter()}, {.wrapper = without});
  CHECK(root.status == 3);
  CHECK_THAT(root.err, Contains("CAP_SYS_PTRACE is withheld") && Contains("--cap-add=SYS_PTRACE"));
  CHECK(root.err.find("run as root") == std::string::npos);

  Words rootless = cli::AsNobody;
  rootless.insert(rootless.end(), {"unshare", "-Ur"});
  if (!runs_in(rootless)) SKIP_OUT_LOUD("an ordinary user has no user namespaces");
  const cli::Result in_user_namespace = sockls({"-tnp", listener.filter()}, {.wrapper = rootless});
  CHECK(in_user_namespace.status == 3);
  CHECK_THAT(in_user_namespace.err, Contains("run as root outside of this user namespace"));
}

TEST_CASE("a user without a name is shown, grouped and filtered by number") {
  if (!cli::is_root()) SKIP_OUT_LOUD("needs root, to become somebody else");
  const StrangersListener listener;
  const std::string uid = std::to_string(StrangersListener::Uid);
  CHECK(sockls({"-H", "--columns=user", listener.filter()}).out == uid + "\n");
  CHECK(sockls({"-q", "user = " + uid + " and " + listener.filter()}).status == 0);
  CHECK(sockls({"-H", "--csv", "--group-by=user", listener.filter()}).out == uid + ",1\r\n");
  CHECK_THAT(sockls({"--json", "--columns=user", listener.filter()}).out,
             Contains("\"user\":\"" + uid + "\""));
}

}  // namespace unseen_test
