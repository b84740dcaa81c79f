#include "probe/via/train.h"
#include "probe/via/datagram.h"
#include "probe/via/messages.h"
#include "probe/via/size_search.h"
#include "support/catch.h"

namespace sockutils::test::train_test {
namespace {

using probe::PairDatagram;
using probe::SizeSearch;
using probe::Train;

TEST_CASE("datagrams that came once, twice and late are counted apart") {
  Train train;
  for (const std::uint32_t number : {0u, 1u, 4u, 3u, 3u, 5u})
    train.add(number, 1000 * number, 1000 * number + 50);
  const TrainFacts facts = train.facts(6);
  CHECK(facts.sent == 6);
  CHECK(facts.received == 5);
  CHECK(facts.duplicates == 1);
  CHECK(facts.reordered == 1);
  CHECK(facts.variation == std::chrono::microseconds(0));
}

TEST_CASE("the variation of the time on the way needs no common clock") {
  Train even;
  Train uneven;
  for (std::uint32_t i = 0; i < 200; ++i) {
    even.add(i, 1000 * i, 987'654'321 + 1000 * i);
    uneven.add(i, 1000 * i, 5 + 1000 * i + (i % 2) * 400);
  }
  CHECK(even.facts(200).variation == std::chrono::microseconds(0));
  CHECK(uneven.facts(200).variation->count() > 350);
  CHECK(uneven.facts(200).variation->count() <= 400);
  CHECK_FALSE(Train().facts(3).variation);
}

TEST_CASE("numbers and times that make no sense do no harm") {
  Train train;
  CHECK_FALSE(train.add(probe::MaxDatagrams, 0, 0));
  CHECK_FALSE(train.add(UINT32_MAX, 0, 0));
  train.add(0, UINT64_MAX, 0);
  train.add(1, 0, UINT64_MAX);
  train.add(2, UINT64_MAX / 2, 7);
  CHECK(train.facts(3).received == 3);
  CHECK(train.facts(3).variation->count() <= 3'600'000'000);
}

TEST_CASE("a datagram of this run is read as it was written, and others are not") {
  const std::string token(probe::TokenSize, 't');
  const PairDatagram datagram{PairDatagram::Kind::Size, 1400, 12'345'678'901, 7};
  const std::string bytes = probe::encode_datagram(token, datagram, 1372);
  CHECK(bytes.size() == 1372);
  CHECK(probe::decode_datagram(token, bytes) == datagram);
  CHECK_FALSE(probe::decode_datagram(std::string(probe::TokenSize, 'u'), bytes));
  CHECK_FALSE(probe::decode_datagram("", bytes));
  CHECK_FALSE(probe::decode_datagram(token, bytes.substr(0, probe::SmallestPairDatagram - 1)));
  CHECK(probe::encode_datagram(token, datagram, 0).size() == probe::SmallestPairDatagram);
}

/// Plays a way that lets through `limit` bytes.
std::uint32_t largest_through(std::uint32_t limit, std::uint32_t most, int& sent) {
  auto now = SizeSearch::Clock::now();
  SizeSearch search(92, most, std::chrono::seconds(1));
  for (sent = 0; !search.is_over() && sent < 1000; now += std::chrono::milliseconds(500)) {
    const auto size = search.take(now);
    if (!size) continue;
    ++sent;
    if (*size <= limit) search.on_answer(*size);
  }
  return search.result();
}

TEST_CASE("the largest packet that passes is found exactly, at once where nothing is in the way") {
  int sent = 0;
  CHECK(largest_through(9000, 1500, sent) == 1500);
  CHECK(sent == 1);
  for (const std::uint32_t limit : {92u, 93u, 576u, 1280u, 1419u, 1499u}) {
    CHECK(largest_through(limit, 1500, sent) == limit);
    CHECK(sent < 30);
  }
}

TEST_CASE("an answer that comes late takes back that its size does not pass") {
  SizeSearch search(92, 1500, std::chrono::seconds(1));
  auto now = SizeSearch::Clock::now();
  for (int i = 0; i < 3; ++i, now += std::chrono::seconds(2)) REQUIRE(search.take(now));
  CHECK_FALSE(search.is_over());
  search.on_answer(1500);
  CHECK(search.is_over());
  CHECK(search.result() == 1500);
  search.on_answer(UINT32_MAX);
  CHECK(search.result() == 1500);
}

TEST_CASE("a size that this machine does not send is not tried twice") {
  SizeSearch search(92, 1500, std::chrono::seconds(1));
  const auto now = SizeSearch::Clock::now();
  CHECK(search.take(now) == 1500);
  search.on_refusal();
  CHECK(search.take(now) == 92 + (1500 - 92) / 2);
}

}  // namespace
}  // namespace sockutils::test::train_test
