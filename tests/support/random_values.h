/// Values of every type, for tests of what holds for all of them.
#pragma once

#include <array>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "sockutils/field.h"
#include "sockutils/value.h"

namespace sockutils::test {

/// Values of every type, from few enough parts that many are equal, or begin alike.
class RandomValues {
 public:
  RandomValues() {
    for (const char* name : {"sshd", "sshd-session", "nginx", "nginx: worker 1", "nginx: worker 2"}) {
      processes_.emplace_back();
      processes_.back().pid = static_cast<std::int32_t>(100 - processes_.size());
      processes_.back().name = name;
    }
    processes_.emplace_back();
    for (const Process& process : processes_) owners_.push_back({&process, process.pid, below(3)});
    for (int i = 0; i < 20; ++i) {
      std::string list;
      for (int n = below(3); n > 0; --n) append_element(list, text());
      lists_.push_back(std::move(list));
    }
  }

  OptionalValue of(Type type) {
    if (below(8) == 0) return std::nullopt;
    switch (type) {
      case Type::Count:
      case Type::Bytes:
      case Type::BytesPerSecond:
      case Type::Microseconds:
      case Type::Time:
      case Type::Mask:
        return std::uint64_t{1} << below(64);
      case Type::Port:
        return std::uint64_t{random_() % 65536};
      case Type::Identifier:
        return PerOwner{owners(), below(2) != 0 ? pid_of : name_of};
      case Type::Real:
        return (below(2000) - 1000) / 8.0;
      case Type::Flag:
        return below(2) != 0;
      case Type::Text:
        return text();
      case Type::Address:
        return address();
      case Type::Endpoint:
        return end();
      case Type::Family:
        return static_cast<Family>(below(8));
      case Type::Protocol:
        return below(2) != 0 ? static_cast<Protocol>(below(12))
                             : netlink_protocol(random_() % NetlinkProtocols);
      case Type::State:
        return static_cast<State>(below(14));
      case Type::Owners:
        return owners();
      case Type::List:
        return TextList(lists_[random_() % lists_.size()]);
    }
    return std::nullopt;
  }

 private:
  static OptionalValue pid_of(const Owner& owner) {
    return owner.process->pid == 0 ? std::nullopt
                                   : OptionalValue(static_cast<std::uint64_t>(owner.process->pid));
  }
  static OptionalValue name_of(const Owner& owner) {
    return owner.process->name ? OptionalValue(std::string_view(*owner.process->name)) : std::nullopt;
  }

  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::string_view text() {
    static const std::array<std::string, 12> texts{"",         "a",       "ab",       std::string("ab\0", 3),
                                                   "abcdef",   "abcdefg", "abcdefgh", "abcdefg1",
                                                   "abcdefg2", "\xff",    "b",        "abcdef\x01"};
    return texts[random_() % texts.size()];
  }
  Address address() {
    Address address = Address::v4({10, 0, 0, static_cast<std::uint8_t>(below(3))});
    if (below(2) != 0) {
      address.is_v6 = true;
      address.bytes[static_cast<std::size_t>(below(16))] = static_cast<std::uint8_t>(below(256));
    }
    if (below(4) == 0) address.scope_id = static_cast<std::uint32_t>(below(3));
    return address;
  }
  Endpoint end() {
    Endpoint end;
    if (below(3) != 0) {
      end.address = address();
      if (below(4) != 0) end.port = static_cast<std::uint16_t>(below(3));
    } else {
      end.text = text();
      end.any = end.text.empty();
    }
    if (below(3) == 0) end.scope_id = static_cast<std::uint32_t>(below(3));
    return end;
  }
  std::span<const Owner> owners() {
    const std::size_t first = random_() % owners_.size();
    return std::span(owners_).subspan(first, random_() % (owners_.size() - first + 1));
  }

  std::mt19937 random_{4711};
  std::deque<Process> processes_;
  std::vector<Owner> owners_;
  std::vector<std::string> lists_;
};

inline constexpr std::size_t TypeCount = static_cast<std::size_t>(Type::List) + 1;

}  // namespace sockutils::test
