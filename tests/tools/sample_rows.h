/// Rows whose values are fixed, for renderers.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "render/renderer.h"
#include "sockutils/sockutils.h"

namespace samples {

using Row = std::vector<sockutils::OptionalValue>;

/// Rows of the usual columns of a listing. Values point into it: it must outlive them, and stay put.
class Listing {
 public:
  Listing();
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;

  const std::vector<const sockutils::Field*>& fields() const { return fields_; }
  std::vector<Row> rows;

  /// A socket held by `count` processes that are called `name`.
  std::span<const sockutils::Owner> owners(std::string_view name, int pid, int count = 1);

 private:
  std::vector<const sockutils::Field*> fields_;
  std::deque<sockutils::Process> processes_;
  std::deque<std::vector<sockutils::Owner>> owners_;
};

/// The fields with these names.
std::vector<const sockutils::Field*> fields(std::initializer_list<std::string_view> names);

sockutils::Endpoint end(std::string_view address, std::uint16_t port);
sockutils::Endpoint any();

/// What a format makes of rows. The terminal's descriptor is the renderer's to ignore.
struct Style {
  std::string_view format;
  tools::Terminal terminal = {};
  bool header = true;
  bool exact = false;
};
std::string render(const std::vector<const sockutils::Field*>& fields, const std::vector<Row>& rows,
                   const Style& style, std::span<const sockutils::Warning> warnings = {});

/// As `--csv` and the like choose it.
const tools::Format& format(std::string_view name);

}  // namespace samples
