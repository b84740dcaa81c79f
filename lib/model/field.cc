#include "sockutils/field.h"

#include <algorithm>
#include <array>

namespace sockutils {
namespace {

/// Fields whose names begin with the word `prefix` are about `subject`.
struct SubjectRow {
  std::string_view prefix;
  std::string_view subject;
};

constexpr std::array<SubjectRow, 13> Subjects{{
    {"local", "ends"},
    {"peer", "ends"},
    {"service", "ends"},
    {"process", "process"},
    {"tcp", "tcp"},
    {"congestion", "tcp"},
    {"mem", "memory"},
    {"drops", "memory"},
    {"timer", "timer"},
    {"cgroup", "control group"},
    {"packet", "packet"},
    {"netlink", "netlink"},
    {"vfs", "unix"},
}};

/// Whether `name` is `word`, or begins with it and an underscore.
bool begins_with_word(std::string_view name, std::string_view word) {
  return name.starts_with(word) && (name.size() == word.size() || name[word.size()] == '_');
}

}  // namespace

std::string_view subject(const Field& field) {
  if (needs_any(field.needs, Acquire::Owners)) return "process";
  const auto* const row = std::find_if(Subjects.begin(), Subjects.end(), [&](const SubjectRow& candidate) {
    return begins_with_word(field.name, candidate.prefix);
  });
  return row != Subjects.end() ? row->subject : "socket";
}

}  // namespace sockutils
