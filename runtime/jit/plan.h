// How a shape becomes functions: which nodes are needed at all, which function each is in, and which values pass from one function to
// another. Nothing of LLVM here; emit.cpp and body.cpp follow the plan.
#pragma once

#include "runtime/program/program.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::jit {

// Whether a string is read in lower case: known while compiling but where a choice mixes both.
enum class Lowered : std::uint8_t { no, yes, mixed };

struct Plan {
  static constexpr std::uint32_t nowhere = UINT32_MAX;
  struct Range {
    std::uint32_t begin = 0, end = 0;
  };

  bool single = true;                  // everything is in one function
  std::vector<Range> parts;            // of nodes
  std::vector<Range> endings;          // of words of `fired`, then of `satisfied`; none when single
  std::vector<std::uint32_t> part_of;  // by node
  std::vector<bool> needed;            // by node: a rule or an entry rests on it
  std::vector<bool> remade;            // by node: made again wherever it is used, never passed on
  std::vector<bool> put_off;           // by node: made with its one user, below an `and` or `or` that asks it last
  std::vector<std::uint32_t>
      passed;  // by node: `nowhere`, or where it is passed on: a bit (booleans) or the first of two words
  std::vector<Lowered> lowered;  // by node, for strings
  std::uint32_t words = 0;       // of 8 bytes: bits first
  std::size_t heaviest = 0;      // weight of the heaviest function, about instructions / 4
};

// Size of a shape as limits count it: and/or count their arguments.
std::size_t size_of(const program::Shape& shape);
std::size_t words_for(std::size_t bits);

// The shape verifies. Nothing when it cannot be cut into functions; `error` says why.
std::optional<Plan> make_plan(const program::Shape& shape, std::size_t part_weight, std::string& error);

}  // namespace writ::jit
