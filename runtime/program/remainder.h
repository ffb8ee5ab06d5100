// What is left of a program once a request's names, texts and yes-or-nos are known: its numbers and addresses. All that rests on
// nothing but what is known is computed once, by the whole program; what is left reads those outcomes as bits, and has no strings, sets, loops or
// names in it. Rules and entries are the whole program's, at the same places.
//
//   whole                                     what is left
//   %0 = fact.string user.email               %0 = has #0               the outcome of %2: bits[0] == %2
//   %1 = const.string $0                      %1 = fact.ip #0           slots[0] == %3
//   %2 = eq.string %0 %1                      %2 = in.cidrs %1 $1
//   %3 = fact.ip request.ip                   %3 = and %0 %2
//   %4 = in.cidrs %3 $1                       allow %3
//   %5 = and %2 %4
//   allow %5
#pragma once

#include "runtime/program/program.h"

#include <optional>
#include <vector>

namespace writ::program {

struct Remainder {
  Shape shape;  // Shape::prepared; on the whole program's row
  // Nodes of the whole program: bit i of Frame::present is the outcome of bits[i] (of `nothing`: not read), fact i the value of slots[i].
  static constexpr NodeId nothing{UINT32_MAX};
  std::vector<NodeId> bits, slots;
};

// Of a shape that verifies and is of no password. Nothing when it has more rules, entries or outcomes than a prepared request keeps.
std::optional<Remainder> remainder_of(const Shape& whole);

}  // namespace writ::program
