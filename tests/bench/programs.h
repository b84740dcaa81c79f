/// Programs that are measured as whole processes, in turns, so that whatever else the machine does hits all
/// of them alike and medians can be compared.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace bench {

struct Program {
  std::string label;
  std::vector<std::string> command;
  /// The program that its times are compared with; empty: the first of its group.
  std::string compared_with = {};

  std::vector<double> milliseconds = {};
  /// Largest resident set of any run.
  double peak_mib = 0;
  /// It did not end in time once, and was not run again.
  bool gave_up = false;
};

/// Programs that are measured in turns.
struct Group {
  std::string title;
  std::vector<Program> programs;
};

double median(std::vector<double> values);

/// Takes out programs that are not installed.
void keep_installed(Group& group);

/// Runs each program `runs` times and once before that, to fill caches. A run that takes longer than `limit`
/// is ended.
void measure(Group& group, std::size_t runs, std::chrono::seconds limit);

void print_text(const Group& group, std::size_t runs);
/// An object for each program, joined by commas.
std::string to_json(const Group& group, std::size_t runs);

}  // namespace bench
