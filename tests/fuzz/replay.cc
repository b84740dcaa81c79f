/// Stands in for libFuzzer in the normal test run: gives the target that the command line names every file
/// of the folders after it, and every beginning of each file that is not long, since input that is cut short
/// is what decoders meet.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "fuzz_target.h"

namespace {

using sockutils::fuzz::Target;

constexpr std::size_t LongestToCut = 4096;

// Made by whichever registration comes first.
std::map<std::string, Target>& targets() {
  static std::map<std::string, Target> all;
  return all;
}

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

sockutils::fuzz::Registration::Registration(const char* name, Target target) {
  targets().emplace(name, target);
}

int main(int argc, char** argv) try {
  const auto found = targets().find(argc > 1 ? argv[1] : "");
  if (found == targets().end()) {
    std::printf("FAILED  usage: replay TARGET FOLDER...\n");
    return 2;
  }
  give(found->second, nullptr, 0);
  std::size_t files = 0;
  for (int i = 2; i < argc; ++i) files += replay_folder(found->second, argv[i]);
  std::printf("ok      %s survives %zu inputs\n", argv[1], files + 1);
  return 0;
} catch (const std::exception& error) {
  std::printf("FAILED  %s\n", error.what());
  return 1;
}
