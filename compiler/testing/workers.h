// On how many threads the tests of a policy run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <thread>

namespace writ::testing {

// `jobs` of them, at most 256; 0: as many as there are cores, and a few pieces are not worth a thread.
inline std::size_t threads_of(std::size_t pieces, unsigned jobs) {
  constexpr std::size_t fewest = 16, most = 256;  // pieces a thread; threads
  if (jobs != 0) return std::min<std::size_t>(jobs, most);
  return std::min({std::max<std::size_t>(std::thread::hardware_concurrency(), 1), pieces / fewest + 1, most});
}

}  // namespace writ::testing
