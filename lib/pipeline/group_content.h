/// What a `Grouping` holds. Private to group.cc and grouping.cc.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sockutils/list.h"

namespace sockutils {

struct Grouping::Content {
  std::vector<const Field*> by;
  std::vector<Aggregate> aggregates;
  std::vector<const Field*> input;
  std::vector<const Field*> output;
  /// Fields that aggregates look at, each once: positions in `input`, and what is wanted of each.
  struct Measured {
    std::size_t column;
    Type type;
    bool values = false;
    bool distinct = false;
  };
  std::vector<Measured> measured;
  /// For each aggregate its place in `measured`; unused for a count.
  std::vector<std::size_t> measured_by;

  /// Fields that are made here, and their names.
  std::deque<Field> made;
  std::deque<std::string> names;
};

}  // namespace sockutils
