#include "sockutils/error.h"

#include <system_error>

namespace sockutils {

std::string Error::message() const {
  std::string text = operation;
  if (!subject.empty()) text += " " + subject;
  if (!detail.empty()) text += ": " + detail;
  if (code != 0) text += ": " + std::generic_category().message(code);
  return text;
}

bool is_same_fault(const Warning& a, const Warning& b) {
  if (a.kind != b.kind || a.fault != b.fault) return false;
  return !a.fault.empty() || (a.message == b.message && a.remedy == b.remedy);
}

std::string_view name(Warning::Kind kind) {
  switch (kind) {
    case Warning::Kind::SocketsMissing:
      return "sockets-missing";
    case Warning::Kind::SocketsMalformed:
      return "sockets-malformed";
    case Warning::Kind::OwnersMissing:
      return "owners-missing";
    case Warning::Kind::NamesMissing:
      return "names-missing";
    case Warning::Kind::FactsMissing:
      return "facts-missing";
    case Warning::Kind::KindUnlisted:
      return "kind-unlisted";
    case Warning::Kind::ProbesMissing:
      return "probes-missing";
    case Warning::Kind::PacketsMissing:
      return "packets-missing";
  }
  return {};
}

}  // namespace sockutils
