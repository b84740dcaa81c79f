#include "sockls/about.h"

#include "common/tool_doc.h"
#include "sockls/options.h"
#include "sockutils/version.h"

namespace tools::sockls {

void write_help(Output& out) { out.text() += help_text(tool_doc()); }

void write_version(Output& out) {
  std::string& text = out.text();
  text += "sockls ";
  text += sockutils::version();
  text += '\n';
  for (const sockutils::Feature& feature : sockutils::features()) {
    text += feature.available ? "  with " : "  without ";
    text += feature.name;
    if (!feature.detail.empty()) text += ": " + feature.detail;
    text += '\n';
  }
}

}  // namespace tools::sockls
