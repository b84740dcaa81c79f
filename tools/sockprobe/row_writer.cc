// Writes results as rows, in any format.

#include <algorithm>
#include <map>
#include <tuple>

#include "render/row_output.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::PortState;
using sockutils::ProbeResult;
using sockutils::ProbeRow;

/// If more ports than this of one host have the same answer, and are not open, a table shows them in one row.
constexpr std::size_t MaxAlike = 20;
using Answer = std::tuple<std::size_t, sockutils::Protocol, PortState, std::string>;
Answer answer_of(const ProbeResult& r) { return {r.host_index, r.protocol, r.state, r.reason}; }

/// Results are held back until their round is complete, in order to be sorted, except for stream formats.
class RowWriter final : public Writer {
 public:
  RowWriter(const Settings& settings, const RowQuery& query, const sockutils::Services& services, Output& out)
      : settings_(settings),
        query_(query),
        services_(services),
        out_(out),
        streams_(format_of(settings.rows).is_stream && query.order.empty()) {}

  void begin_round(std::size_t number) override {
    round_ = number;
    time_ = std::chrono::system_clock::now();
  }

  void add(const ProbeResult& result) override {
    if (!streams_) return results_.push_back(result);
    const ProbeRow row = row_of(result);
    if (query_.filter.matches(row)) output({}).row(row);
  }

  void end_round() override {
    std::sort(results_.begin(), results_.end(), [](const ProbeResult& a, const ProbeResult& b) {
      return std::tie(a.host_index, a.port_index) < std::tie(b.host_index, b.port_index);
    });
    std::deque<ProbeRow> rows;
    for (const ProbeResult& result : results_) {
      if (ProbeRow row = row_of(result); query_.filter.matches(row)) rows.push_back(std::move(row));
    }
    if (query_.is_usual_table && query_.order.empty() && !round_) rows = with_alike_joined(rows);
    const auto sorted = in_order(rows, query_.order);
    RowOutput& to = output({sorted.begin(), sorted.end()});
    for (const ProbeRow* const row : sorted) to.row(*row);
    results_.clear();
  }

  void pause() override { out_.flush(); }

  void end(std::span<const sockutils::Warning> warnings, std::span<const Series> series) override {
    if (!results_.empty()) end_round();
    RowOutput& to = output({});
    if (round_) {
      std::deque<sockutils::ProbeSeriesRow> rows;
      for (const Series& one : series) rows.emplace_back(one.last, one.statistics);
      to.append_list("summary", sockutils::probe_series_fields(), rows);
    }
    to.end(warnings);
  }

 private:
  ProbeRow row_of(const ProbeResult& result) const {
    ProbeRow row(result, services_);
    row.number = round_;
    row.time = time_;
    return row;
  }

  /// The columns may depend on the first rows.
  RowOutput& output(const std::vector<const sockutils::Row*>& rows) {
    if (output_) return *output_;
    const Fields fields = without_empty_columns(query_, rows);
    return output_.emplace(RowOutputSetup{
        .choice = settings_.rows, .fields = fields, .out = out_, .is_live = round_.has_value()});
  }

  static std::deque<ProbeRow> with_alike_joined(const std::deque<ProbeRow>& rows) {
    std::map<Answer, std::size_t> counts;
    for (const ProbeRow& row : rows) ++counts[answer_of(row.result)];
    std::deque<ProbeRow> joined;
    for (const ProbeRow& row : rows) {
      const auto counted = counts.find(answer_of(row.result));
      if (counted == counts.end()) continue;
      const bool alike = row.result.state != PortState::Open && counted->second > MaxAlike;
      joined.push_back(row);
      if (!alike) continue;
      joined.back().ports = counted->second;
      counts.erase(counted);
    }
    return joined;
  }

  const Settings& settings_;
  const RowQuery& query_;
  const sockutils::Services& services_;
  Output& out_;
  bool streams_;
  std::optional<std::size_t> round_;
  std::optional<std::chrono::system_clock::time_point> time_;
  std::vector<ProbeResult> results_;
  std::optional<RowOutput> output_;
};

}  // namespace

std::unique_ptr<Writer> make_row_writer(const Settings& settings, const RowQuery& query,
                                        const sockutils::Services& services, Output& out) {
  return std::make_unique<RowWriter>(settings, query, services, out);
}

/// For repeated probes, a person watching gets sentences, unless columns are named.
std::unique_ptr<Writer> make_writer(const Settings& settings, const RowQuery& query,
                                    const sockutils::Services& services, Output& out) {
  const bool live = settings.repeats() && format_of(settings.rows).is_interactive;
  return live && query.is_usual_table ? make_live_writer(query, services, out)
                                      : make_row_writer(settings, query, services, out);
}

}  // namespace tools::sockprobe
