/// The rows of the table in probes.cc, one file each.
#pragma once

#include <algorithm>

#include "common/text.h"
#include "probe/identify/dialect.h"

namespace sockutils::probe {

extern const Dialect Mpd;
extern const Dialect Ssh;
extern const Dialect Http;
extern const Dialect Tls;
extern const Dialect Imap;
extern const Dialect Vnc;
extern const Dialect Rsync;
extern const Dialect Mysql;
extern const Dialect Memcached;
extern const Dialect Redis;
extern const Dialect Smtp;
extern const Dialect Ftp;
extern const Dialect Pop3;
extern const Dialect Telnet;
extern const Dialect Mqtt;
extern const Dialect Mongodb;
extern const Dialect Snmp;
extern const Dialect Rdp;
extern const Dialect Amqp;
extern const Dialect Kafka;
extern const Dialect Rtsp;
extern const Dialect Sip;
extern const Dialect Git;
extern const Dialect X11;
extern const Dialect Irc;
extern const Dialect DnsInStream;
extern const Dialect Ldap;
extern const Dialect Xmpp;
extern const Dialect Postgresql;
extern const Dialect Pipicswd;
extern const Dialect Dns;
extern const Dialect Ntp;
extern const Dialect Predict;

}  // namespace sockutils::probe
