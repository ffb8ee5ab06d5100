// The faults (16 to 24): what is wrong with a request before any rule is asked. The first that applies is the decision's.
#include "tests/agree/oracle/policy.h"

namespace writ::oracle {

Family family_of(const Thing& connection) {
  return std::ranges::find(strategies, std::string_view(connection.kind), &Strategy::name)->family;
}

bool is_enabled(const Asked& asked, const std::string& connection) {
  const auto* of_client = only<tree::Connections>(*asked.client);
  if (!of_client || !among(of_client->names, connection) || !asked.organization) return of_client && among(of_client->names, connection);
  const auto* of_organization = only<tree::Connections>(*asked.organization);
  bool enabled = of_organization && among(of_organization->names, connection);
  each<tree::UseDecl>(*asked.organization->bodies[0].second, [&](const tree::UseDecl& use) {
    if (use.client.text == asked.client->name)
      each<tree::Connections>(use.items, [&](const auto& narrowed) { enabled = enabled && among(narrowed.names, connection); });
  });
  return enabled;
}

// Who is named, and whether the client takes it (20). Nobody needs to be named for m2m.
Fault find_organization(const std::optional<std::string>& id, bool may_be_needed, Asked& asked) {
  const auto* setting = only<tree::OrganizationsSetting>(*asked.client);
  const std::string usage = setting ? setting->usage.text : "deny";
  if (!id) return usage == "require" && may_be_needed ? Fault::organization_required : Fault::none;
  asked.organization = find(asked.tenant->organizations, *id);
  if (!asked.organization) return Fault::organization_unknown;
  return usage == "deny" ? Fault::organization_not_allowed : Fault::none;
}

namespace {

template <class T>
const T* given(const NamedRequest& request, std::string_view name) {
  const auto found = request.facts.find(name);
  return found == request.facts.end() ? nullptr : std::get_if<T>(&found->second);
}

bool good_texts(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  const auto* set = std::get_if<StringSet>(&value);
  return (!text || good_text(*text)) && (!set || std::ranges::all_of(*set, good_text));
}

bool fits(const FactRow& row, ActionMask action, const Value& value) {
  if (!((row.required | row.optional) & action) || !good_texts(value)) return false;
  const auto* number = std::get_if<std::int64_t>(&value);
  switch (row.type) {
    case TypeKind::boolean: return std::holds_alternative<bool>(value);
    case TypeKind::string: return std::holds_alternative<std::string>(value);
    case TypeKind::string_set: return std::holds_alternative<StringSet>(value) && std::get<StringSet>(value).size() <= max_set_items;
    case TypeKind::ip: case TypeKind::cidr: return std::holds_alternative<Ip>(value);
    case TypeKind::enumeration: return number && 0 <= *number && *number < static_cast<std::int64_t>(row.words.size());
    case TypeKind::integer: return number && row.low <= *number && *number <= row.high;
    case TypeKind::time: case TypeKind::duration: return number && bounds_of(row.type).low <= *number && *number <= bounds_of(row.type).high;
    case TypeKind::tenant: case TypeKind::client: case TypeKind::connection: case TypeKind::organization: return false;  // never among the facts
  }
  return false;
}

// What is wrong whatever the tenant (16).
bool is_malformed(const NamedRequest& request, ActionMask action) {
  if (!good_text(request.tenant) || !good_text(request.client) || !good_text(request.connection.value_or("")) ||
      !good_text(request.organization.value_or("")) || (request.connection && !(builtin_rows().at("connection").required & action)))
    return true;
  for (const auto& [name, value] : request.facts) {
    const auto row = builtin_rows().find(name);
    const bool known = row != builtin_rows().end() && row->second.type < TypeKind::tenant;
    if (known ? !fits(row->second, action, value) : !good_texts(value)) return true;
  }
  const auto *mfa = given<bool>(request, "session.mfa"), *verified = given<bool>(request, "user.email_verified");
  return (mfa && *mfa) != request.facts.contains("session.mfa_age") || (verified && *verified && !request.facts.contains("user.email"));
}

// Whether the user must be a member of the organization already (20). Who joins on login is none yet when logging in.
bool wants_member(const Thing& organization, const Tenant& tenant, const NamedRequest& request) {
  if (request.action == Action::signup || request.action == Action::m2m) return false;
  const auto* members = only<tree::Members>(organization);
  if (request.action != Action::login || !members || members->required) return true;
  const Thing* connection = find(tenant.connections, *request.connection);
  return !members->via.empty() && !(connection && among(members->via, connection->name));
}

// What is wrong for this tenant: facts it does not know, facts that must be given (17). An attempt is asked before the credential is checked:
// what is given by then are the counters and the facts of the request itself (27).
bool is_incomplete(const Tenant& tenant, const NamedRequest& request, ActionMask action, bool attempt) {
  for (const auto& [name, value] : request.facts)
    if (const auto row = tenant.facts.find(name); row == tenant.facts.end() || !fits(row->second, action, value)) return true;
  if (!request.connection && (tenant.facts.at("connection").required & action)) return true;
  for (const auto& name : tenant.required.at(request.action)) {
    const bool asked = !attempt || name.starts_with("request.") || std::ranges::find(tenant.lockouts, name, &Lockout::counter) != tenant.lockouts.end();
    if (asked && !request.facts.contains(name)) return true;
  }
  const Thing* organization = request.organization ? find(tenant.organizations, *request.organization) : nullptr;
  return organization && !attempt && wants_member(*organization, tenant, request) && !request.facts.contains("user.organizations");
}

// A host or issuer that is another's, or not among those the tenant has (18).
bool is_foreign(const Tenant& tenant, const Strings& own, const decltype(Policy::by_host)& claims, const std::string& text) {
  const auto claimed = claims.find(text);
  return claimed == claims.end() ? !own.empty() : claimed->second != &tenant;
}

bool is_supported(const Thing& client, const Thing* connection, Action action) {
  if (action == Action::access) return true;
  if (action == Action::m2m) return client.kind == "m2m" || client.kind == "web";
  if (client.kind == "m2m") return false;
  if (action == Action::password_change || action == Action::password_reset) return family_of(*connection) == Family::database;
  const auto* setting = only<tree::SignUp>(*connection);
  return action != Action::signup || (setting ? setting->open : family_of(*connection) != Family::enterprise);
}

bool grant_is_allowed(const Thing& client, const NamedRequest& request) {
  const auto* grants = only<tree::Grants>(client);
  const auto has = [&](std::string_view grant) {
    return grants ? among(grants->names, grant) : grant == (client.kind == "m2m" ? "client_credentials" : "authorization_code");
  };
  const auto* place = given<std::int64_t>(request, "grant");
  const auto grant = place ? grant_names[static_cast<std::size_t>(*place)] : "";
  const auto implied = request.action == Action::refresh ? "refresh_token" : request.action == Action::m2m ? "client_credentials" : grant;
  return (!place || (has(grant) && grant == implied)) && (implied.empty() || has(implied));
}

bool callback_is_allowed(const Thing& client, const std::string& uri) {
  const auto* callbacks = only<tree::Callbacks>(client);
  return callbacks && among(strings_of(client.bodies.front().first, callbacks->items), uri);
}

bool is_locked_out(const Lockout& lockout, const Thing& connection, const NamedRequest& request) {
  const tree::LockoutDecl& written = *lockout.written;
  if (!lockout.connection.empty() && lockout.connection != connection.name) return false;
  for (const Cidr& block : written.exempt)
    if (block.contains(*given<Ip>(request, "request.ip"))) return false;
  if (*given<std::int64_t>(request, lockout.counter) < written.attempts) return false;
  const auto* last = given<std::int64_t>(request, "attempts.last_failed");
  if (!last || (!written.block && !written.within)) return true;
  const auto since = saturated(*given<std::int64_t>(request, "request.time"), *last);
  return (!written.block || since < *written.block) && (!written.within || since <= *written.within);
}

}  // namespace

Fault find_fault(const Policy& policy, const NamedRequest& request, bool attempt, Asked& asked) {
  if (is_malformed(request, mask_of(request.action))) return Fault::invalid_request;
  const auto found = policy.by_id.find(request.tenant);
  if (found == policy.by_id.end()) return Fault::unknown_tenant;
  const Tenant& tenant = *(asked.tenant = found->second);
  if (is_incomplete(tenant, request, mask_of(request.action), attempt)) return Fault::invalid_request;
  const auto *host = given<std::string>(request, "request.host"), *issuer = given<std::string>(request, "token.issuer");
  if (host && is_foreign(tenant, tenant.hosts, policy.by_host, lowered(*host))) return Fault::tenant_mismatch;
  if (issuer && is_foreign(tenant, tenant.issuers, policy.by_issuer, *issuer)) return Fault::tenant_mismatch;
  asked.client = find(tenant.clients, request.client);
  if (!asked.client) return Fault::unknown_client;
  if (const Fault fault = find_organization(request.organization, request.action != Action::m2m, asked); fault != Fault::none) return fault;
  if (asked.organization && !attempt && wants_member(*asked.organization, tenant, request) &&
      !among(*given<StringSet>(request, "user.organizations"), asked.organization->id))
    return Fault::not_a_member;
  if (request.connection) {
    asked.connection = find(tenant.connections, *request.connection);
    if (!asked.connection) return Fault::unknown_connection;
    if (!is_enabled(asked, asked.connection->name)) return Fault::connection_not_enabled;
  }
  if (!is_supported(*asked.client, asked.connection, request.action)) return Fault::action_not_supported;
  if (!grant_is_allowed(*asked.client, request)) return Fault::grant_not_allowed;
  const auto* uri = given<std::string>(request, "request.redirect_uri");
  if (uri && !callback_is_allowed(*asked.client, *uri)) return Fault::callback_not_allowed;
  if (const auto* blocked = given<bool>(request, "user.blocked"); blocked && *blocked) return Fault::user_blocked;
  const bool counted = request.action == Action::login && family_of(*asked.connection) != Family::social && family_of(*asked.connection) != Family::enterprise;
  for (const Lockout& lockout : tenant.lockouts)
    if (counted && is_locked_out(lockout, *asked.connection, request)) return Fault::locked_out;
  return Fault::none;
}

}  // namespace writ::oracle
