// The store in memory when it is full: what an attack of ever new names does to it, and what it does not.
#include "runtime/store/memory.h"
#include "tests/unit/stores/stores.h"

#include <string>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::stores;
using Outcome = Reservation::Outcome;

namespace {

bool wrong(CounterStore& store, const CounterRule& one, std::int64_t now) {
  const auto made = store.reserve({&one, 1}, now);
  if (made.outcome != Outcome::granted) return false;
  REQUIRE(store.commit({&one, 1}, made, now));
  return true;
}

}  // namespace

TEST_CASE("a flood of new names neither grows the store nor opens what was closed") {
  MemoryStore store(512);
  CHECK(store.size() == 512);
  const auto victim = rule("victim", 5);
  for (int i = 0; i < 5; ++i) REQUIRE(wrong(store, victim, start));
  std::int64_t now = start;
  std::size_t looked_at = 0;
  for (int i = 0; i < 100'000; ++i) {
    now += 1'000;
    wrong(store, rule("nobody " + std::to_string(i), 5), now);
    if (i % 10 == 0 && wrong(store, victim, now)) ++looked_at;
  }
  CHECK(looked_at == 0);
  CHECK(store.used() == 512);
  SECTION("a newcomer has one attempt left, and no more") {
    const auto newcomer = rule("newcomer", 5);
    CHECK(wrong(store, newcomer, now));
    CHECK(!wrong(store, newcomer, now));
  }
}

TEST_CASE("what is over makes room by itself") {
  MemoryStore store(64);
  const auto short_lived = [](int i) {
    auto one = rule("name " + std::to_string(i), 5);
    one.within = minute;
    return one;
  };
  for (int i = 0; i < 1'000; ++i) REQUIRE(wrong(store, short_lived(i), start));
  const auto later = start + 2 * minute;
  const auto fresh = short_lived(5'000);
  for (int i = 0; i < 5; ++i) CHECK(wrong(store, fresh, later + i));
  CHECK(!wrong(store, fresh, later + 9));
}

TEST_CASE("counters that were given back are free") {
  MemoryStore store(64);
  for (int i = 0; i < 1'000; ++i) {
    const auto one = rule("name " + std::to_string(i), 5);
    const auto made = store.reserve({&one, 1}, start + i);
    REQUIRE(made.outcome == Outcome::granted);
    REQUIRE(store.refund({&one, 1}, made, Refund::right, start + i));
  }
  CHECK(store.used() == 0);
}

TEST_CASE("keys are of their words, each by itself") {
  CHECK(counter_key({"a", "bc"}) != counter_key({"ab", "c"}));
  CHECK(counter_key({"a"}) != counter_key({"a", ""}));
  CHECK(counter_key({"a", "b"}) == counter_key({"a", "b"}));
}

TEST_CASE("an IPv6 household is one address, an IPv4 address is itself") {
  const auto counted = [](std::string_view text) { return counted_address(*parse_ip(text)); };
  CHECK(counted("2001:db8:1:2:3:4:5:6") == counted("2001:db8:1:2::1"));
  CHECK(counted("2001:db8:1:2::1") != counted("2001:db8:1:3::1"));
  CHECK(counted("198.51.100.7") != counted("198.51.100.8"));
  CHECK(counted("::ffff:198.51.100.7") == *parse_ip("198.51.100.7"));
}
