/// The text format of key files. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sockutils/via.h"

namespace sockutils::probe {

/// Parses keys. Errors: the number of the faulty line; never its content, which may be a secret.
Result<std::vector<PairKey>> parse_keys(std::string_view text);

std::string key_line(const PairKey& key);
bool is_key_name(std::string_view name);

}  // namespace sockutils::probe
