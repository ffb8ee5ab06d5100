// A table of named things that are replaced one at a time while others read. Replacing one writes one pointer; a reader takes no lock, and
// writes nothing but its own hold (hold.h).
//
// Open addressing, at most half of the places in use. What is taken out leaves its place empty but passed over, for the next that comes
// along; when too many are, what is left moves to new places.
#pragma once

#include "runtime/engine/hold.h"
#include "runtime/engine/names.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace writ::engine {

// T is a std::enable_shared_from_this, and has `std::string_view name() const` and `bool is(const NameEnds&, std::string_view) const`.
// Changes come from one thread at a time (the caller's lock); everything else from any thread.
template <class T>
class Table {
 public:
  using Value = std::shared_ptr<const T>;
  struct Change {
    std::string_view key;
    Value value;  // null: taken out
  };

  explicit Table(const HashKey& key) : key_(key) { move_to(16); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::size_t size() const { return size_.load(std::memory_order_acquire); }

  // Of a name, for `find_by`: it stays what it is as long as the table is there.
  std::uint64_t hash_of(std::string_view name) const { return keyed_hash(key_, name) | 1; }  // 0: a place never used

  // The value of that name, or null. It lives until `hold` announces another or lets go.
  const T* find(std::string_view name, Hold& hold) const {
    const NameEnds ends(name);
    return find_by(hash_of(name), hold, [&](const T& value) { return value.is(ends, name); });
  }
  // The value under that hash which `is` says is the one.
  template <class Is>
  const T* find_by(std::uint64_t hash, Hold& hold, const Is& is) const {
    const T* found = nullptr;
    // What stands in places that are not the table's any more may have been freed: begin again in the new ones.
    for (const auto* places = hold.table(places_); !find_in(*places, hash, is, hold, found);)
      places = hold.table(places_);
    if (found == nullptr) hold.let_go();
    hold.let_go_of_table();
    return found;
  }

  // For who will look soon: has the place under that hash fetched from memory.
  void fetch_place(std::uint64_t hash, Hold& hold) const {
    __builtin_prefetch(&(*hold.table(places_))[hash >> 1]);
    hold.let_go_of_table();
  }

  // Calls `f` with the value of that name, or with null. What it points to is only good inside `f`.
  template <class F>
  auto look(std::string_view name, F&& f) const {
    const ThreadHold hold;
    return f(find(name, *hold));
  }

  // The value itself. For those who ask seldom.
  Value get(std::string_view name) const {
    return look(name, [](const T* found) { return found ? found->shared_from_this() : nullptr; });
  }

  // One after the other.
  void change(const std::vector<Change>& changes) {
    for (const auto& change : changes) change.value ? put(change.key, change.value) : take_out(change.key);
    retired_.collect();
  }
  // Frees what was replaced or taken out and is not read any more. Changes do so too.
  void collect() { retired_.collect(); }
  std::size_t retired() const { return retired_.size(); }

  std::vector<Value> all() const {
    std::vector<Value> values;
    const ThreadHold own;
    auto& hold = *own;
    const auto* places = hold.table(places_);
    for (std::size_t at = 0; at < places->size(); ++at) {
      const auto* const value = hold.thing((*places)[at].value);
      if (const auto* const now = places_.load(std::memory_order_seq_cst); now != places) {
        places = hold.table(places_);
        values.clear();
        at = SIZE_MAX;  // from the first again
      } else if (value != nullptr) {
        values.push_back(value->shared_from_this());
      }
    }
    return values;
  }

 private:
  struct Place {
    std::atomic<std::uint64_t> hash{0};  // stays when the value goes
    std::atomic<const T*> value{nullptr};
  };
  class Places {
   public:
    explicit Places(std::size_t size) : mask_(size - 1), places_(std::make_unique<Place[]>(size)) {}
    std::size_t size() const { return mask_ + 1; }
    Place& operator[](std::size_t at) { return places_[at & mask_]; }
    const Place& operator[](std::size_t at) const { return places_[at & mask_]; }

   private:
    std::size_t mask_;
    std::unique_ptr<Place[]> places_;
  };

  // False: these are not the table's places any more.
  template <class Is>
  bool find_in(const Places& places, std::uint64_t hash, const Is& is, Hold& hold, const T*& found) const {
    for (auto at = hash >> 1;; ++at) {
      const auto& place = places[at];
      const auto* const value = place.value.load(std::memory_order_acquire);
      const auto used_by = place.hash.load(std::memory_order_relaxed);
      if (used_by == 0) return true;
      if (used_by != hash || value == nullptr) continue;
      const auto* const held = hold.thing(place.value);
      if (places_.load(std::memory_order_seq_cst) != &places) return false;
      if (held == nullptr || !is(*held)) continue;
      found = held;
      return true;
    }
  }

  // Where the name is, or where it would go.
  std::size_t place_of(std::uint64_t hash, std::string_view name) const {
    const NameEnds ends(name);
    const auto& places = *own_;
    std::size_t vacant = places.size();
    for (auto at = hash >> 1;; ++at) {
      const auto& place = places[at];
      const auto used_by = place.hash.load(std::memory_order_relaxed);
      const auto* const value = place.value.load(std::memory_order_relaxed);
      const auto here = at & (places.size() - 1);
      if (used_by == hash && value != nullptr && value->is(ends, name)) return here;
      if (value == nullptr && vacant == places.size()) vacant = here;
      if (used_by == 0) return vacant;
    }
  }

  // Memory may end in these, and then nothing has changed.
  void put(std::string_view name, const Value& value) {
    if ((used_ + 1) * 2 > own_->size()) move_to(std::max<std::size_t>(16, std::bit_ceil(size() * 3)));
    const auto hash = hash_of(name);
    const auto at = place_of(hash, name);
    auto& place = (*own_)[at];
    const bool is_new = place.value.load(std::memory_order_relaxed) == nullptr;
    if (!is_new) retired_.add(owners_[at]);
    owners_[at] = value;
    if (is_new) {
      used_ += place.hash.load(std::memory_order_relaxed) == 0;
      place.hash.store(hash, std::memory_order_relaxed);
      size_.fetch_add(1, std::memory_order_acq_rel);
    }
    place.value.store(value.get(), std::memory_order_seq_cst);
  }

  void take_out(std::string_view name) {
    const auto at = place_of(hash_of(name), name);
    auto& place = (*own_)[at];
    if (place.value.load(std::memory_order_relaxed) == nullptr) return;
    retired_.add(owners_[at]);
    place.value.store(nullptr, std::memory_order_seq_cst);
    owners_[at] = nullptr;
    size_.fetch_sub(1, std::memory_order_acq_rel);
  }

  void move_to(std::size_t size) {
    auto places = std::make_shared<Places>(size);
    std::vector<Value> owners(size);
    if (own_) retired_.add(own_);
    used_ = 0;
    for (std::size_t from = 0; from < owners_.size(); ++from) {
      if (!owners_[from]) continue;
      const auto hash = (*own_)[from].hash.load(std::memory_order_relaxed);
      auto at = hash >> 1 & (size - 1);
      while (owners[at]) at = (at + 1) & (size - 1);
      (*places)[at].hash.store(hash, std::memory_order_relaxed);
      (*places)[at].value.store(owners_[from].get(), std::memory_order_relaxed);
      owners[at] = std::move(owners_[from]);
      ++used_;
    }
    owners_ = std::move(owners);
    own_ = std::move(places);
    places_.store(own_.get(), std::memory_order_seq_cst);
  }

  const HashKey key_;
  std::atomic<const Places*> places_{nullptr};
  std::atomic<std::size_t> size_{0};

  // The writer's, away from the lines that readers read.
  alignas(64) std::shared_ptr<Places> own_;
  std::vector<Value> owners_;  // by place
  std::size_t used_ = 0;       // places that are not as new
  Retired retired_;
};

}  // namespace writ::engine
