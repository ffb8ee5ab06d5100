// See siphash.h. The key comes from the kernel; where it has none to give, from the clock and from where things lie in memory, which still
// differs from process to process.
#include "runtime/engine/siphash.h"

#include <chrono>

#include <unistd.h>

namespace writ::engine {

HashKey random_key() noexcept {
  HashKey key;
  if (::getentropy(&key, sizeof key) == 0) return key;
  key.low = static_cast<std::uint64_t>(std::chrono::high_resolution_clock::now().time_since_epoch().count());
  key.high = reinterpret_cast<std::uintptr_t>(&key) * 0x9e37'79b9'7f4a'7c15u;
  return key;
}

}  // namespace writ::engine
