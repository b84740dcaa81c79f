// Table and CSV.

#include "sockprobe/via_writer.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "render/renderer.h"
#include "sockprobe/cells.h"

namespace tools::sockprobe {
namespace {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::PairResult;
using sockutils::TrainFacts;
using sockutils::Type;

constexpr Field count_field(std::string_view name, std::string_view title, std::uint8_t drop = 0) {
  return {.name = name,
          .title = title,
          .type = Type::Count,
          .get = nullptr,
          .align = sockutils::Align::Right,
          .doc = "",
          .drop = drop};
}

const std::array<Field, 9> ViaTableFields{
    text_field("port", "PORT", 0),
    text_field("direction", "DIRECTION", 0),
    text_field("verdict", "VERDICT", 0),
    text_field("changes", "WHAT", 1),
    count_field("hops", "HOPS", 2),
    time_field("round_trip", "TIME"),
    text_field("loss", "LOST THERE/BACK", 3),
    text_field("variation", "VARIES THERE/BACK", 4),
    count_field("path_mtu", "PATH MTU", 2),
};

/// The last columns, which TCP has nothing for.
constexpr std::size_t OfDatagrams = 3;

const std::array<Field, 26> ViaCsvFields{
    text_field("direction", "", 0),
    text_field("protocol", "", 0),
    Field{.name = "port", .title = "", .type = Type::Port, .get = nullptr, .doc = ""},
    text_field("verdict", "", 0),
    text_field("reason", "", 0),
    text_field("changes", "", 0),
    text_field("sent_from", "", 0),
    Field{.name = "sent_from_port", .title = "", .type = Type::Port, .get = nullptr, .doc = ""},
    text_field("seen_from", "", 0),
    Field{.name = "seen_from_port", .title = "", .type = Type::Port, .get = nullptr, .doc = ""},
    count_field("hops_there", ""),
    count_field("hops_back", ""),
    count_field("dscp_sent", ""),
    count_field("dscp_seen", ""),
    count_field("mss", ""),
    time_field("round_trip", ""),
    count_field("sent_there", ""),
    count_field("received_there", ""),
    count_field("duplicates_there", ""),
    count_field("reordered_there", ""),
    time_field("variation_there", ""),
    count_field("received_back", ""),
    count_field("duplicates_back", ""),
    count_field("reordered_back", ""),
    time_field("variation_back", ""),
    count_field("path_mtu", ""),
};

template <class T>
OptionalValue count(const std::optional<T>& value) {
  return value ? OptionalValue(std::uint64_t{*value}) : std::nullopt;
}

std::string address_text(const std::optional<sockutils::Address>& address) {
  return address ? address->to_string() : "";
}

/// Changes, and what else there is to say.
std::string what_of(const PairResult& result) {
  std::string text = result.reason;
  for (const std::string& change : result.changes) text += (text.empty() ? "" : "; ") + change;
  return text;
}

std::string changes_of(const PairResult& result) {
  std::string text;
  for (const std::string& change : result.changes) text += (text.empty() ? "" : "; ") + change;
  return text;
}

/// `0 %`, of those that were sent that way.
std::string loss_of(const std::optional<TrainFacts>& train) {
  if (!train || train->sent == 0) return "-";
  const std::uint32_t lost = train->sent - std::min(train->sent, train->received);
  return std::to_string((100 * lost + train->sent / 2) / train->sent) + " %";
}

std::string variation_of(const std::optional<TrainFacts>& train) {
  if (!train || !train->variation) return "-";
  return std::to_string(train->variation->count()) + "us";
}

class ViaRowWriter final : public ViaWriter {
 public:
  ViaRowWriter(const Settings& settings, Output& out)
      : settings_(settings), out_(out), is_table_(settings.form == Form::Table) {}

  void add(const PairResult& result) override { results_.push_back(result); }

  void end(std::span<const sockutils::Warning> warnings) override {
    if (is_table_) {
      const bool has_datagrams = std::any_of(results_.begin(), results_.end(), [](const PairResult& result) {
        return result.there.has_value();
      });
      columns_ -= has_datagrams ? 0 : OfDatagrams;
      renderer_ = make_table(setup(std::span<const Field* const>(table_fields_).first(columns_)));
    } else {
      renderer_ = make_csv(setup(csv_fields_));
    }
    renderer_->begin();
    for (const PairResult& result : results_) is_table_ ? table_row(result) : csv_row(result);
    renderer_->end(warnings);
  }

 private:
  RenderSetup setup(std::span<const Field* const> fields) {
    return {.fields = fields,
            .out = out_,
            .terminal = examine_terminal(STDOUT_FILENO, settings_.colour),
            .header = settings_.header};
  }

  void table_row(const PairResult& r) {
    const std::string port = std::string(name(r.port.protocol)) + "/" + std::to_string(r.port.port);
    const std::string what = what_of(r);
    const bool is_udp = r.there.has_value();
    const std::string loss = is_udp ? loss_of(r.there) + " / " + loss_of(r.back) : "";
    const std::string variation = is_udp ? variation_of(r.there) + " / " + variation_of(r.back) : "";
    const std::array<OptionalValue, ViaTableFields.size()> cells{
        text(port), text(name(r.direction)), text(name(r.verdict)),
        text(what), count(r.hops_there),     time(r.round_trip),
        text(loss), text(variation),         count(r.path_mtu)};
    renderer_->row(std::span(cells).first(columns_));
  }

  void csv_row(const PairResult& r) {
    const std::string changes = changes_of(r);
    const std::string sent_from = address_text(r.sent_from);
    const std::string seen_from = address_text(r.seen_from);
    const auto port = [](std::uint16_t number) {
      return number != 0 ? OptionalValue(std::uint64_t{number}) : std::nullopt;
    };
    const auto of = [](const std::optional<TrainFacts>& train, std::uint32_t TrainFacts::*member) {
      return train ? OptionalValue(std::uint64_t{(*train).*member}) : std::nullopt;
    };
    const auto variation = [](const std::optional<TrainFacts>& train) {
      return time(train ? train->variation : std::nullopt);
    };
    renderer_->row(std::array<OptionalValue, ViaCsvFields.size()>{text(name(r.direction)),
                                                                  text(name(r.port.protocol)),
                                                                  port(r.port.port),
                                                                  text(name(r.verdict)),
                                                                  text(r.reason),
                                                                  text(changes),
                                                                  text(sent_from),
                                                                  port(r.sent_from_port),
                                                                  text(seen_from),
                                                                  port(r.seen_from_port),
                                                                  count(r.hops_there),
                                                                  count(r.hops_back),
                                                                  count(r.dscp_sent),
                                                                  count(r.dscp_seen),
                                                                  count(r.syn ? r.syn->mss : std::nullopt),
                                                                  time(r.round_trip),
                                                                  of(r.there, &TrainFacts::sent),
                                                                  of(r.there, &TrainFacts::received),
                                                                  of(r.there, &TrainFacts::duplicates),
                                                                  of(r.there, &TrainFacts::reordered),
                                                                  variation(r.there),
                                                                  of(r.back, &TrainFacts::received),
                                                                  of(r.back, &TrainFacts::duplicates),
                                                                  of(r.back, &TrainFacts::reordered),
                                                                  variation(r.back),
                                                                  count(r.path_mtu)});
  }

  const Settings& settings_;
  Output& out_;
  bool is_table_;
  std::size_t columns_ = ViaTableFields.size();
  std::array<const Field*, ViaTableFields.size()> table_fields_ = pointers(ViaTableFields);
  std::array<const Field*, ViaCsvFields.size()> csv_fields_ = pointers(ViaCsvFields);
  std::unique_ptr<Renderer> renderer_;
  std::vector<PairResult> results_;
};

}  // namespace

std::unique_ptr<ViaWriter> make_via_writer(const Settings& settings, const sockutils::Services& services,
                                           Output& out) {
  const bool rows = settings.form == Form::Table || settings.form == Form::Csv;
  if (rows) return std::make_unique<ViaRowWriter>(settings, out);
  return make_via_json_writer(settings, services, out);
}

}  // namespace tools::sockprobe
