// Random policies that check and random requests that matter: one 64-bit number makes both, so that a disagreement is reproduced from the number alone.
#pragma once

#include "runtime/program/value.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace writ::agree {

struct Case {
  std::string policy;                  // text that checks without errors
  std::vector<NamedRequest> requests;  // at its boundaries: its own constants and their neighbours, absent facts, unknown names, faults
};

Case generate(std::uint64_t seed, std::size_t requests);

}  // namespace writ::agree
