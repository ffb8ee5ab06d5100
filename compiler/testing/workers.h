// Work of many equal pieces on several threads. Pieces are handed out in order; what comes of each belongs into a place of its own, so that
// nothing depends on which thread did it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <thread>
#include <vector>

namespace writ::testing {

// What one thread takes its pieces from.
class Share {
 public:
  Share(std::atomic<std::size_t>& taken, std::size_t pieces, bool first)
      : taken_(taken), pieces_(pieces), first_(first) {}
  std::optional<std::size_t> next() {
    const std::size_t piece = taken_.fetch_add(1);
    return piece < pieces_ ? std::optional(piece) : std::nullopt;
  }
  bool first() const { return first_; }  // of the thread that asked for the work, which may talk

 private:
  std::atomic<std::size_t>& taken_;
  std::size_t pieces_;
  bool first_;
};

// Calls `body` with a share on each of at most `jobs` threads, this one among them; 0: as many as there are cores. A few pieces are not
// worth a thread.
template <class Body>
void work(std::size_t pieces, unsigned jobs, const Body& body) {
  constexpr std::size_t fewest = 16;  // pieces a thread
  constexpr unsigned most = 256;
  const unsigned wanted = std::min(jobs == 0 ? std::max(std::thread::hardware_concurrency(), 1u) : jobs, most);
  const std::size_t threads = jobs == 0 ? std::min<std::size_t>(wanted, pieces / fewest + 1) : wanted;
  std::atomic<std::size_t> taken{0};
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i)
    others.emplace_back([&] {
      Share share(taken, pieces, false);
      body(share);
    });
  Share share(taken, pieces, true);
  body(share);
}

}  // namespace writ::testing
