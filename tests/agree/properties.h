// What must hold between policies that differ in a known way, and between engines that hold the same in another way.
#pragma once

#include "tests/agree/case.h"

#include <string>
#include <vector>

namespace writ::agree {

// Checks them on a policy set; says which does not hold, then of what, then with which request; empty when all do. What
// it decides itself is by chance, from `seed`.
//   format     formatted and read again, it says and decides the same, and is formatted
//   order      with declarations and statements in another order, cut into files, rules moved into an `extend`, it decides alike
//   reread     printed shapes and the bytes of rows, read back and put into another engine, give the same decisions to the byte
//   deny       one more deny (one of `denies`) never lets anybody in, and leaves the other tenants' decisions as they were to the byte
//   alone      the tenant that has it, put alone into the running engine, gives the decisions of the whole
//   served     nothing published: not_ready; past its time: stale; whatever is asked
std::string broken_property(const std::vector<std::string>& files, const std::vector<std::string>& denies,
                            const std::vector<NamedRequest>& requests, std::uint64_t seed);

}  // namespace writ::agree
