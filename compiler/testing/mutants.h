// Mutants: the policy with one thing changed that a reviewer might have overlooked. A test suite that still passes does not test that thing.
//
// A mutant is a change of the checked model, one that the checker would have let through: no guard of an absent fact is taken away, no floor
// gets an `allow`. Where several tenants share what is changed, it is changed in all of them. A change that compiles to the program there
// was is no mutant.
#pragma once

#include "compiler/testing/run.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace writ::testing {

struct Mutant {
  Span span;
  std::string place, of, change;       // of: the rule, requirement or thing that is changed
  std::vector<std::uint32_t> tenants;  // in which it is changed, by place in the policy
  std::function<void(model::Tenant& tenant)> edit;
};

// Which tenants each test asks, by place in the policy.
std::vector<std::set<std::uint32_t>> tenants_of_tests(const model::Policy& policy);

// All of them, in the order of the source. What a tenant is made of (its clients, connections, …) is only changed where a test asks it: that
// nobody asks it is one thing, and coverage says it.
std::vector<Mutant> mutants(const model::Policy& policy, const SourceSet& sources);

enum class Fate : std::uint8_t { killed, survived, unasked, same };  // unasked: no test asks a tenant that has it
struct Judged {
  std::size_t mutant = 0;
  Fate fate = Fate::survived;
  std::string killer;  // the first test that fails, by name
};
// Runs the tests against `chosen` ones of `all`, on `jobs` threads. Every test must pass without them. `step` is called now and then.
std::vector<Judged> judge(const Subject& subject, const std::vector<Mutant>& all,
                          const std::vector<std::size_t>& chosen, const std::vector<std::size_t>& tests, unsigned jobs,
                          const std::function<void()>& step);

}  // namespace writ::testing
