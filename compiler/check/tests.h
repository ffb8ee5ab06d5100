// Tests and proofs: that what they name is there.
#pragma once

#include "compiler/check/check.h"
#include "compiler/check/platform.h"
#include "runtime/program/facts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace writ::check {

inline constexpr ActionMask with_connection = builtin_facts[index(fact("connection"))].required;
// What `by` may name beside rules.
inline constexpr std::array<std::string_view, 2> denies_without_rule = {"no_allow", "conflicting_obligations"};

std::optional<Action> action_of(Run& run, const tree::Name& name);

// That the tenant has a record of that name.
template <class Record>
bool has_record(Run& run, const std::vector<Record>& records, std::string_view tenant, std::string_view kind,
                const std::optional<tree::Name>& name) {
  if (!name || std::ranges::find(records, name->text, &Record::name) != records.end()) return true;
  std::vector<std::string_view> names;
  for (const auto& record : records) names.push_back(record.name);
  undeclared(run, Code::undeclared, "tenant " + in_ticks(tenant) + " has no " + std::string(kind), *name, names);
  return false;
}

void check_tests(Run& run, const Declarations& set, const model::Policy& policy);
// Statements that name no tenant: they are about all of them.
void check_free_proofs(Run& run, const Declarations& set, const Platform& platform);
// The value a test gives to a fact of that type; nothing when it is not a literal of the type.
std::optional<Value> test_value(const tree::Tree& tree, tree::ExprId id, const FactInfo& fact);

// The attributes that requests of the tenant must carry, each with a value that says nothing.
void give_attributes(const program::Part& part, NamedRequest& request);

// Whether `length` or `length.min` names the check `length.min`.
bool is_check(std::string_view id, std::string_view name);
// What a test says of the user whose password it is: one string, or those of user.profile; nothing when it is no literal.
std::optional<StringSet> password_fact_value(const tree::Tree& tree, const tree::FactAssign& line);

}  // namespace writ::check
