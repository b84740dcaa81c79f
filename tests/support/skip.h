/// Leaving out a test that this machine cannot run, out loud.
#pragma once

#include <cstdio>
#include <string>

#include "support/catch.h"

namespace sockutils::test {

/// The line that the test run counts and repeats at its end.
inline void print_skip(const std::string& reason) {
  std::fprintf(stderr, "SKIPPED: %s: %s\n", Catch::getResultCapture().getCurrentTestName().c_str(),
               reason.c_str());
}

}  // namespace sockutils::test

/// Says why and ends the test case that stands around it (Catch2 2 has no SKIP, which version 3 has). To be
/// used before the first section, so that one test case says it once.
#define SKIP_OUT_LOUD(reason)            \
  do {                                   \
    sockutils::test::print_skip(reason); \
    return;                              \
  } while (false)
