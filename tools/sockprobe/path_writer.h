/// Ways to ports as text.
#pragma once

#include <memory>
#include <span>

#include "common/output.h"
#include "sockprobe/settings.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

class PathWriter {
 public:
  virtual ~PathWriter() = default;
  virtual void add(const sockutils::ProbePath& path) = 0;
  virtual void end(std::span<const sockutils::Warning>) {}
};

/// A row for each hop. `out` has to outlive the writer.
std::unique_ptr<PathWriter> make_path_csv_writer(const Settings& settings, Output& out);

}  // namespace tools::sockprobe
