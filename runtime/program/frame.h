// What running code reads: the facts of one request in slots, and where the structure checks arrived. Plain data with a fixed layout,
// because machine code reads it by offset; one copy of each builtin on it (builtins.h) serves the interpreter and machine code.
#pragma once

#include "runtime/program/program.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace re2 {
class RE2;
}

namespace writ::program {

// A string, borrowed. `lowered` means: read it with ASCII letters in lower case. That is how `lower(x)` needs no memory.
struct Text {
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint32_t lowered = 0;
};
static_assert(sizeof(Text) == 16);

// A set of more than `sorted_from` strings lies sorted, by length and then bytes, so that looking one up stays quick.
struct TextSet {
  static constexpr std::uint64_t sorted_from = 16;
  const Text* items = nullptr;
  std::uint64_t size = 0;
};
static_assert(sizeof(TextSet) == 16);

// One fact. Absent facts are all zero bytes. An Ip is read as bytes.
union Slot {
  std::int64_t integer;  // booleans: 0 or 1
  Text text;
  TextSet set;
  Ip ip;
  Slot() : ip{} {}
};
static_assert(sizeof(Slot) == 16);

inline constexpr std::size_t max_facts = 1'152;  // built-in ones and Limits::attributes

// The compiled patterns of a row, by slot; made when a part is loaded, never while deciding. Null where a slot is no regex.
struct Patterns {
  const re2::RE2* const* by_slot = nullptr;
};

struct Frame {
  const Slot* facts = nullptr;             // by FactId
  const std::uint64_t* present = nullptr;  // bit by FactId
  const std::byte* row = nullptr;
  const re2::RE2* const* patterns = nullptr;
  std::int64_t client = -1, connection = -1, organization = -1;
  std::int64_t client_type = -1, connection_family = -1, connection_strategy = -1;
};

// What a program answers: bit i of `fired` for rule i, bit i of `satisfied` for entry i. The caller gives words for all of them, zeroed.
struct Outcome {
  std::uint64_t* fired = nullptr;
  std::uint64_t* satisfied = nullptr;
};

// Machine code of a shape has this form.
using NativeCode = void (*)(const Frame*, const Outcome*);

}  // namespace writ::program
