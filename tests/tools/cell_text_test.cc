#include "render/cell_text.h"

#include "sockutils/value.h"
#include "support/catch.h"

using tools::Keep;

namespace cell_text_test {
namespace {

std::string cut(std::string_view text, std::size_t width, Keep keep, std::string_view mark = "…") {
  std::string out;
  tools::append_cut(out, text, width, keep, mark);
  return out;
}

}  // namespace

TEST_CASE("text that fits its cell is left alone") {
  CHECK(cut("nginx", 5, Keep::Start) == "nginx");
  CHECK(cut("日本", 4, Keep::Start) == "日本");
}

TEST_CASE("text that is too long keeps its start") {
  CHECK(cut("systemd-resolve", 8, Keep::Start) == "systemd…");
  CHECK(cut("systemd-resolve", 8, Keep::Start, "~") == "systemd~");
  CHECK(cut("systemd-resolve", 1, Keep::Start) == "…");
  CHECK(cut("systemd-resolve", 0, Keep::Start).empty());
}

TEST_CASE("an end point that is cut keeps its port") {
  CHECK(cut("[2001:db8:85a3::8a2e:370:7334]:443", 16, Keep::Port) == "[2001:db8:8…:443");
  CHECK(cut("192.0.2.100:*", 8, Keep::Port) == "192.0…:*");
  CHECK(cut("192.0.2.100:65535", 6, Keep::Port) == "192.0…");
}

TEST_CASE("a path that is cut keeps most of its end") {
  CHECK(cut("/run/user/1000/pulse/native", 16, Keep::Port) == "/run/…lse/native");
}

TEST_CASE("a process that is cut keeps its id") {
  CHECK(cut("chromium-browser/4242 +3", 16, Keep::ProcessId) == "chromiu…/4242 +3");
}

TEST_CASE("cut text is never wider than its cell, nor broken inside of a character") {
  const std::string text = "a日本語e\u0301ü/日本:443";
  for (const Keep keep : {Keep::Start, Keep::Port, Keep::ProcessId}) {
    for (std::size_t width = 0; width <= 24; ++width) {
      const std::string result = cut(text, width, keep);
      CAPTURE(width, result);
      CHECK(sockutils::display_width(result) <= width);
      std::string checked;
      sockutils::append_utf8(checked, result);
      CHECK(checked == result);
    }
  }
}

}  // namespace cell_text_test
