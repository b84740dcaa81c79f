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
  /// Fields that aggregates refer to, each once: the position in `input`, and what is needed of it.
  struct Measured {
    std::size_t column;
    Type type;
    bool values = false;
    bool distinct = false;
  };
  std::vector<Measured> measured;
  /// The position in `measured` for each aggregate; unused for a count.
  std::vector<std::size_t> measured_by;

  /// The fields made here, and their names.
  std::deque<Field> made;
  std::deque<std::string> names;
};

}  // namespace sockutils
