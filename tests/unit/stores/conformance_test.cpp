// What every store does, asked of each: the numbers, the times, many at once, and long random sequences held against the store in memory.
#include "runtime/store/memory.h"
#include "tests/unit/stores/stores.h"

#include <atomic>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::stores;
using Outcome = Reservation::Outcome;

namespace {

// The body for each store that can be had here.
template <class F>
void with_each(F&& body) {
  for (const auto& kind : kinds()) {
    const auto store = kind.make();
    if (!store) continue;
    INFO("store: " << kind.name);
    body(*store);
  }
}

bool wrong(CounterStore& store, std::span<const CounterRule> rules, std::int64_t now) {
  const auto made = store.reserve(rules, now);
  REQUIRE(made.outcome != Outcome::away);
  if (made.outcome == Outcome::closed) return false;
  REQUIRE(store.commit(rules, made, now));
  return true;
}

void right(CounterStore& store, std::span<const CounterRule> rules, std::int64_t now) {
  const auto made = store.reserve(rules, now);
  REQUIRE(made.outcome == Outcome::granted);
  REQUIRE(store.refund(rules, made, Refund::right, now));
}

}  // namespace

TEST_CASE("as many wrong attempts are let through as the rule says") {
  with_each([](CounterStore& store) {
    const CounterRule rules[] = {rule("ann", 5)};
    for (int i = 0; i < 5; ++i) CHECK(wrong(store, rules, start + i * second));
    const auto refused = store.reserve(rules, start + 9 * second);
    CHECK(refused.outcome == Outcome::closed);
    REQUIRE(refused.before.size() == 1);
    CHECK(refused.before[0].count == 5);
    CHECK(refused.before[0].last == start + 4 * second);
    CHECK(refused.before[0].closed);
    CHECK(refused.before[0].opens == INT64_MAX);
    CHECK(refused.counted == 0);
    CHECK(store.peek(rules, start + 9 * second)[0].count == 5);  // what is refused is not counted
    const CounterRule other[] = {rule("bob", 5)};
    CHECK(store.peek(other, start)[0].count == 0);
    CHECK(wrong(store, other, start));
  });
}

TEST_CASE("a right credential begins anew, one that nobody looked at takes back itself") {
  with_each([](CounterStore& store) {
    const CounterRule rules[] = {rule("ann", 3)};
    CHECK(wrong(store, rules, start));
    CHECK(wrong(store, rules, start + 1));
    const auto unused = store.reserve(rules, start + 2);
    CHECK(unused.outcome == Outcome::granted);
    CHECK(store.peek(rules, start + 2)[0].count == 3);
    CHECK(store.reserve(rules, start + 2).outcome == Outcome::closed);  // one under way counts
    REQUIRE(store.refund(rules, unused, Refund::unused, start + 3));
    CHECK(store.peek(rules, start + 3)[0].count == 2);
    CHECK(store.peek(rules, start + 3)[0].last == start + 1);
    right(store, rules, start + 4);
    CHECK(store.peek(rules, start + 4)[0].count == 0);
    CHECK(store.peek(rules, start + 4)[0].last == 0);
  });
}

TEST_CASE("others that are under way outlast a right credential") {
  with_each([](CounterStore& store) {
    const CounterRule rules[] = {rule("ann", 3)};
    const auto first = store.reserve(rules, start), second_one = store.reserve(rules, start),
               third = store.reserve(rules, start);
    REQUIRE(third.outcome == Outcome::granted);
    REQUIRE(store.commit(rules, first, start + 1));
    REQUIRE(store.refund(rules, second_one, Refund::right, start + 2));
    CHECK(store.peek(rules, start + 2)[0].count == 1);  // the third
    REQUIRE(store.commit(rules, third, start + 3));
    CHECK(store.peek(rules, start + 3)[0].count == 1);
    CHECK(store.peek(rules, start + 3)[0].last == start + 3);
  });
}

TEST_CASE("of an address, a right credential takes back its own attempt alone") {
  with_each([](CounterStore& store) {
    CounterRule rules[] = {rule("198.51.100.7", 3)};
    rules[0].lasting = true;
    CHECK(wrong(store, rules, start));
    right(store, rules, start + second);
    CHECK(store.peek(rules, start + second)[0].count == 1);
    CHECK(store.peek(rules, start + second)[0].last == start);
  });
}

TEST_CASE("all counters of an attempt are asked and counted together") {
  with_each([](CounterStore& store) {
    const CounterRule both[] = {rule("ann", 2), rule("address", 3)};
    const CounterRule bob[] = {rule("bob", 2), rule("address", 3)};
    CHECK(wrong(store, both, start));
    CHECK(wrong(store, both, start));
    CHECK(!wrong(store, both, start));  // ann is closed, and the address is not charged
    CHECK(store.peek(both, start)[1].count == 2);
    CHECK(wrong(store, bob, start));
    CHECK(!wrong(store, bob, start));  // the address is closed, and bob is not charged
    CHECK(store.peek(bob, start)[0].count == 1);
  });
}

TEST_CASE("rules of one counter are each held against it, and it is counted once") {
  with_each([](CounterStore& store) {
    CounterRule rules[] = {rule("ann", 2), rule("ann", 4)};
    rules[0].block = minute;
    CHECK(wrong(store, rules, start));
    CHECK(store.peek(rules, start)[1].count == 1);
    CHECK(wrong(store, rules, start));
    CHECK(!wrong(store, rules, start + minute - 1));
    CHECK(wrong(store, rules, start + minute));  // the short block is over
    CHECK(wrong(store, rules, start + 2 * minute));
    CHECK(!wrong(store, rules, start + 9 * minute));
    CHECK(store.peek(rules, start + 9 * minute)[0].closed == false);
    CHECK(store.peek(rules, start + 9 * minute)[1].closed);
  });
}

TEST_CASE("times turn at the microsecond") {
  with_each([](CounterStore& store) {
    CounterRule block[] = {rule("block", 1)};
    block[0].block = 15 * minute;
    CHECK(wrong(store, block, start));
    CHECK(store.peek(block, start)[0].opens == start + 15 * minute);
    CHECK(store.reserve(block, start + 15 * minute - 1).outcome == Outcome::closed);
    CHECK(wrong(store, block, start + 15 * minute));  // one attempt, and it is closed again
    CHECK(store.peek(block, start + 15 * minute)[0].count == 2);
    CHECK(store.reserve(block, start + 15 * minute).outcome == Outcome::closed);

    CounterRule within[] = {rule("within", 1)};
    within[0].within = hour;
    CHECK(wrong(store, within, start));
    CHECK(store.peek(within, start)[0].opens == start + hour + 1);
    CHECK(store.reserve(within, start + hour).outcome == Outcome::closed);
    CHECK(store.peek(within, start + hour + 1)[0].count == 0);
    CHECK(wrong(store, within, start + hour + 1));
    CHECK(store.peek(within, start + hour + 1)[0].count == 1);
  });
}

TEST_CASE("what never comes back counts as failed when its lease is over") {
  with_each([](CounterStore& store) {
    const CounterRule rules[] = {rule("ann", 2)};
    const auto lost = store.reserve(rules, start);
    CHECK(wrong(store, rules, start + second));
    const auto after = start + CounterStore::lease + 2 * second;
    CHECK(store.reserve(rules, after).outcome == Outcome::closed);
    REQUIRE(store.commit(rules, lost, after));  // late: it is counted already
    CHECK(store.peek(rules, after)[0].count == 2);
    CHECK(store.forget({&rules[0].key, 1}));
    CHECK(store.peek(rules, after)[0].count == 0);
  });
}

TEST_CASE("a clock that was set back does not close for longer") {
  with_each([](CounterStore& store) {
    CounterRule rules[] = {rule("ann", 1)};
    rules[0].block = minute;
    CHECK(wrong(store, rules, start + day));
    CHECK(store.reserve(rules, start).outcome == Outcome::closed);
    CHECK(store.reserve(rules, start + minute - 1).outcome == Outcome::closed);
    CHECK(store.reserve(rules, start + minute).outcome == Outcome::granted);
  });
}

TEST_CASE("nothing to count is granted, and too much is not") {
  with_each([](CounterStore& store) {
    CHECK(store.reserve({}, start).outcome == Outcome::granted);
    std::vector<CounterRule> many(CounterStore::most_rules + 1, rule("ann", 3));
    CHECK(store.reserve(many, start).outcome == Outcome::away);
    many.pop_back();
    CHECK(store.reserve(many, start).outcome == Outcome::granted);
  });
}

TEST_CASE("sixty-four at once look at five credentials") {
  with_each([](CounterStore& store) {
    const CounterRule rules[] = {rule("ann", 5), rule("address", 1'000)};
    std::atomic<int> looked_at = 0, ready = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 64; ++i)
      threads.emplace_back([&] {
        ++ready;
        while (ready < 64) std::this_thread::yield();
        const auto made = store.reserve(rules, start);
        if (made.outcome != Outcome::granted) return;
        ++looked_at;
        std::this_thread::yield();
        store.commit(rules, made, start + 1);
      });
    for (auto& thread : threads) thread.join();
    CHECK(looked_at == 5);
    CHECK(store.peek(rules, start + 1)[0].count == 5);
    CHECK(store.peek(rules, start + 1)[1].count == 5);
  });
}

namespace {

struct Made {
  std::vector<CounterRule> rules;
  Reservation one, other;
};

std::vector<CounterRule> some_rules(std::mt19937_64& random) {
  const auto any = [&](std::int64_t below) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
  };
  const std::string_view names[] = {"a", "b", "c"};
  std::vector<CounterRule> rules;
  for (auto left = any(3) + 1; left > 0; --left) {
    // What a counter's rules have in common follows from its name.
    const auto name = any(3), kind = any(4);
    auto one = rule(names[name], any(4) + 1);
    const char word[] = {static_cast<char>('0' + kind), '\0'};
    one.key = counter_key({names[name], word});
    if (kind == 1) one.within = 10 * minute;
    if (kind == 2) one.lasting = true, one.drain = 2 * minute;
    if (kind == 3 && !rules.empty()) one.first_of = 0;
    if (kind == 3) one.key = counter_key({names[name], word, one.first_of < 0 ? "" : "first"}), one.lasting = true;
    if (any(2) == 0) one.block = any(3) * minute + second;
    if (any(3) == 0) one.growth = any(2) == 0 ? CounterRule::Growth::multiple : CounterRule::Growth::linear;
    if (one.block < 0) one.growth = CounterRule::Growth::none;
    if (any(3) == 0) one.longest = 3 * minute;
    if (any(4) == 0) one.temporary = any(3);
    if (any(4) == 0) one.quick = second, one.quick_block = minute;
    rules.push_back(one);
  }
  return rules;
}

void same(const std::vector<Standing>& a, const std::vector<Standing>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    INFO("rule " << i);
    CHECK(a[i].count == b[i].count);
    CHECK(a[i].last == b[i].last);
    CHECK(a[i].closed == b[i].closed);
    CHECK(a[i].opens == b[i].opens);
  }
}

}  // namespace

TEST_CASE("every store says what the store in memory says") {
  with_each([](CounterStore& store) {
    MemoryStore model(1u << 16);
    std::mt19937_64 random(20'261'130);
    std::vector<Made> under_way;
    std::int64_t now = start;
    std::size_t granted = 0, closed = 0;
    for (int step = 0; step < 3'000; ++step) {
      INFO("step " << step);
      now += static_cast<std::int64_t>(random() % 4 == 0 ? random() % (3 * minute) : random() % (2 * second));
      if (random() % 50 == 0) now -= minute;
      if (random() % 3 != 0 || under_way.empty()) {
        const auto rules = some_rules(random);
        Made made{rules, store.reserve(rules, now), model.reserve(rules, now)};
        REQUIRE(made.one.outcome == made.other.outcome);
        CHECK(made.one.counted == made.other.counted);
        same(made.one.before, made.other.before);
        ++(made.one.outcome == Outcome::granted ? granted : closed);
        if (made.one.outcome == Outcome::granted) under_way.push_back(made);
      } else {
        const auto at = random() % under_way.size();
        const Made made = under_way[at];
        under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(at));
        const auto end = random() % 8;
        if (end < 5) {
          REQUIRE(store.commit(made.rules, made.one, now));
          REQUIRE(model.commit(made.rules, made.other, now));
        } else if (end < 7) {
          const auto why = end == 5 ? Refund::right : Refund::unused;
          REQUIRE(store.refund(made.rules, made.one, why, now));
          REQUIRE(model.refund(made.rules, made.other, why, now));
        }  // else it never comes back
        same(store.peek(made.rules, now), model.peek(made.rules, now));
      }
    }
    CHECK(granted > 300);
    CHECK(closed > 300);
  });
}
