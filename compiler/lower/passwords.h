// Effective password policies to programs: a rule that refuses for each bound of each requirement.
#pragma once

#include "compiler/check/model.h"
#include "compiler/diagnostics/source.h"
#include "runtime/program/program.h"

#include <vector>

namespace writ::lower {

// One for each database connection, by connection. Ages of passwords that are in use (`max age`, `expires after`) ask
// nothing of a new one and are not in them.
std::vector<program::PasswordProgram> passwords(const model::Tenant& tenant, const SourceSet& sources);

}  // namespace writ::lower
