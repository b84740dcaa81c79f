#include "probe/via/keys.h"

#include <algorithm>
#include <cerrno>

#include "common/new_file.h"
#include "common/parse_number.h"
#include "common/text.h"
#include "os/private_file.h"

namespace sockutils {
namespace probe {
namespace {

constexpr std::string_view KeyForm = "sockutils-key-1";
constexpr std::size_t SecretSize = 32;

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() != 2 * SecretSize) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto byte = parse_number<std::uint8_t>(text.substr(i, 2), 16);
    if (!byte) return std::nullopt;
    bytes += static_cast<char>(*byte);
  }
  return bytes;
}

std::optional<PairKey> parse_key(std::string_view line) {
  const auto words = split_words(line);
  if (words.size() != 3 || words[0] != KeyForm || !is_key_name(words[1])) return std::nullopt;
  const auto secret = from_hex(words[2]);
  return secret ? std::optional(PairKey{std::string(words[1]), *secret}) : std::nullopt;
}

std::string name_of_file(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return std::string(path.substr(0, path.rfind('.') == 0 ? path.npos : path.rfind('.')));
}

}  // namespace

bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string key_line(const PairKey& key) {
  std::string line = std::string(KeyForm) + " " + key.name + " ";
  for (const char c : key.secret) line += to_hex(static_cast<std::uint8_t>(c), 2);
  return line + "\n";
}

Result<std::vector<PairKey>> parse_keys(std::string_view text) {
  std::vector<PairKey> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto refuse = [&](std::string detail) {
      return tl::unexpected(Error{EINVAL, "read", "line " + std::to_string(number), std::move(detail)});
    };
    if (split_words(line).empty() || line.starts_with('#')) continue;
    const auto key = parse_key(line);
    if (!key) return refuse("a line is: sockutils-key-1 NAME SECRET");
    const bool known =
        std::any_of(keys.begin(), keys.end(), [&](const PairKey& other) { return other.name == key->name; });
    if (known) return refuse("there is a key of that name already: " + key->name);
    keys.push_back(*key);
  }
  return keys;
}

}  // namespace probe

Result<PairKey> make_key_file(const std::string& path) {
  const PairKey key{probe::name_of_file(path), random_bytes(probe::SecretSize)};
  if (!probe::is_key_name(key.name))
    return tl::unexpected(Error{EINVAL, "name the key after", path,
                                "letters, digits, '.', '_' and '-' may stand in its name, 64 at most"});
  constexpr unsigned OwnerAlone = 0600;
  if (auto made = create_file(path, probe::key_line(key), OwnerAlone); !made)
    return tl::unexpected(made.error());
  return key;
}

Result<std::vector<PairKey>> read_key_file(const std::string& path) {
  const auto text = read_private_file(path);
  if (!text) return tl::unexpected(text.error());
  auto keys = probe::parse_keys(*text);
  if (!keys)
    return tl::unexpected(Error{EINVAL, "read", path, keys.error().subject + ": " + keys.error().detail});
  if (keys->empty()) return tl::unexpected(Error{EINVAL, "read", path, "there is no key in it"});
  return keys;
}

}  // namespace sockutils
