// SipHash-1-3 with a key of this process: names in requests are chosen by whoever sends them, and must not be able to choose where they
// collide. After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); one compression and three finalisation rounds.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace writ::engine {

static_assert(std::endian::native == std::endian::little, "characters are taken several at a time");

struct HashKey {
  std::uint64_t low = 0, high = 0;
};
HashKey random_key() noexcept;

// The characters of a text of at most seven, as a number of which the first is the lowest byte. Without a call, which copying so many would be.
inline std::uint64_t short_word(std::string_view text) noexcept {
  const auto* const at = text.data();
  const auto size = text.size();
  const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])} << 8 * i; };
  if (size >= 4) {
    std::uint32_t first, last;  // which may lie over one another
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + size - 4, 4);
    return first | std::uint64_t{last} << 8 * (size - 4);
  }
  return size == 0 ? 0 : byte(0) | byte(size / 2) | byte(size - 1);
}

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
  std::uint64_t last = 0;
  if (text.size() < 8) {
    last = short_word(text);
  } else if (left != 0) {
    std::memcpy(&last, at + left - 8, 8);
    last >>= 64 - 8 * left;
  }
  last |= std::uint64_t{text.size() & 0xff} << 56;
  state.d ^= last;
  state.round();
  state.a ^= last;
  state.c ^= 0xff;
  state.round(), state.round(), state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace writ::engine
