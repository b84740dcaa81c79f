/// The terminal as a page that is written over again and again.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/output.h"
#include "common/terminal.h"

namespace tools::sockls {

/// What fits on a page of `height` lines: of what does not, the last line says how much it is. `text` is
/// lines, `headings` of them at the top. Pure.
std::string fit_page(std::string_view text, std::size_t height);

/// Uses the terminal's other page, without a cursor, and gives back the first one at its end.
class Screen {
 public:
  explicit Screen(Output& out);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Writes `lines` over what is there; nothing is cleared before it is written anew, so nothing flickers.
  void show(std::string_view lines);

 private:
  Output& out_;
};

}  // namespace tools::sockls
