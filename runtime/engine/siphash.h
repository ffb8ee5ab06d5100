// SipHash-1-3 with a key of this process: names in requests are chosen by whoever sends them, and must not be able to choose where they
// collide. After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); one compression and three finalisation rounds.
#pragma once

#include <cstdint>
#include <string_view>

namespace writ::engine {

struct HashKey {
  std::uint64_t low = 0, high = 0;
};
HashKey random_key() noexcept;
std::uint64_t keyed_hash(const HashKey& key, std::string_view text) noexcept;

}  // namespace writ::engine
