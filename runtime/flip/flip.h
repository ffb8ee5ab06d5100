// What would have to be otherwise: the fewest facts of a request to change for another decision, and the instants at which time alone
// changes it. Both are answered by asking the engine, never by reasoning about a policy: a proposal is a request that was decided.
//
// The values that are tried are those at which the tenant's rules turn for this action (candidates.h), at most `most_values` a fact. Facts
// are in the order of `dials_of`, values in that of their list; of changes of one size those come first whose facts do, then whose values do.
// Tenant, client and action are the question itself and never change. A fault is no answer: what is proposed is decided by rules.
#pragma once

#include "runtime/engine/engine.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace writ::flip {

enum class Wanted : std::uint8_t { allow, challenge, deny, no_allow };

struct Change {
  std::string fact;  // `connection` and `organization` too, by wire id
  TypeKind type{};
  std::vector<std::string> words;  // of an enumeration
  std::optional<Value> from, to;   // nothing: absent
  std::string text() const;        // "request.ip = 10.0.0.0", "without request.country"
};
struct Proposal {
  Effect effect{};
  std::vector<Change> changes;
};
struct Changes {
  Wanted wanted{};
  // Why none was looked for: the decision is so already, or the request's fault is not about a value a policy names. Empty when it was.
  std::string unasked;
  std::vector<Proposal>
      proposals;          // all of one size, the smallest there is; no two of the same facts; at most `most_proposals`
  bool complete = true;   // there is no smaller change of these values, or none where there are no proposals
  std::size_t asked = 0;  // decisions made
};

inline constexpr std::size_t most_changes = 3, most_proposals = 3, most_values = 64, most_asked = 200'000;

// `decision` is the engine's of `request`. `limit`: of decisions, for tests.
Changes find_changes(const Engine& engine, const NamedRequest& request, Wanted wanted, std::size_t limit = most_asked);
// What most would ask: how a deny or a challenge becomes an allow, and what an allow could founder on.
inline Wanted usual(Effect effect) { return effect == Effect::allow ? Wanted::no_allow : Wanted::allow; }

// As time passes request.time, session.mfa_age, session.age and session.auth_age grow, and all else stays.
struct Turn {
  std::int64_t at = 0;  // the first microsecond of `after`
  Effect before{}, after{};
  struct Rule {
    std::string id, name, text, place;
    bool fires = false, satisfied = false;  // from now on
  };
  std::vector<Rule> rules;                                // those that come out otherwise than before, in source order
  Fault fault_before = Fault::none, fault = Fault::none;  // until now, from now on
  std::vector<std::int32_t> offsets;                      // of the clocks that strike: seconds east of UTC
};
struct Boundaries {
  std::string problem;  // why they cannot be told
  std::int64_t from = 0, until = 0;
  std::vector<Turn> turns;  // ascending
  bool complete =
      true;  // false: there were more instants to look at than `most_instants`, and `until` is where the looking ended
};
inline constexpr std::size_t most_instants = 200'000;
inline constexpr std::int64_t most_days = 366;

Boundaries find_boundaries(const Engine& engine, const NamedRequest& request, std::int64_t days);

// A value as a policy writes it.
std::string value_text(const Value& value, TypeKind type, const std::vector<std::string>& words);

}  // namespace writ::flip
