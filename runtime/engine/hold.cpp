// The list of all holds, and the asking of it.
#include "runtime/engine/hold.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace writ::engine {

namespace {

struct Readers {
  std::mutex mutex;
  Hold* first = nullptr;
  std::size_t count = 0;
};

// Never destroyed: threads may end after everything else.
Readers& readers() {
  static auto& all = *new Readers;
  return all;
}

bool membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }

// ThreadSanitizer does not know that barrier.
bool can_be_cheap() {
#ifdef __SANITIZE_THREAD__
  return false;
#else
  return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
#endif
}

}  // namespace

const bool Hold::cheap = can_be_cheap();

Hold::Hold() {
  auto& all = readers();
  const std::lock_guard lock(all.mutex);
  next_ = all.first;
  if (next_) next_->before_ = this;
  all.first = this;
  ++all.count;
}

Hold::~Hold() {
  auto& all = readers();
  const std::lock_guard lock(all.mutex);
  (before_ ? before_->next_ : all.first) = next_;
  if (next_) next_->before_ = before_;
  --all.count;
}

namespace {

struct OfThread {
  std::array<Hold, ThreadHold::deepest> holds;
  std::size_t used = 0;
};
thread_local OfThread of_thread;

}  // namespace

ThreadHold::ThreadHold() {
  if (of_thread.used == deepest) std::abort();  // a look-up in a look-up in a look-up: there is none
  hold_ = &of_thread.holds[of_thread.used++];
}

ThreadHold::~ThreadHold() {
  hold_->let_go();
  --of_thread.used;
}

void Retired::collect() {
  constexpr std::size_t readers_a_thing = 1'024;
  if (waiting_.empty()) return;
  auto& all = readers();
  std::vector<const void*> announced;
  {
    const std::lock_guard lock(all.mutex);
    if (waiting_.size() < all.count / readers_a_thing) return;
    // Every reader's announcement so far is seen below; what it announces from here on it looks for again, and does not find.
    if (Hold::cheap && !membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return;
    for (const auto* hold = all.first; hold; hold = hold->next_)
      for (const auto* place : {&hold->table_, &hold->thing_})
        if (const auto* const what = place->load(std::memory_order_seq_cst)) announced.push_back(what);
  }
  std::ranges::sort(announced);
  std::vector<std::shared_ptr<const void>> dead;  // freed when what stays is in its place again
  const auto held = [&](const auto& one) { return std::ranges::binary_search(announced, one.get()); };
  const auto stay = std::partition(waiting_.begin(), waiting_.end(), held);
  dead.assign(std::move_iterator(stay), std::move_iterator(waiting_.end()));
  waiting_.erase(stay, waiting_.end());
}

}  // namespace writ::engine
