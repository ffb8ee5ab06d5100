// A table of named things that are replaced one at a time while others read. It is cut into shards; a shard is an immutable snapshot and a
// version. A reader looks at the number of changes of the whole table, and while it is the one it saw last, uses the snapshot that its thread
// keeps: no lock, and no cache line that another reader writes. When it moved on, the shard's version tells whether that was the one that
// changed, and if so the new snapshot is taken under the shard's lock, once a thread.
// Replacing a thing copies one shard: of a hundred thousand tenants, about a hundred pointers.
//
// A thread that stops asking keeps what it last saw alive; `forget` lets go of it.
#pragma once

#include "runtime/engine/names.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace writ::engine {

// T has `std::string_view name() const` and `bool is(const NameEnds&, std::string_view) const`. Changes come from one thread at a time (the caller's lock); everything else from any thread.
template <class T, std::size_t Shards = 1024>
class Table {
 public:
  using Value = std::shared_ptr<const T>;
  struct Change {
    std::string_view key;
    Value value;  // null: taken out
  };

  explicit Table(const HashKey& key) : key_(key) {}
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::size_t size() const { return size_.load(std::memory_order_acquire); }

  // Makes sure this thread has a place for its snapshots, so that `look` allocates nothing afterwards.
  void prepare() const { cache(true); }

  // Calls `f` with the value of that name, or with null. What it points to is only good inside `f`. Takes no lock on a thread that called
  // `prepare`, but when the shard has changed since that thread looked last.
  template <class F>
  auto look(std::string_view name, F&& f) const {
    const auto hash = keyed_hash(key_, name);
    const auto& shard = shards_[hash % Shards];
    if (auto* const cached = cache(false)) {
      auto& seen = (*cached)[hash % Shards];
      // Counted up after the shard shows what changed: who sees the number sees the change.
      if (const auto now = changes_.load(std::memory_order_acquire); now != seen.changes) {
        if (shard.version.load(std::memory_order_acquire) != seen.version) seen = shard.read();
        seen.changes = now;
      }
      return f(seen.snapshot ? seen.snapshot->find(hash, name) : nullptr);
    }
    const auto snapshot = shard.read().snapshot;
    return f(snapshot ? snapshot->find(hash, name) : nullptr);
  }

  // The value itself, by the lock, leaving nothing behind in the thread. For those who ask seldom.
  Value get(std::string_view name) const {
    const auto hash = keyed_hash(key_, name);
    const auto snapshot = shards_[hash % Shards].read().snapshot;
    const auto* found = snapshot ? snapshot->find(hash, name) : nullptr;
    return found ? *found : nullptr;
  }

  // All changes of one shard become visible at once; shards one after the other.
  void change(const std::vector<Change>& changes) {
    if (changes.empty()) return;
    std::vector<Hashed> hashed;
    for (const auto& change : changes) hashed.push_back({keyed_hash(key_, change.key), &change});
    std::ranges::stable_sort(hashed, {}, [](const Hashed& one) { return one.hash % Shards; });
    const Counted counted{changes_};  // also when memory ends half way: what was changed by then is seen
    for (std::size_t begin = 0, end = 0; begin < hashed.size(); begin = end) {
      const auto shard = hashed[begin].hash % Shards;
      while (end < hashed.size() && hashed[end].hash % Shards == shard) ++end;
      change(shards_[shard], std::span(hashed).subspan(begin, end - begin));
    }
  }

  std::vector<Value> all() const {
    std::vector<Value> values;
    for (const auto& shard : shards_)
      if (const auto snapshot = shard.read().snapshot)
        snapshot->each([&](const Place& place) { values.push_back(place.value); });
    return values;
  }

  void forget() const {
    if (auto* const cached = cache(false)) cached->fill({});
  }

 private:
  struct Place {
    std::uint64_t hash = 0;
    Value value;
  };
  // Open addressing, at most half full.
  class Snapshot {
   public:
    explicit Snapshot(std::vector<Place> values) {
      std::size_t size = 2;
      while (size < values.size() * 2) size *= 2;
      places_.resize(size);
      for (auto& value : values) {
        auto at = start(value.hash);
        while (places_[at].value) at = (at + 1) & (places_.size() - 1);
        places_[at] = std::move(value);
      }
    }
    const Value* find(std::uint64_t hash, std::string_view name) const {
      const NameEnds ends(name);
      for (auto at = start(hash); places_[at].value; at = (at + 1) & (places_.size() - 1))
        if (places_[at].hash == hash && places_[at].value->is(ends, name)) return &places_[at].value;
      return nullptr;
    }
    template <class F>
    void each(F&& f) const {
      for (const auto& place : places_)
        if (place.value) f(place);
    }

   private:
    std::size_t start(std::uint64_t hash) const { return hash / Shards & (places_.size() - 1); }
    std::vector<Place> places_;
  };

  struct Seen {
    std::uint64_t version = 0;
    std::shared_ptr<const Snapshot> snapshot;
    std::uint64_t changes = 0;  // of the table, when this was last compared with the shard
  };
  struct alignas(64) Shard {
    std::atomic<std::uint64_t> version{0};
    mutable std::mutex mutex;
    std::shared_ptr<const Snapshot> snapshot;  // guarded by mutex
    Seen read() const {
      const std::lock_guard lock(mutex);
      return {version.load(std::memory_order_relaxed), snapshot, 0};
    }
  };

  struct Counted {
    std::atomic<std::uint64_t>& changes;
    ~Counted() { changes.fetch_add(1, std::memory_order_release); }
  };

  struct Hashed {
    std::uint64_t hash = 0;
    const Change* change = nullptr;
  };

  void change(Shard& shard, std::span<const Hashed> changes) {
    std::vector<Place> values;
    if (const auto before = shard.read().snapshot) before->each([&](const Place& place) { values.push_back(place); });
    const auto old_size = values.size();
    for (const auto& [hash_of_key, change] : changes) {
      const auto hash = hash_of_key;  // what a lambda may capture
      std::erase_if(values,
                    [&](const Place& place) { return place.hash == hash && place.value->name() == change->key; });
      if (change->value) values.push_back({hash, change->value});
    }
    size_.fetch_add(values.size() - old_size, std::memory_order_acq_rel);
    auto after = std::make_shared<const Snapshot>(std::move(values));
    const std::lock_guard lock(shard.mutex);
    shard.snapshot.swap(after);  // the old one dies after the lock, unless readers keep it
    shard.version.fetch_add(1, std::memory_order_release);
  }

  // What this thread saw last of each shard. Kept by table: there may be several engines, and they come and go.
  using Cache = std::array<Seen, Shards>;
  struct Last {
    std::uint64_t number = 0;  // of the table, and no other table ever has it
    Cache* cache = nullptr;
  };
  struct Kept {
    std::weak_ptr<const void> table;
    const Table* address = nullptr;
    std::unique_ptr<Cache> cache;
  };
  Cache* cache(bool make) const {
    thread_local Last last;
    if (last.number != number_)
      if (auto* const found = find_cache(make)) last = {number_, found};
    return last.number == number_ ? last.cache : nullptr;
  }
  Cache* find_cache(bool make) const {
    thread_local std::vector<Kept> kept;
    for (const auto& one : kept)
      if (one.address == this && !one.table.expired()) return one.cache.get();
    if (!make) return nullptr;
    std::erase_if(kept, [](const Kept& one) { return one.table.expired(); });
    kept.push_back({alive_, this, std::make_unique<Cache>()});
    return kept.back().cache.get();
  }
  static std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  HashKey key_;
  std::array<Shard, Shards> shards_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> changes_{1};
  std::shared_ptr<const void> alive_ = std::make_shared<int>();
  std::uint64_t number_ = next_number();
};

}  // namespace writ::engine
