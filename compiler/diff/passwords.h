// Passwords that one side accepts and the other refuses.
#pragma once

#include "compiler/diff/diff.h"

namespace writ::diff {

// Of every database connection that both parts have and whose policy is not the same: the shortest found of each kind, what is newly accepted
// first. `tries` counts passwords.
std::vector<PasswordWitness> password_witnesses(const Sides& sides, const program::Part& before,
                                                const program::Part& after, std::size_t most, std::size_t& tries);

}  // namespace writ::diff
