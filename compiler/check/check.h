// Trees to model: names, templates, types, absence, ranges, floors, limits, discovery, effective passwords.
#pragma once

#include "compiler/check/model.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/tree.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace writ {

// Checks a whole policy set: the trees of all its files in source order (imports before importers). Always returns a model; it is only
// to be believed when `diagnostics` has no errors. The trees must outlive it (tests and proofs point into them). Never throws.
model::Policy check_policy(std::span<const tree::Tree* const> trees, const SourceSet& sources, const Limits& limits,
                           Diagnostics& diagnostics);

// One combination of what a test's question lists.
struct TestCase {
  NamedRequest request;
  std::vector<std::uint32_t>
      place;  // in the lists: targets, organizations, connections, then each `with`; 0 in empty ones
};
// What a test says of the user whose password it asks about; what it does not say is not there.
struct PasswordQuestion {
  std::string tenant, connection;  // wire ids
  PasswordEvent event = PasswordEvent::signup;
  std::string username, email;
  StringSet profile;
};

// What the lines of checked tests ask. The policy must outlive it.
class TestQuestions {
 public:
  explicit TestQuestions(const model::Policy& policy);
  // Every combination, in the order of the lists, the last one fastest. Each is the documented baseline of the action at the time of the
  // test's clock, changed by the combination's fixtures, then by what the line itself sets and takes away.
  std::vector<TestCase> cases(const tree::Tree& tree, const tree::Question& question, std::int64_t now) const;
  PasswordQuestion password(const tree::Tree& tree, const tree::PasswordLine& line) const;

 private:
  const model::Tenant* tenant(std::string_view name) const;
  const model::Policy& policy_;
  std::unordered_map<std::string_view, const model::Tenant*> tenants_;  // by name
};

// Where a test's clock begins: 2026-01-15T12:00Z, a Thursday.
inline constexpr std::int64_t test_time = 1'768'478'400'000'000;
// Whether an expectation that lists `part` speaks of that combination of `question`.
bool speaks_of(const tree::Cells& part, const tree::Question& question, std::span<const std::uint32_t> place);
// That combination as a line of its own: "acme.admin in coke via staff with office".
std::string cell_text(const tree::Question& question, std::span<const std::uint32_t> place);
// Time goes by: request.time moves on by `micros`, and the session that a request has grows older by as much. False, and nothing moves, where
// an age would become less than nothing, or a time none that can be told.
bool travel(NamedRequest& request, std::int64_t micros);
// The same by a test's clock, which stood at `now`.
bool travel(NamedRequest& request, const tree::Clock& clock, std::int64_t now);
// When the request is made; `otherwise` where that was taken away.
std::int64_t time_of(const NamedRequest& request, std::int64_t otherwise);

// Whether `name`, as a test writes it behind `by`, names the check of that id: `length` names `length.min`.
bool names_check(std::string_view name, PasswordCheck check);

// The baseline request of an action, without tenant, client and connection: docs/language.md prints it.
NamedRequest baseline(Action action);
// The same to the first client of a tenant that has the action, over the first connection it may use, with the attributes that are required.
NamedRequest baseline(const program::Part& part, Action action);

}  // namespace writ
