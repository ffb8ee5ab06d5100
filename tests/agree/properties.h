// What must hold between policies that differ in a known way.
#pragma once

#include "tests/agree/case.h"

#include <string>
#include <vector>

namespace writ::agree {

// Checks them on a generated policy; says in words what does not hold, with the request; empty when all does.
//   layout    formatted, it decides alike; so it does with declarations and statements in another order, and cut into files
//   text      every shape and row printed and read back is the same
//   denies    one more deny (`world.extra`) never makes an allow, and leaves the other tenants' decisions as they were to the byte
//   alone     that tenant put alone into the running engine gives the decisions of the whole
std::string broken_property(const World& world, const Case& prepared, const std::vector<NamedRequest>& requests, Random& random);

}  // namespace writ::agree
