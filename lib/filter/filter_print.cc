/// The canonical form of a filter: canonical names, numbers in base units, quotes where needed.
#include <limits>

#include "common/append_number.h"
#include "common/text.h"
#include "filter/filter_host.h"
#include "filter/filter_node.h"

namespace sockutils::filter {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._-/:@*?[]%+").find(c) != std::string_view::npos;
}

bool can_stand_bare(std::string_view word) {
  if (word.empty()) return false;
  for (const char c : word)
    if (!is_plain(c)) return false;
  const std::string lower = to_lower(word);
  return lower != "and" && lower != "or" && lower != "not";
}

void append_hex_escape(std::string& out, char c) {
  constexpr std::string_view Digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += Digits[byte >> 4];
  out += Digits[byte & 15];
}

void append_quoted(std::string& out, std::string_view word) {
  out += '"';
  for (const char c : word) {
    if (c == '"' || c == '\\')
      out.append({'\\', c});
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      append_hex_escape(out, c);
    else
      out += c;
  }
  out += '"';
}

void append_word(std::string& out, std::string_view word) {
  if (can_stand_bare(word))
    out += word;
  else
    append_quoted(out, word);
}

void append_value(std::string& out, std::uint64_t number) { append_number(out, number); }
void append_value(std::string& out, std::uint32_t number) { append_number(out, number); }
void append_value(std::string& out, const std::string& text) { append_word(out, text); }
void append_value(std::string& out, double number) { append_real(out, number); }
void append_value(std::string& out, bool flag) { out += flag ? "true" : "false"; }
void append_value(std::string& out, Family family) { out += name(family); }
void append_value(std::string& out, Protocol protocol) { out += name(protocol); }
void append_value(std::string& out, State state) { out += name(state); }
void append_value(std::string& out, const MaskedNumber& number) {
  out += "0x";
  append_number(out, number.value, 16);
  if (number.mask == std::numeric_limits<std::uint64_t>::max()) return;
  out += "/0x";
  append_number(out, number.mask, 16);
}
void append_value(std::string& out, const HostPattern& pattern) {
  std::string word;
  append_pattern(word, pattern);
  append_word(out, word);
}
void append_value(std::string& out, const Prefix& prefix) {
  append_value(out, HostPattern(InternetPattern{{}, prefix, {}}));
}

std::string_view sign_of(const Operator& op) {
  switch (op.relation) {
    case Relation::Equal:
      return op.negated ? " != " : " = ";
    case Relation::Less:
      return " < ";
    case Relation::LessEqual:
      return " <= ";
    case Relation::Greater:
      return " > ";
    case Relation::GreaterEqual:
      return " >= ";
    case Relation::Match:
      return op.negated ? " !~ " : " ~ ";
  }
  return " = ";
}

/// `= a`, or `in (a, b)`
template <class List>
void append_values(std::string& out, const Operator& op, const List& list) {
  if (list.size() == 1) {
    out += sign_of(op);
    append_value(out, list.front());
    return;
  }
  out += op.negated ? " not in (" : " in (";
  bool first = true;
  for (const auto& value : list) {
    if (!first) out += ", ";
    first = false;
    append_value(out, value);
  }
  out += ')';
}

std::string_view side_word(Side side, std::string_view local, std::string_view peer,
                           std::string_view either) {
  switch (side) {
    case Side::Local:
      return local;
    case Side::Peer:
      return peer;
    case Side::Either:
      return either;
  }
  return either;
}

class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  void operator()(const Everything&) const {}
  void operator()(const And& node) const { join(node.parts, " and "); }
  void operator()(const Or& node) const { join(node.parts, " or "); }
  void operator()(const Not& node) const {
    out_ += "not ";
    append_part(*node.part, is_joined(*node.part));
  }
  void operator()(const StateTest& test) const {
    if (test.states == StateSet::all()) {
      out_ += "state all";
    } else if (test.states.empty()) {
      out_ += "exclude all";
    } else {
      out_ += "state";
      append_values(out_, {}, states_in(test.states));
    }
  }
  void operator()(const Presence& test) const {
    const std::string_view either = test.field->type == Type::Port ? "port" : "address";
    (out_ += "has ") += test.other_side != nullptr ? either : test.field->name;
  }
  void operator()(const HostTest& test) const {
    // With the words of `ss`, `!=` would mean `not =`.
    out_ += test.negated ? side_word(test.side, "local", "peer", "address")
                         : side_word(test.side, "src", "dst", "address");
    append_values(out_, {Relation::Equal, test.negated}, test.patterns);
  }
  void operator()(const PortTest& test) const {
    out_ += test.op.negated ? side_word(test.side, "local_port", "peer_port", "port")
                            : side_word(test.side, "sport", "dport", "port");
    if (!test.family) return append_values(out_, test.op, test.ports);
    std::vector<std::string> ports;
    for (const std::uint32_t port : test.ports) {
      std::string& word = ports.emplace_back(name(*test.family));
      word += ':';
      append_number(word, port);
    }
    append_values(out_, test.op, ports);
  }
  void operator()(const InterfaceTest& test) const {
    out_ += test.negated ? "interface" : "dev";
    append_values(out_, {Relation::Equal, test.negated}, test.indexes);
  }
  void operator()(const Comparison& test) const {
    out_ += test.field->name;
    if (is_bare_flag(test)) return;
    std::visit([&](const auto& operand) { append_operand(test.op, operand); }, test.operand);
  }

 private:
  static std::vector<State> states_in(StateSet set) {
    std::vector<State> states;
    for (unsigned number = 0; number < 32; ++number)
      if (set.contains(static_cast<State>(number))) states.push_back(static_cast<State>(number));
    return states;
  }

  static bool is_bare_flag(const Comparison& test) {
    const auto* const flags = std::get_if<std::vector<bool>>(&test.operand);
    return flags != nullptr && !test.op.negated && *flags == std::vector{true};
  }

  static bool is_joined(const Filter::Node& node) {
    return std::holds_alternative<And>(node) || std::holds_alternative<Or>(node);
  }

  template <class T>
  void append_operand(const Operator& op, const std::vector<T>& list) const {
    append_values(out_, op, list);
  }
  void append_operand(const Operator& op, const Pattern& pattern) const {
    out_ += sign_of(op);
    append_word(out_, pattern.expression());
  }

  void append_part(const Filter::Node& node, bool brackets) const {
    if (brackets) out_ += '(';
    std::visit(*this, node);
    if (brackets) out_ += ')';
  }

  /// "and" binds tighter, so an "or" inside it needs brackets.
  void join(const std::vector<NodePointer>& parts, std::string_view word) const {
    const bool is_and = word == " and ";
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i != 0) out_ += word;
      append_part(*parts[i], is_and && std::holds_alternative<Or>(*parts[i]));
    }
  }

  std::string& out_;
};

}  // namespace

std::string print(const Filter::Node& node) {
  std::string out;
  std::visit(Printer(out), node);
  return out;
}

}  // namespace sockutils::filter
