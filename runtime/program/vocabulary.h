// The words every room shares: actions, effects, faults, client types, connection families and strategies, grants, and
// the types a value can have. They are the field's own terms (OAuth 2.0, OpenID Connect, Auth0's strategy names), each
// set is one constexpr table, and the numbers are part of the Program format: append, never reorder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace writ {

// What is asked. `attempt` is not an action of rules: it is `login` judged before the credential is checked, by
// structure and lockout alone (Engine::attempt).
enum class Action : std::uint8_t { login, signup, password_change, password_reset, refresh, m2m, access };
inline constexpr std::size_t action_count = 7;
inline constexpr std::array<std::string_view, action_count> action_names = {
    "login", "signup", "password_change", "password_reset", "refresh", "m2m", "access"};

using ActionMask = std::uint8_t;
constexpr ActionMask mask_of(Action action) { return static_cast<ActionMask>(1u << static_cast<unsigned>(action)); }
inline constexpr ActionMask all_actions = 0x7f;

enum class Effect : std::uint8_t { deny, challenge, allow };  // zero is deny: a cleared decision denies
inline constexpr std::array<std::string_view, 3> effect_names = {"deny", "challenge", "allow"};

enum class RuleEffect : std::uint8_t { allow, deny, require };
inline constexpr std::array<std::string_view, 3> rule_effect_names = {"allow", "deny", "require"};

// Why a decision is a deny without any rule of the policy being evaluated. In order of precedence: the first that
// applies is the decision's.
enum class Fault : std::uint8_t {
  none,
  not_ready,
  stale,
  invalid_request,
  unknown_tenant,
  tenant_mismatch,
  unknown_client,
  organization_unknown,
  organization_required,
  organization_not_allowed,
  not_a_member,
  unknown_connection,
  connection_not_enabled,
  action_not_supported,
  grant_not_allowed,
  callback_not_allowed,
  user_blocked,
  locked_out
};
inline constexpr std::array<std::string_view, 18> fault_names = {"none",
                                                                 "not_ready",
                                                                 "stale",
                                                                 "invalid_request",
                                                                 "unknown_tenant",
                                                                 "tenant_mismatch",
                                                                 "unknown_client",
                                                                 "organization_unknown",
                                                                 "organization_required",
                                                                 "organization_not_allowed",
                                                                 "not_a_member",
                                                                 "unknown_connection",
                                                                 "connection_not_enabled",
                                                                 "action_not_supported",
                                                                 "grant_not_allowed",
                                                                 "callback_not_allowed",
                                                                 "user_blocked",
                                                                 "locked_out"};

// What a deny or challenge rests on.
enum class Because : std::uint8_t { rules, fault, no_allow, conflicting_obligations };
inline constexpr std::array<std::string_view, 4> because_names = {"rules", "fault", "no_allow",
                                                                  "conflicting_obligations"};

enum class ClientType : std::uint8_t { spa, native, web, m2m };
inline constexpr std::array<std::string_view, 4> client_type_names = {"spa", "native", "web", "m2m"};

enum class Family : std::uint8_t { database, social, enterprise, passwordless };
inline constexpr std::array<std::string_view, 4> family_names = {"database", "social", "enterprise", "passwordless"};

// The connection strategies, in Auth0's terms with `-` written `_` (saml is Auth0's samlp, database its auth0).
struct Strategy {
  std::string_view name;
  Family family;
};
inline constexpr std::array<Strategy, 46> strategies = {{
    {"database", Family::database},
    {"saml", Family::enterprise},
    {"oidc", Family::enterprise},
    {"waad", Family::enterprise},
    {"ad", Family::enterprise},
    {"adfs", Family::enterprise},
    {"google_apps", Family::enterprise},
    {"okta", Family::enterprise},
    {"ping", Family::enterprise},
    {"office365", Family::enterprise},
    {"sharepoint", Family::enterprise},
    {"ip", Family::enterprise},
    {"auth0_oidc", Family::enterprise},
    {"email", Family::passwordless},
    {"sms", Family::passwordless},
    {"google_oauth2", Family::social},
    {"github", Family::social},
    {"gitlab", Family::social},
    {"facebook", Family::social},
    {"apple", Family::social},
    {"twitter", Family::social},
    {"linkedin", Family::social},
    {"windowslive", Family::social},
    {"amazon", Family::social},
    {"bitbucket", Family::social},
    {"bitly", Family::social},
    {"box", Family::social},
    {"dropbox", Family::social},
    {"dwolla", Family::social},
    {"evernote", Family::social},
    {"exact", Family::social},
    {"fitbit", Family::social},
    {"instagram", Family::social},
    {"line", Family::social},
    {"oauth1", Family::social},
    {"oauth2", Family::social},
    {"paypal", Family::social},
    {"salesforce", Family::social},
    {"shopify", Family::social},
    {"slack", Family::social},
    {"soundcloud", Family::social},
    {"vkontakte", Family::social},
    {"weibo", Family::social},
    {"wordpress", Family::social},
    {"yahoo", Family::social},
    {"yandex", Family::social},
}};

// Grant types. implicit and password are known so that a policy naming them is told why they are refused.
inline constexpr std::array<std::string_view, 9> grant_names = {
    "authorization_code", "refresh_token", "client_credentials",
    "device_code",        "ciba",          "token_exchange",
    "passwordless_otp",   "mfa_otp",       "mfa_oob"};
inline constexpr std::array<std::string_view, 2> refused_grant_names = {"implicit", "password"};

enum class OrganizationUsage : std::uint8_t { deny, allow, require };  // a client's; Auth0's organization_usage
inline constexpr std::array<std::string_view, 3> organization_usage_names = {"deny", "allow", "require"};

// The type of a value. Enumerations are integers at run time: their index in the order written.
enum class TypeKind : std::uint8_t {
  boolean,
  integer,
  string,
  ip,
  cidr,
  time,
  duration,
  string_set,
  enumeration,
  tenant,
  client,
  connection,
  organization,  // names of declared things; compare with == and in only
};

// Index of `name` in a table of names, or nothing.
template <std::size_t N>
constexpr std::optional<std::uint8_t> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<std::uint8_t>(i);
  return std::nullopt;
}

}  // namespace writ
