// Work on many files or tenants at once. What each piece gives goes to a place of its own, so nothing depends on which
// thread was first.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace writ {

// One a core, and no more than there is work.
inline std::size_t threads_for(std::size_t count) {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, std::max<std::size_t>(count, 1));
}

// Runs `work(i, thread)` for every i below `count`, `thread` being below `threads` and nobody else's meanwhile, 0 that of the
// caller; on the caller's alone when no other can be had. An exception ends the work, and is thrown on.
template <class Work>
void in_parallel(std::size_t count, const Work& work, std::size_t threads) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failing;
  const auto loop = [&](std::size_t thread) {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i, thread);
    } catch (...) {
      next = count;
      const std::scoped_lock lock(failing);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> helpers;
  try {
    for (std::size_t thread = 1; thread < threads; ++thread) helpers.emplace_back(loop, thread);
  } catch (const std::system_error&) {
    // No more threads to be had: these do the rest.
  }
  loop(0);
  for (std::thread& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
  in_parallel(count, work, threads_for(count));
}

}  // namespace writ
