/// Nanoseconds for one row in each output format, with the columns of a usual listing.
#include <benchmark/benchmark.h>

#include "render/renderer.h"
#include "tools/sample_rows.h"

namespace {

void render(benchmark::State& state, const char* name) {
  const samples::Listing listing;
  tools::Output out;
  const auto renderer = samples::format(name).make({.fields = listing.fields(), .out = out, .terminal = {}});
  renderer->begin();
  std::size_t next = 0;
  for (auto _ : state) {
    renderer->row(listing.rows[next]);
    next = (next + 1) % listing.rows.size();
    if (out.text().size() > 64 * 1024) out.text().clear();
  }
}

BENCHMARK_CAPTURE(render, table, "");
BENCHMARK_CAPTURE(render, jsonl, "jsonl");
BENCHMARK_CAPTURE(render, csv, "csv");

}  // namespace

BENCHMARK_MAIN();
