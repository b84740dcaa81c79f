#include "filter/kernel_program.h"

#include <linux/inet_diag.h>
#include <sys/socket.h>

#include <algorithm>

#include "common/bytes.h"

namespace sockutils::kernel {
namespace {

Condition test(unsigned opcode, std::string argument) {
  Condition condition{Condition::Kind::Test, {}, static_cast<std::uint8_t>(opcode), std::move(argument)};
  return condition;
}

/// The port number is in `no` of a second operation.
Condition port_test(unsigned opcode, std::uint16_t port) {
  std::string argument;
  append_object(argument, inet_diag_bc_op{0, 0, port});
  return test(opcode, std::move(argument));
}

unsigned by_end(End end, unsigned local, unsigned peer) { return end == End::Local ? local : peer; }

Condition host_test(End end, std::uint8_t family, unsigned length, const Address& address) {
  constexpr int AnyPort = -1;
  std::string argument;
  inet_diag_hostcond host{};
  host.family = family;
  host.prefix_len = static_cast<std::uint8_t>(length);
  host.port = AnyPort;
  append_object(argument, host);
  argument.append(reinterpret_cast<const char*>(address.bytes.data()), address.is_v6 ? 16 : 4);
  return test(by_end(end, INET_DIAG_BC_S_COND, INET_DIAG_BC_D_COND), std::move(argument));
}

/// `neutral` parts are dropped; a `decisive` part replaces all.
Condition join(Condition::Kind kind, std::vector<Condition> parts, Condition::Kind neutral,
               Condition::Kind decisive) {
  std::erase_if(parts, [&](const Condition& part) { return part.kind == neutral; });
  const auto decides = [&](const Condition& part) { return part.kind == decisive; };
  if (std::any_of(parts.begin(), parts.end(), decides)) return Condition{decisive};
  if (parts.empty()) return Condition{neutral};
  if (parts.size() == 1) return std::move(parts.front());
  return Condition{kind, std::move(parts)};
}

/// Writes operations one after the other. `yes` has only 8 bits, and the kernel checks only operations that
/// are reached through it, so it always leads to the next one; all jumps use `no`, which has 16 bits.
class Assembler {
 public:
  /// No value when the program becomes too long.
  std::optional<std::string> run(const Condition& condition) {
    const Label rejected = new_label();
    jump_if(condition, false, rejected);
    if (program_.size() > LongestProgram) return std::nullopt;
    // One operation past the end means "no" to the kernel.
    place(rejected, program_.size() + sizeof(inet_diag_bc_op));
    for (const Jump& jump : jumps_) set_no(jump.from, labels_[jump.to] - jump.from);
    return std::move(program_);
  }

 private:
  using Label = std::size_t;
  struct Jump {
    std::size_t from;
    Label to;
  };

  Label new_label() {
    labels_.push_back(0);
    return labels_.size() - 1;
  }
  void place(Label label, std::size_t position) { labels_[label] = position; }

  /// Jumps to `target` when the condition equals `sense`, else continues with the next operation.
  void jump_if(const Condition& condition, bool sense, Label target) {
    switch (condition.kind) {
      case Condition::Kind::Always:
      case Condition::Kind::Never:
        if (condition.is_always() == sense) jump(target);
        return;
      case Condition::Kind::Test:
        sense ? jump_if_true(condition, target) : jump_if_false(condition, target);
        return;
      case Condition::Kind::Not:
        jump_if(condition.parts.front(), !sense, target);
        return;
      case Condition::Kind::All:
        jump_if_joined(condition, sense, target, false);
        return;
      case Condition::Kind::Any:
        jump_if_joined(condition, sense, target, true);
        return;
    }
  }

  /// A single `decisive` part decides for all.
  void jump_if_joined(const Condition& condition, bool sense, Label target, bool decisive) {
    if (program_.size() > LongestProgram) return;
    if (sense == decisive) {
      for (const Condition& part : condition.parts) jump_if(part, sense, target);
      return;
    }
    const Label decided = new_label();
    for (std::size_t i = 0; i + 1 < condition.parts.size(); ++i)
      jump_if(condition.parts[i], decisive, decided);
    jump_if(condition.parts.back(), sense, target);
    place(decided, program_.size());
  }

  void jump_if_false(const Condition& condition, Label target) {
    jumps_.push_back({program_.size(), target});
    append(condition);
  }

  void jump_if_true(const Condition& condition, Label target) {
    const std::size_t start = program_.size();
    append(condition);
    set_no(start, program_.size() - start + sizeof(inet_diag_bc_op));
    jump(target);
  }

  /// The kernel evaluates a JMP to "no".
  void jump(Label target) {
    jumps_.push_back({program_.size(), target});
    append_object(program_, inet_diag_bc_op{INET_DIAG_BC_JMP, sizeof(inet_diag_bc_op), 0});
  }

  void append(const Condition& condition) {
    const std::size_t size = sizeof(inet_diag_bc_op) + condition.argument.size();
    append_object(program_, inet_diag_bc_op{condition.opcode, static_cast<std::uint8_t>(size), 0});
    program_ += condition.argument;
  }

  void set_no(std::size_t position, std::size_t distance) {
    const auto no = static_cast<std::uint16_t>(distance);
    std::memcpy(program_.data() + position + offsetof(inet_diag_bc_op, no), &no, sizeof no);
  }

  std::string program_;
  std::vector<std::size_t> labels_;
  std::vector<Jump> jumps_;
};

}  // namespace

Condition always() { return {}; }
Condition never() { return Condition{Condition::Kind::Never}; }
Condition constant(bool value) { return value ? always() : never(); }

Condition all_of(std::vector<Condition> parts) {
  return join(Condition::Kind::All, std::move(parts), Condition::Kind::Always, Condition::Kind::Never);
}

Condition any_of(std::vector<Condition> parts) {
  return join(Condition::Kind::Any, std::move(parts), Condition::Kind::Never, Condition::Kind::Always);
}

Condition negation(Condition part) {
  if (part.is_always()) return never();
  if (part.is_never()) return always();
  if (part.kind == Condition::Kind::Not) {
    Condition inner = std::move(part.parts.front());
    return inner;
  }
  Condition result{Condition::Kind::Not};
  result.parts.push_back(std::move(part));
  return result;
}

Condition port_is(End end, std::uint16_t port) {
  return port_test(by_end(end, INET_DIAG_BC_S_EQ, INET_DIAG_BC_D_EQ), port);
}

Condition port_at_least(End end, std::uint16_t port) {
  if (port == 0) return always();
  return port_test(by_end(end, INET_DIAG_BC_S_GE, INET_DIAG_BC_D_GE), port);
}

Condition port_at_most(End end, std::uint16_t port) {
  return port_test(by_end(end, INET_DIAG_BC_S_LE, INET_DIAG_BC_D_LE), port);
}

Condition address_within(End end, const Address& prefix, unsigned length) {
  return host_test(end, prefix.is_v6 ? AF_INET6 : AF_INET, length, prefix);
}

Condition is_inet6() {
  Address any;
  any.is_v6 = true;
  return address_within(End::Local, any, 0);
}

Condition interface_is(std::uint32_t index) {
  std::string argument;
  append_object(argument, index);
  return test(INET_DIAG_BC_DEV_COND, std::move(argument));
}

Condition mark_is(std::uint32_t value, std::uint32_t mask) {
  std::string argument;
  append_object(argument, inet_diag_markcond{value, mask});
  return test(INET_DIAG_BC_MARK_COND, std::move(argument));
}

Condition cgroup_is(std::uint64_t id) {
  std::string argument;
  append_object(argument, id);
  return test(INET_DIAG_BC_CGROUP_COND, std::move(argument));
}

Condition autobound() { return test(INET_DIAG_BC_AUTO, {}); }

std::optional<std::string> assemble(const Condition& condition) { return Assembler().run(condition); }

}  // namespace sockutils::kernel
