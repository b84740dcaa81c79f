// The pictures that ./dev screenshots makes of a screen.
#include "tests/screens/svg.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace tui::test::svg_test {
namespace {

using Catch::Matchers::Contains;

/// A screen of one line.
class Line {
 public:
  Line() : vterm_(::vterm_new(1, Columns)), screen_(::vterm_obtain_screen(vterm_)) {
    ::vterm_set_utf8(vterm_, 1);
    ::vterm_screen_reset(screen_, 1);
  }
  ~Line() { ::vterm_free(vterm_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  std::string picture_of(const std::string& text) const {
    ::vterm_input_write(vterm_, text.data(), text.size());
    return screens::svg_of(
        {.columns = Columns, .rows = 1, .title = "a <title>"}, [&](std::size_t column, std::size_t row) {
          VTermScreenCell cell{};
          ::vterm_screen_get_cell(screen_, {static_cast<int>(row), static_cast<int>(column)}, &cell);
          return cell;
        });
  }

 private:
  static constexpr int Columns = 40;
  VTerm* vterm_;
  VTermScreen* screen_;
};

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("text of a screen is text of XML, whatever is in it") {
  CHECK(screens::xml_text("a<b>&\"c\x1b\x7f") == "a&lt;b&gt;&amp;&quot;c\xef\xbf\xbd\xef\xbf\xbd");
  const std::string svg = Line().picture_of("<script>&amp;</script>");
  CHECK_THAT(svg, Contains("&lt;script&gt;&amp;amp;&lt;/script&gt;") && Contains("a &lt;title&gt;"));
  CHECK_THAT(svg, !Contains("<script"));
}

TEST_CASE("words far from each other have places of their own") {
  const std::string svg = Line().picture_of("ab cd   ef");
  CHECK_THAT(svg, Contains("textLength=\"40\">ab cd</text>") && Contains("textLength=\"16\">ef</text>"));
  // Two of them, and the title.
  CHECK(count(svg, "<text ") == 3);
}

TEST_CASE("colours, bold, faint and reversed cells look different") {
  CHECK(count(Line().picture_of("plain"), "font-weight") == 0);
  CHECK_THAT(Line().picture_of("\x1b[1mbold"), Contains("font-weight=\"bold\">bold<"));
  const std::string red = Line().picture_of("\x1b[31mred");
  const std::string faint = Line().picture_of("\x1b[9mred");
  const std::string plain = Line().picture_of("red");
  CHECK(red != plain);
  CHECK(faint != plain);
  CHECK(red != faint);
  CHECK(count(Line().picture_of("\x1b[7mreversed"), "<rect") == count(plain, "<rect") + 1);
}

TEST_CASE("wide characters take two places") {
  CHECK_THAT(Line().picture_of("\xe6\x97\xa5\xe6\x9c\xac x"),
             Contains("textLength=\"48\">\xe6\x97\xa5\xe6\x9c\xac x<"));
}

}  // namespace
}  // namespace tui::test::svg_test
