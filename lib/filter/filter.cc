#include "sockutils/filter.h"

#include "filter/filter_node.h"
#include "filter/filter_parser.h"

namespace sockutils {
namespace {

void append_parts(std::vector<filter::NodePointer>& parts, const filter::NodePointer& node) {
  if (const auto* const inner = std::get_if<filter::And>(node.get()))
    parts.insert(parts.end(), inner->parts.begin(), inner->parts.end());
  else if (!std::holds_alternative<filter::Everything>(*node))
    parts.push_back(node);
}

}  // namespace

filter::NodePointer filter::make_node(Filter::Node node) {
  return std::make_shared<const Filter::Node>(std::move(node));
}

Filter::Filter() : root_(filter::make_node(filter::Everything{})) {}

Filter::Filter(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

tl::expected<Filter, FilterError> Filter::parse(std::string_view text, const FilterNames& names,
                                                const FieldTable& table) {
  auto root = filter::Parser(text, names, table).parse();
  if (!root) return tl::unexpected(std::move(root.error()));
  return Filter(std::move(*root));
}

bool Filter::matches(const Row& row) const { return filter::evaluate(*root_, row); }

bool Filter::matches_everything() const { return filter::matches_everything(*root_); }

Needs Filter::needs() const {
  Needs needs = Needs::Nothing;
  for (const Field* const field : fields()) needs = needs | field->needs;
  return needs;
}

std::vector<const Field*> Filter::fields() const {
  std::vector<const Field*> fields;
  filter::collect_fields(*root_, fields);
  return fields;
}

StateSet Filter::possible_states() const { return filter::possible_states(*root_); }

std::string Filter::to_string() const { return filter::print(*root_); }

Filter operator&&(const Filter& a, const Filter& b) {
  filter::And both;
  append_parts(both.parts, a.root_);
  append_parts(both.parts, b.root_);
  if (both.parts.empty()) return Filter();
  if (both.parts.size() == 1) return Filter(both.parts.front());
  return Filter(filter::make_node(std::move(both)));
}

}  // namespace sockutils
