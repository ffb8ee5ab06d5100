// SipHash-1-3 with a key of this process: names in requests are chosen by whoever sends them, and must not be able to choose where they
// collide. After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); one compression and three finalisation rounds.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace writ::engine {

struct HashKey {
  std::uint64_t low = 0, high = 0;
};
HashKey random_key() noexcept;

namespace sip {

struct State {
  std::uint64_t a, b, c, d;
  void round() {
    a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
    c += d, d = std::rotl(d, 16) ^ c;
    a += d, d = std::rotl(d, 21) ^ a;
    c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
  }
};

}  // namespace sip

inline std::uint64_t keyed_hash(const HashKey& key, std::string_view text) noexcept {
  sip::State state{key.low ^ 0x736f'6d65'7073'6575u, key.high ^ 0x646f'7261'6e64'6f6du,
                   key.low ^ 0x6c79'6765'6e65'7261u, key.high ^ 0x7465'6462'7974'6573u};
  const auto* at = text.data();
  auto left = text.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    state.d ^= word;
    state.round();
    state.a ^= word;
  }
  std::uint64_t last = std::uint64_t{text.size() & 0xff} << 56;
  for (std::size_t i = 0; i < left; ++i) last |= std::uint64_t{static_cast<unsigned char>(at[i])} << i * 8;
  state.d ^= last;
  state.round();
  state.a ^= last;
  state.c ^= 0xff;
  state.round(), state.round(), state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace writ::engine
