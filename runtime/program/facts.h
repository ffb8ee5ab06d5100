// The fact table: everything a request can say, with its type, the actions it belongs to and whether it is required
// there. docs/language.md prints this table; the checker, the oracle, the engine and the JSON reader all read it.
//
// A *required* fact that a rule in force for (tenant, action) mentions must be present, else the decision is the fault
// invalid_request; an *optional* one must be guarded (`has f and …`, `f else v`). Absent is never empty, zero or false.
// Where an action is in neither mask the fact does not exist there: a rule that mentions it does not compile.
// Times are microseconds since 1970-01-01T00:00Z, durations microseconds.
#pragma once

#include "runtime/program/vocabulary.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace writ {

// A fact's place in a request. Built-in facts have the fixed ids below; declared attributes follow (Schema).
enum class FactId : std::uint16_t {};
constexpr std::uint16_t index(FactId id) { return static_cast<std::uint16_t>(id); }

struct Fact {
  std::string_view name;
  TypeKind type;
  ActionMask required;
  ActionMask optional;
  std::int64_t low = INT64_MIN, high = INT64_MAX;  // inclusive range of an integer; outside it is invalid_request
  std::span<const std::string_view> values = {};   // of an enumeration, in order
  std::string_view note = {};                      // for docs/language.md and `writ facts`
};

namespace facts_detail {
inline constexpr ActionMask login = mask_of(Action::login), signup = mask_of(Action::signup),
                            change = mask_of(Action::password_change), reset = mask_of(Action::password_reset),
                            refresh = mask_of(Action::refresh), m2m = mask_of(Action::m2m),
                            access = mask_of(Action::access);
inline constexpr ActionMask person = login | change | reset | refresh;  // an existing user stands behind the request
inline constexpr ActionMask everybody = person | signup | access;       // all but m2m
inline constexpr ActionMask session = person | access;
inline constexpr std::array<std::string_view, 3> reputation = {"low", "medium", "high"};
}  // namespace facts_detail

inline constexpr std::array builtin_facts = [] {
  using namespace facts_detail;
  using enum TypeKind;
  constexpr std::int64_t count_max = 1'000'000'000;
  constexpr auto none = ActionMask{0};
  return std::to_array<Fact>({
      // who and where: resolved by the structure checks before any rule runs
      {"tenant", tenant, all_actions, none},
      {"client", client, all_actions, none},
      {"connection", connection, person | signup, none},
      {"organization", organization, none, all_actions, INT64_MIN, INT64_MAX, {}, "absent outside an organization"},
      {"grant", enumeration, none, login | refresh | m2m, INT64_MIN, INT64_MAX, grant_names,
       "when given it must be one of the client's; refresh and m2m imply theirs"},
      {"user.id", string, person, signup | access},
      {"user.email",
       string,
       none,
       everybody,
       INT64_MIN,
       INT64_MAX,
       {},
       "with a domain after its last `@`, if it has one"},
      {"user.email_verified",
       boolean,
       everybody,
       none,
       INT64_MIN,
       INT64_MAX,
       {},
       "true implies that user.email is given"},
      {"user.username", string, none, everybody},
      {"user.groups", string_set, everybody, none},
      {"user.roles", string_set, everybody, none},
      {"user.organizations",
       string_set,
       person | access,
       signup,
       INT64_MIN,
       INT64_MAX,
       {},
       "wire ids of the organizations the user is a member of"},
      {"user.accepted", string_set, everybody, none, INT64_MIN, INT64_MAX, {}, "documents the user accepted"},
      {"user.created", time, person | access, none},
      {"user.last_login", time, none, person | access},
      {"user.password_changed", time, none, person | access},
      {"user.logins", integer, person | access, none, 0, count_max},
      {"user.mfa_enrolled", boolean, person | access, none},
      {"user.blocked",
       boolean,
       person | access,
       none,
       INT64_MIN,
       INT64_MAX,
       {},
       "always required where it exists; true is the fault user_blocked"},
      {"request.ip", ip, all_actions, none, INT64_MIN, INT64_MAX, {}, "a v4-mapped IPv6 address is the IPv4 one"},
      {"request.country", string, none, all_actions, INT64_MIN, INT64_MAX, {}, "ISO 3166-1 alpha-2, upper case"},
      {"request.asn", integer, none, all_actions, 0, 4'294'967'295},
      {"request.time", time, all_actions, none},
      {"request.user_agent", string, all_actions, none},
      {"request.host",
       string,
       none,
       all_actions,
       INT64_MIN,
       INT64_MAX,
       {},
       "a domain in lower case, without port and final dot; must be one of the tenant's `hosts` where it has any"},
      {"request.redirect_uri",
       string,
       none,
       login | signup | refresh,
       INT64_MIN,
       INT64_MAX,
       {},
       "when given it must equal one of the client's callbacks"},
      {"request.scopes", string_set, login | refresh | m2m | access, none},
      {"request.acr_values", string_set, login | refresh | access, none},
      {"request.device_known", boolean, none, person | signup},
      {"request.impossible_travel", boolean, none, person | signup},
      {"request.ip_reputation", enumeration, none, all_actions, INT64_MIN, INT64_MAX, reputation, "low is bad"},
      {"session.mfa", boolean, session, none, INT64_MIN, INT64_MAX, {}, "session.mfa == has session.mfa_age"},
      {"session.mfa_age", duration, none, session, 0, INT64_MAX},
      {"session.age", duration, none, session, 0, INT64_MAX},
      {"session.auth_age", duration, none, session, 0, INT64_MAX},
      {"session.factors", string_set, session, none},
      {"session.acr", string, none, session},
      {"session.amr", string_set, session, none},
      {"token.issuer",
       string,
       access,
       login | signup,
       INT64_MIN,
       INT64_MAX,
       {},
       "of a token whose signature the host verified; must be one of the tenant's `issuers` where it has any"},
      {"token.audience", string_set, access, login | signup},
      {"token.alg", string, access, login | signup},
      {"token.tid", string, none, login | signup | access},
      {"attempts.by_identifier", integer, login, none, 0, count_max},
      {"attempts.by_identifier_ip", integer, login, none, 0, count_max},
      {"attempts.by_ip", integer, login, none, 0, count_max},
      {"attempts.last_failed", time, none, login},
  });
}();

// What a fact of a type can be where nothing narrower is declared; anything else is invalid_request. A time is in the years 1 to 9999, which is
// what RFC 3339 can write; a duration of a fact is an age or a span, never less than none.
struct Bounds {
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};
constexpr Bounds bounds_of(TypeKind type) {
  if (type == TypeKind::time) return {-62'135'596'800'000'000, 253'402'300'799'999'999};
  if (type == TypeKind::duration) return {0, INT64_MAX};
  return {};
}

// Entity properties: read from the policy, not from the request. `tenant.X` attributes and `tenant.features` are
// folded at compile time.
struct Property {
  std::string_view name;
  TypeKind type;
  std::string_view of;  // the entity fact it hangs on
};
inline constexpr std::array properties = std::to_array<Property>({
    {"client.type", TypeKind::enumeration, "client"},              // values: client_type_names
    {"connection.family", TypeKind::enumeration, "connection"},    // values: family_names
    {"connection.strategy", TypeKind::enumeration, "connection"},  // values: names in `strategies`
    {"tenant.features", TypeKind::string_set, "tenant"},
});

// Id of a built-in fact by name, at compile time where the name is known.
constexpr std::optional<FactId> find_builtin(std::string_view name) {
  for (std::size_t i = 0; i < builtin_facts.size(); ++i)
    if (builtin_facts[i].name == name) return static_cast<FactId>(i);
  return std::nullopt;
}
consteval FactId fact(std::string_view name) { return find_builtin(name).value(); }

}  // namespace writ
