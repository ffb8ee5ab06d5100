// Model to Program: one shape and one row for each action of a tenant.
#pragma once

#include "compiler/check/model.h"
#include "compiler/diagnostics/source.h"
#include "runtime/program/program.h"

namespace writ {

// Lowers one tenant of a model that was checked without errors. Needs nothing of the other tenants, so tenants can be lowered in any
// order, on any thread. The part's hash is set, its version is 0. Never fails: what the checker lets through has a program.
program::Part lower_tenant(const model::Tenant& tenant, const SourceSet& sources);

}  // namespace writ
