/// How a fuzz target is declared: for libFuzzer, or for the program that replays the inputs of all targets.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef SOCKUTILS_FUZZ

#define FUZZ_TARGET(name) extern "C" int LLVMFuzzerTestOneInput

#else

namespace sockutils::fuzz {

using Target = int (*)(const std::uint8_t* data, std::size_t size);

/// Puts a target into the list of the replaying program.
struct Registration {
  Registration(const char* name, Target target);
};

}  // namespace sockutils::fuzz

/// `FUZZ_TARGET(diag)(const std::uint8_t* data, std::size_t size) { ... }`, in `diag_fuzz.cc`. Returns 0.
#define FUZZ_TARGET(name)                                                      \
  static int name##_fuzz(const std::uint8_t*, std::size_t);                    \
  static const sockutils::fuzz::Registration name##_entry(#name, name##_fuzz); \
  static int name##_fuzz

#endif
