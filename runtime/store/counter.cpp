#include "runtime/store/counter.h"

#include "runtime/program/builtins.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>

namespace writ {

CounterKey counter_key(std::initializer_list<std::string_view> words) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
  bool ok = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const auto word : words) {
    const std::uint64_t size = word.size();
    ok = ok && EVP_DigestUpdate(context.get(), &size, sizeof size) == 1 &&
         EVP_DigestUpdate(context.get(), word.data(), word.size()) == 1;
  }
  if (!ok || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) throw std::runtime_error("no SHA-256");
  CounterKey key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

Ip counted_address(const Ip& ip) {
  Ip counted = ip;
  if (!ip.is_v4()) std::fill(counted.bytes.begin() + 8, counted.bytes.end(), std::uint8_t{0});
  return counted;
}

namespace store {

namespace {

std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

bool for_good(const CounterRule& rule, std::int64_t count) {
  const auto blocks = count - std::max(rule.attempts, std::int64_t{1}) + 1;
  return rule.temporary >= 0 && blocks > 0 && blocks > rule.temporary;
}

// For how long a counter at `count` is closed; -1: for as long as it is counted.
std::int64_t blocked_for(const CounterRule& rule, std::int64_t count, std::int64_t gap) {
  const auto attempts = std::max(rule.attempts, std::int64_t{1});
  if (for_good(rule, count) || (count >= attempts && rule.block < 0)) return -1;
  std::int64_t wait = 0;
  switch (rule.growth) {
  case CounterRule::Growth::none: wait = count >= attempts ? rule.block : 0; break;
  case CounterRule::Growth::multiple: wait = times(rule.block, count / attempts); break;
  case CounterRule::Growth::linear: wait = count >= attempts ? times(rule.block, 1 + count - attempts) : 0; break;
  }
  if (wait == 0 && gap < rule.quick) wait = rule.quick_block;
  return rule.longest >= 0 ? std::min(wait, rule.longest) : wait;
}

}  // namespace

Counter settled(const CounterRule& rule, Counter counter, std::int64_t now) {
  counter.last_failed = std::min(counter.last_failed, now);
  counter.last_reserved = std::min(counter.last_reserved, now);
  counter.drained = std::min(counter.drained, now);
  if (counter.pending > 0 && now - counter.last_reserved > CounterStore::lease) {
    if (counter.failed == 0) counter.drained = counter.last_reserved;
    counter.failed = std::min(counter.failed + counter.pending, most_counted);
    counter.last_failed = std::max(counter.last_failed, counter.last_reserved);
    counter.pending = 0;
  }
  if (rule.drain > 0 && counter.failed > 0) {
    const auto drops = std::min((now - counter.drained) / rule.drain, counter.failed);
    counter.failed -= drops;
    counter.drained += drops * rule.drain;
  }
  const bool forgotten = rule.within >= 0 && now - counter.last() > rule.within && !for_good(rule, counter.count());
  if (counter.count() == 0 || forgotten) return {};
  return counter;
}

Standing standing(const CounterRule& rule, const Counter& counter, std::int64_t now) {
  Standing stands{counter.count(), counter.last(), false, INT64_MAX};
  if (stands.count == 0) return stands;
  if (rule.drain > 0) {
    stands.closed = stands.count >= rule.attempts;
    if (stands.closed && counter.failed > 0) stands.opens = program::saturating_add(counter.drained, rule.drain);
    return stands;
  }
  // Of those under way, one comes right behind the other.
  const auto gap = counter.pending > 1                          ? 0
                   : counter.pending == 1 && counter.failed > 0 ? counter.last_reserved - counter.last_failed
                   : counter.pending == 1                       ? INT64_MAX
                                                                : counter.gap;
  const auto wait = blocked_for(rule, stands.count, gap);
  stands.closed = wait < 0 || now - stands.last < wait;
  if (!stands.closed) return stands;
  if (wait >= 0) stands.opens = program::saturating_add(stands.last, wait);
  if (rule.within >= 0 && !for_good(rule, stands.count))
    stands.opens = std::min(stands.opens, program::saturating_add(stands.last, rule.within + 1));
  return stands;
}

std::int64_t over(const CounterRule& rule, const Counter& counter) {
  return rule.within < 0 || for_good(rule, counter.count())
             ? INT64_MAX
             : program::saturating_add(counter.last(), program::saturating_add(rule.within, 1));
}

void begin(Counter& counter, std::int64_t now) {
  counter.pending = std::min(counter.pending + 1, most_counted);
  counter.last_reserved = now;
}

void fail(Counter& counter, std::int64_t now) {
  if (counter.pending > 0)
    --counter.pending;  // else its lease was over, and it is counted as failed or forgotten
  else if (counter.failed > 0)
    return;
  counter.gap = counter.failed > 0 ? now - counter.last_failed : INT64_MAX;
  if (counter.failed == 0) counter.drained = now;
  counter.failed = std::min(counter.failed + 1, most_counted);
  counter.last_failed = now;
}

void give_back(const CounterRule& rule, Counter& counter, Refund why) {
  if (counter.pending > 0) --counter.pending;
  if (why == Refund::right && !rule.lasting) counter.failed = 0, counter.last_failed = 0, counter.gap = INT64_MAX;
  if (counter.count() == 0) counter = {};
}

std::vector<std::size_t> first_of_key(std::span<const CounterRule> rules) {
  std::vector<std::size_t> first(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i)
    first[i] = static_cast<std::size_t>(std::ranges::find(rules, rules[i].key, &CounterRule::key) - rules.begin());
  return first;
}

}  // namespace store

}  // namespace writ
