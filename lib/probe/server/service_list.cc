// Services as written on a command line.

#include <algorithm>

#include "common/parse_number.h"
#include "common/text.h"
#include "probe/server/plain_services.h"
#include "probe/server/pretend.h"

namespace sockutils {
namespace {

using probe::PlainService;

tl::unexpected<Error> wrong_service(std::string_view item, std::string detail) {
  return tl::unexpected(Error{0, "serve", std::string(item), std::move(detail)});
}

/// One item of a list, split at its colons.
struct ServiceItem {
  std::string name;
  std::optional<Protocol> protocol;
  std::optional<std::uint16_t> port;
  std::optional<std::string> text;
};

/// The end of an item: a comma outside quotes.
std::size_t end_of_item(std::string_view list) {
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '\\') {
      ++i;
    } else if (list[i] == '"') {
      quoted = !quoted;
    } else if (list[i] == ',' && !quoted) {
      return i;
    }
  }
  return list.size();
}

/// Removes what follows a `\` from the front and returns its meaning; no value for an unknown escape.
std::optional<char> take_escape(std::string_view& rest) {
  constexpr std::string_view Letters = "rnt\"\\";
  constexpr std::string_view Meanings = "\r\n\t\"\\";
  if (rest.size() >= 3 && rest[0] == 'x') {
    const auto code = parse_number<std::uint8_t>(rest.substr(1, 2), 16);
    rest.remove_prefix(3);
    return code ? std::optional(static_cast<char>(*code)) : std::nullopt;
  }
  const std::size_t which = rest.empty() ? Letters.npos : Letters.find(rest[0]);
  if (which == Letters.npos) return std::nullopt;
  rest.remove_prefix(1);
  return Meanings[which];
}

std::optional<std::string> unescape(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::string result;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    const auto meant = c == '\\' ? take_escape(text) : std::optional(c);
    if (!meant) return std::nullopt;
    result += *meant;
  }
  if (!result.ends_with('\n')) result += "\r\n";
  return result;
}

Result<ServiceItem> split_item(std::string_view whole) {
  ServiceItem item;
  std::string_view rest = whole;
  for (const auto& [prefix, protocol] : {std::pair{"tcp-", Protocol::Tcp}, {"udp-", Protocol::Udp}}) {
    if (!rest.starts_with(prefix)) continue;
    item.protocol = protocol;
    rest.remove_prefix(4);
  }
  const auto take_word = [&] {
    const std::string_view word = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    return word;
  };
  item.name = take_word();
  const std::string_view number = rest.substr(0, rest.find(':'));
  if (!number.empty() && number.find_first_not_of("0123456789") == number.npos) {
    item.port = parse_number<std::uint16_t>(take_word());
    if (!item.port) return wrong_service(whole, "ports are 0 (any) to 65535");
  }
  if (rest.empty()) return item;
  item.text = unescape(rest);
  if (!item.text) return wrong_service(whole, R"(\r, \n, \t, \xHH, \" and \\ are known)");
  return item;
}

template <class Take>
Result<void> for_each_item(std::string_view list, const Take& take) {
  for (;;) {
    const std::size_t end = end_of_item(list);
    const auto item = split_item(list.substr(0, end));
    if (!item) return tl::unexpected(item.error());
    if (auto taken = take(list.substr(0, end), *item); !taken) return taken;
    if (end == list.size()) return {};
    list.remove_prefix(end + 1);
  }
}

std::string known_services() {
  std::vector<std::string_view> names;
  for (const PlainService& service : probe::plain_services()) names.push_back(service.name);
  return "there are " + join_words(names);
}

Result<void> add_service(std::vector<TestService>& services, TestService service, std::string_view item) {
  const bool taken = std::any_of(services.begin(), services.end(), [&](const TestService& other) {
    return service.port != 0 && other.protocol == service.protocol && other.port == service.port;
  });
  if (taken) return wrong_service(item, "port " + std::to_string(service.port) + " is served already");
  services.push_back(std::move(service));
  return {};
}

}  // namespace

Result<void> add_test_services(std::vector<TestService>& services, std::string_view list) {
  return for_each_item(list, [&](std::string_view whole, const ServiceItem& item) -> Result<void> {
    const PlainService* const plain = probe::find_plain_service(item.name);
    if (plain == nullptr) return wrong_service(whole, known_services());
    const Protocol protocol = item.protocol.value_or(Protocol::Tcp);
    if (protocol == Protocol::Udp && plain->answer == nullptr)
      return wrong_service(whole, "it is of TCP alone");
    const bool speaks = plain->name == "banner";
    if (speaks != item.text.has_value())
      return wrong_service(whole,
                           speaks ? R"(it needs a text, as in banner:"hello")" : "only banner has a text");
    return add_service(services,
                       {std::string(plain->name), protocol, item.port.value_or(plain->usual_port),
                        item.text.value_or(""), false},
                       whole);
  });
}

Result<void> add_pretended_services(std::vector<TestService>& services, std::string_view list) {
  return for_each_item(list, [&](std::string_view whole, const ServiceItem& item) -> Result<void> {
    if (probe::find_service_probe(item.name) == nullptr)
      return wrong_service(whole, "there are " + join_words(pretended_protocols()));
    const probe::ServiceProbe* const service_probe = probe::find_service_probe(item.name, item.protocol);
    if (service_probe == nullptr || item.text)
      return wrong_service(whole, "that is PROTOCOL or PROTOCOL:PORT");
    return add_service(
        services,
        {item.name, service_probe->transport, item.port.value_or(service_probe->ports[0]), "", true}, whole);
  });
}

std::vector<std::string_view> pretended_protocols() {
  std::vector<std::string_view> names;
  for (const probe::ServiceProbe* service_probe : probe::service_probes())
    names.push_back(service_probe->name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace sockutils
