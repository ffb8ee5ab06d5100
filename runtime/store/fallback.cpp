#include "runtime/store/fallback.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

namespace writ {

FallbackStore::FallbackStore(std::shared_ptr<CounterStore> shared, std::shared_ptr<CounterStore> local,
                             FallbackOptions options)
    : shared_(std::move(shared)), local_(std::move(local)), options_(std::move(options)) {}

bool FallbackStore::ask_shared() noexcept {
  if (!away()) return true;
  const auto now = options_.now().time_since_epoch().count();
  auto at = ask_at_.load(std::memory_order_relaxed);
  const auto later =
      now + std::chrono::duration_cast<std::chrono::steady_clock::duration>(options_.retry_after).count();
  return now >= at && ask_at_.compare_exchange_strong(at, later, std::memory_order_relaxed);
}

void FallbackStore::answered(bool by_shared) noexcept {
  if (!by_shared)
    ask_at_ = (options_.now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(options_.retry_after))
                  .time_since_epoch()
                  .count();
  if (away_.exchange(!by_shared) == by_shared && options_.report) options_.report(!by_shared);
}

std::vector<CounterRule> FallbackStore::shared_out(std::span<const CounterRule> rules) const {
  std::vector<CounterRule> fewer(rules.begin(), rules.end());
  for (auto& rule : fewer)
    rule.attempts = std::max(
        std::int64_t{1}, static_cast<std::int64_t>(std::floor(static_cast<double>(rule.attempts) * options_.share)));
  return fewer;
}

Reservation FallbackStore::reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept {
  if (ask_shared()) {
    auto made = shared_->reserve(rules, now);
    const bool there = made.outcome != Reservation::Outcome::away;
    answered(there);
    if (there) return made;
  }
  try {
    auto made = local_->reserve(shared_out(rules), now);
    made.local = true;
    return made;
  } catch (const std::bad_alloc&) {
    return {};
  }
}

bool FallbackStore::commit(std::span<const CounterRule> rules, const Reservation& reservation,
                           std::int64_t now) noexcept {
  return (reservation.local ? local_ : shared_)->commit(rules, reservation, now);
}

bool FallbackStore::refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
                           std::int64_t now) noexcept {
  return (reservation.local ? local_ : shared_)->refund(rules, reservation, why, now);
}

std::vector<Standing> FallbackStore::peek(std::span<const CounterRule> rules, std::int64_t now) noexcept {
  if (!away())
    if (auto stands = shared_->peek(rules, now); !stands.empty() || rules.empty()) return stands;
  try {
    return local_->peek(shared_out(rules), now);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

bool FallbackStore::forget(std::span<const CounterKey> keys) noexcept {
  const bool shared = shared_->forget(keys);
  return local_->forget(keys) && shared;
}

}  // namespace writ
