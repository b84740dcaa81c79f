/// Translates a filter into the dumps that deliver what it may match.
#include "filter/kernel_filter.h"
#include "model/socket.h"

namespace sockutils {
namespace {

using kernel::Condition;

std::string program_of(const Condition& condition) {
  // A program that is too long counts as undecidable.
  return kernel::assemble(condition).value_or("");
}

/// The dump of sockets that the kernel considers autobound, or of the others. The test comes first, which
/// distinguishes it from a program without it: see `ReplayChannel`.
std::optional<KernelDump> half(const Filter& filter, const KernelTarget& target, bool autobound) {
  Condition condition = kernel_condition(filter, target, autobound);
  if (condition.is_never()) return std::nullopt;
  Condition split = autobound ? kernel::autobound() : kernel::negation(kernel::autobound());
  KernelDump dump{{}, program_of(split), autobound};
  dump.program = program_of(kernel::all_of({std::move(split), std::move(condition)}));
  if (dump.program.empty()) dump.program = dump.least_program;
  return dump;
}

}  // namespace

std::span<const KernelDump> whole_dump() {
  static const KernelDump whole;
  return {&whole, 1};
}

bool takes_kernel_filter(const SocketKind& kind) {
  const bool internet = is_internet(kind.family);
  return internet && (kind.protocol == Protocol::Tcp || kind.protocol == Protocol::Udp ||
                      kind.protocol == Protocol::Udplite);
}

std::vector<KernelDump> plan_dumps(const Filter& filter, const KernelTarget& target, Needs needs) {
  std::vector<KernelDump> dumps;
  if (needs_any(needs, Needs::Autobound)) {
    for (const bool autobound : {true, false})
      if (auto dump = half(filter, target, autobound)) dumps.push_back(*std::move(dump));
    return dumps;
  }
  const Condition condition = kernel_condition(filter, target);
  if (!condition.is_never()) dumps.push_back({program_of(condition)});
  return dumps;
}

}  // namespace sockutils
