#include <array>

#include "render/renderer.h"
#include "sockprobe/cells.h"
#include "sockprobe/path_writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::PathHop;
using sockutils::ProbePath;
using sockutils::Type;

/// What is said of the whole way stands in each row of it.
const std::array<Field, 14> PathFields{
    csv_field("host"),       csv_field("address"),
    csv_field("protocol"),   csv_field("port", Type::Port),
    csv_field("state"),      csv_field("reason"),
    csv_field("from"),       csv_field("hop", Type::Count),
    csv_field("hop_from"),   csv_field("hop_time", Type::Microseconds),
    csv_field("hop_reason"), csv_field("mtu", Type::Bytes),
    csv_field("mtu_from"),   csv_field("mtu_confirmed", Type::Flag),
};

std::string address_text(const std::optional<sockutils::Address>& address) {
  return address ? address->to_string() : "";
}

class PathCsvWriter final : public PathWriter {
 public:
  PathCsvWriter(const Settings& settings, Output& out)
      : out_(out),
        renderer_(make_csv({.fields = fields_, .out = out, .terminal = {}, .header = settings.header})) {
    renderer_->begin();
  }

  void add(const ProbePath& path) override {
    for (const PathHop& hop : path.hops) row(path, hop);
    if (path.hops.empty()) row(path, {});
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) override { renderer_->end(warnings); }

 private:
  /// A hop without a number is none.
  void row(const ProbePath& path, const PathHop& hop) {
    const std::string address = path.address.to_string();
    const std::string from = address_text(path.from);
    const std::string hop_from = address_text(hop.from);
    const std::string mtu_from = path.mtu ? address_text(path.mtu->from) : "";
    const std::array<OptionalValue, PathFields.size()> cells{
        text(path.host),
        text(address),
        text(name(path.protocol)),
        std::uint64_t{path.port},
        text(name(path.state)),
        text(path.reason),
        text(from),
        hop.ttl > 0 ? OptionalValue(std::uint64_t{hop.ttl}) : std::nullopt,
        text(hop_from),
        time(hop.time),
        text(hop.reason),
        path.mtu ? OptionalValue(std::uint64_t{path.mtu->bytes}) : std::nullopt,
        text(mtu_from),
        path.mtu ? OptionalValue(path.mtu->confirmed) : std::nullopt,
    };
    renderer_->row(cells);
  }

  Output& out_;
  std::array<const Field*, PathFields.size()> fields_ = pointers(PathFields);
  std::unique_ptr<Renderer> renderer_;
};

}  // namespace

std::unique_ptr<PathWriter> make_path_csv_writer(const Settings& settings, Output& out) {
  return std::make_unique<PathCsvWriter>(settings, out);
}

}  // namespace tools::sockprobe
