/// Parses aggregates, and makes the fields of groups.
#include <algorithm>
#include <array>

#include "common/parse_number.h"
#include "common/text.h"
#include "model/type_table.h"
#include "pipeline/group_content.h"

namespace sockutils {
namespace {

using Kind = Aggregate::Kind;

struct KindRow {
  std::string_view word;
  Kind kind;
  std::uint32_t percentile = 0;
};

constexpr std::array<KindRow, 8> Kinds{{
    {"count", Kind::Count},
    {"distinct", Kind::Distinct},
    {"sum", Kind::Sum},
    {"min", Kind::Minimum},
    {"max", Kind::Maximum},
    {"avg", Kind::Average},
    {"median", Kind::Percentile, 50'000},
    {"mean", Kind::Average},
}};

Error refusal(std::string_view text, std::string detail) {
  return {0, "aggregate", std::string(text), std::move(detail)};
}

std::string did_you_mean(std::string_view word) {
  return word.empty() ? "" : ", did you mean " + std::string(word) + "?";
}

/// The digits after `p`: `99`, `99.9`, with up to three decimals.
std::optional<std::uint32_t> parse_percentile(std::string_view digits) {
  constexpr std::uint32_t Whole = 1000;
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string fraction(digits.substr(std::min(point + 1, digits.size())));
  if (fraction.size() > 3 || (point + 1 == digits.size())) return std::nullopt;
  fraction.resize(3, '0');
  const auto whole = parse_number<std::uint32_t>(digits.substr(0, point));
  const auto thousandths = parse_number<std::uint32_t>(fraction);
  if (!whole || !thousandths || *whole > 100) return std::nullopt;
  const std::uint32_t result = *whole * Whole + *thousandths;
  return result <= 100 * Whole ? std::optional(result) : std::nullopt;
}

std::optional<Aggregate> parse_kind(std::string_view word) {
  for (const KindRow& row : Kinds)
    if (row.word == word) return Aggregate{row.kind, nullptr, row.percentile};
  if (!word.starts_with('p')) return std::nullopt;
  const auto percentile = parse_percentile(word.substr(1));
  if (!percentile) return std::nullopt;
  return Aggregate{Kind::Percentile, nullptr, *percentile};
}

struct Parts {
  std::string_view word;
  std::optional<std::string_view> field;
};

/// `sum:recv_queue` or `sum(recv_queue)`.
Parts split(std::string_view text) {
  const std::size_t sign = text.find_first_of(":(");
  if (sign == std::string_view::npos) return {text, std::nullopt};
  std::string_view field = text.substr(sign + 1);
  if (text[sign] == '(' && field.ends_with(')')) field.remove_suffix(1);
  return {text.substr(0, sign), field};
}

/// Why the field has no such aggregate; empty when it has.
std::string why_not(const Aggregate& aggregate) {
  if (aggregate.kind == Kind::Count) return aggregate.field ? "a count is of sockets, not of a field" : "";
  if (aggregate.field == nullptr) return "a field is missing, as in sum:recv_queue";
  const TypeRow& type = type_row(aggregate.field->type);
  if (aggregate.kind == Kind::Distinct || type.arithmetic == Arithmetic::Sums) return "";
  const bool has_extremes = type.arithmetic == Arithmetic::Extremes;
  const bool extreme = aggregate.kind == Kind::Minimum || aggregate.kind == Kind::Maximum;
  if (extreme && has_extremes) return "";
  std::string text = std::string(aggregate.field->name) + " is no quantity (its type is " +
                     std::string(type.info.name) + "): it has distinct";
  return text + (has_extremes ? ", min and max only" : " only");
}

/// `sum`, `p99`, `p99.9`.
std::string kind_text(const Aggregate& aggregate) {
  if (aggregate.kind != Kind::Percentile) {
    return std::string(std::find_if(Kinds.begin(), Kinds.end(), [&](const KindRow& row) {
                         return row.kind == aggregate.kind;
                       })->word);
  }
  std::string text = "p" + std::to_string(aggregate.percentile / 1000);
  std::string fraction = std::to_string(1000 + aggregate.percentile % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

Type result_type(const Aggregate& aggregate) {
  const bool counts = aggregate.kind == Kind::Count || aggregate.kind == Kind::Distinct;
  return counts ? Type::Count : aggregate.field->type;
}

class Maker {
 public:
  explicit Maker(Grouping::Content& content) : content_(content) {}

  void add_by(const Field* field) {
    if (contains(content_.by, field)) return;
    content_.by.push_back(field);
    column_of(field);
    content_.output.push_back(field->type == Type::Owners ? owner_text_field(*field) : field);
  }

  void add_aggregate(const Aggregate& aggregate) {
    if (contains(content_.aggregates, aggregate)) return;
    content_.aggregates.push_back(aggregate);
    content_.measured_by.push_back(aggregate.field ? measure(aggregate) : 0);
    std::string name = kind_text(aggregate);
    std::string title = upper(name);
    std::replace(name.begin(), name.end(), '.', '_');
    if (aggregate.field) {
      name += "_" + std::string(aggregate.field->name);
      title += ":" + std::string(aggregate.field->title);
    }
    content_.output.push_back(&content_.made.emplace_back(Field{.name = keep(std::move(name)),
                                                                .title = keep(std::move(title)),
                                                                .type = result_type(aggregate),
                                                                .get = nullptr,
                                                                .doc = {}}));
  }

 private:
  template <class T>
  static bool contains(const std::vector<T>& list, const T& element) {
    return std::find(list.begin(), list.end(), element) != list.end();
  }

  std::string_view keep(std::string text) { return content_.names.emplace_back(std::move(text)); }

  std::size_t column_of(const Field* field) {
    const auto found = std::find(content_.input.begin(), content_.input.end(), field);
    if (found != content_.input.end()) return static_cast<std::size_t>(found - content_.input.begin());
    content_.input.push_back(field);
    return content_.input.size() - 1;
  }

  /// A group has one owner, named as text: `sshd/4242`.
  const Field* owner_text_field(const Field& field) {
    Field& made = content_.made.emplace_back(field);
    made.type = Type::Text;
    made.get = nullptr;
    return &made;
  }

  std::size_t measure(const Aggregate& aggregate) {
    const std::size_t column = column_of(aggregate.field);
    auto& all = content_.measured;
    auto found = std::find_if(all.begin(), all.end(), [=](const auto& m) { return m.column == column; });
    if (found == all.end()) found = all.insert(all.end(), {column, aggregate.field->type});
    found->values = found->values || aggregate.kind == Kind::Percentile;
    found->distinct = found->distinct || aggregate.kind == Kind::Distinct;
    return static_cast<std::size_t>(found - all.begin());
  }

  Grouping::Content& content_;
};

}  // namespace

Result<Aggregate> Aggregate::parse(std::string_view text) {
  const Parts parts = split(text);
  auto aggregate = parse_kind(parts.word);
  if (!aggregate) {
    if (parts.word.size() > 1 && parts.word[0] == 'p' && parts.word[1] >= '0' && parts.word[1] <= '9')
      return tl::unexpected(refusal(text, "percentiles are p0 to p100, as in p99.9"));
    const auto words = aggregate_words();
    return tl::unexpected(
        refusal(text, "there is no such aggregate" + did_you_mean(nearest_word(parts.word, words))));
  }
  if (parts.field) {
    aggregate->field = find_field(*parts.field);
    if (aggregate->field == nullptr)
      return tl::unexpected(refusal(text, "unknown field '" + std::string(*parts.field) + "'" +
                                              did_you_mean(suggest_field(*parts.field))));
  }
  if (std::string reason = why_not(*aggregate); !reason.empty())
    return tl::unexpected(refusal(text, std::move(reason)));
  return *aggregate;
}

std::vector<std::string_view> aggregate_words() {
  return {"count", "distinct", "sum", "min", "max", "avg", "median", "p50", "p90", "p99"};
}

Result<Grouping> Grouping::make(const std::vector<const Field*>& by, std::vector<Aggregate> aggregates) {
  auto content = std::make_shared<Content>();
  Maker maker(*content);
  if (aggregates.empty()) aggregates.emplace_back();
  for (const Field* field : by) maker.add_by(field);
  for (const Aggregate& aggregate : aggregates) {
    if (std::string reason = why_not(aggregate); !reason.empty())
      return tl::unexpected(refusal(kind_text(aggregate), std::move(reason)));
    maker.add_aggregate(aggregate);
  }
  return Grouping(std::move(content));
}

const std::vector<const Field*>& Grouping::input() const { return content_->input; }

const std::vector<const Field*>& Grouping::output() const { return content_->output; }

const Field* Grouping::find(std::string_view name) const {
  for (const Field* field : content_->output)
    if (field->name == name) return field;
  const auto& by = content_->by;
  if (const auto found = std::find(by.begin(), by.end(), find_field(name)); found != by.end())
    return content_->output[static_cast<std::size_t>(found - by.begin())];
  const auto aggregate = Aggregate::parse(name);
  if (!aggregate) return nullptr;
  const auto& all = content_->aggregates;
  const auto found = std::find(all.begin(), all.end(), *aggregate);
  if (found == all.end()) return nullptr;
  return content_->output[by.size() + static_cast<std::size_t>(found - all.begin())];
}

}  // namespace sockutils
