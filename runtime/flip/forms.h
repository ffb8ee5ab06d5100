// What a node of a shape rests on, and integer nodes as sums of facts: `request.time - user.created < 3d` turns where a sum is zero, and a
// sum is easily solved for any of its facts.
#pragma once

#include "runtime/program/frame.h"
#include "runtime/program/program.h"

#include <bitset>
#include <utility>
#include <vector>

namespace writ::flip {

using Facts = std::bitset<program::max_facts>;  // by FactId

// By node: the facts its value can depend on. `connection` and `organization` are facts, too.
std::vector<Facts> facts_of_nodes(const program::Shape& shape);

// The sum of facts, each times a whole number, and a constant. Wide enough that no sum of a few 64-bit numbers overflows it.
__extension__ typedef __int128 Wide;
struct Form {
  std::vector<std::pair<FactId, int>> terms;  // by fact, no coefficient zero
  Wide constant = 0;
};
Form difference(const Form& left, const Form& right);

// By node: what an integer node may be, one form for each way its choices (`f else v`) can go. Of nodes that have more than `most_forms`
// none is kept, and `cut` says so.
inline constexpr std::size_t most_forms = 16;
struct Forms {
  std::vector<std::vector<Form>> of;
  bool cut = false;
};
Forms forms_of_nodes(const program::Shape& shape, const std::byte* row);

}  // namespace writ::flip
