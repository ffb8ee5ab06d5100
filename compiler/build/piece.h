// A tenant of which only some organizations changed: what was compiled of those is put into the part that an older bundle has.
#pragma once

#include "runtime/bundle/codec.h"

#include <optional>
#include <set>
#include <string>

namespace writ::build {

// What changed of a tenant since the older bundle, and its part there.
struct Piece {
  program::Part older;
  std::set<std::string>
      organizations;           // by name: those that are compiled; of the others that were told apart nothing is
  std::set<std::string> gone;  // in the older part and in the text no longer
};

// The whole part, as compiling all of its text would make it. `compiled`: the tenant with those organizations alone. Nothing where that cannot be
// said: when the tenant is another without them, or its programs number organizations that now have other numbers.
std::optional<program::Part> whole_of(const Piece& piece, const program::Part& compiled);

}  // namespace writ::build
