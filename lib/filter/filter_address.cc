#include "filter/filter_address.h"

#include <algorithm>
#include <bit>

#include "common/parse_number.h"

namespace sockutils::filter {
namespace {

constexpr unsigned V4Bits = 32;
constexpr unsigned V6Bits = 128;

bool is_dotted_number(std::string_view text) {
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool can_be_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool is_of_family(const Address& address, std::optional<Family> family) {
  return !family || address.is_v6 == (*family == Family::Inet6);
}

std::string_view family_title(bool is_v6) { return is_v6 ? "an IPv6" : "an IPv4"; }

/// A mask of leading ones, as in `10.0.0.0/255.0.0.0`.
std::optional<unsigned> read_netmask(std::string_view text) {
  const auto mask = text.find('.') != std::string_view::npos ? Address::parse(text) : std::nullopt;
  if (!mask || mask->is_v6) return std::nullopt;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits = (bits << 8) | mask->bytes[i];
  const auto ones = static_cast<unsigned>(std::countl_one(bits));
  return std::popcount(bits) == static_cast<int>(ones) ? std::optional(ones) : std::nullopt;
}

ValueResult<unsigned> read_length(std::string_view text, bool is_v6) {
  const unsigned longest = is_v6 ? V6Bits : V4Bits;
  if (!is_v6) {
    if (const auto length = read_netmask(text)) return *length;
  }
  const auto length = parse_number<std::uint32_t>(text);
  if (length && *length <= longest) return *length;
  std::string message = "the prefix of " + std::string(family_title(is_v6)) + " address has 0 to ";
  message += std::to_string(longest) + " bits";
  message += text.empty() ? ", found none" : ", found " + quoted(text);
  return fault(text, std::move(message));
}

ValueResult<Address> read_literal(std::string_view text, std::optional<Family> family,
                                  const FilterNames& names) {
  const bool is_v6 = text.find(':') != std::string_view::npos;
  const auto address = is_v6 ? read_v6(text, names) : read_v4(text);
  if (address && is_of_family(*address, family)) return *address;
  const bool wants_v6 = address ? family == Family::Inet6 : is_v6;
  return fault(text, quoted(text) + " is not " + std::string(family_title(wants_v6)) + " address");
}

ValueResult<std::vector<Prefix>> look_up(std::string_view text, std::optional<Family> family,
                                         const FilterNames& names) {
  if (!can_be_host_name(text)) return fault(text, quoted(text) + " is not an address");
  std::vector<Prefix> prefixes;
  if (names.host) {
    for (const Address& address : names.host(text))
      if (is_of_family(address, family)) prefixes.push_back({address, full_length(address)});
  }
  if (prefixes.empty())
    return fault(text, quoted(text) + " is neither an address nor the name of a known host");
  return prefixes;
}

}  // namespace

unsigned full_length(const Address& address) { return address.is_v6 ? V6Bits : V4Bits; }

std::optional<Address> read_v4(std::string_view text) {
  std::string whole(text);
  for (auto dots = std::count(whole.begin(), whole.end(), '.'); dots < 3; ++dots) whole += ".0";
  return Address::parse(whole);
}

std::optional<Address> read_v6(std::string_view text, const FilterNames& names) {
  const std::size_t percent = text.find('%');
  auto address = Address::parse(text.substr(0, percent));
  if (!address || !address->is_v6) return std::nullopt;
  if (percent == std::string_view::npos) return address;
  const auto interface = read_interface(text.substr(percent + 1), names);
  if (!interface) return std::nullopt;
  address->scope_id = *interface;
  return address;
}

AddressText split_length(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {text, {}, false};
  return {text.substr(0, slash), text.substr(slash + 1), true};
}

ValueResult<std::vector<Prefix>> read_prefixes(const AddressText& text, std::optional<Family> family,
                                               const FilterNames& names) {
  const bool literal = text.address.find(':') != std::string_view::npos || is_dotted_number(text.address);
  if (!literal && !text.slash) return look_up(text.address, family, names);
  const auto address = read_literal(text.address, family, names);
  if (!address) return tl::unexpected(address.error());
  if (!text.slash) return std::vector{Prefix{*address, full_length(*address)}};
  const auto length = read_length(text.length, address->is_v6);
  if (!length) return tl::unexpected(length.error());
  return std::vector{Prefix{*address, *length}};
}

}  // namespace sockutils::filter
