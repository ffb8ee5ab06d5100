// Random shapes and facts over few values, so that comparisons are often true, and the values at which implementations differ.
#pragma once

#include "tests/unit/jit/model.h"

#include <random>

namespace writ::test {

using Random = std::mt19937_64;

inline constexpr std::uint32_t facts_of_a_type =
    4;  // attributes: 4 booleans, 4 integers, 4 strings, 4 addresses, 4 sets
std::uint32_t fact_of(NodeType type, std::uint32_t which);
Op fact_op(NodeType type);

const std::vector<std::int64_t>& edge_integers();
const std::vector<std::string>& edge_strings();
const std::vector<Ip>& edge_ips();
Constant random_constant(program::SlotKind kind, Random& random);
Facts random_facts(Random& random);

// About `size` nodes with loops, rules and entries.
Maker random_shape(Random& random, std::size_t size);
// A shape with one rule: `op` over facts and constants, a few times.
Maker shape_of(Op op, Random& random);

}  // namespace writ::test
