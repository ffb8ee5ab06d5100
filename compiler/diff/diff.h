// Two policies side by side: what changed in words, and what changed in decisions.
//
// In words: tenants, clients, connections, organizations, rules, settings and effective passwords that came, went or are otherwise, read from
// the compiled parts, so that a template, a zone or a let that changed shows at everything it changes.
//
// In decisions: requests that the two policies decide differently, for each tenant, direction and cause, and passwords that one accepts and
// the other refuses. They are looked for, at the values where the rules of either side turn (runtime/flip/candidates.h), first by changing one
// fact of plain requests, then by walking towards a request on which both sides must come apart (distance.h). What is shown was decided by
// both engines. That nothing is found proves nothing, and is told as the number of requests that were tried.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/password_lists.h"
#include "runtime/flip/flip.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace writ::diff {

// ---------------------------------------------------------------- in words

struct Change {
  enum class Kind : std::uint8_t { removed, added, changed } kind{};
  std::string owner;                       // `platform`, `client app` that tenants share, or empty: the tenant's own
  std::string what;                        // `client admin : web`, `deny login "office only"`, `password of customers`
  std::string place;                       // "acme/acme.writ:12" where it is known
  std::vector<std::string> before, after;  // lines that went and that came; of what is whole here or not, none
  auto operator<=>(const Change&) const = default;
};

// Either may be null: the tenant came, or went.
std::vector<Change> changes_in_words(const program::Part* before, const program::Part* after);

// ---------------------------------------------------------------- in decisions

// What a decision was and is. `duties`: both are challenges, for other things.
struct Direction {
  Effect from{}, to{};
  bool operator==(const Direction&) const = default;
};
// What lets more people in comes first.
inline constexpr std::array directions = {
    Direction{Effect::deny, Effect::allow},         Direction{Effect::challenge, Effect::allow},
    Direction{Effect::deny, Effect::challenge},     Direction{Effect::allow, Effect::deny},
    Direction{Effect::allow, Effect::challenge},    Direction{Effect::challenge, Effect::deny},
    Direction{Effect::challenge, Effect::challenge}};

// A request that the two sides decide differently: a baseline request (docs/language.md) but for `facts`.
struct Witness {
  Direction direction;
  NamedRequest request;
  std::vector<flip::Change> facts;  // `from` is what the baseline has
  Explanation before, after;
};
struct PasswordWitness {
  std::string connection;  // wire id
  bool accepted = false;   // by the policy after; the one before says the opposite
  std::string password;    // made up
  PasswordEvent event{};
  std::vector<std::string> context;     // what else was said with it
  std::vector<std::string> refused_by;  // requirements of the side that refuses
};

struct Options {
  std::size_t tries = 20'000;          // requests for each tenant
  std::size_t all_tries = 500'000;     // and for all of them
  std::size_t password_tries = 4'000;  // for each connection
};

struct TenantDiff {
  std::string id, name, title;
  enum class State : std::uint8_t { changed, added, removed } state{};
  bool same_decisions = false;  // what decides is the same, byte for byte: only words differ
  std::vector<Change> changes;
  std::size_t tries = 0, password_tries = 0;
  std::vector<Witness> witnesses;  // in the order of `directions`, at most four of each, for different causes
  std::vector<PasswordWitness> passwords;
};

struct Sides {
  const Engine& before;
  const Engine& after;
  const PasswordData& lists;
};

// The tenants that differ, by wire id.
std::vector<TenantDiff>
differences(const Sides& sides, const Options& options, const std::function<void()>& step = [] {});

// A witness as a line of a test block: `login to acme.admin via staff { request.ip = 198.51.100.7 }`.
std::string request_line(const program::Part& part, const Witness& witness);

}  // namespace writ::diff
