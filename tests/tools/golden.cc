#include "tools/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/catch.h"

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_approving() {
  const char* value = std::getenv("SOCKUTILS_APPROVE");
  return value != nullptr && std::string_view(value) == "1";
}

}  // namespace

void check_golden(std::string_view name, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(SOCKUTILS_TEST_DATA) / "golden" / name;
  if (is_approving()) std::ofstream(path, std::ios::binary) << actual;
  INFO("golden file " << path << "; SOCKUTILS_APPROVE=1 accepts what is new");
  REQUIRE(std::filesystem::exists(path));
  CHECK(read_file(path) == actual);
}

std::string test_data(std::string_view name) {
  return (std::filesystem::path(SOCKUTILS_TEST_DATA) / name).string();
}
