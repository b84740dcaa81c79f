/// Key files as text. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/via.h"

namespace sockutils::probe {

/// The keys in a text. Errors: the line that is wrong; never its content, which may be a secret.
Result<std::vector<PairKey>> parse_keys(std::string_view text);

std::string key_line(const PairKey& key);
bool is_key_name(std::string_view name);

}  // namespace sockutils::probe
