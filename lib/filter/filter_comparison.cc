#include "filter/filter_comparison.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text.h"
#include "filter/filter_draft.h"
#include "filter/filter_host.h"
#include "model/type_table.h"

namespace sockutils::filter {
namespace {

using Kind = Subject::Kind;

template <class T>
Parsed compare(const Draft& draft, Checked<std::vector<T>> list) {
  if (!list) return tl::unexpected(std::move(list.error()));
  return make_node(Comparison{draft.subject.field, draft.op(), std::move(*list)});
}

Parsed make_text(const Draft& draft) {
  if (draft.op().relation != Relation::Match)
    return compare(draft, read_all<std::string>(draft, [](std::string_view text) -> ValueResult<std::string> {
                     return std::string(text);
                   }));
  const Token& token = draft.values.front();
  auto pattern = Pattern::compile(token.text);
  if (!pattern) return tl::unexpected(error_at(token, std::move(pattern.error())));
  return make_node(Comparison{draft.subject.field, draft.op(), std::move(*pattern)});
}

/// Interfaces are compared by index, which every source provides; only patterns need names.
Parsed make_interface(const Draft& draft) {
  if (draft.op().relation == Relation::Match) return make_text(draft);
  if (const auto error = refuse_unless(draft, false)) return tl::unexpected(*error);
  if (draft.names.interfaces_by_name) return make_text(draft);
  auto indexes = read_all<std::uint32_t>(
      draft, [&](std::string_view text) { return read_interface(text, draft.names); });
  if (!indexes) return tl::unexpected(indexes.error());
  return make_node(InterfaceTest{draft.op().negated, std::move(*indexes)});
}

/// A value with a name and a number is compared by number if the name can be looked up now; then no row needs
/// its name.
template <class Read>
Parsed make_named(const Draft& draft, const Field* number, bool can_look_up, const Read& read) {
  if (draft.op().relation != Relation::Equal || !can_look_up || number == nullptr) return make_text(draft);
  auto numbers =
      read_all<std::uint64_t>(draft, [&](std::string_view text) { return read(text, draft.names); });
  if (!numbers) return tl::unexpected(numbers.error());
  return make_node(Comparison{number, draft.op(), std::move(*numbers)});
}

Parsed make_user(const Draft& draft) {
  return make_named(draft, find_field("uid"), static_cast<bool>(draft.names.user), read_user);
}

Parsed make_cgroup(const Draft& draft) {
  return make_named(draft, find_field("cgroup_id"), static_cast<bool>(draft.names.cgroup), read_cgroup);
}

Parsed make_state(const Draft& draft) {
  if (const auto error = refuse_unless(draft, false)) return tl::unexpected(*error);
  const auto sets = read_all<StateSet>(draft, read_states);
  if (!sets) return tl::unexpected(sets.error());
  StateSet states;
  for (const StateSet set : *sets) states = states | set;
  return make_node(StateTest{draft.op().negated ? StateSet::all() - states : states});
}

Parsed make_number(const Draft& draft) {
  const Type type = draft.subject.field->type;
  const bool is_uid = draft.subject.field->name == "uid";
  if (is_uid)
    return compare(draft, read_all<std::uint64_t>(
                              draft, [&](std::string_view text) { return read_user(text, draft.names); }));
  if (draft.subject.field->name == "raw_protocol")
    return compare(draft, read_all<std::uint64_t>(draft, [&](std::string_view text) {
                     return read_ip_protocol(text, draft.names);
                   }));
  return compare(draft, read_all<std::uint64_t>(
                            draft, [&](std::string_view text) { return read_quantity(text, type); }));
}

Parsed make_port_field(const Draft& draft) {
  auto ports =
      read_all<std::uint64_t>(draft, [&](std::string_view text) { return read_ports(text, draft.names); });
  if (ports) {
    if (const auto error = refuse_several(draft, ports->size())) return tl::unexpected(*error);
  }
  return compare(draft, std::move(ports));
}

template <class T, ValueResult<T> (*Read)(std::string_view)>
Parsed make_plain(const Draft& draft) {
  return compare(draft, read_all<T>(draft, Read));
}

Parsed make_address_field(const Draft& draft) {
  return compare(
      draft, read_all<Prefix>(draft, [&](std::string_view text) { return read_address(text, draft.names); }));
}

/// How values of each type are read: the column of the table of types that is here, because reading may need
/// the names of services and hosts.
Parsed make_field(const Draft& draft) {
  const TypeRow& type = type_row(draft.subject.field->type);
  if (const auto error = refuse_unless(draft, type.ordered, type.has_patterns)) return tl::unexpected(*error);
  switch (type.info.type) {
    case Type::Count:
    case Type::Identifier:
    case Type::Bytes:
    case Type::BytesPerSecond:
    case Type::Microseconds:
      return make_number(draft);
    case Type::Mask:
      return make_plain<MaskedNumber, read_masked>(draft);
    case Type::Time:
      return make_plain<std::uint64_t, read_time>(draft);
    case Type::Port:
      return make_port_field(draft);
    case Type::Real:
      return make_plain<double, read_real>(draft);
    case Type::Flag:
      return make_plain<bool, read_flag>(draft);
    case Type::Text:
    case Type::List:
      return make_text(draft);
    case Type::Address:
      return make_address_field(draft);
    case Type::Family:
      return make_plain<Family, read_family>(draft);
    case Type::Protocol:
      return make_plain<Protocol, read_protocol>(draft);
    case Type::State:     // handled as a subject of its own
    case Type::Endpoint:  // handled as a subject of its own
    case Type::Owners:
      break;
  }
  return tl::unexpected(
      error_at(draft.name, draft.name.text + " cannot be compared: try process or pid", "process"));
}

/// Turns a negated test into `not` and the positive test.
class AsNot {
 public:
  NodePointer operator()(HostTest test) const { return negation(test, test.negated); }
  NodePointer operator()(PortTest test) const { return negation(test, test.op.negated); }
  NodePointer operator()(InterfaceTest test) const { return negation(test, test.negated); }
  NodePointer operator()(Comparison test) const { return negation(test, test.op.negated); }
  template <class Test>
  NodePointer operator()(const Test& test) const {
    return make_node(test);
  }

 private:
  template <class Test>
  static NodePointer negation(Test& test, bool& negated) {
    negated = false;
    return make_node(Not{make_node(std::move(test))});
  }
};

/// In `ss` nothing is absent: the peer port of a listener is 0, which differs from any other port. So with
/// the words of `ss`, `!=` means `not =`.
bool is_word_of_ss(const Token& name) {
  constexpr std::array<std::string_view, 7> Words{"sport", "dport", "src", "dst", "dev", "fwmark", "cgroup"};
  return std::any_of(Words.begin(), Words.end(),
                     [&](std::string_view word) { return equal_ignoring_case(name.text, word); });
}

Parsed make_subject(const Draft& draft) {
  switch (draft.subject.kind) {
    case Kind::Host:
      return make_host(draft);
    case Kind::Address:
      return make_address(draft);
    case Kind::Port:
      return make_port(draft);
    case Kind::Interface:
      return make_interface(draft);
    case Kind::User:
      return make_user(draft);
    case Kind::ControlGroup:
      return make_cgroup(draft);
    case Kind::State:
      return make_state(draft);
    case Kind::Field:
      return make_field(draft);
  }
  return make_field(draft);
}

std::string type_of(const Draft& draft) {
  if (draft.subject.kind != Kind::Field) return std::string(value_noun(draft.subject));
  return "of type " + std::string(name(draft.subject.field->type));
}

}  // namespace

FilterError error_at(const Token& token, std::string message, std::string_view suggestion) {
  return {token.position, token.length, std::move(message), std::string(suggestion)};
}

FilterError error_in(const Token& token, const ValueFault& fault) {
  FilterError error = error_at(token, fault.message, fault.suggestion);
  // A quoted word differs from its text in the filter, so no part of it can be pointed at.
  if (token.quoted || fault.part.empty()) return error;
  error.position += static_cast<std::size_t>(fault.part.data() - token.text.data());
  error.length = fault.part.size();
  return error;
}

std::optional<FilterError> refuse_unless(const Draft& draft, bool ordered, bool text) {
  const Relation relation = draft.op().relation;
  if (relation == Relation::Match && !text) {
    return error_at(draft.use.token,
                    "patterns are for text, but " + draft.name.text + " is " + type_of(draft));
  }
  if (relation == Relation::Equal || relation == Relation::Match || ordered) return std::nullopt;
  return error_at(draft.use.token,
                  draft.name.text + " is " + type_of(draft) + ", which has no order: expected = or !=");
}

std::optional<FilterError> refuse_several(const Draft& draft, std::size_t count) {
  if (draft.op().relation == Relation::Equal || count == 1) return std::nullopt;
  return error_at(draft.values.front(), quoted(draft.values.front().text) + " stands for several ports");
}

Parsed make_comparison(const Subject& subject, const Token& name, const OperatorUse& use,
                       const std::vector<Token>& values, const FilterNames& names) {
  const Draft draft{subject, name, use, values, names};
  auto node = make_subject(draft);
  const bool differs = use.op.negated && use.op.relation == Relation::Equal;
  if (node && differs && is_word_of_ss(name)) return std::visit(AsNot(), Filter::Node(**node));
  return node;
}

Parsed make_presence(const Subject& subject, const Token& name) {
  if (subject.kind == Kind::Interface) {
    if (const Field* const index = find_field("interface_index")) return make_node(Presence{index});
  }
  if (subject.field != nullptr) return make_node(Presence{subject.field});
  const bool port = subject.kind == Kind::Port;
  const Presence test{find_field(port ? "local_port" : "local_address"),
                      find_field(port ? "peer_port" : "peer_address")};
  if (test.field == nullptr || test.other_side == nullptr)
    return tl::unexpected(error_at(name, "this build has no such field"));
  return make_node(test);
}

}  // namespace sockutils::filter
