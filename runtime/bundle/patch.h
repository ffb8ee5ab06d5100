// What changed inside the half of a part, so that a delta carries of a tenant with a hundred thousand organizations the one that changed. A patch
// says in order which bytes of the older half are taken and what stands before each of them; no byte is taken twice, so what comes out is never
// larger than the older half and the patch together. Whether it is what was meant is for the hash of what comes out.
#pragma once

#include "runtime/bundle/format.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace writ::bundle {

struct Step {
  std::span<const std::byte> fresh;   // before what is taken
  std::uint64_t begin = 0, size = 0;  // of the older half
};
using Patch = std::vector<Step>;

// Steps that make `newer`, borrowed from it.
Patch patch_of(std::span<const std::byte> older, std::span<const std::byte> newer);
// False where it takes what is not there, or goes back.
bool apply(const Patch& patch, std::span<const std::byte> older, std::vector<std::byte>& newer);

}  // namespace writ::bundle
