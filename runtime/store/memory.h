// Counters in this process, of a size that does not grow: for services of one process, for tests, and for when a shared store is away.
//
// They lie in sets of eight, chosen by a hash that strangers cannot compute. Who tries ever new names fills them; then a new counter takes the place of
// the lowest one of its set and begins with as many as that one had, but for one attempt that is always left. So no counter ever says less than
// was tried, a closed one gives way to closed ones alone, and a newcomer under such an attack has one attempt instead of several.
#pragma once

#include "runtime/store/counter.h"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>

namespace writ {

class MemoryStore : public CounterStore {
 public:
  static constexpr std::size_t set_size = 8;
  // So many counters at most, 80 bytes each, touched as they come into use.
  explicit MemoryStore(std::size_t counters = 1u << 20);

  Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept override;
  bool commit(std::span<const CounterRule> rules, const Reservation& reservation, std::int64_t now) noexcept override;
  bool refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
              std::int64_t now) noexcept override;
  std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now) noexcept override;
  bool forget(std::span<const CounterKey> keys) noexcept override;

  std::size_t size() const { return sets_ * set_size; }  // the most counters
  std::size_t used() noexcept;                           // counters that have something in them; looks at all

 private:
  static constexpr std::size_t shards = 64;
  struct Slot {
    CounterKey key{};
    store::Counter counter;
    std::int64_t over = INT64_MAX;  // when there is nothing left of it; 0: free
  };
  struct Free {
    void operator()(void* memory) const;
  };
  class Held;
  std::size_t set_of(const CounterKey& key) const;
  std::span<Slot> slots_of(std::size_t set) { return {slots_.get() + set * set_size, set_size}; }

  std::size_t sets_ = 1;
  CounterKey secret_{};
  std::unique_ptr<Slot[], Free> slots_;
  std::array<std::mutex, shards> mutexes_;
};

}  // namespace writ
