// How a reader keeps what others may replace from being freed under it, without a lock and without writing to a line of memory that another
// reader writes: it announces what it reads in a place of its own, and whoever frees looks at all of those first. After Michael, "Hazard
// pointers: safe memory reclamation for lock-free objects" (2004). The barrier that the reader owes is put on the one who frees, by
// membarrier(2), where the kernel offers that.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace writ::engine {

// What one reader announces: the table it looks through and the thing it found there. Of one thread at a time.
class Hold {
 public:
  Hold();
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  // Announced before it is looked at once more: what then is still in its place is not freed until this hold lets go.
  template <class T>
  const T* table(const std::atomic<const T*>& from) {
    return announce(table_, from);
  }
  template <class T>
  const T* thing(const std::atomic<const T*>& from) {
    return announce(thing_, from);
  }
  void let_go_of_table() { table_.store(nullptr, std::memory_order_release); }
  void let_go() { thing_.store(nullptr, std::memory_order_release); }

 private:
  friend class Retired;
  using Place = std::atomic<const void*>;

  template <class T>
  static const T* announce(Place& place, const std::atomic<const T*>& from) {
    const auto* seen = from.load(std::memory_order_acquire);
    while (seen != nullptr) {
      if (cheap) {
        place.store(seen, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // the other half is in Retired::collect
      } else {
        place.store(seen, std::memory_order_seq_cst);
      }
      const auto* const again = from.load(std::memory_order_seq_cst);
      if (again == seen) return seen;
      seen = again;
    }
    return nullptr;
  }

  static const bool cheap;  // the barrier is the one's who frees
  Place table_{nullptr}, thing_{nullptr};
  Hold *next_ = nullptr, *before_ = nullptr;
};

// A hold of this thread's own, for as long as a function runs. So many may be in use at once as lie in one another.
class ThreadHold {
 public:
  ThreadHold();
  ~ThreadHold();
  ThreadHold(const ThreadHold&) = delete;
  ThreadHold& operator=(const ThreadHold&) = delete;
  Hold& operator*() const { return *hold_; }
  static constexpr std::size_t deepest = 4;

 private:
  Hold* hold_;
};

// What was replaced and may still be read. Of one thread at a time.
class Retired {
 public:
  void add(std::shared_ptr<const void> thing) { waiting_.push_back(std::move(thing)); }
  // Frees what nobody announces. Where there are a great many readers, waits for enough to be worth asking them all.
  void collect();
  std::size_t size() const { return waiting_.size(); }

 private:
  std::vector<std::shared_ptr<const void>> waiting_;
};

}  // namespace writ::engine
