// The form of a tenant's requests as JSON Schema (2020-12), for hosts that make them and tools that check them.
#pragma once

#include "runtime/program/program.h"

#include <optional>
#include <string>

namespace writ {

// Of one action, or of all with what each requires. A request that this schema accepts can still be refused: ranges over several facts and
// the structure (which connections a client has) are the engine's to judge.
std::string request_schema(const program::Part& part, std::optional<Action> action);

}  // namespace writ
