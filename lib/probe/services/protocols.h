/// The rows of the table in identify/service_probe.cc, one file each.
#pragma once

#include <algorithm>

#include "common/text.h"
#include "probe/identify/service_probe.h"

namespace sockutils::probe {

extern const ServiceProbe Mpd;
extern const ServiceProbe Ssh;
extern const ServiceProbe Http;
extern const ServiceProbe Tls;
extern const ServiceProbe Imap;
extern const ServiceProbe Vnc;
extern const ServiceProbe Rsync;
extern const ServiceProbe Mysql;
extern const ServiceProbe Memcached;
extern const ServiceProbe Redis;
extern const ServiceProbe Smtp;
extern const ServiceProbe Ftp;
extern const ServiceProbe Pop3;
extern const ServiceProbe Telnet;
extern const ServiceProbe Mqtt;
extern const ServiceProbe Mongodb;
extern const ServiceProbe Snmp;
extern const ServiceProbe Rdp;
extern const ServiceProbe Amqp;
extern const ServiceProbe Kafka;
extern const ServiceProbe Rtsp;
extern const ServiceProbe Sip;
extern const ServiceProbe Git;
extern const ServiceProbe X11;
extern const ServiceProbe Irc;
extern const ServiceProbe DnsInStream;
extern const ServiceProbe Ldap;
extern const ServiceProbe Xmpp;
extern const ServiceProbe Postgresql;
extern const ServiceProbe Pipicswd;
extern const ServiceProbe Dns;
extern const ServiceProbe Ntp;
extern const ServiceProbe Predict;

}  // namespace sockutils::probe
