/// Parses addresses and prefixes.
#pragma once

#include <string_view>
#include <vector>

#include "filter/filter_value.h"

namespace sockutils::filter {

/// An IPv4 address of one to four decimal octets; missing ones are 0, as in `ss` and ip(8): `10/8`.
std::optional<Address> read_v4(std::string_view text);

/// An IPv6 address with or without `%INTERFACE`.
std::optional<Address> read_v6(std::string_view text, const FilterNames& names);

/// Prefixes from an address or a host name and the text after the slash; `slash` is false when there was
/// none. With a family, only those of that family.
struct AddressText {
  std::string_view address;
  std::string_view length;
  bool slash = false;
};

/// Splits at the slash.
AddressText split_length(std::string_view text);

ValueResult<std::vector<Prefix>> read_prefixes(const AddressText& text, std::optional<Family> family,
                                               const FilterNames& names);

/// Bits in an address of this family: 32 or 128.
unsigned full_length(const Address& address);

}  // namespace sockutils::filter
