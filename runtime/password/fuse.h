// Binary fuse filters (Graf and Lemire, 2022): a set of 64-bit keys as an array of fingerprints. Whether a key is in it is
// read off three of them: a member always is, another key is by mistake once in 2^bits. It takes 1.125 fingerprints a key
// when there are a million, and cannot be added to.
//
// The three places of a key lie in neighbouring segments of the array. The filter is solved like a system of equations: a
// place that one key alone needs is put off until all others have their fingerprint; taking away such keys again and again
// nearly always leaves none. When it does not, another seed is tried.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace writ::password {

struct FuseShape {
  std::uint64_t seed = 0;
  std::uint32_t segment_length = 0;  // a power of two
  std::uint32_t segment_count = 0;   // segments that a first place may lie in; two more follow
  std::uint64_t places() const { return (std::uint64_t{segment_count} + 2) * segment_length; }
};

struct FusePlaces {
  std::array<std::uint64_t, 3> at;
  std::uint32_t fingerprint;
};

inline std::uint64_t mixed(std::uint64_t x) {  // MurmurHash3's finalizer
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdU;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53U;
  return x ^ x >> 33;
}

// Of the hash, the high bits choose the first place; lower ones move the other two inside their segments.
inline FusePlaces fuse_places_of_hash(std::uint64_t hash, const FuseShape& shape) {
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t span = std::uint64_t{shape.segment_count} * shape.segment_length, mask = shape.segment_length - 1;
  const auto first = static_cast<std::uint64_t>(Wide{hash} * span >> 64);
  const std::uint64_t second = (first + shape.segment_length) ^ (hash >> 18 & mask),
                      third = (first + 2 * std::uint64_t{shape.segment_length}) ^ (hash & mask);
  return {{first, second, third}, static_cast<std::uint32_t>(hash ^ hash >> 32)};
}
inline FusePlaces fuse_places(std::uint64_t key, const FuseShape& shape) {
  return fuse_places_of_hash(mixed(key + shape.seed), shape);
}

struct Fuse {
  FuseShape shape;
  std::vector<std::uint32_t> fingerprints;  // 32 bits each; whoever writes them keeps the low ones
};

// Keys must differ from each other. The same keys and `salt` make the same filter. Nothing: no seed of many would do, which
// keys that differ do not bring about.
std::optional<Fuse> make_fuse(std::span<const std::uint64_t> keys, std::uint64_t salt);

}  // namespace writ::password
