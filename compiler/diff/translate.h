// What was found for one tenant, as another one would be asked it.
#pragma once

#include "runtime/program/program.h"
#include "runtime/program/value.h"

namespace writ::diff {

// To `to` instead of `from`: its own client and connection where it has none of these names; and where both run the same shape, its own
// constants instead of the other's, so that an address in the one's domain is one in the other's.
NamedRequest translated(NamedRequest request, const program::Part& from, const program::Part& to);

}  // namespace writ::diff
