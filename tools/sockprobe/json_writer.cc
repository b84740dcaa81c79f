#include <algorithm>
#include <chrono>
#include <tuple>

#include "sockprobe/json_result.h"

namespace tools::sockprobe {
namespace {

using sockutils::ProbeResult;

std::uint64_t wall_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

/// `--json` holds results to put them in order; `--jsonl` writes them as they come.
class JsonWriter final : public Writer {
 public:
  JsonWriter(bool is_document, const sockutils::Services& services, Output& out)
      : is_document_(is_document), services_(services), out_(out), json_(out.text()) {}

  void begin_round(std::size_t number) override { round_ = Repeated{number, wall_time()}; }

  void add(const ProbeResult& result) override {
    if (is_document_) return results_.push_back({result, round_});
    append_result(json_, result, services_, round_);
    out_.text() += '\n';
    out_.commit();
  }

  void pause() override {
    if (!is_document_) out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings, std::span<const Series> series) override {
    if (!is_document_) {
      for (const Series& one : series) {
        append_series_line(json_, one);
        out_.text() += '\n';
      }
      return;
    }
    out_.text() += "{\"results\": [";
    std::stable_sort(results_.begin(), results_.end());
    append_list(results_,
                [&](const Kept& kept) { append_result(json_, kept.result, services_, kept.round); });
    if (round_) {
      out_.text() += "], \"summary\": [";
      append_list(series, [&](const Series& one) { append_series(json_, one); });
    }
    out_.text() += "], \"warnings\": [";
    append_list(warnings, [&](const sockutils::Warning& warning) { json_.warning(warning); });
    out_.text() += "]}\n";
  }

 private:
  struct Kept {
    ProbeResult result;
    std::optional<Repeated> round;

    /// Round by round, and then as it was asked for.
    friend bool operator<(const Kept& a, const Kept& b) {
      const std::size_t first = a.round ? a.round->number : 0;
      const std::size_t second = b.round ? b.round->number : 0;
      return std::tie(first, a.result.host_index, a.result.port_index) <
             std::tie(second, b.result.host_index, b.result.port_index);
    }
  };

  template <class List, class Append>
  void append_list(const List& list, const Append& append) {
    bool first = true;
    for (const auto& element : list) {
      out_.text() += first ? "\n" : ",\n";
      first = false;
      append(element);
      out_.commit();
    }
    if (!first) out_.text() += '\n';
  }

  bool is_document_;
  const sockutils::Services& services_;
  Output& out_;
  JsonAppender json_;
  std::optional<Repeated> round_;
  std::vector<Kept> results_;
};

}  // namespace

std::unique_ptr<Writer> make_json_writer(const Settings& settings, const sockutils::Services& services,
                                         Output& out) {
  return std::make_unique<JsonWriter>(settings.form == Form::Json, services, out);
}

}  // namespace tools::sockprobe
