/// Runs a query and writes what it gives.
#pragma once

#include <memory>
#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "common/output.h"
#include "render/renderer.h"
#include "sockls/settings.h"

namespace tools::sockls {

class Listing {
 public:
  Listing(const Settings& settings, const sockutils::Query& query);

  /// Writes rows as they come. Nothing is written when there is none, so that it can be called again.
  sockutils::Result<sockutils::Report> run();

  /// Completes the output, says what is missing, and how it all ended.
  ExitCode finish(const sockutils::Result<sockutils::Report>& result, Messages& messages);

 private:
  void begin();
  void note_left_out(const Messages& messages) const;

  const Settings& settings_;
  const sockutils::Query& query_;
  const std::vector<const sockutils::Field*> wanted_;
  Output out_;
  std::unique_ptr<Renderer> renderer_;
  bool begun_ = false;
};

/// What a document says is missing, also when nothing could be read at all.
std::vector<sockutils::Warning> warnings_of(const sockutils::Result<sockutils::Report>& result);

/// Says what is missing from what was written, and how that ends.
ExitCode conclude(const Settings& settings, const sockutils::Query& query, const sockutils::Report& report,
                  Messages& messages);

/// With `--verbose`, says where the facts came from.
void say_notes(const Settings& settings, const sockutils::Report& report, const Messages& messages);
/// Says what is missing, and the notes.
void say_report(const Settings& settings, const sockutils::Report& report, Messages& messages);

}  // namespace tools::sockls
