// Hosts as written on a command line.

#include <sys/un.h>

#include <algorithm>

#include "common/format_text.h"
#include "common/parse_number.h"
#include "probe/engine/hosts.h"

namespace sockutils {
namespace {

tl::unexpected<Error> refuse_host(std::string_view text, std::string detail) {
  return tl::unexpected(Error{0, "host", std::string(text), std::move(detail)});
}

/// `[fe80::1%eth0]` without its brackets.
std::string_view without_brackets(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' ? text.substr(1, text.size() - 2)
                                                                      : text;
}

/// Adds `step` to an address, as a number in network order.
Address plus(Address address, std::size_t step) {
  for (std::size_t i = address.is_v6 ? 16 : 4; i-- > 0 && step != 0; step >>= 8) {
    step += address.bytes[i];
    address.bytes[i] = static_cast<std::uint8_t>(step);
  }
  return address;
}

Address network_of(Address address, unsigned length) {
  for (unsigned bit = length; bit < (address.is_v6 ? 128u : 32u); ++bit)
    address.bytes[bit / 8] = static_cast<std::uint8_t>(address.bytes[bit / 8] & ~(0x80u >> bit % 8));
  return address;
}

class HostAdder {
 public:
  HostAdder(std::vector<ProbeHost>& hosts, const ProbeHostOptions& options, const System& system)
      : hosts_(hosts), options_(options), system_(system) {}

  Result<void> add(std::string_view text) {
    if (text.empty()) return refuse_host(text, "an empty name");
    const std::size_t slash = text.rfind('/');
    if (text.front() == '@') return add_path(text);
    if (slash != std::string_view::npos) {
      const auto network = Address::parse(without_brackets(text.substr(0, slash)));
      return network ? add_prefix(text, *network, text.substr(slash + 1)) : add_path(text);
    }
    const std::string_view plain = without_brackets(text);
    const std::size_t percent = plain.find('%');
    if (const auto address = Address::parse(plain.substr(0, percent)))
      return percent == std::string_view::npos ? add_address(text, *address)
                                               : add_scoped(text, *address, plain.substr(percent + 1));
    return add_name(text);
  }

 private:
  Result<void> push(ProbeHost host) {
    if (hosts_.size() >= options_.limit)
      return refuse_host(host.host, format_text("more than {} hosts", options_.limit));
    hosts_.push_back(std::move(host));
    return {};
  }

  bool is_wanted(const Address& address) const { return address.is_v6 ? options_.ipv6 : options_.ipv4; }

  Result<void> add_path(std::string_view text) {
    if (text.size() >= sizeof(sockaddr_un{}.sun_path)) return refuse_host(text, "too long for a unix socket");
    return push({.host = std::string(text), .path = std::string(text)});
  }

  Result<void> add_address(std::string_view text, const Address& address) {
    if (!is_wanted(address)) return refuse_host(text, address.is_v6 ? "is IPv6" : "is IPv4");
    if (address.is_v6 && address.is_link_local() && address.scope_id == 0)
      return refuse_host(text,
                         "is link-local and needs its interface, as in [" + address.to_string() + "%eth0]");
    return push({.host = std::string(text), .address = address});
  }

  Result<void> add_scoped(std::string_view text, Address address, std::string_view scope) {
    if (!address.is_v6) return refuse_host(text, "only IPv6 addresses have a scope");
    const auto number = parse_number<std::uint32_t>(scope);
    const auto index = number ? number : system_.interface_index(std::string(scope));
    if (!index || *index == 0) return refuse_host(text, "there is no interface '" + std::string(scope) + "'");
    address.scope_id = *index;
    return add_address(text, address);
  }

  Result<void> add_prefix(std::string_view text, const Address& address, std::string_view length_text) {
    const unsigned bits = address.is_v6 ? 128 : 32;
    const auto length = parse_number<unsigned>(length_text);
    if (!length || *length > bits) return refuse_host(text, format_text("a prefix length is 0 to {}", bits));
    if (!is_wanted(address)) return refuse_host(text, address.is_v6 ? "is IPv6" : "is IPv4");
    const unsigned host_bits = bits - *length;
    const std::size_t room = options_.limit - std::min(options_.limit, hosts_.size());
    if (host_bits >= 32 || std::size_t{1} << host_bits > room + 2)
      return refuse_host(
          text, format_text("holds more than {} hosts; --max-hosts raises the bound", options_.limit));
    const bool has_ends = !address.is_v6 && host_bits > 1;
    const std::size_t count = std::size_t{1} << host_bits;
    const Address network = network_of(address, *length);
    for (std::size_t i = has_ends ? 1 : 0; i < count - (has_ends ? 1 : 0); ++i) {
      const Address member = plus(network, i);
      if (auto pushed = push({.host = member.to_string(), .address = member}); !pushed) return pushed;
    }
    return {};
  }

  Result<void> add_name(std::string_view text) {
    const auto begin = system_.now().steady;
    std::vector<Address> found = system_.host_addresses(std::string(text));
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(system_.now().steady - begin);
    if (found.empty()) return refuse_host(text, "no address is known for this name");
    std::erase_if(found, [&](const Address& address) { return !is_wanted(address); });
    if (found.empty())
      return refuse_host(text, options_.ipv6 ? "has no IPv6 address" : "has no IPv4 address");
    for (const Address& address : probe::alternate_families(found))
      if (auto pushed = push({.host = std::string(text), .address = address, .lookup = time}); !pushed)
        return pushed;
    return {};
  }

  std::vector<ProbeHost>& hosts_;
  const ProbeHostOptions& options_;
  const System& system_;
};

}  // namespace

namespace probe {

std::vector<Address> alternate_families(const std::vector<Address>& addresses) {
  std::vector<Address> first;
  std::vector<Address> second;
  for (const Address& address : addresses)
    (address.is_v6 == addresses.front().is_v6 ? first : second).push_back(address);
  std::vector<Address> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

Result<void> add_hosts(std::vector<ProbeHost>& hosts, std::string_view text, const ProbeHostOptions& options,
                       const System& system) {
  return HostAdder(hosts, options, system).add(text);
}

}  // namespace probe

Result<void> add_probe_hosts(std::vector<ProbeHost>& hosts, std::string_view text,
                             const ProbeHostOptions& options) {
  return probe::add_hosts(hosts, text, options, real_system());
}

}  // namespace sockutils
