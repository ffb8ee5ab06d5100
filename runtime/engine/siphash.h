// SipHash-1-3 with a key of this process: names in requests are chosen by whoever sends them, and must not be able to choose where they
// collide. After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); one compression and three finalisation rounds.
#pragma once

#include "runtime/program/text_words.h"

#include <bit>
#include <cstdint>
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
  const auto take = [&](std::uint64_t word) {
    state.d ^= word;
    state.round();
    state.a ^= word;
  };
  for (std::size_t at = 0; at + 8 <= text.size(); at += 8) take(word_at<std::uint64_t>(text.data() + at));
  take(last_word(text) | std::uint64_t{text.size() & 0xff} << 56);
  state.c ^= 0xff;
  state.round(), state.round(), state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace writ::engine
