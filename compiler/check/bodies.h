// Checking for who keeps little: a policy set is many times larger as trees and as models than as text.
#pragma once

#include "compiler/check/check.h"

#include <functional>

namespace writ {

// Called on the caller's thread; each may be empty.
struct Passing {
  // What a tenant's declaration, or an extension of it, has in its braces is not read again. compiler/load/forget.h frees it.
  std::function<void(Span)> body;
  // The same of all tenants of a file that declares nothing else: nobody reads an expression of the file again. forget.h frees them, too.
  std::function<void(FileId)> bodies;
  // A tenant is checked, and nobody reads its expressions, rules and passwords again. All tenants pass, one after the other; where there are
  // tests or proofs, after those. What is left of it stays in the policy. `sound`: nothing wrong was found so far, so that it may be lowered.
  std::function<void(model::Tenant&, bool sound)> tenant;
};

// For `Passing::tenant`: what is kept is its structure.
void forget_meaning(model::Tenant& tenant, bool sound = false);

model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics, const Passing& passing);

}  // namespace writ
