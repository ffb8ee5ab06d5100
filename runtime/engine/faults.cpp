// One function a step of decision 0001, in the order of the table at the end. A step answers with the fault or with nothing, and may
// count on the steps before it: after `client`, there is a client.
#include "runtime/engine/faults.h"

#include "runtime/program/builtins.h"

#include <algorithm>
#include <array>
#include <bit>

namespace writ::engine {

namespace {

struct Asked {
  const Request::State& request;
  const Set& set;
  Question question;

  const Loaded& loaded() const { return *request.loaded; }
  const ClientFacts& client() const { return loaded().client(request.frame.client); }
  const ConnectionFacts& connection() const { return loaded().connection(request.frame.connection); }
  const OrganizationFacts& organization() const { return loaded().organization(request.frame.organization); }
  bool is(std::same_as<Action> auto... actions) const { return (... || (request.action == actions)); }
};

constexpr bool has_connection(Action action) {
  const auto& row = builtin_facts[index(fact("connection"))];
  return (row.required & mask_of(action)) != 0;
}

std::optional<FactId> first_bit(std::span<const std::uint64_t> words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] != 0) return static_cast<FactId>(i * 64 + static_cast<std::size_t>(std::countr_zero(words[i])));
  return std::nullopt;
}

// ---------------------------------------------------------------- 16

Finding readiness(const Asked& a) {
  if (!a.request.started || (!a.request.loaded && !a.set.ready)) return {Fault::not_ready};
  if (a.set.stale) return {Fault::stale};
  return {};
}

Finding form(const Asked& a) {
  const auto invalid = [](Detail detail, FactId about = {}) { return Finding{Fault::invalid_request, detail, about}; };
  const auto& request = a.request;
  if (a.question == Question::attempt && request.action != Action::login) return invalid(Detail::not_login);
  if (request.broken_name) return invalid(Detail::name);
  if (request.broken_stray) return invalid(Detail::stray);
  if (request.any_refused)
    if (const auto fact = first_bit(request.refused->facts)) return invalid(Detail::fact, *fact);
  if (request.has_connection && !has_connection(request.action))
    return invalid(Detail::not_in_action, fact("connection"));
  constexpr auto mfa = fact("session.mfa"), mfa_age = fact("session.mfa_age");
  constexpr auto verified = fact("user.email_verified"), email = fact("user.email");
  const bool has_mfa = request.has(mfa) && request[mfa].integer != 0;
  if (request.has(mfa) && has_mfa && !request.has(mfa_age)) return invalid(Detail::mfa_without_age, mfa);
  if (!has_mfa && request.has(mfa_age)) return invalid(Detail::age_without_mfa, mfa_age);
  if (request.has(verified) && request[verified].integer != 0 && !request.has(email))
    return invalid(Detail::verified_without_email, verified);
  return {};
}

// ---------------------------------------------------------------- 17

Finding tenant(const Asked& a) {
  if (!a.request.loaded) return {Fault::unknown_tenant};
  return {};
}

// Whether the organization asks for membership in this action, on this connection (20). `joins on login` makes the member at login and
// at sign-up; everything after that asks.
bool judges_membership(const Asked& a) {
  if (a.question == Question::attempt || a.request.frame.organization < 0 || a.is(Action::signup, Action::m2m))
    return false;
  if (a.request.action != Action::login || a.organization().members_required) return true;
  const auto via = a.loaded().list(a.organization().joins_via);
  if (via.empty()) return false;
  return a.request.frame.connection < 0 ||
         !std::ranges::binary_search(via, static_cast<std::uint32_t>(a.request.frame.connection));
}

Finding facts(const Asked& a) {
  const auto missing = [](FactId about, Detail detail = Detail::missing) {
    return Finding{Fault::invalid_request, detail, about};
  };
  if (a.request.stray) return {Fault::invalid_request, Detail::stray};
  const auto& program = a.request.program();
  const auto& required = a.question == Question::attempt ? program.required_to_attempt : program.required;
  for (std::size_t i = 0; i < required.size(); ++i)
    if (const auto absent = required[i] & ~a.request.present[i]; absent != 0)
      return missing(static_cast<FactId>(i * 64 + static_cast<std::size_t>(std::countr_zero(absent))));
  if (!a.request.has_connection && has_connection(a.request.action))
    return missing(fact("connection"), Detail::connection_missing);
  if (judges_membership(a) && !a.request.has(fact("user.organizations"))) return missing(fact("user.organizations"));
  return {};
}

// ---------------------------------------------------------------- 18

// A claim by another tenant counts even where this one claims nothing.
bool claimed_elsewhere(const Asked& a, bundle::ClaimKind kind, std::string_view name) {
  const auto& claims = kind == bundle::ClaimKind::host ? a.set.hosts : a.set.issuers;
  const auto by_hand = [&] {
    if (claims.size() == 0) return false;
    return claims.look(name, [&](const auto* claim) { return claim && claim->tenant != a.loaded().name(); });
  };
  if (by_hand()) return true;
  if (a.set.bases.size() == 0) return false;
  const auto claimed = claimed_by_bundle(a.set.bases, a.set.overrides, kind, name, a.loaded().name());
  return claimed.elsewhere || (claimed.overridden && by_hand());
}

Finding host(const Asked& a) {
  if (!a.request.has(fact("request.host"))) return {};
  const auto given = a.request.text(fact("request.host"));
  if (a.loaded().has_host(given)) return {};
  if (a.loaded().claims_hosts()) return {Fault::tenant_mismatch, Detail::host};
  if (claimed_elsewhere(a, bundle::ClaimKind::host, given)) return {Fault::tenant_mismatch, Detail::host_elsewhere};
  return {};
}

Finding issuer(const Asked& a) {
  if (!a.request.has(fact("token.issuer"))) return {};
  const auto given = a.request.text(fact("token.issuer"));
  if (a.loaded().has_issuer(given)) return {};
  if (a.loaded().claims_issuers()) return {Fault::tenant_mismatch, Detail::issuer};
  if (claimed_elsewhere(a, bundle::ClaimKind::issuer, given)) return {Fault::tenant_mismatch, Detail::issuer_elsewhere};
  return {};
}

// ---------------------------------------------------------------- 19 to 21

Finding client(const Asked& a) {
  if (a.request.frame.client < 0) return {Fault::unknown_client};
  return {};
}

Finding organization(const Asked& a) {
  const auto usage = a.client().usage;
  if (!a.request.has_organization) {
    if (usage == OrganizationUsage::require && a.request.action != Action::m2m) return {Fault::organization_required};
    return {};
  }
  if (a.request.frame.organization < 0) return {Fault::organization_unknown};
  if (usage == OrganizationUsage::deny) return {Fault::organization_not_allowed};
  return {};
}

Finding membership(const Asked& a) {
  if (!judges_membership(a)) return {};
  const auto id = a.loaded().organization_id(a.request.frame.organization);
  const program::Text name{id.data(), static_cast<std::uint32_t>(id.size()), 0};
  if (!writ_set_has(&a.request[fact("user.organizations")].set, &name)) return {Fault::not_a_member};
  return {};
}

Finding connection(const Asked& a) {
  if (!a.request.has_connection) return {};
  if (a.request.frame.connection < 0) return {Fault::unknown_connection};
  if (!a.loaded().enabled(a.request.frame.client, a.request.frame.connection))
    return {Fault::connection_not_enabled, Detail::by_client};
  if (a.request.frame.organization >= 0 &&
      !a.loaded().enabled_in(a.request.frame.organization, a.request.frame.client, a.request.frame.connection))
    return {Fault::connection_not_enabled, Detail::by_organization};
  return {};
}

// ---------------------------------------------------------------- 22

Finding action(const Asked& a) {
  const auto type = a.client().type;
  if (a.is(Action::password_change, Action::password_reset) &&
      a.request.frame.connection_family != static_cast<std::int64_t>(Family::database))
    return {Fault::action_not_supported, Detail::database_only};
  if (a.request.action == Action::signup && !a.connection().signup_open)
    return {Fault::action_not_supported, Detail::signup_closed};
  const bool machine = a.request.action == Action::m2m;
  if (machine ? type != ClientType::m2m && type != ClientType::web
              : type == ClientType::m2m && a.request.action != Action::access)
    return {Fault::action_not_supported, Detail::client_type};
  return {};
}

Finding grant(const Asked& a) {
  const auto allowed = [&](std::int64_t grant) { return (a.client().grants >> grant & 1) != 0; };
  constexpr std::int64_t refresh = *index_of(grant_names, "refresh_token"),
                         machine = *index_of(grant_names, "client_credentials");
  const bool given = a.request.has(fact("grant"));
  const auto value = a.request[fact("grant")].integer;
  if (given && !allowed(value)) return {Fault::grant_not_allowed};
  constexpr auto of_other_actions = std::uint32_t{1} << refresh | std::uint32_t{1} << machine;
  const auto may_be = given ? std::uint32_t{1} << value : std::uint32_t{a.client().grants};
  if (a.request.action == Action::login && (may_be & ~of_other_actions) == 0) return {Fault::grant_not_allowed};
  if (a.request.action == Action::refresh && (!allowed(refresh) || (given && value != refresh)))
    return {Fault::grant_not_allowed};
  if (a.request.action == Action::m2m && (!allowed(machine) || (given && value != machine)))
    return {Fault::grant_not_allowed};
  return {};
}

Finding callback(const Asked& a) {
  if (!a.request.has(fact("request.redirect_uri"))) return {};
  if (!a.loaded().has_callback(a.request.frame.client, a.request.text(fact("request.redirect_uri"))))
    return {Fault::callback_not_allowed};
  return {};
}

Finding user(const Asked& a) {
  if (a.request.has(fact("user.blocked")) && a.request[fact("user.blocked")].integer != 0) return {Fault::user_blocked};
  return {};
}

// ---------------------------------------------------------------- 23

bool holds(const Asked& a, const LockoutFacts& lockout) {
  constexpr auto ip = fact("request.ip"), time = fact("request.time"), last_failed = fact("attempts.last_failed");
  const auto exempts = [&](const Cidr& block) { return block.contains(a.request[ip].ip); };
  if (a.request.has(ip) && std::ranges::any_of(a.loaded().list(lockout.exempt), exempts)) return false;
  if (a.request[fact_of(lockout.counter)].integer < lockout.attempts) return false;
  if (!a.request.has(last_failed)) return true;
  const auto since = program::saturating_sub(a.request[time].integer, a.request[last_failed].integer);
  return (lockout.block < 0 || since < lockout.block) && (lockout.within < 0 || since <= lockout.within);
}

Finding lockout(const Asked& a) {
  const auto lockouts = a.loaded().lockouts();
  if (a.request.action != Action::login || lockouts.empty()) return {};
  const auto family = static_cast<Family>(a.request.frame.connection_family);
  if (family != Family::database && family != Family::passwordless) return {};
  const auto of_connection = [&](std::int64_t connection) {
    const auto range = std::ranges::equal_range(lockouts, connection, {}, &LockoutFacts::connection);
    return std::ranges::any_of(range, [&](const LockoutFacts& lockout) { return holds(a, lockout); });
  };
  if (of_connection(-1) || of_connection(a.request.frame.connection)) return {Fault::locked_out};
  return {};
}

// Written into one another, for every decision takes all of them.
template <auto... Steps>
Finding first_of(const Asked& asked) {
  Finding finding;
  (void)(... || (finding = Steps(asked), finding.fault != Fault::none));
  return finding;
}

}  // namespace

Finding find_fault(const Request::State& request, const Set& set, Question question) noexcept {
  return first_of<readiness, form, tenant, facts, host, issuer, client, organization, membership, connection, action,
                  grant, callback, user, lockout>({request, set, question});
}

// Other tenants are asked about names that this one does not claim.
bool is_settled(const Request::State& request) noexcept {
  if (!request.loaded) return false;
  const auto& loaded = *request.loaded;
  constexpr auto host = fact("request.host"), issuer = fact("token.issuer");
  return (!request.has(host) || loaded.claims_hosts() || loaded.has_host(request.text(host))) &&
         (!request.has(issuer) || loaded.claims_issuers() || loaded.has_issuer(request.text(issuer)));
}

}  // namespace writ::engine
