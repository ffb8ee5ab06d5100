// One counter, whatever holds it: what an attempt does to it and what a rule says of it. Plain values; stores add where they lie and who may touch them
// at one time. The script of Redis (redis/script.cpp) says the same in Lua, and one suite of tests holds them together.
#pragma once

#include "runtime/store/store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::store {

struct Counter {
  std::int64_t failed = 0, pending = 0;  // pending: under way
  std::int64_t last_failed = 0, last_reserved = 0;
  std::int64_t gap = INT64_MAX;  // between the last two failed ones
  std::int64_t drained = 0;      // until when drops were taken out
  bool operator==(const Counter&) const = default;
  std::int64_t count() const { return failed + pending; }
  std::int64_t last() const { return pending > 0 ? std::max(last_failed, last_reserved) : last_failed; }
};

inline constexpr std::int64_t most_counted = 1'000'000'000;  // as a fact's

// As it stands now: leases that are over, what is drained or forgotten by time. A time that is later than `now` is taken for `now`, or a clock that
// was set back would close a counter until it is where it was.
Counter settled(const CounterRule& rule, Counter counter, std::int64_t now);
// Of a settled one.
Standing standing(const CounterRule& rule, const Counter& counter, std::int64_t now);

// From when on there is nothing left of it, whatever happens; INT64_MAX: never by itself.
std::int64_t over(const CounterRule& rule, const Counter& counter);

// What happens to a settled one.
void begin(Counter& counter, std::int64_t now);
void fail(Counter& counter, std::int64_t now);
void give_back(const CounterRule& rule, Counter& counter, Refund why);

// A counter by its key, once for rules that share one: place of the first rule of that key.
std::vector<std::size_t> first_of_key(std::span<const CounterRule> rules);

// The whole of each question, for stores that can read and write counters one by one while nobody else does. `load(rule)` gives its Counter,
// `save(rule, counter)` keeps one; both may throw, and nothing was saved that matters when they did (the caller rolls back or is away).
template <class Load, class Save>
Reservation reserve(std::span<const CounterRule> rules, std::int64_t now, Load&& load, Save&& save) {
  Reservation made;
  const auto first = first_of_key(rules);
  std::vector<Counter> counters(rules.size());
  bool closed = false;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto stored = first[i] == i ? load(rules[i]) : counters[first[i]];
    counters[i] = settled(rules[i], stored, now);
    if (first[i] == i && (stored.last_failed > now || stored.last_reserved > now)) save(rules[i], counters[i]);
    made.before.push_back(standing(rules[i], counters[i], now));
    closed = closed || made.before.back().closed;
  }
  made.outcome = closed ? Reservation::Outcome::closed : Reservation::Outcome::granted;
  for (std::size_t i = 0; i < rules.size() && !closed; ++i) {
    const auto companion = static_cast<std::size_t>(rules[i].first_of);  // -1: past the end
    if (companion < rules.size() && made.before[companion].count > 0) continue;
    made.counted |= std::uint64_t{1} << i;
    if (first[i] != i) continue;
    begin(counters[i], now);
    save(rules[i], counters[i]);
  }
  return made;
}

template <class Load, class Save>
void end(std::span<const CounterRule> rules, const Reservation& reservation, std::int64_t now, const Refund* refund,
         Load&& load, Save&& save) {
  const auto first = first_of_key(rules);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (first[i] != i || (reservation.counted >> i & 1) == 0) continue;
    auto counter = settled(rules[i], load(rules[i]), now);
    if (refund)
      give_back(rules[i], counter, *refund);
    else
      fail(counter, now);
    save(rules[i], counter);
  }
}

template <class Load>
std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now, Load&& load) {
  std::vector<Standing> all;
  for (const auto& rule : rules) all.push_back(standing(rule, settled(rule, load(rule), now), now));
  return all;
}

}  // namespace writ::store
