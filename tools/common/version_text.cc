#include "common/version_text.h"

#include "sockutils/version.h"

namespace tools {

std::string version_text(std::string_view program) {
  std::string text(program);
  text += " " + sockutils::version() + "\n";
  for (const sockutils::Feature& feature : sockutils::features()) {
    text += feature.available ? "  with " : "  without ";
    text += feature.name;
    if (!feature.detail.empty()) text += ": " + feature.detail;
    text += '\n';
  }
  return text;
}

}  // namespace tools
