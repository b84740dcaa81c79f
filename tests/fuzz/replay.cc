/// Stands in for libFuzzer in the normal test run: gives the target that the command line names every file
/// of the folders after it, and every beginning of each file that is not long, since input that is cut short
/// is what decoders meet.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#define TARGET(name) int name##_fuzz(const std::uint8_t* data, std::size_t size);
#include "fuzz_targets.h"
#undef TARGET

namespace {

using Target = int (*)(const std::uint8_t* data, std::size_t size);

constexpr std::size_t LongestToCut = 4096;

struct NamedTarget {
  std::string_view name;
  Target target;
};
#define TARGET(name) {#name, name##_fuzz},
constexpr NamedTarget Targets[]{
#include "fuzz_targets.h"
};
#undef TARGET

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The copy has exactly the size of the input, so that a sanitizer sees a read past its end.
void give(Target target, const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> copy(data, data + size);
  target(copy.data(), copy.size());
}

void give_with_beginnings(Target target, const std::vector<std::uint8_t>& input) {
  give(target, input.data(), input.size());
  if (input.size() > LongestToCut) return;
  for (std::size_t size = 0; size < input.size(); ++size) give(target, input.data(), size);
}

std::size_t replay_folder(Target target, const std::filesystem::path& folder) {
  std::size_t files = 0;
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    // Said before, not after: when it crashes, this is the input.
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);
    give_with_beginnings(target, read_file(entry.path()));
    ++files;
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  const auto* const found = std::find_if(std::begin(Targets), std::end(Targets),
                                         [&](const NamedTarget& known) { return known.name == wanted; });
  if (found == std::end(Targets)) {
    std::printf("FAILED  usage: replay TARGET FOLDER...\n");
    return 2;
  }
  give(found->target, nullptr, 0);
  std::size_t files = 0;
  for (int i = 2; i < argc; ++i) files += replay_folder(found->target, argv[i]);
  std::printf("ok      %s survives %zu inputs\n", argv[1], files + 1);
  return 0;
} catch (const std::exception& error) {
  std::printf("FAILED  %s\n", error.what());
  return 1;
}
