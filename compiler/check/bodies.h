// Checking for who keeps no trees: compiler/load/forget.h frees what is not read again.
#pragma once

#include "compiler/check/check.h"

#include <functional>

namespace writ {

// Called, on the caller's thread, when the bodies of all tenants of a file are checked and the file declares nothing else: nobody reads them
// or an expression of the file again.
using BodiesChecked = std::function<void(FileId)>;

model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics, const BodiesChecked& bodies_checked);

}  // namespace writ
