/// Values of fields as parts of sentences.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "sockutils/field.h"

namespace tools::sockprobe {

/// `1.6ms`
std::string duration_of(std::chrono::microseconds time);
/// The value of a field for people; empty when there is none.
std::string text_of(const sockutils::Row& row, const sockutils::FieldTable& table, std::string_view field);
/// `localhost (127.0.0.1) tcp/22`, for a row with such fields.
std::string port_of(const sockutils::Row& row, const sockutils::FieldTable& table);

}  // namespace tools::sockprobe
