#include "runtime/store/memory.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <random>

namespace writ {

using store::Counter;

void MemoryStore::Free::operator()(void* memory) const { std::free(memory); }

MemoryStore::MemoryStore(std::size_t counters) : sets_(std::max<std::size_t>(1, counters / set_size)) {
  // Of zeros, which the system hands out page by page as they are touched. All zero is a free slot.
  auto* const memory = std::calloc(sets_ * set_size, sizeof(Slot));
  if (memory == nullptr) throw std::bad_alloc();
  slots_.reset(static_cast<Slot*>(memory));
  std::random_device device;
  for (auto& byte : secret_) byte = static_cast<std::uint8_t>(device());
}

std::size_t MemoryStore::set_of(const CounterKey& key) const {
  const auto text = [](const CounterKey& bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const auto mixed = counter_key({text(secret_), text(key)});
  std::uint64_t number = 0;
  std::memcpy(&number, mixed.data(), sizeof number);
  return static_cast<std::size_t>(number % sets_);
}

// The counters of one question, while nobody else has them: the locks of their sets, taken in one order.
class MemoryStore::Held {
 public:
  Held(MemoryStore& store, std::span<const CounterRule> rules, std::int64_t now)
      : store_(store), rules_(rules), now_(now) {
    for (const auto& rule : rules) {
      sets_.push_back(store.set_of(rule.key));
      wanted_ |= std::uint64_t{1} << sets_.back() % shards;
    }
    for (auto left = wanted_; left != 0; left &= left - 1)
      store.mutexes_[static_cast<std::size_t>(std::countr_zero(left))].lock();
  }
  ~Held() {
    for (auto left = wanted_; left != 0; left &= left - 1)
      store_.mutexes_[static_cast<std::size_t>(std::countr_zero(left))].unlock();
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  Counter load(const CounterRule& rule) {
    const auto* const slot = find(rule);
    return slot ? slot->counter : Counter{};
  }

  void save(const CounterRule& rule, Counter counter) {
    auto* slot = find(rule);
    if (counter.count() == 0) {
      if (slot) *slot = free_slot();
      return;
    }
    if (!slot) {
      slot = &weakest(store_.slots_of(set_of(rule)));
      if (slot->over > now_) {
        counter.failed +=
            std::clamp(slot->counter.count(), std::int64_t{0}, std::max(rule.attempts - 1, std::int64_t{0}));
        counter.last_failed = now_;
        counter.drained = now_;
      }
    }
    *slot = {rule.key, counter, std::max(store::over(rule, counter), std::int64_t{1})};  // 0: free
  }

 private:
  static Slot free_slot() {
    Slot slot;
    slot.over = 0;
    return slot;
  }
  std::size_t set_of(const CounterRule& rule) const { return sets_[static_cast<std::size_t>(&rule - rules_.data())]; }
  Slot* find(const CounterRule& rule) {
    for (auto& slot : store_.slots_of(set_of(rule)))
      if (slot.over != 0 && slot.key == rule.key) return &slot;
    return nullptr;
  }
  // One that is free or over; else the lowest, and of equal ones the latest: those that were there before stay.
  Slot& weakest(std::span<Slot> slots) const {
    return *std::ranges::min_element(slots, {}, [&](const Slot& slot) {
      return slot.over <= now_ ? std::pair(std::int64_t{-1}, slot.over)
                               : std::pair(slot.counter.count(), -slot.counter.last());
    });
  }

  MemoryStore& store_;
  std::span<const CounterRule> rules_;
  std::int64_t now_;
  std::vector<std::size_t> sets_;
  std::uint64_t wanted_ = 0;
};

namespace {

// For want of memory a store is away.
template <class F>
auto or_away(F&& question) noexcept -> decltype(question()) {
  try {
    return question();
  } catch (...) {
    return {};
  }
}

}  // namespace

Reservation MemoryStore::reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept {
  if (rules.size() > most_rules) return {};
  return or_away([&] {
    Held held(*this, rules, now);
    return store::reserve(
        rules, now, [&](const CounterRule& rule) { return held.load(rule); },
        [&](const CounterRule& rule, const Counter& counter) { held.save(rule, counter); });
  });
}

bool MemoryStore::commit(std::span<const CounterRule> rules, const Reservation& reservation,
                         std::int64_t now) noexcept {
  return or_away([&] {
    Held held(*this, rules, now);
    store::end(
        rules, reservation, now, nullptr, [&](const CounterRule& rule) { return held.load(rule); },
        [&](const CounterRule& rule, const Counter& counter) { held.save(rule, counter); });
    return true;
  });
}

bool MemoryStore::refund(std::span<const CounterRule> rules, const Reservation& reservation, Refund why,
                         std::int64_t now) noexcept {
  return or_away([&] {
    Held held(*this, rules, now);
    store::end(
        rules, reservation, now, &why, [&](const CounterRule& rule) { return held.load(rule); },
        [&](const CounterRule& rule, const Counter& counter) { held.save(rule, counter); });
    return true;
  });
}

std::vector<Standing> MemoryStore::peek(std::span<const CounterRule> rules, std::int64_t now) noexcept {
  return or_away([&] {
    Held held(*this, rules, now);
    return store::peek(rules, now, [&](const CounterRule& rule) { return held.load(rule); });
  });
}

bool MemoryStore::forget(std::span<const CounterKey> keys) noexcept {
  return or_away([&] {
    for (const auto& key : keys) {
      CounterRule rule;
      rule.key = key;
      Held held(*this, {&rule, 1}, 0);
      held.save(rule, {});
    }
    return true;
  });
}

std::size_t MemoryStore::used() noexcept {
  std::size_t used = 0;
  for (std::size_t set = 0; set < sets_; ++set) {
    const std::scoped_lock lock(mutexes_[set % shards]);
    used +=
        static_cast<std::size_t>(std::ranges::count_if(slots_of(set), [](const Slot& slot) { return slot.over != 0; }));
  }
  return used;
}

}  // namespace writ
