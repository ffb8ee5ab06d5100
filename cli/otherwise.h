// What would have to be otherwise, as people read it: the end of `writ explain`.
#pragma once

#include "cli/console.h"
#include "runtime/flip/flip.h"

#include <string>

namespace writ::cli {

// A line for each proposal, or why there is none.
std::string changes_text(const flip::Changes& changes, const Console& console);

// A line for each instant, with the rules that come out otherwise from then on.
std::string boundaries_text(const flip::Boundaries& boundaries, const Console& console);

}  // namespace writ::cli
