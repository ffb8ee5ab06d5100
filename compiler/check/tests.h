// Tests and proofs: that what they name is there.
#pragma once

#include "compiler/check/platform.h"

namespace writ::check {

void check_tests(Run& run, const Declarations& set, const model::Policy& policy);
// Statements that name no tenant: they are about all of them.
void check_free_proofs(Run& run, const Declarations& set, const Platform& platform);
// The value a test gives to a fact of that type; nothing when it is not a literal of the type.
std::optional<Value> test_value(const tree::Tree& tree, tree::ExprId id, const FactInfo& fact);

// Whether `length` or `length.min` names the check `length.min`.
bool is_check(std::string_view id, std::string_view name);
// What a test says of the user whose password it is: one string, or those of user.profile; nothing when it is no literal.
std::optional<StringSet> password_fact_value(const tree::Tree& tree, const tree::FactAssign& line);

}  // namespace writ::check
