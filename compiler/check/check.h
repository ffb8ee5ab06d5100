// Trees to model: names, templates, types, absence, ranges, floors, limits, discovery, effective passwords.
#pragma once

#include "compiler/check/model.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/tree.h"

#include <deque>
#include <span>

namespace writ {

// Checks a whole policy set: the trees of all its files in source order (imports before importers). Always returns a model; it is only
// to be believed when `diagnostics` has no errors. The trees must outlive it (tests and proofs point into them). Never throws.
model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics);

// The request that a test's line asks: the documented baseline of its action, what the line sets and what it takes away.
// Only for checked tests. `policy` gives wire names and attribute types.
NamedRequest test_request(const model::Policy& policy, const tree::Tree& tree, const tree::RequestLine& line);

// The same of a line that asks for a password. What it does not say of the user is not there.
struct PasswordQuestion {
  std::string tenant, connection;  // wire ids
  PasswordEvent event = PasswordEvent::signup;
  std::string username, email;
  StringSet profile;
};
PasswordQuestion test_password(const model::Policy& policy, const tree::Tree& tree, const tree::PasswordLine& line);
// Whether `name`, as a test writes it behind `by`, names the check of that id: `length` names `length.min`.
bool names_check(std::string_view name, PasswordCheck check);

// The baseline request of an action, without tenant, client and connection: docs/language.md prints it.
NamedRequest baseline(Action action);
// The same to the first client of a tenant that has the action, over the first connection it may use, with the attributes that are required.
NamedRequest baseline(const program::Part& part, Action action);

}  // namespace writ
