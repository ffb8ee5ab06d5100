// How a bundle lies on disk: the fixed structs, the order of what follows them, and the limits of a reader. docs/decisions/0016-bundles.md says
// why it is so.
//
//   head        header · manifest · a row for each part · a row for each shape · a row for each claim · strings
//   shapes      by key
//   hot parts   by wire id: structure and rows, what deciding reads
//   cold parts  by wire id: names, places and messages, what explaining reads; and which sources a part was made from
//   samples     questions, and what is to be decided (samples.h); there may be none
//   signatures
//
// Everything begins at a multiple of 8 bytes and directly behind what is before it, with zeros between: there is one way to lay out a bundle, and
// no byte that means nothing. The rows of the head have the SHA-256 of every shape and of both halves of every part; the SHA-256 of the head is
// the *root*, which names all of the bundle but its signatures, and is what is signed.
#pragma once

#include "runtime/program/program.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace writ::bundle {

static_assert(std::endian::native == std::endian::little, "numbers of a bundle are read where they lie");

using Digest = std::array<std::uint8_t, 32>;  // SHA-256

inline constexpr std::array<char, 8> bundle_magic = {'W', 'R', 'I', 'T', 'B', 'D', 'L', '\n'};
inline constexpr std::array<char, 8> delta_magic = {'W', 'R', 'I', 'T', 'D', 'L', 'T', '\n'};
inline constexpr std::array<char, 8> signatures_magic = {'W', 'R', 'I', 'T', 'S', 'I', 'G', '\n'};
inline constexpr std::uint32_t format_version = 1;
inline constexpr std::size_t alignment = 8;
constexpr std::uint64_t aligned(std::uint64_t at) { return (at + alignment - 1) / alignment * alignment; }

struct Header {
  std::array<char, 8> magic = bundle_magic;
  std::uint32_t format = format_version;
  std::uint32_t header_size = 128;
  std::uint64_t head_size = 0;  // what the root is the hash of
  std::uint64_t body_size = 0;  // all but the signatures
  std::uint64_t manifest_size = 0;
  std::uint64_t parts = 0, shapes = 0, claims = 0;
  std::uint64_t strings_size = 0;
  std::uint64_t samples_size = 0;
  Digest samples{};                         // zero where there are none
  std::array<std::uint8_t, 16> reserved{};  // zero
};
static_assert(sizeof(Header) == 128);

struct PartRow {
  std::uint64_t hot_begin = 0, cold_begin = 0;
  std::uint32_t hot_size = 0, cold_size = 0;
  std::uint32_t id_begin = 0, id_size = 0;  // in the strings
  Digest hot{}, cold{};
  Digest sources{};  // of what it was compiled from: equal sources, equal part
};
static_assert(sizeof(PartRow) == 128);

struct ShapeRow {
  program::ShapeKey key{};
  std::uint64_t begin = 0;
  std::uint32_t size = 0, reserved = 0;
  Digest hash{};
};
static_assert(sizeof(ShapeRow) == 64);

// A host or an issuer, and the part that answers to it. By kind, then text.
enum class ClaimKind : std::uint32_t { host, issuer };
struct ClaimRow {
  std::uint32_t text_begin = 0, text_size = 0;  // in the strings, behind the ids
  std::uint32_t part = 0;
  ClaimKind kind{};
};
static_assert(sizeof(ClaimRow) == 16);

// What a reader takes at most, whatever a file says: memory follows from bytes that are there.
struct Limits {
  std::uint64_t file = std::uint64_t{16} << 30;
  std::uint64_t parts = 1'000'000;
  std::uint64_t shapes = 4'000'000;
  std::uint64_t claims = 8'000'000;
  std::uint64_t manifest = 4'096;
  std::uint64_t strings = std::uint64_t{1} << 30;
  std::uint64_t blob = std::uint64_t{256} << 20;  // a shape, or half of a part
  std::uint64_t signatures = 64;
  std::uint64_t signature = 256;  // bytes
};

}  // namespace writ::bundle
