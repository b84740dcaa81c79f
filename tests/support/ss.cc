#include "support/ss.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <utility>

namespace sockutils::test {
namespace {

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return words;
}

/// What stands between two texts, or nothing.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t found = text.find(before);
  if (found == std::string_view::npos) return {};
  text.remove_prefix(found + before.size());
  return text.substr(0, text.find(after));
}

/// The value behind ` key:`.
std::string extra(std::string_view line, const std::string& key) {
  return std::string(between(line, " " + key + ":", " "));
}

std::string owner_text(std::string name, const std::string& pid, const std::string& fd) {
  name += '/';
  name += pid;
  name += '/';
  name += fd;
  return name;
}

/// users:(("name",pid=1,fd=3),("name",pid=2,fd=3))
std::vector<std::string> parse_owners(std::string_view line) {
  std::vector<std::string> owners;
  std::string_view rest = between(line, "users:(", "))");
  while (rest.find("(\"") != std::string_view::npos) {
    const std::string_view name = between(rest, "(\"", "\",pid=");
    const std::string_view pid = between(rest, "\",pid=", ",");
    owners.push_back(
        owner_text(std::string(name), std::string(pid), std::string(between(rest, ",fd=", ")"))));
    rest.remove_prefix(rest.find(",fd=") + 4);
  }
  std::sort(owners.begin(), owners.end());
  return owners;
}

/// `[::1]%lo:80`, `127.0.0.1:*`, `*:443`.
std::string normal_end(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string address(text.substr(0, colon));
  std::string port(text.substr(colon + 1));
  std::erase_if(address, [](char c) { return c == '[' || c == ']'; });
  if (address == "*") address = "::";
  if (port == "*") port.clear();
  const bool nothing = port.empty() && (address == "::" || address == "0.0.0.0");
  return nothing ? "" : address + ' ' + port;
}

/// The local end is there even when it is a wildcard without a port.
std::string normal_local(std::string_view text) {
  const std::string end = normal_end(text);
  return end.empty() ? (text.front() == '0' ? "0.0.0.0 " : ":: ") : end;
}

const std::string* unix_protocol(const std::string& netid) {
  static const std::array<std::pair<std::string, std::string>, 3> Names{
      {{"u_str", "stream"}, {"u_dgr", "dgram"}, {"u_seq", "seqpacket"}}};
  for (const auto& [name, protocol] : Names)
    if (name == netid) return &protocol;
  return nullptr;
}

/// Columns: netid, state, two queues, path and inode of either end.
std::optional<ComparableRow> parse_unix(ComparableRow row, const std::vector<std::string>& words,
                                        const std::string& protocol) {
  constexpr std::size_t Path = 4;
  constexpr std::size_t Inode = 5;
  constexpr std::size_t PeerInode = 7;
  if (words.size() <= PeerInode) return std::nullopt;
  row.protocol = protocol;
  row.local = words[Path] == "*" ? "" : words[Path];
  row.inode = words[Inode];
  row.peer = words[PeerInode] == "0" ? "" : words[PeerInode];
  row.cookie.clear();
  row.uid.clear();
  return row;
}

/// `*:lo` or `[2048]:*`; the protocol is left to other tests.
std::optional<ComparableRow> parse_packet(ComparableRow row, const std::string& end) {
  row.protocol = "packet";
  const std::string interface = end.substr(end.rfind(':') + 1);
  row.local = interface == "*" ? "" : interface;
  return row;
}

/// Of raw sockets, which it reads from /proc where the kernel has no netlink handler, `ss` tells neither.
void forget_identity(ComparableRow& row) {
  row.inode.clear();
  row.cookie.clear();
  row.uid.clear();
}

std::string ss_state(const std::string& state) {
  if (state == "established") return "ESTAB";
  if (state == "unconnected" || state == "closed" || state == "bound-inactive") return "UNCONN";
  std::string upper = state;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return upper;
}

std::string or_empty(const std::string& text) { return text == Absent ? "" : text; }

std::string internet_end(const SocketRow& row, const std::string& side) {
  if (!row.has(side + "_address")) return "";
  std::string address = row[side + "_address"];
  // Where a connection's packets may pass is shown with the local end.
  if (side == "local" && row.has("interface")) address += '%' + row["interface"];
  return address + ' ' + or_empty(row[side + "_port"]);
}

void set_ends(ComparableRow& comparable, const SocketRow& row) {
  if (row["family"] == "unix") {
    comparable.local = or_empty(row["path"]);
    comparable.peer = or_empty(row["peer_inode"]);
    comparable.cookie.clear();
    comparable.uid.clear();
  } else if (row["family"] == "packet") {
    comparable.protocol = "packet";
    comparable.local = or_empty(row["interface"]);
  } else {
    comparable.local = internet_end(row, "local");
    comparable.peer = internet_end(row, "peer");
  }
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%llx", static_cast<unsigned long long>(number));
  return text.data();
}

}  // namespace

std::string ComparableRow::to_string() const {
  std::string text = protocol + ' ' + state + ' ' + recv_queue + ' ' + send_queue + " local " + local +
                     " peer " + peer + " inode " + inode + " cookie " + cookie + " uid " + uid + " owners";
  for (const std::string& owner : owners) text += ' ' + owner;
  return text;
}

std::optional<std::vector<std::string>> run_ss(const std::string& options) {
  const std::string command = "timeout 30 ss " + options + " 2>/dev/null";
  const auto close = [](FILE* file) { return pclose(file); };
  FILE* output = popen(command.c_str(), "re");
  if (output == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 65536> buffer{};
  while (const std::size_t length = fread(buffer.data(), 1, buffer.size(), output))
    text.append(buffer.data(), length);
  if (close(output) != 0) return std::nullopt;
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.erase(0, end + 1);
  }
  return lines;
}

bool have_ss() { return run_ss("-V").has_value(); }

std::optional<ComparableRow> parse_ss_line(std::string_view line) {
  const std::vector<std::string> words = split_words(line);
  constexpr std::size_t Needed = 6;
  constexpr std::array<std::string_view, 8> Netids{"tcp",   "udp",   "raw",   "u_str",
                                                   "u_dgr", "u_seq", "p_raw", "p_dgr"};
  if (words.size() < Needed || std::find(Netids.begin(), Netids.end(), words[0]) == Netids.end())
    return std::nullopt;
  ComparableRow row;
  row.protocol = words[0];
  row.state = words[1];
  row.recv_queue = words[2];
  row.send_queue = words[3];
  row.inode = extra(line, "ino");
  row.cookie = extra(line, "sk");
  row.uid = extra(line, "uid");
  row.owners = parse_owners(line);
  // `ss` prints a newline in a process name as it is: then this is a part of a line.
  if (line.find("users:(") != std::string_view::npos && line.find(")) ") == std::string_view::npos)
    return std::nullopt;
  if (row.inode == "0") row.inode.clear();
  if (const std::string* protocol = unix_protocol(words[0])) return parse_unix(row, words, *protocol);
  if (words[0].starts_with("p_")) return parse_packet(row, words[4]);
  if (words[0] == "raw") forget_identity(row);
  row.local = normal_local(words[4]);
  row.peer = normal_end(words[5]);
  return row;
}

ComparableRow comparable(const SocketRow& row) {
  ComparableRow result;
  result.protocol = row["protocol"];
  result.state = ss_state(row["state"]);
  result.recv_queue = or_empty(row["recv_queue"]);
  result.send_queue = or_empty(row["send_queue"]);
  result.inode = or_empty(row["inode"]);
  result.cookie = row.has("cookie") ? hexadecimal(row.number("cookie")) : "";
  // `ss` does not print a user id of 0.
  result.uid = row["uid"] == "0" ? "" : or_empty(row["uid"]);
  for (const Holder& holder : row.holders())
    if (holder.tid == holder.process.pid)
      result.owners.push_back(owner_text(holder.process.name.value_or("?"),
                                         std::to_string(holder.process.pid), std::to_string(holder.fd)));
  std::sort(result.owners.begin(), result.owners.end());
  set_ends(result, row);
  if (result.protocol == "raw") forget_identity(result);
  return result;
}

}  // namespace sockutils::test
