// How files of breached passwords lie on disk: what the builder writes and the reader checks.
//
//   header       128 bytes
//   data         the parts one after the other, each from a multiple of 64 bytes
//   directory    one row for each part, from a multiple of 64 bytes to the end of the file
//
// Numbers are little-endian. `root`, in the header, is the SHA-256 of the rest of the header and of the directory; each row
// of the directory has the first 16 bytes of the SHA-256 of its part. So the header and the directory are checked when a file is
// opened, a part when it is first looked into, and `root` names the content of the whole file.
//
// A part holds all hashes of some neighbouring first two bytes: from its `first_prefix` to the next part's. Parts are what
// keeps building within memory, since only one is held, and looking up quick, since only one is checked. In an exact index a
// part has a few thousand records: a hash, and how often that password was seen (32 bits; more is the most), ascending. In a
// filter it has a million keys or so: the fingerprints of a binary fuse filter (fuse.h) whose keys are the first 8 bytes of a
// hash as a big-endian number.
#pragma once

#include "runtime/password/digest.h"
#include "runtime/password/list_file.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace writ::password::format {

inline constexpr Magic exact_magic = {'W', 'R', 'I', 'T', 'P', 'W', 'X', '\n'};
inline constexpr Magic filter_magic = {'W', 'R', 'I', 'T', 'P', 'W', 'F', '\n'};
inline constexpr std::uint64_t alignment = 64;
inline constexpr std::uint32_t prefixes = 65'536;
inline constexpr std::size_t hash_size = 20, record_size = hash_size + 4, part_digest_size = 16;
inline constexpr std::uint32_t incomplete_flag = 1;  // made from ranges of which some were missing

struct Header {
  ListStart start{.header_size = 128};
  std::uint64_t hashes = 0;
  std::uint64_t parts = 0;
  std::uint64_t directory = 0;  // where it begins
  std::uint32_t bits = 0;       // of a fingerprint: 8, 16 or 32; 0 in an exact index
  std::uint32_t flags = 0;
  std::array<std::uint8_t, 40> reserved{};  // zero
  std::array<std::uint8_t, 32> root{};
};
static_assert(sizeof(Header) == 128 && offsetof(Header, root) == 96);

using PartDigest = std::array<std::uint8_t, part_digest_size>;

struct Part {
  std::uint64_t begin = 0;  // in the file
  std::uint64_t seed = 0;   // this and the segments are 0 in an exact index
  std::uint32_t segment_length = 0, segment_count = 0;
  std::uint32_t first_prefix = 0;
  std::uint32_t hashes = 0;
  PartDigest digest{};
};
static_assert(sizeof(Part) == 48);

// Parts divide hashes by their first two bytes; a filter's keys are their first eight.
inline std::uint32_t prefix_of(const Sha1& hash) { return std::uint32_t{hash[0]} << 8 | hash[1]; }
inline std::uint64_t key_of(const Sha1& hash) {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8 | hash[i];
  return key;
}

constexpr std::uint64_t aligned(std::uint64_t offset) { return (offset + alignment - 1) / alignment * alignment; }

}  // namespace writ::password::format
