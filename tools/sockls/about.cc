#include "sockls/about.h"

#include "common/tool_doc.h"
#include "common/version_text.h"
#include "sockls/options.h"

namespace tools::sockls {

void write_help(Output& out) { out.text() += help_text(tool_doc()); }

void write_version(Output& out) { out.text() += version_text("sockls"); }

}  // namespace tools::sockls
