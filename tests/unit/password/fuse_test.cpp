// The filter itself: never misses a key, and is wrong about others as often as it says.
#include "runtime/password/fuse.h"

#include <random>
#include <set>

#include <catch2/catch.hpp>

using namespace writ::password;

namespace {

std::vector<std::uint64_t> made_keys(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<std::uint64_t> keys;
  while (keys.size() < count) keys.insert(random());
  return {keys.begin(), keys.end()};
}

bool holds(const Fuse& fuse, std::uint64_t key, std::uint32_t mask) {
  const FusePlaces places = fuse_places(key, fuse.shape);
  std::uint32_t value = 0;
  for (const std::uint64_t at : places.at) value ^= fuse.fingerprints.at(at);
  return ((value ^ places.fingerprint) & mask) == 0;
}

}  // namespace

TEST_CASE("every key is in its filter, however few or many they are") {
  for (const std::size_t count : {1, 2, 3, 4, 5, 7, 10, 31, 100, 999, 10'000, 300'000}) {
    for (std::uint64_t seed = 1; seed <= (count < 1000 ? 50 : 1); ++seed) {
      const auto keys = made_keys(count, seed);
      const auto fuse = make_fuse(keys, seed);
      INFO(count << " keys, seed " << seed);
      REQUIRE(fuse);
      REQUIRE(fuse->fingerprints.size() == fuse->shape.places());
      std::size_t missed = 0;
      for (const std::uint64_t key : keys) missed += !holds(*fuse, key, 0xffffffff);
      REQUIRE(missed == 0);
    }
  }
}

TEST_CASE("keys that are neighbours, or differ in the high bits only, are as good as others") {
  std::vector<std::uint64_t> low, high;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    low.push_back(i);
    high.push_back(i << 48);
  }
  for (const auto& keys : {low, high}) {
    const auto fuse = make_fuse(keys, 1);
    REQUIRE(fuse);
    for (const std::uint64_t key : keys) REQUIRE(holds(*fuse, key, 0xff));
  }
}

TEST_CASE("it is wrong about other keys as often as it says, and takes 1.125 places a key when there are many") {
  const auto keys = made_keys(1'000'000, 3);
  const auto fuse = make_fuse(keys, 9);
  REQUIRE(fuse);
  CHECK(static_cast<double>(fuse->shape.places()) / static_cast<double>(keys.size()) < 1.14);
  std::mt19937_64 random(77);
  constexpr std::size_t asked = 2'000'000;
  std::size_t wrong8 = 0, wrong16 = 0, wrong32 = 0;
  for (std::size_t i = 0; i < asked; ++i) {
    const std::uint64_t key = random();  // one of the million with a chance of 1 in 18 trillion
    wrong8 += holds(*fuse, key, 0xff);
    wrong16 += holds(*fuse, key, 0xffff);
    wrong32 += holds(*fuse, key, 0xffffffff);
  }
  // Expected 7,812 and 30.5; the bounds are six standard deviations away.
  CHECK(wrong8 > 7'283);
  CHECK(wrong8 < 8'342);
  CHECK(wrong16 < 64);
  CHECK(wrong16 > 3);
  CHECK(wrong32 <= 1);
}

TEST_CASE("the same keys and salt make the same filter; a key twice makes none") {
  const auto keys = made_keys(1000, 5);
  const auto one = make_fuse(keys, 4), two = make_fuse(keys, 4), three = make_fuse(keys, 5);
  CHECK(one->fingerprints == two->fingerprints);
  CHECK(one->shape.seed != three->shape.seed);
  auto twice = keys;
  twice.push_back(keys[0]);
  CHECK_FALSE(make_fuse(twice, 4));
}
