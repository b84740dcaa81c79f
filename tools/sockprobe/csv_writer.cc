#include <unistd.h>

#include "common/words.h"
#include "render/renderer.h"
#include "sockprobe/cells.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::Field;
using sockutils::OptionalValue;
using sockutils::ProbeResult;
using sockutils::Type;

/// The last one only when ports are asked for again and again.
const std::array<Field, 27> CsvFields{
    csv_field("host"),
    csv_field("address"),
    csv_field("protocol"),
    csv_field("port", Type::Port),
    csv_field("service"),
    csv_field("state"),
    csv_field("reason"),
    csv_field("from"),
    csv_field("name"),
    csv_field("product"),
    csv_field("version"),
    csv_field("lookup", Type::Microseconds),
    csv_field("connect", Type::Microseconds),
    csv_field("first_byte", Type::Microseconds),
    csv_field("tls", Type::Microseconds),
    csv_field("tls_version"),
    csv_field("tls_cipher"),
    csv_field("tls_alpn"),
    csv_field("tls_failure"),
    csv_field("certificate_subject"),
    csv_field("certificate_names"),
    csv_field("certificate_issuer"),
    csv_field("certificate_not_before", Type::Time),
    csv_field("certificate_not_after", Type::Time),
    csv_field("certificate_problems"),
    csv_field("certificate_matches_name", Type::Flag),
    csv_field("probe", Type::Count),
};

OptionalValue point_in_time(const std::optional<std::chrono::sys_seconds>& value) {
  if (!value) return std::nullopt;
  return static_cast<std::uint64_t>(std::chrono::microseconds(value->time_since_epoch()).count());
}

OptionalValue flag(const std::optional<bool>& value) { return value ? OptionalValue(*value) : std::nullopt; }

/// Rows in order, or as they come when ports are asked for again and again.
class CsvWriter final : public Writer {
 public:
  CsvWriter(const Settings& settings, const sockutils::Services& services, Output& out)
      : services_(services),
        out_(out),
        columns_(CsvFields.size() - (settings.repeats() ? 0 : 1)),
        renderer_(make_csv({.fields = std::span<const Field* const>(fields_).first(columns_),
                            .out = out,
                            .terminal = {},
                            .header = settings.header})) {
    renderer_->begin();
  }

  void begin_round(std::size_t number) override { round_ = number; }
  void add(const ProbeResult& result) override { round_ == 0 ? results_.push_back(result) : row(result); }
  void pause() override {
    if (round_ != 0) out_.flush();
  }
  void end(std::span<const sockutils::Warning> warnings, std::span<const Series>) override {
    sort_results(results_);
    for (const ProbeResult& result : results_) row(result);
    renderer_->end(warnings);
  }

 private:
  void row(const ProbeResult& r) {
    const sockutils::ServiceIdentity who = r.identity.value_or(sockutils::ServiceIdentity{});
    const std::string address = r.address ? r.address->to_string() : r.path;
    const std::string from = r.from ? r.from->to_string() : "";
    const OptionalValue port = r.port != 0 ? OptionalValue(std::uint64_t{r.port}) : std::nullopt;
    const sockutils::TlsFacts tls = r.tls.value_or(sockutils::TlsFacts{});
    const auto certificate = tls.certificate.value_or(sockutils::CertificateFacts{});
    const std::string names = join(certificate.names, " ");
    const std::string problems = join(certificate.problems, ", ");
    const std::array<OptionalValue, CsvFields.size()> cells{
        text(r.host),
        text(address),
        text(name(r.protocol)),
        port,
        text(services_.name(r.port, name(r.protocol))),
        text(name(r.state)),
        text(r.reason),
        text(from),
        text(who.name),
        text(who.product),
        text(who.version),
        time(r.times.lookup),
        time(r.times.connect),
        time(r.times.first_byte),
        time(r.times.tls),
        text(tls.version),
        text(tls.cipher),
        text(tls.alpn),
        text(tls.failure),
        text(certificate.subject),
        text(names),
        text(certificate.issuer),
        point_in_time(certificate.not_before),
        point_in_time(certificate.not_after),
        text(problems),
        flag(certificate.matches_name),
        std::uint64_t{round_},
    };
    renderer_->row(std::span(cells).first(columns_));
  }

  const sockutils::Services& services_;
  Output& out_;
  std::array<const Field*, CsvFields.size()> fields_ = pointers(CsvFields);
  std::size_t columns_;
  std::unique_ptr<Renderer> renderer_;
  std::size_t round_ = 0;
  std::vector<ProbeResult> results_;
};

}  // namespace

std::unique_ptr<Writer> make_csv_writer(const Settings& settings, const sockutils::Services& services,
                                        Output& out) {
  return std::make_unique<CsvWriter>(settings, services, out);
}

}  // namespace tools::sockprobe
