/// How a fuzz target is declared: for libFuzzer, or for the program that replays the inputs of all targets.
#pragma once

#include <cstddef>
#include <cstdint>

/// `FUZZ_TARGET(diag)(const std::uint8_t* data, std::size_t size) { ... }`, in `diag_fuzz.cc`. Returns 0.
#ifdef SOCKUTILS_FUZZ
#define FUZZ_TARGET(name) extern "C" int LLVMFuzzerTestOneInput
#else
#define FUZZ_TARGET(name) int name##_fuzz
#endif
