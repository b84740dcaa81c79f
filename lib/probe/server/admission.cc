#include "probe/server/admission.h"

#include <algorithm>

namespace sockutils::probe {
namespace {

constexpr std::size_t MaxBuckets = 4096;

Address source_of(const Address& address) { return network_of(address, 32, 64); }
Address prefix_of(const Address& address) { return network_of(address, 24, 48); }

void count_down(std::map<Address, std::size_t>& counts, const Address& key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

std::size_t count_of(const std::map<Address, std::size_t>& counts, const Address& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

Address network_of(const Address& address, unsigned bits4, unsigned bits6) {
  Address network = address;
  network.scope_id = 0;
  if (address.is_v4_mapped()) {
    network = {};
    std::copy_n(address.bytes.begin() + 12, 4, network.bytes.begin());
  }
  const unsigned bits = network.is_v6 ? bits6 : bits4;
  for (unsigned bit = bits; bit < 8 * network.bytes.size(); ++bit)
    network.bytes[bit / 8] = static_cast<std::uint8_t>(network.bytes[bit / 8] & ~(0x80u >> bit % 8));
  return network;
}

std::string_view Admission::admit(const Address& peer) {
  const Address source = source_of(peer);
  const Address prefix = prefix_of(peer);
  if (count_of(by_address_, source) >= limits_.per_address) return "too many connections from this address";
  if (count_of(by_prefix_, prefix) >= limits_.per_prefix) return "too many connections from this network";
  ++by_address_[source];
  ++by_prefix_[prefix];
  ++total_;
  return {};
}

void Admission::leave(const Address& peer) {
  count_down(by_address_, source_of(peer));
  count_down(by_prefix_, prefix_of(peer));
  --total_;
}

bool DatagramBudget::take(const Address& peer, Clock::time_point now) {
  const auto full = [&](const Bucket& bucket) {
    return bucket.tokens + std::chrono::duration<double>(now - bucket.filled).count() * per_second_ >= most();
  };
  const Address source = source_of(peer);
  auto found = buckets_.find(source);
  if (found == buckets_.end()) {
    if (buckets_.size() >= MaxBuckets && now >= next_sweep_) {
      std::erase_if(buckets_, [&](const auto& entry) { return full(entry.second); });
      next_sweep_ = now + std::chrono::milliseconds(100);
    }
    if (buckets_.size() >= MaxBuckets) return false;
    found = buckets_.emplace(source, Bucket{most(), now}).first;
  }
  Bucket& bucket = found->second;
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.tokens = std::min(most(), bucket.tokens + passed.count() * per_second_);
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace sockutils::probe
