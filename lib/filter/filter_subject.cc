#include <array>

#include "common/text.h"
#include "filter/filter_comparison.h"
#include "model/type_table.h"

namespace sockutils::filter {
namespace {

struct SubjectRow {
  std::string_view word;
  Subject::Kind kind;
  Side side;
  /// The corresponding field of the table; empty for either side.
  std::string_view field;
};

using Kind = Subject::Kind;

/// Words of `ss`, and fields that accept more values than their type.
constexpr std::array<SubjectRow, 16> Rows{{
    {"src", Kind::Host, Side::Local, "local"},
    {"dst", Kind::Host, Side::Peer, "peer"},
    {"address", Kind::Host, Side::Either, {}},
    {"local", Kind::Host, Side::Local, "local"},
    {"peer", Kind::Host, Side::Peer, "peer"},
    {"local_address", Kind::Address, Side::Local, "local_address"},
    {"peer_address", Kind::Address, Side::Peer, "peer_address"},
    {"sport", Kind::Port, Side::Local, "local_port"},
    {"dport", Kind::Port, Side::Peer, "peer_port"},
    {"port", Kind::Port, Side::Either, {}},
    {"local_port", Kind::Port, Side::Local, "local_port"},
    {"peer_port", Kind::Port, Side::Peer, "peer_port"},
    {"interface", Kind::Interface, Side::Local, "interface"},
    {"user", Kind::User, Side::Local, "user"},
    {"cgroup", Kind::ControlGroup, Side::Local, "cgroup"},
    {"state", Kind::State, Side::Local, "state"},
}};

const SubjectRow* find_row(std::string_view word) {
  for (const SubjectRow& row : Rows)
    if (row.word == word) return &row;
  return nullptr;
}

struct Alias {
  std::string_view word;
  std::string_view name;
};

/// Words of `ss` for fields, whether or not the table has them as aliases.
constexpr std::array<Alias, 2> Aliases{{{"dev", "interface"}, {"fwmark", "mark"}}};

std::string_view resolve_alias(std::string_view word) {
  for (const Alias& alias : Aliases)
    if (alias.word == word) return alias.name;
  return word;
}

}  // namespace

bool is_of_sockets(const FieldTable& table) { return &table == &socket_fields(); }

std::optional<Subject> find_subject(std::string_view text, const FieldTable& table) {
  const std::string lower = to_lower(text);
  if (!is_of_sockets(table)) {
    const Field* const own = table.find(lower);
    return own != nullptr ? std::optional(Subject{Kind::Field, Side::Local, own}) : std::nullopt;
  }
  const std::string_view word = resolve_alias(lower);
  const Field* const field = find_field(word);
  // An alias of a field with a row here leads to that row.
  const SubjectRow* row = find_row(word);
  if (row == nullptr && field != nullptr) row = find_row(field->name);
  if (row != nullptr) {
    const Field* const behind = find_field(row->field);
    const bool exists = behind != nullptr || row->field.empty();
    return exists ? std::optional(Subject{row->kind, row->side, behind}) : std::nullopt;
  }
  if (field != nullptr) return Subject{Kind::Field, Side::Local, field};
  return std::nullopt;
}

std::vector<std::string_view> subject_words() {
  std::vector<std::string_view> words{"dev", "fwmark", "has", "exclude"};
  for (const SubjectRow& row : Rows) words.push_back(row.word);
  return words;
}

std::string_view value_noun(const Subject& subject) {
  switch (subject.kind) {
    case Kind::Host:
      return "a host";
    case Kind::Address:
      return "an address";
    case Kind::Port:
      return "a port";
    case Kind::Interface:
      return "an interface";
    case Kind::User:
      return "a user";
    case Kind::ControlGroup:
      return "a control group";
    case Kind::State:
      return "a state";
    case Kind::Field:
      break;
  }
  return type_row(subject.field->type).noun;
}

}  // namespace sockutils::filter
