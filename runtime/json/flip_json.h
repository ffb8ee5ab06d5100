// What would have to be otherwise, as JSON on one line, always with the same keys in the same order.
#pragma once

#include "runtime/flip/flip.h"

#include <string>

namespace writ {

// {"to", "why_not", "complete", "asked", "proposals": [{"effect", "changes": [{"fact", "from", "to"}]}]}; values as a request writes them,
// null for absent. `to` is what was wanted: allow, challenge, deny, or "not allow".
std::string to_json(const flip::Changes& changes);

// {"from", "until", "complete", "turns": [{"at", "before", "after", "fault_before", "fault", "rules": [{"id", "name", "text", "place", "fires", "satisfied"}]}]}
std::string to_json(const flip::Boundaries& boundaries);

}  // namespace writ
