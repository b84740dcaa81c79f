#include "differential/machine/daemons.h"

#include <array>

namespace sockutils::test {
namespace {

const std::array Kinds{
    DaemonKind{.program = "/usr/sbin/sshd",
               .arguments = {"-D", "-e", "-f", "FOLDER/conf", "-h", "FOLDER/key", "-p", "PORT"},
               .configuration = "ListenAddress 127.0.0.1\nPidFile none\n",
               .preparation = "ssh-keygen -q -t ed25519 -N '' -f FOLDER/key",
               .refuses_root = true},
    DaemonKind{
        .program = "/usr/sbin/dnsmasq",
        .arguments = {"--keep-in-foreground", "--conf-file=FOLDER/conf", "--user=USER", "--port=PORT"},
        .configuration = "listen-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\npid-file=\n"},
    DaemonKind{.program = "/usr/bin/redis-server",
               .arguments = {"FOLDER/conf"},
               .configuration = "bind 127.0.0.1\nport PORT\nsave \"\"\ndir FOLDER\n"},
    DaemonKind{.program = "/usr/bin/memcached", .arguments = {"-l", "127.0.0.1", "-p", "PORT", "-u", "USER"}},
    DaemonKind{.program = "/usr/sbin/mosquitto", .arguments = {"-p", "PORT"}},
    DaemonKind{.program = "/usr/sbin/nginx",
               .arguments = {"-p", "FOLDER", "-e", "stderr", "-c", "FOLDER/conf"},
               .configuration =
                   "daemon off; worker_processes 2; pid FOLDER/pid; events {}\n"
                   "http { access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p;\n"
                   "fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;\n"
                   "server { listen 127.0.0.1:PORT; listen [::1]:PORT; } }\n"},
};

}  // namespace

std::vector<const DaemonKind*> installed_daemons() {
  std::vector<const DaemonKind*> installed;
  for (const DaemonKind& kind : Kinds)
    if (kind.is_installed()) installed.push_back(&kind);
  return installed;
}

std::string known_daemons() {
  std::string names;
  for (const DaemonKind& kind : Kinds) names += (names.empty() ? "" : ", ") + kind.program;
  return names;
}

}  // namespace sockutils::test
