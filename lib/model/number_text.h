/// Numbers as text, in the forms that types of values have.
#pragma once

#include <cstdint>
#include <string>

namespace sockutils {

void append_decimal(std::string& out, std::uint64_t number);
/// `0x2a`
void append_hexadecimal(std::string& out, std::uint64_t number);
/// `1460`, `2.3M`
void append_bytes(std::string& out, std::uint64_t bytes);
/// `2.3M/s`
void append_rate(std::string& out, std::uint64_t bytes_per_second);
/// `34ms`, `1.5m`
void append_duration(std::string& out, std::uint64_t microseconds);

// Points in time, in microseconds since 1970 UTC: the same text on every machine that reads a recording.
// After the year 9999, which RFC 3339 ends with, a number is a number.

/// `2026-11-25T10:33:20Z`
void append_date(std::string& out, std::uint64_t microseconds);
/// `2026-11-25T10:33:20.000123Z`
void append_time_stamp(std::string& out, std::uint64_t microseconds);

}  // namespace sockutils
