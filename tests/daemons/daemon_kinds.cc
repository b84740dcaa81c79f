#include "daemons/daemon_kinds.h"

#include <glob.h>

namespace sockutils::test {
namespace {

constexpr ProbePort tcp(std::uint16_t port) { return {Protocol::Tcp, port}; }
constexpr ProbePort udp(std::uint16_t port) { return {Protocol::Udp, port}; }

/// The last file of a pattern; the pattern itself when there is none.
std::string last_of(const std::string& pattern) {
  glob_t found{};
  std::string last = pattern;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) last = found.gl_pathv[found.gl_pathc - 1];
  globfree(&found);
  return last;
}

/// Debian has them by version, others in the usual place.
std::string postgresql_program(const std::string& name) {
  const std::string debian = last_of("/usr/lib/postgresql/*/bin/" + name);
  return debian.find('*') == std::string::npos ? debian : "/usr/bin/" + name;
}

KnownDaemon mpd() {
  return {
      .kind = {.program = "/usr/bin/mpd",
               .arguments = {"--no-daemon", "FOLDER/conf"},
               .configuration = "music_directory \"FOLDER\"\ndb_file \"FOLDER/db\"\nlog_file \"FOLDER/log\"\n"
                                "bind_to_address \"127.0.0.1\"\nport \"PORT\"\nzeroconf_enabled \"no\"\n"
                                "audio_output {\ntype \"null\"\nname \"nothing\"\n}\n",
               .refuses_root = true},
      .ports = {{tcp(6600), "mpd", "MPD protocol", true}},
      .version = "mpd --version",
      // Of the protocol: its last part goes its own way.
      .version_length = 4};
}

KnownDaemon sshd() {
  return {.kind = {.program = "/usr/sbin/sshd",
                   .arguments = {"-D", "-e", "-f", "FOLDER/conf", "-h", "FOLDER/key", "-p", "PORT"},
                   .configuration = "ListenAddress 127.0.0.1\nPidFile none\nUsePAM no\n",
                   .preparation = "ssh-keygen -q -t ed25519 -N '' -f FOLDER/key",
                   .refuses_root = true},
          .ports = {{tcp(22), "ssh", "OpenSSH", true}},
          .version = "ssh -V"};
}

/// Without its tables of users it needs none of the preparation that a database takes.
KnownDaemon mariadbd() {
  return {.kind = {.program = "/usr/sbin/mariadbd",
                   .arguments = {"--no-defaults", "--datadir=FOLDER/data", "--socket=FOLDER/socket",
                                 "--pid-file=FOLDER/pid", "--port=PORT", "--bind-address=127.0.0.1",
                                 "--skip-grant-tables", "--skip-innodb", "--default-storage-engine=MyISAM"},
                   .preparation = "mkdir data",
                   .refuses_root = true},
          .ports = {{tcp(3306), "mysql", "MariaDB", true}},
          .version = "/usr/sbin/mariadbd --version"};
}

KnownDaemon redis() {
  return {.kind = {.program = "/usr/bin/redis-server",
                   .arguments = {"FOLDER/conf"},
                   .configuration = "bind 127.0.0.1\nport PORT\nsave \"\"\ndir FOLDER\n",
                   .refuses_root = true},
          .ports = {{tcp(6379), "redis"}}};
}

/// Plain and in TLS, with a certificate of its own.
KnownDaemon nginx() {
  return {.kind = {.program = "/usr/sbin/nginx",
                   .arguments = {"-p", "FOLDER", "-e", "stderr", "-c", "FOLDER/conf"},
                   .configuration =
                       "daemon off; worker_processes 1; pid FOLDER/pid; events {}\n"
                       "http { access_log off; client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p;\n"
                       "fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;\n"
                       "server { listen 127.0.0.1:PORT; }\n"
                       "server { listen 127.0.0.1:443 ssl http2; ssl_certificate FOLDER/certificate;\n"
                       "ssl_certificate_key FOLDER/key; } }\n",
                   .preparation = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                                  "-subj /CN=web.example -keyout FOLDER/key -out FOLDER/certificate",
                   .refuses_root = true},
          .ports = {{tcp(80), "http", "nginx", true}, {tcp(443), "https", "nginx", true}},
          .version = "/usr/sbin/nginx -v"};
}

KnownDaemon vsftpd() {
  return {.kind = {.program = "/usr/sbin/vsftpd",
                   .arguments = {"FOLDER/conf"},
                   .configuration = "listen=YES\nlisten_address=127.0.0.1\nlisten_port=PORT\nbackground=NO\n"
                                    "run_as_launching_user=YES\nanonymous_enable=YES\nanon_root=FOLDER\n"
                                    "secure_chroot_dir=FOLDER\nxferlog_enable=NO\nseccomp_sandbox=NO\n",
                   .refuses_root = true},
          .ports = {{tcp(21), "ftp", "vsFTPd", true}},
          // It writes that to its standard input.
          .version = "/usr/sbin/vsftpd -v 0>&1"};
}

KnownDaemon memcached() {
  return {.kind = {.program = "/usr/bin/memcached",
                   .arguments = {"-l", "127.0.0.1", "-p", "PORT", "-u", "USER"},
                   .refuses_root = true},
          .ports = {{tcp(11211), "memcached", "memcached", true}},
          .version = "memcached -V"};
}

KnownDaemon mosquitto() {
  return {.kind = {.program = "/usr/sbin/mosquitto",
                   .arguments = {"-c", "FOLDER/conf"},
                   .configuration = "listener PORT 127.0.0.1\nallow_anonymous true\n",
                   .refuses_root = true},
          .ports = {{tcp(1883), "mqtt"}}};
}

KnownDaemon exim() {
  return {.kind = {.program = "/usr/sbin/exim4",
                   .arguments = {"-bdf", "-C", "FOLDER/conf"},
                   .configuration = "primary_hostname = mail.example\nspool_directory = FOLDER\n"
                                    "log_file_path = FOLDER/%slog\npid_file_path = FOLDER/pid\n"
                                    "daemon_smtp_ports = PORT\nlocal_interfaces = 127.0.0.1\n"
                                    "tls_advertise_hosts =\nacl_smtp_rcpt =\n",
                   // It writes its log as a user of its own.
                   .preparation = "chmod 777 .",
                   .needs_root = true},
          .ports = {{tcp(25), "smtp", "Exim", true}},
          .version = "/usr/sbin/exim4 -bV"};
}

KnownDaemon dovecot() {
  return {.kind = {.program = "/usr/sbin/dovecot",
                   .arguments = {"-F", "-c", "FOLDER/conf"},
                   .configuration = "base_dir = FOLDER/run\nstate_dir = FOLDER/state\nlog_path = FOLDER/log\n"
                                    "protocols = imap pop3\nlisten = 127.0.0.1\nssl = no\n"
                                    "service imap-login {\n  inet_listener imap {\n    port = PORT\n  }\n"
                                    "  inet_listener imaps {\n    port = 0\n  }\n}\n"
                                    "service pop3-login {\n  inet_listener pop3 {\n    port = 110\n  }\n"
                                    "  inet_listener pop3s {\n    port = 0\n  }\n}\n"
                                    "passdb {\n  driver = static\n  args = nopassword=y\n}\n"
                                    "userdb {\n  driver = static\n  args = uid=65534 gid=65534 home=/\n}\n",
                   // Its processes have users of their own, who have to find their way there.
                   .preparation = "chmod 755 . && mkdir run state",
                   .needs_root = true},
          .ports = {{tcp(143), "imap", "Dovecot"}, {tcp(110), "pop3", "Dovecot"}}};
}

KnownDaemon postgresql() {
  return {.kind = {.program = postgresql_program("postgres"),
                   .arguments = {"-D", "FOLDER/data", "-p", "PORT", "-h", "127.0.0.1", "-k", "FOLDER", "-F"},
                   .preparation = postgresql_program("initdb") +
                                  " -D FOLDER/data -A trust -U test --no-sync --no-instructions >/dev/null",
                   .refuses_root = true},
          .ports = {{tcp(5432), "postgresql"}}};
}

KnownDaemon unbound() {
  return {.kind = {.program = "/usr/sbin/unbound",
                   .arguments = {"-d", "-c", "FOLDER/conf"},
                   .configuration = "server:\n  interface: 127.0.0.1\n  port: PORT\n  do-daemonize: no\n"
                                    "  chroot: \"\"\n  username: \"\"\n  directory: \"FOLDER\"\n"
                                    "  pidfile: \"FOLDER/pid\"\n  use-syslog: no\n  module-config: iterator\n"
                                    "  num-threads: 1\nremote-control:\n  control-enable: no\n",
                   .refuses_root = true},
          .ports = {{tcp(53), "dns", "unbound", true}, {udp(53), "dns", "unbound", true}},
          .version = "/usr/sbin/unbound -V"};
}

KnownDaemon dnsmasq() {
  return {
      .kind = {.program = "/usr/sbin/dnsmasq",
               .arguments = {"--keep-in-foreground", "--conf-file=FOLDER/conf", "--user=USER", "--port=PORT"},
               .configuration = "listen-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\npid-file=\n",
               .refuses_root = true},
      .ports = {{tcp(53), "dns", "dnsmasq", true}, {udp(53), "dns", "dnsmasq", true}},
      .version = "/usr/sbin/dnsmasq --version"};
}

KnownDaemon slapd() {
  return {.kind = {.program = "/usr/sbin/slapd",
                   .arguments = {"-d", "0", "-h", "ldap://127.0.0.1:PORT", "-f", "FOLDER/conf"},
                   .configuration = "pidfile FOLDER/pid\nargsfile FOLDER/args\n",
                   .refuses_root = true},
          .ports = {{tcp(389), "ldap"}}};
}

KnownDaemon rsync() {
  return {.kind = {.program = "/usr/bin/rsync",
                   .arguments = {"--daemon", "--no-detach", "--config=FOLDER/conf", "--port=PORT",
                                 "--address=127.0.0.1"},
                   .configuration = "use chroot = no\nlog file = FOLDER/log\n[files]\npath = FOLDER\n",
                   .refuses_root = true},
          .ports = {{tcp(873), "rsync", "rsync"}}};
}

KnownDaemon git() {
  return {.kind = {.program = last_of("/usr/lib*/git-core/git-daemon"),
                   .arguments = {"--listen=127.0.0.1", "--port=PORT", "--base-path=FOLDER"},
                   .refuses_root = true},
          .ports = {{tcp(9418), "git"}}};
}

}  // namespace

std::span<const KnownDaemon> known_daemons_to_ask() {
  static const std::vector<KnownDaemon> All{
      mpd(),  sshd(),    mariadbd(),   redis(),   nginx(),   vsftpd(), memcached(), mosquitto(),
      exim(), dovecot(), postgresql(), unbound(), dnsmasq(), slapd(),  rsync(),     git()};
  return All;
}

}  // namespace sockutils::test
