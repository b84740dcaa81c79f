/// Any bytes as a classic BPF program.
#include <cstdint>
#include <cstdlib>

#include "family/bpf_listing.h"
#include "fuzz_target.h"
#include "sockutils/value.h"

using namespace sockutils;

FUZZ_TARGET(bpf_listing)(const std::uint8_t* data, std::size_t size) {
  std::string packed;
  append_bpf_listing(packed, std::as_bytes(std::span(data, size)));
  std::size_t count = 0;
  for (const std::string_view line : TextList(packed)) {
    if (line.empty() || line.find(',') != std::string_view::npos) std::abort();
    ++count;
  }
  if (count != size / 8) std::abort();
  return 0;
}
