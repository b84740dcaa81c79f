/// Stands in for libFuzzer in the normal test run: gives a fuzz target every file of the folders named on
/// the command line, and every beginning of each file that is not long, since input that is cut short is
/// what decoders meet.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t LongestToCut = 4096;

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The copy has exactly the size of the input, so that a sanitizer sees a read past its end.
void give(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> copy(data, data + size);
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void give_with_beginnings(const std::vector<std::uint8_t>& input) {
  give(input.data(), input.size());
  if (input.size() > LongestToCut) return;
  for (std::size_t size = 0; size < input.size(); ++size) give(input.data(), size);
}

std::size_t replay_folder(const std::filesystem::path& folder) {
  std::size_t files = 0;
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    // Said before, not after: when it crashes, this is the input.
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);
    give_with_beginnings(read_file(entry.path()));
    ++files;
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) try {
  give(nullptr, 0);
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) files += replay_folder(argv[i]);
  std::printf("ok      %s survives %zu inputs\n", std::filesystem::path(argv[0]).filename().c_str(),
              files + 1);
  return 0;
} catch (const std::exception& error) {
  std::printf("FAILED  %s\n", error.what());
  return 1;
}
