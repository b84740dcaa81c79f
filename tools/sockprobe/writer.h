/// Results as text.
#pragma once

#include <memory>
#include <span>

#include "common/output.h"
#include "sockprobe/settings.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

class Writer {
 public:
  virtual ~Writer() = default;
  /// Results come in any order.
  virtual void add(const sockutils::ProbeResult& result) = 0;
  virtual void end(std::span<const sockutils::Warning> warnings) = 0;
};

/// All references have to outlive the writer.
std::unique_ptr<Writer> make_writer(const Settings& settings, const sockutils::Services& services,
                                    Output& out);

std::unique_ptr<Writer> make_json_writer(const Settings& settings, const sockutils::Services& services,
                                         Output& out);
/// Table and CSV.
std::unique_ptr<Writer> make_row_writer(const Settings& settings, const sockutils::Services& services,
                                        Output& out);

/// Results in the order in which they were asked for.
void sort_results(std::vector<sockutils::ProbeResult>& results);

}  // namespace tools::sockprobe
