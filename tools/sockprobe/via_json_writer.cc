
#include "render/json_value.h"
#include "sockprobe/via_writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::PairResult;

void append_end(JsonAppender& json, std::string_view name, const std::optional<sockutils::Address>& address,
                std::uint16_t port) {
  if (!address) return;
  json.begin(name);
  json.member("address", address->to_string());
  if (port != 0) json.member("port", std::uint64_t{port});
  json.end();
}

void append_train(JsonAppender& json, std::string_view name,
                  const std::optional<sockutils::TrainFacts>& train) {
  if (!train) return;
  json.begin(name);
  json.member("sent", std::uint64_t{train->sent});
  json.member("received", std::uint64_t{train->received});
  json.member("duplicates", std::uint64_t{train->duplicates});
  json.member("reordered", std::uint64_t{train->reordered});
  if (train->variation) json.member("variation", static_cast<std::uint64_t>(train->variation->count()));
  json.end();
}

void append_syn(JsonAppender& json, const sockutils::SynFacts& syn) {
  json.begin("syn");
  json.member("ttl", std::uint64_t{syn.ttl});
  json.member("tos", std::uint64_t{syn.tos});
  if (syn.mss) json.member("mss", std::uint64_t{*syn.mss});
  if (syn.window_scale) json.member("window_scale", std::uint64_t{*syn.window_scale});
  json.flag("timestamps", syn.timestamps);
  json.flag("sack", syn.sack_permitted);
  json.flag("ecn_setup", syn.ecn_setup);
  json.end();
}

void append_via_result(JsonAppender& json, const PairResult& result, const sockutils::Services& services) {
  const auto number = [&](std::string_view name, const auto& value) {
    if (value) json.member(name, std::uint64_t{*value});
  };
  json.begin();
  json.member("direction", name(result.direction));
  json.member("protocol", name(result.port.protocol));
  json.member("port", std::uint64_t{result.port.port});
  const auto service = services.name(result.port.port, name(result.port.protocol));
  if (!service.empty()) json.member("service", service);
  json.member("verdict", name(result.verdict));
  if (!result.reason.empty()) json.member("reason", result.reason);
  json.member("changes", result.changes);
  if (result.verdict != sockutils::PairVerdict::NotMeasured) {
    if (result.port.protocol == sockutils::Protocol::Tcp) json.flag("handshake", result.handshake);
    json.flag("data", result.data);
  }
  append_end(json, "sent_from", result.sent_from, result.sent_from_port);
  append_end(json, "seen_from", result.seen_from, result.seen_from_port);
  number("hops_there", result.hops_there);
  number("hops_back", result.hops_back);
  number("dscp_sent", result.dscp_sent);
  number("dscp_seen", result.dscp_seen);
  if (result.ecn_survives) json.flag("ecn_survives", *result.ecn_survives);
  if (result.syn) append_syn(json, *result.syn);
  if (result.round_trip) json.member("round_trip", static_cast<std::uint64_t>(result.round_trip->count()));
  append_train(json, "there", result.there);
  append_train(json, "back", result.back);
  number("path_mtu", result.path_mtu);
  json.end();
}

class ViaJsonWriter final : public ViaWriter {
 public:
  ViaJsonWriter(bool is_document, const sockutils::Services& services, Output& out)
      : is_document_(is_document), services_(services), out_(out), json_(out.text()) {
    if (is_document_) out_.text() += "{\"results\": [";
  }

  void add(const PairResult& result) override {
    if (is_document_) out_.text() += first_ ? "\n" : ",\n";
    first_ = false;
    append_via_result(json_, result, services_);
    if (is_document_) return;
    out_.text() += '\n';
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) override {
    if (!is_document_) return;
    out_.text() += first_ ? "], \"warnings\": [" : "\n], \"warnings\": [";
    first_ = true;
    for (const sockutils::Warning& warning : warnings) {
      out_.text() += first_ ? "\n" : ",\n";
      first_ = false;
      json_.warning(warning);
    }
    out_.text() += "]}\n";
  }

 private:
  bool is_document_;
  const sockutils::Services& services_;
  Output& out_;
  JsonAppender json_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<ViaWriter> make_via_json_writer(const Settings& settings, const sockutils::Services& services,
                                                Output& out) {
  return std::make_unique<ViaJsonWriter>(settings.form == Form::Json, services, out);
}

}  // namespace tools::sockprobe
