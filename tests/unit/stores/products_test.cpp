// How other products count, reproduced by rules: what their documentation says, written down again below as a model that keeps no counters of ours, and
// both asked the same long sequences. In memory; that the other stores say the same is the suite's (conformance_test.cpp).
#include "runtime/store/memory.h"
#include "tests/unit/stores/stores.h"

#include <map>
#include <random>
#include <string>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::stores;
using Outcome = Reservation::Outcome;

namespace {

// Keycloak's brute force detection: failureFactor, waitIncrementSeconds, maxFailureWaitSeconds, minimumQuickLoginWaitSeconds,
// quickLoginCheckMilliSeconds, maxDeltaTimeSeconds; with `permanent`, and so many temporary lockouts before.
struct Keycloak {
  std::int64_t factor = 30, increment = minute, longest = 15 * minute, quick_wait = minute, quick = second,
               delta = 12 * hour;
  bool linear = false, permanent = false;
  std::int64_t temporary = 0;

  std::int64_t count = 0, last = 0, until = 0, lockouts = 0;
  bool disabled = false;

  bool lets(std::int64_t now) const { return !disabled && now >= until; }
  void right() { count = last = until = lockouts = 0; }
  void wrong(std::int64_t now) {
    const auto since = last == 0 ? INT64_MAX : now - last;
    if (since != INT64_MAX && since > delta) count = 0, lockouts = 0;
    ++count;
    last = now;
    auto wait = linear ? (count >= factor ? increment * (1 + count - factor) : 0) : increment * (count / factor);
    if (count >= factor && permanent && ++lockouts > temporary) disabled = true;
    if (wait <= 0 && since < quick) wait = quick_wait;
    until = wait > 0 ? now + std::min(wait, longest) : 0;
  }
  CounterRule rule() const {
    auto one = stores::rule("ann", factor);
    one.block = increment;
    one.growth = linear ? CounterRule::Growth::linear : CounterRule::Growth::multiple;
    one.longest = longest;
    one.within = delta;
    one.quick = quick;
    one.quick_block = quick_wait;
    if (permanent) one.temporary = temporary;
    return one;
  }
};

void same_as(Keycloak model, unsigned seed) {
  MemoryStore store(64);
  const CounterRule rules[] = {model.rule()};
  std::mt19937_64 random(seed);
  std::int64_t now = start;
  std::size_t refused = 0;
  for (int step = 0; step < 20'000; ++step) {
    INFO("step " << step);
    const auto pace = random() % 10;
    const auto below = pace < 4 ? second : pace < 8 ? 2 * minute : pace < 9 ? hour : step % 7 == 0 ? 13 * hour : minute;
    now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below)) + 1;
    const auto made = store.reserve(rules, now);
    REQUIRE((made.outcome == Outcome::granted) == model.lets(now));
    if (made.outcome != Outcome::granted) {
      ++refused;
      if (model.disabled && refused % 50 == 0) model.disabled = false, model.right(), store.forget({&rules[0].key, 1});
    } else if (random() % 40 == 0) {
      model.right();
      store.refund(rules, made, Refund::right, now);
    } else {
      model.wrong(now);
      store.commit(rules, made, now);
    }
  }
  CHECK(refused > 500);
}

}  // namespace

TEST_CASE("Keycloak: blocks that grow by multiples, or by each failure, and quick logins") {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Keycloak model;
    model.linear = seed % 2 == 0;
    if (seed > 2) model.factor = 3, model.longest = 5 * minute;
    same_as(model, seed);
  }
}

TEST_CASE("Keycloak: for good at once, or after some blocks that end") {
  for (const std::int64_t temporary : {0, 1, 3}) {
    Keycloak model;
    model.factor = 4;
    model.permanent = true;
    model.temporary = temporary;
    same_as(model, static_cast<unsigned>(10 + temporary));
  }
}

TEST_CASE("Keycloak's numbers as it documents them") {
  Keycloak model;
  MemoryStore store(64);
  const CounterRule rules[] = {model.rule()};
  std::int64_t now = start;
  for (int i = 0; i < 30; ++i) {
    now += 2 * second;  // not quick
    const auto made = store.reserve(rules, now);
    REQUIRE(made.outcome == Outcome::granted);
    store.commit(rules, made, now);
  }
  CHECK(store.peek(rules, now)[0].opens == now + minute);
  now += 500'000;
  CHECK(store.reserve(rules, now).outcome == Outcome::closed);
}

TEST_CASE("Auth0: ten failures in a row of an account at an address, opened by a right password or after thirty days") {
  auto one = rule("ann at 198.51.100.7", 10);
  one.within = 30 * day;
  MemoryStore store(64);
  const CounterRule rules[] = {one};
  std::mt19937_64 random(5);
  std::int64_t now = start, failures = 0, last = 0;
  std::size_t refused = 0;
  for (int step = 0; step < 20'000; ++step) {
    now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(step % 11 == 0 ? 50 * day : hour)) + 1;
    if (now - last > 30 * day) failures = 0;
    const auto made = store.reserve(rules, now);
    REQUIRE((made.outcome == Outcome::granted) == (failures < 10));
    if (made.outcome != Outcome::granted) {
      ++refused;
      continue;
    }
    const bool right = random() % 15 == 0;
    if (right) {
      failures = 0;
      store.refund(rules, made, Refund::right, now);
    } else {
      ++failures, last = now;
      store.commit(rules, made, now);
    }
  }
  CHECK(refused > 500);
}

TEST_CASE("Auth0: an address has a bucket of attempts at different accounts, which one drop refills at a time") {
  constexpr std::int64_t most = 10, drop = 864 * second;
  MemoryStore store(4'096);
  const auto rules_of = [](const std::string& account) {
    auto account_here = rule("198.51.100.7 " + account, INT64_MAX), address = rule("198.51.100.7", most);
    account_here.within = day;
    account_here.lasting = true;
    address.drain = drop;
    address.first_of = 0;
    address.lasting = true;
    return std::vector{account_here, address};
  };
  std::mt19937_64 random(6);
  std::map<std::string, std::int64_t> last;
  std::int64_t now = start, level = 0, next_drop = 0;
  std::size_t refused = 0, again = 0;
  for (int step = 0; step < 20'000; ++step) {
    INFO("step " << step);
    now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(step % 5 == 0 ? 2 * drop : minute)) + 1;
    while (level > 0 && next_drop <= now) --level, next_drop += drop;
    const auto account = std::to_string(random() % 300);
    const auto rules = rules_of(account);
    const auto made = store.reserve(rules, now);
    REQUIRE((made.outcome == Outcome::granted) == (level < most));
    if (made.outcome != Outcome::granted) {
      ++refused;
      continue;
    }
    if (random() % 4 == 0) {
      store.refund(rules, made, Refund::right, now);
      continue;
    }
    store.commit(rules, made, now);
    const bool known = last.contains(account) && now - last[account] <= day;
    last[account] = now;
    again += known ? 1 : 0;
    if (known) continue;
    if (level++ == 0) next_drop = now + drop;
  }
  CHECK(refused > 300);
  CHECK(again > 300);
}
