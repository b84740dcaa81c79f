/// Any bytes as the file of a recording, or of a dump of `ss -D`: it is refused with words, or its sockets
/// are listed with every field, safe for a terminal.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "all_fields.h"
#include "fuzz_target.h"
#include "sockutils/list.h"
#include "sockutils/record.h"

using namespace sockutils;

namespace {

Query everything() {
  Query query;
  query.kinds = socket_kinds();
  for (const Field* field : fields())
    if (!needs_any(field->needs, Needs::HostNames)) query.fields.push_back(field);
  return query;
}

void print(const Query& query, Values row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!row[i]) continue;
    std::string text;
    append_value(text, *row[i], query.fields[i]->type, Style::Human);
    fuzz::require_safe(escape_text(text));
  }
}

}  // namespace

FUZZ_TARGET(recording)(const std::uint8_t* data, std::size_t size) {
  const auto recording = Recording::parse({reinterpret_cast<const char*>(data), size}, "file");
  if (!recording) {
    if (recording.error().message().empty()) std::abort();
    return 0;
  }
  static const Query whole = everything();
  Query query = whole;
  query.recording = *recording;
  static_cast<void>((*recording)->kinds());
  static_cast<void>((*recording)->filter_names().user("root"));
  const auto report = list_sockets(query, [&](Values row) {
    print(query, row);
    return true;
  });
  if (!report && report.error().message().empty()) std::abort();
  return 0;
}
