#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "render/renderer.h"
#include "sockprobe/cells.h"
#include "sockprobe/tls_text.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::PortState;
using sockutils::ProbeResult;

/// The last one only when a server speaks TLS.
const std::array<Field, 9> TableFields{
    text_field("host", "HOST", 1),       text_field("port", "PORT", 0),
    text_field("service", "SERVICE", 3), text_field("state", "STATE", 0),
    text_field("reason", "REASON", 1),   text_field("from", "FROM", 2),
    time_field("connect", "TIME"),       text_field("identity", "WHO ANSWERS", 1),
    text_field("tls", "TLS", 2),
};

/// More ports of one host than these with the same answer, none of them open, are one row of a table.
constexpr std::size_t MostAlike = 20;
using Answer = std::tuple<std::size_t, sockutils::Protocol, PortState, std::string>;
Answer answer_of(const ProbeResult& r) { return {r.host_index, r.protocol, r.state, r.reason}; }

class TableWriter final : public Writer {
 public:
  TableWriter(const Settings& settings, const sockutils::Services& services, Output& out)
      : settings_(settings), services_(services), out_(out) {}

  void add(const ProbeResult& result) override { results_.push_back(result); }

  void end(std::span<const sockutils::Warning> warnings, std::span<const Series>) override {
    sort_results(results_);
    make_renderer();
    std::map<Answer, std::size_t> counts;
    for (const ProbeResult& result : results_) ++counts[answer_of(result)];
    renderer_->begin();
    for (const ProbeResult& result : results_) {
      const auto counted = counts.find(answer_of(result));
      const bool alike =
          result.state != PortState::Open && counted != counts.end() && counted->second > MostAlike;
      if (!alike && counted == counts.end()) continue;
      row(result, alike ? counted->second : 1);
      if (alike) counts.erase(counted);
    }
    renderer_->end(warnings);
  }

 private:
  void make_renderer() {
    const auto speaks_tls = [](const ProbeResult& result) { return result.tls.has_value(); };
    const bool tls = std::any_of(results_.begin(), results_.end(), speaks_tls);
    columns_ = TableFields.size() - (tls ? 0 : 1);
    renderer_ = make_table({.fields = std::span<const Field* const>(fields_).first(columns_),
                            .out = out_,
                            .terminal = examine_terminal(STDOUT_FILENO, settings_.colour),
                            .header = settings_.header});
  }

  /// `count` ports like this one.
  void row(const ProbeResult& r, std::size_t count) {
    const std::string protocol(name(r.protocol));
    const std::string port = count > 1 ? std::to_string(count) + " " + protocol + " ports" : port_of(r);
    const std::string host = end_of(r);
    const std::string who = identity_of(r);
    const std::string from = r.from ? r.from->to_string() : "";
    const std::string tls = tls_text(r, now_);
    const auto service = count > 1 ? std::string_view{} : services_.name(r.port, protocol);
    const std::array<OptionalValue, TableFields.size()> cells{
        text(host),     text(port), text(service),         text(name(r.state)),
        text(r.reason), text(from), time(r.times.connect), text(who),
        text(tls)};
    renderer_->row(std::span(cells).first(columns_));
  }

  const Settings& settings_;
  const sockutils::Services& services_;
  Output& out_;
  std::size_t columns_ = 0;
  std::chrono::sys_seconds now_ = time_of_day();
  std::array<const Field*, TableFields.size()> fields_ = pointers(TableFields);
  std::unique_ptr<Renderer> renderer_;
  std::vector<ProbeResult> results_;
};

}  // namespace

std::unique_ptr<Writer> make_table_writer(const Settings& settings, const sockutils::Services& services,
                                          Output& out) {
  return std::make_unique<TableWriter>(settings, services, out);
}

std::unique_ptr<Writer> make_writer(const Settings& settings, const sockutils::Services& services,
                                    Output& out) {
  if (settings.form == Form::Csv) return make_csv_writer(settings, services, out);
  if (settings.form != Form::Table) return make_json_writer(settings, services, out);
  return settings.repeats() ? make_live_writer(out) : make_table_writer(settings, services, out);
}

void sort_results(std::vector<ProbeResult>& results) {
  std::sort(results.begin(), results.end(), [](const ProbeResult& a, const ProbeResult& b) {
    return std::tie(a.host_index, a.port_index) < std::tie(b.host_index, b.port_index);
  });
}

}  // namespace tools::sockprobe
