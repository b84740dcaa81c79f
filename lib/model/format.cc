#include "sockutils/value.h"

#include "common/append_number.h"
#include "model/type_table.h"

namespace sockutils {
namespace {

void append_v4(std::string& out, const Address& address) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out += '.';
    append_number(out, address.bytes[i]);
  }
}

/// What follows a name to say where it holds: an interface by name or number.
void append_scope(std::string& out, const Endpoint& end, char separator) {
  if (end.scope.empty() && end.scope_id == 0) return;
  out += separator;
  end.scope.empty() ? append_number(out, end.scope_id) : static_cast<void>(out += end.scope);
}

void append_host(std::string& out, const Endpoint& end, Style style) {
  if (!end.host.empty()) {
    out += end.host;
  } else if (end.dual_stack && style == Style::Human && end.address->is_wildcard()) {
    out += '*';
  } else if (!end.address->is_v6) {
    append_v4(out, *end.address);
  } else {
    out += '[';
    out += end.address->to_string();
    out += ']';
  }
  append_scope(out, end, '%');
}

void append_endpoint(std::string& out, const Endpoint& end, Style style) {
  if (end.any) {
    out += '*';
  } else if (end.address) {
    append_host(out, end, style);
    out += ':';
    if (!end.port || !end.port_name.empty())
      out += end.port ? end.port_name : "*";
    else
      append_number(out, *end.port);
  } else {
    out += end.text;
    append_scope(out, end, ':');
  }
}

void append_process(std::string& out, const Process& process) {
  out += process.name.value_or("?");
  out += '/';
  append_number(out, static_cast<std::uint64_t>(process.pid));
}

/// What holds a socket that no process holds. A process called so has a slash and a number after its name.
constexpr std::string_view KernelWord = "kernel";

/// `sshd/4242 +1`: the first process, and how many others there are.
void append_owners_human(std::string& out, std::span<const Owner> owners) {
  if (owners.empty()) return static_cast<void>(out += KernelWord);
  append_process(out, *owners.front().process);
  std::uint64_t others = 0;
  const Process* last = owners.front().process;
  for (const Owner& owner : owners) {
    if (owner.process == last) continue;
    last = owner.process;
    ++others;
  }
  if (others == 0) return;
  out += " +";
  append_number(out, others);
}

void append_owners_plain(std::string& out, std::span<const Owner> owners) {
  if (owners.empty()) out += KernelWord;
  for (const Owner& owner : owners) {
    if (&owner != owners.data()) out += ',';
    append_process(out, *owner.process);
    out += '/';
    append_number(out, static_cast<std::uint64_t>(owner.fd));
  }
}

class Appender {
 public:
  Appender(std::string& out, Type type, Style style) : out_(out), type_(type), style_(style) {}

  void operator()(bool value) const {
    if (style_ == Style::Human) out_ += value ? "yes" : "no";
    if (style_ == Style::Plain) out_ += value ? "true" : "false";
  }
  void operator()(std::uint64_t value) const {
    const TypeRow& row = type_row(type_);
    (style_ == Style::Human ? row.human : row.plain)(out_, value);
  }
  void operator()(double value) const { append_real(out_, value); }
  void operator()(std::string_view value) const { out_ += value; }
  void operator()(const Address& value) const {
    value.is_v6 ? static_cast<void>(out_ += value.to_string()) : append_v4(out_, value);
  }
  void operator()(const Endpoint& value) const { append_endpoint(out_, value, style_); }
  void operator()(Family value) const { out_ += name(value); }
  void operator()(Protocol value) const { out_ += name(value); }
  void operator()(State value) const { out_ += style_ == Style::Human ? title(value) : name(value); }
  void operator()(std::span<const Owner> value) const {
    style_ == Style::Human ? append_owners_human(out_, value) : append_owners_plain(out_, value);
  }
  void operator()(const TextList& value) const {
    if (value.empty() && style_ == Style::Human) out_ += "none";
    bool first = true;
    for (const std::string_view text : value) {
      if (!first) out_ += ',';
      first = false;
      out_ += text;
    }
  }
  void operator()(const PerOwner& value) const {
    std::string last;
    for (const Owner& owner : value.owners) {
      std::string text;
      if (const auto element = value.get(owner)) append_value(text, *element, type_, style_);
      const bool first = &owner == value.owners.data();
      if (!first && style_ == Style::Human && text == last) continue;
      if (!first) out_ += ',';
      out_ += text;
      last = std::move(text);
    }
  }

 private:
  std::string& out_;
  Type type_;
  Style style_;
};

}  // namespace

void append_value(std::string& out, const Value& value, Type type, Style style) {
  std::visit(Appender(out, type, style), value);
}

}  // namespace sockutils
