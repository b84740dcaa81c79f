#include "common/kinds.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tools {

using sockutils::Family;
using sockutils::Protocol;
using sockutils::SocketKind;

namespace {

/// One protocol of a family that is listed as a whole; the words are those of ss(8).
struct PartOfFamily {
  std::string_view word;
  std::string_view short_word;
  SocketKind kind;
};

constexpr std::array<PartOfFamily, 8> Parts{{
    {"unix_stream", "u_str", {Family::Unix, Protocol::Stream}},
    {"unix_dgram", "u_dgr", {Family::Unix, Protocol::Dgram}},
    {"unix_seqpacket", "u_seq", {Family::Unix, Protocol::Seqpacket}},
    {"packet_raw", "p_raw", {Family::Packet, Protocol::Raw}},
    {"packet_dgram", "p_dgr", {Family::Packet, Protocol::Dgram}},
    {"vsock_stream", "v_str", {Family::Vsock, Protocol::Stream}},
    {"vsock_dgram", "v_dgr", {Family::Vsock, Protocol::Dgram}},
    {"vsock_seqpacket", "v_seq", {Family::Vsock, Protocol::Seqpacket}},
}};

bool contains(const std::vector<SocketKind>& kinds, const SocketKind& kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// Whether this word names a kind of the library.
bool is_called(const SocketKind& kind, std::string_view word) {
  if (word == "all") return true;
  if (!is_internet(kind.family)) return word == name(kind.family);
  return word == "inet" || (kind.protocol && word == name(*kind.protocol));
}

}  // namespace

bool is_internet(Family family) { return family == Family::Inet || family == Family::Inet6; }

bool KindChoice::add_table(std::string_view word) {
  if (word.starts_with('!')) return take_table(word.substr(1));
  bool known = false;
  by_name_ = by_name_ || word != "all";
  for (const PartOfFamily& part : Parts) {
    if (word != part.word && word != part.short_word) continue;
    chosen_.push_back(part.kind);
    known = true;
  }
  for (const SocketKind& kind : sockutils::socket_kinds()) {
    if (!is_called(kind, word)) continue;
    chosen_.push_back(kind);
    known = true;
  }
  return known;
}

bool KindChoice::take_table(std::string_view word) {
  KindChoice taken;
  if (!taken.add_table(word)) return false;
  for (const SocketKind& kind : taken.chosen_) {
    std::erase_if(chosen_, [&](const SocketKind& chosen) {
      return chosen == kind || (chosen.family == kind.family && !kind.protocol);
    });
    // Replaces a whole family by its remaining protocols.
    const auto whole = std::find(chosen_.begin(), chosen_.end(), SocketKind{kind.family, std::nullopt});
    if (is_internet(kind.family) || whole == chosen_.end()) continue;
    chosen_.erase(whole);
    for (const PartOfFamily& part : Parts)
      if (part.kind.family == kind.family && part.kind != kind) chosen_.push_back(part.kind);
  }
  return true;
}

void KindChoice::add_family(Family family) {
  v4_ = v4_ || family == Family::Inet;
  v6_ = v6_ || family == Family::Inet6;
  if (!is_internet(family)) chosen_.push_back({family, std::nullopt});
  by_name_ = true;
}

bool KindChoice::is_wanted(const SocketKind& kind, bool chose_internet) const {
  const bool internet = is_internet(kind.family);
  if (internet && (v4_ || v6_)) {
    const bool version_wanted = kind.family == Family::Inet ? v4_ : v6_;
    return version_wanted && (!chose_internet || contains(chosen_, kind));
  }
  if (chosen_.empty()) return !v4_ && !v6_ && (all_ || internet);
  return std::any_of(chosen_.begin(), chosen_.end(), [&](const SocketKind& chosen) {
    return internet ? chosen == kind : chosen.family == kind.family;
  });
}

std::vector<SocketKind> KindChoice::kinds() const {
  const bool chose_internet = std::any_of(chosen_.begin(), chosen_.end(),
                                          [](const SocketKind& kind) { return is_internet(kind.family); });
  Kinds result;
  for (const SocketKind& kind : sockutils::socket_kinds()) {
    if (is_wanted(kind, chose_internet)) result.push_back(kind);
  }
  return result;
}

std::string KindChoice::protocol_filter() const {
  std::string text;
  for (const Family family : {Family::Unix, Family::Packet, Family::Vsock}) {
    if (contains(chosen_, {family, std::nullopt})) continue;
    std::string protocols;
    for (const SocketKind& kind : chosen_) {
      if (kind.family != family) continue;
      protocols += " or protocol = ";
      protocols += name(*kind.protocol);
    }
    if (protocols.empty()) continue;
    if (!text.empty()) text += " and ";
    text += "(not family = " + std::string(name(family)) + protocols + ")";
  }
  return text;
}

std::vector<std::string> table_words() {
  std::vector<std::string> words{"all", "inet"};
  for (const SocketKind& kind : sockutils::socket_kinds()) {
    std::string word(kind.protocol ? name(*kind.protocol) : name(kind.family));
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
  }
  for (const PartOfFamily& part : Parts) words.emplace_back(part.word);
  return words;
}

}  // namespace tools
