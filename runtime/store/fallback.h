// A shared store with counters of this process behind it: while the shared one is away attempts are counted here, against a share of each limit, so that
// a service of several processes lets through about as many together, and each says so. The shared store is asked again after a while by one
// attempt, not by all. Nothing is carried over when it is back: what was under way there counts as failed when its lease is over.
#pragma once

#include "runtime/store/store.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace writ {

struct FallbackOptions {
  double share = 0.25;                           // of each rule's attempts, at least one: 1 / number of processes
  std::chrono::milliseconds retry_after{1'000};  // for so long a store that was away is not asked
  std::function<void(bool away)> report{};       // told when that changes, by the thread that found it; must not throw
  std::chrono::steady_clock::time_point (*now)() = [] { return std::chrono::steady_clock::now(); };
};

class FallbackStore : public CounterStore {
 public:
  FallbackStore(std::shared_ptr<CounterStore> shared, std::shared_ptr<CounterStore> local,
                FallbackOptions options = {});

  Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept override;
  bool commit(std::span<const CounterRule> rules, const Reservation& reservation, std::int64_t now) noexcept override;
  bool refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
              std::int64_t now) noexcept override;
  // Of the shared store, or of the local one against its share.
  std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now) noexcept override;
  // In both; false when either could not.
  bool forget(std::span<const CounterKey> keys) noexcept override;
  bool away() const { return away_.load(std::memory_order_relaxed); }

 private:
  bool ask_shared() noexcept;
  void answered(bool by_shared) noexcept;
  std::vector<CounterRule> shared_out(std::span<const CounterRule> rules) const;

  std::shared_ptr<CounterStore> shared_, local_;
  FallbackOptions options_;
  std::atomic<bool> away_{false};
  std::atomic<std::int64_t> ask_at_{0};  // ticks of the steady clock
};

}  // namespace writ
