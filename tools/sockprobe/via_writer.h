/// What both ends know, as text.
#pragma once

#include <memory>
#include <span>

#include "common/output.h"
#include "sockprobe/settings.h"
#include "sockutils/services.h"
#include "sockutils/via.h"

namespace tools::sockprobe {

class ViaWriter {
 public:
  virtual ~ViaWriter() = default;
  virtual void add(const sockutils::PairResult& result) = 0;
  virtual void end(std::span<const sockutils::Warning> warnings) = 0;
};

/// All references have to outlive the writer.
std::unique_ptr<ViaWriter> make_via_writer(const Settings& settings, const sockutils::Services& services,
                                           Output& out);
std::unique_ptr<ViaWriter> make_via_json_writer(const Settings& settings, const sockutils::Services& services,
                                                Output& out);

}  // namespace tools::sockprobe
