#include "acquire/recordings/recording_format.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>

#include "acquire/recordings/record_between.h"
#include "family/attributes.h"

namespace sockutils::record {
namespace {

/// Not text, so that nobody takes it for that, and with line ends that a copy as text would change.
constexpr std::string_view Magic = "\x89SKREC\r\n";
constexpr std::uint8_t ByteOrder = std::endian::native == std::endian::little ? 1 : 2;
/// It is held in memory whole. With all that is told of it a TCP socket takes 500 bytes.
constexpr std::size_t LargestFile = std::size_t{16} << 30;

tl::unexpected<Error> fault(const std::string& name, std::string what) {
  return tl::unexpected(Error{0, "read", name, std::move(what)});
}

std::string version_text(std::uint16_t major, std::uint16_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

/// Which half of its sockets a dump brings is said by the first operation of its program, see
/// kernel_filter.cc.
std::uint8_t half_of(ByteView program) {
  const auto first = load<inet_diag_bc_op>(program);
  const auto second = load<inet_diag_bc_op>(program, sizeof(inet_diag_bc_op));
  if (!first || first->code != INET_DIAG_BC_AUTO) return 0;
  const bool turned_away =
      first->no == 2 * sizeof(inet_diag_bc_op) && second && second->code == INET_DIAG_BC_JMP;
  return turned_away ? 2 : 1;
}

/// Adds what a netlink message says to its dump.
void add_message(Dump& dump, ByteView message) {
  const auto header = *load<nlmsghdr>(message);
  dump.interrupted = dump.interrupted || (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
  if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
    const std::int32_t code = load<std::int32_t>(message, sizeof(nlmsghdr)).value_or(0);
    constexpr std::int32_t LargestErrno = 4095;
    dump.error = code < 0 && code >= -LargestErrno ? -code : 0;
  } else if (header.nlmsg_type >= NLMSG_MIN_TYPE) {
    dump.messages.push_back(message);
  }
}

/// Takes the sections of a file one after the other.
class FileParser {
 public:
  explicit FileParser(Parsed& parsed) : parsed_(parsed) {}

  /// False when the section makes no sense.
  bool take(Tag tag, std::string_view payload) {
    WireReader reader(payload);
    ++sections_;
    if (tag == Tag::Snapshot) return begin_snapshot(reader);
    if (!snapshot_) return true;
    switch (tag) {
      case Tag::About:
        return take_about(reader);
      case Tag::Namespace:
        namespace_ = &snapshot_->namespaces[payload];
        dump_ = nullptr;
        return true;
      case Tag::Fact:
        return take_fact(reader);
      case Tag::Dump:
        return begin_dump(reader);
      case Tag::Messages:
        return take_messages(payload);
      case Tag::Closings:
        namespace_->closings = payload;
        return parse_closings(payload).has_value();
      case Tag::Packets:
        namespace_->packets = payload;
        return parse_packets(payload).has_value();
      case Tag::End:
        return end_snapshot(reader);
      case Tag::Snapshot:
        break;
    }
    return true;
  }

  bool in_snapshot() const { return snapshot_.has_value(); }

 private:
  bool begin_snapshot(WireReader& reader) {
    const auto time = reader.number<std::uint64_t>();
    if (!time || snapshot_) return false;
    snapshot_.emplace().time = std::min(*time, LatestTime);
    if (const auto steady = reader.number<std::uint64_t>()) snapshot_->steady = std::min(*steady, LatestTime);
    namespace_ = &snapshot_->namespaces[{}];
    dump_ = nullptr;
    sections_ = 0;
    return true;
  }

  bool take_about(WireReader& reader) {
    for (std::string* const into :
         {&parsed_.info.host, &parsed_.info.kernel, &parsed_.info.machine, &parsed_.info.version}) {
      const auto text = reader.text();
      if (!text) return false;
      *into = *text;
    }
    return true;
  }

  bool take_fact(WireReader& reader) {
    const auto question = reader.number<std::uint8_t>();
    const auto subject = reader.text();
    const auto error = reader.number<std::uint32_t>();
    if (!question || !subject || !error) return false;
    namespace_->facts[{static_cast<FactKind>(*question), *subject}] = {static_cast<std::int32_t>(*error),
                                                                       reader.rest()};
    return true;
  }

  /// A dump that is asked for again takes the place of the one before.
  bool begin_dump(WireReader& reader) {
    const auto family = reader.number<std::uint8_t>();
    const auto half = reader.number<std::uint8_t>();
    const auto protocol = reader.number<std::uint32_t>();
    if (!family || !half || !protocol) return false;
    dump_ = &namespace_->dumps[{*family, *half, *protocol}];
    *dump_ = {};
    return true;
  }

  bool take_messages(std::string_view payload) {
    std::vector<ByteView> messages;
    if (dump_ == nullptr || !split_messages(payload, messages)) return false;
    for (const ByteView message : messages) add_message(*dump_, message);
    return true;
  }

  bool end_snapshot(WireReader& reader) {
    // The number of sections in between, so that one that got lost is noticed.
    if (reader.number<std::uint32_t>() != sections_) return false;
    parsed_.info.times.push_back(snapshot_->time);
    parsed_.snapshots.push_back(*std::move(snapshot_));
    snapshot_.reset();
    return true;
  }

  Parsed& parsed_;
  std::optional<Snapshot> snapshot_;
  Namespace* namespace_ = nullptr;
  Dump* dump_ = nullptr;
  std::uint32_t sections_ = 0;
};

Result<Parsed> parse_recording(std::string_view bytes, const std::string& name) {
  if (auto checked = check_header(bytes, name); !checked) return tl::unexpected(checked.error());
  Parsed parsed;
  FileParser parser(parsed);
  WireReader reader(bytes.substr(HeaderSize));
  while (!reader.at_end() && parsed.info.damage.empty()) {
    const std::size_t position = bytes.size() - reader.rest().size();
    const auto tag = reader.number<std::uint32_t>();
    const auto payload = reader.text();
    if (!tag || !payload)
      parsed.info.damage = "the recording is cut";
    else if (!parser.take(static_cast<Tag>(*tag), *payload))
      parsed.info.damage = "the recording is damaged at byte " + std::to_string(position);
  }
  if (parsed.info.damage.empty() && parser.in_snapshot()) parsed.info.damage = "the recording is cut";
  if (!parsed.snapshots.empty()) return parsed;
  if (parsed.info.damage.empty()) parsed.info.damage = "the recording is cut: nothing follows its header";
  return fault(name, parsed.info.damage);
}

/// TCP, says the manual of `ss`; the families say the rest.
DumpKey stream_key(std::uint8_t family) {
  return {family, 0, is_internet(family) ? std::uint32_t{IPPROTO_TCP} : 0u};
}

bool may_be_stream(std::string_view bytes) {
  const auto first = load<nlmsghdr>(as_bytes(bytes));
  if (!first || first->nlmsg_len < sizeof(nlmsghdr)) return false;
  return first->nlmsg_type == SOCK_DIAG_BY_FAMILY || first->nlmsg_type == TCPDIAG_GETSOCK ||
         first->nlmsg_type == NLMSG_DONE;
}

Result<Parsed> parse_stream(std::string_view bytes, const std::string& name) {
  Parsed parsed;
  std::vector<ByteView> messages;
  if (!split_messages(bytes, messages)) parsed.info.damage = "the dump is cut, or damaged";
  if (messages.empty()) return fault(name, parsed.info.damage);
  auto& snapshot = parsed.snapshots.emplace_back();
  snapshot.used_own_names = std::make_shared<std::atomic<bool>>(false);
  parsed.info.sockets_alone = true;
  auto& dumps = snapshot.namespaces[{}].dumps;
  parsed.info.times.push_back(0);
  std::size_t ends = 0;
  for (const ByteView message : messages) {
    const auto header = *load<nlmsghdr>(message);
    if (header.nlmsg_type == NLMSG_DONE) ++ends;
    const auto family = load<std::uint8_t>(message, sizeof(nlmsghdr));
    if (header.nlmsg_type < NLMSG_MIN_TYPE || !family) continue;
    add_message(dumps[stream_key(*family)], message);
  }
  // It asks for one version of IP and then for the other, and says the end of each.
  if (ends >= 2)
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}})
      dumps.try_emplace(stream_key(family));
  for (auto& [key, dump] : dumps) dump.error = 0;
  const bool ended = load<nlmsghdr>(messages.back())->nlmsg_type == NLMSG_DONE;
  if (!ended && parsed.info.damage.empty()) parsed.info.damage = "the dump is cut: it has no end";
  return parsed;
}

}  // namespace

bool is_internet(std::uint8_t family) { return family == AF_INET || family == AF_INET6; }

Result<void> check_header(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) return fault(name, "the file is empty");
  if (!bytes.starts_with(Magic.substr(0, bytes.size()))) return fault(name, "this is no recording");
  if (bytes.size() < HeaderSize) return fault(name, "the recording is cut: not even its header is whole");
  WireReader reader(bytes.substr(Magic.size()));
  const std::uint16_t major = *reader.number<std::uint16_t>();
  const std::uint16_t minor = *reader.number<std::uint16_t>();
  if (major != Major)
    return fault(name, "the recording has format " + version_text(major, minor) +
                           ", and this version reads " + version_text(Major, Minor));
  if (reader.number<std::uint8_t>() != ByteOrder)
    return fault(name, "the recording is of a machine with another byte order");
  return {};
}

std::string header() {
  std::string out(Magic);
  append_wire(out, Major);
  append_wire(out, Minor);
  append_wire(out, ByteOrder);
  out.resize(HeaderSize);
  return out;
}

void append_section(std::string& out, Tag tag, std::string_view payload) {
  append_wire(out, static_cast<std::uint32_t>(tag));
  append_wire_text(out, payload);
}

bool split_messages(std::string_view bytes, std::vector<ByteView>& messages) {
  ByteView rest = as_bytes(bytes);
  while (!rest.empty()) {
    const auto header = load<nlmsghdr>(rest);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest.size()) return false;
    messages.push_back(rest.first(header->nlmsg_len));
    rest = after(rest, header->nlmsg_len);
  }
  return true;
}

std::optional<DumpKey> dump_key(std::uint16_t message_type, ByteView request) {
  ByteView attributes;
  DumpKey key;
  if (message_type == TCPDIAG_GETSOCK || message_type == DCCPDIAG_GETSOCK) {
    key.protocol = message_type == TCPDIAG_GETSOCK ? IPPROTO_TCP : IPPROTO_DCCP;
    attributes = after(request, sizeof(inet_diag_req));
  } else {
    const auto asked = load<sock_diag_req>(request);
    if (message_type != SOCK_DIAG_BY_FAMILY || !asked) return std::nullopt;
    key.family = asked->sdiag_family;
    key.protocol = asked->sdiag_protocol;
    if (!is_internet(key.family)) return key;
    attributes = after(request, sizeof(inet_diag_req_v2));
  }
  for_each_attribute(attributes, [&](unsigned type, ByteView value) {
    if (type == INET_DIAG_REQ_BYTECODE) key.half = half_of(value);
    if (type == INET_DIAG_REQ_PROTOCOL) key.protocol = load<std::uint32_t>(value).value_or(key.protocol);
  });
  return key;
}

bool may_be_recording(std::string_view beginning) {
  if (beginning.size() > LargestFile) return false;
  return beginning.size() < HeaderSize || beginning.starts_with(Magic) || may_be_stream(beginning);
}

Result<Parsed> parse(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) return fault(name, "the file is empty");
  if (bytes.size() > LargestFile) return fault(name, "the file is larger than 16 GiB");
  if (bytes.starts_with(Magic)) return parse_recording(bytes, name);
  if (Magic.starts_with(bytes)) return fault(name, "the recording is cut: not even its header is whole");
  if (may_be_stream(bytes)) return parse_stream(bytes, name);
  return fault(name, "this is neither a recording of sockls nor a dump of ss -D");
}

}  // namespace sockutils::record
