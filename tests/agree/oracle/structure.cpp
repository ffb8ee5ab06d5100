// What is wrong with a request before any rule is asked (16 to 24), the first fault first; and what a login page may offer (28).
#include "tests/agree/oracle/policy.h"

#include <re2/re2.h>

namespace writ::oracle {
namespace {
// The name that a wire id stands for; empty: it stands for none.
std::string named(const Tenant& tenant, const std::string& what, const std::optional<std::string>& id) {
  for (const auto& name : tenant.setting({what}))
    if (tenant.one({what, name, "id"}, name) == id) return name;
  return "";
}
const Tenant* tenant_of(const Policy& policy, const std::string& id) {
  for (const Tenant& tenant : policy.tenants)
    if (tenant.one({"id"}, tenant.name) == id) return &tenant;
  return nullptr;
}
template <class T> const T* given(const NamedRequest& request, std::string_view name) {
  const auto found = request.facts.find(name);
  return found == request.facts.end() ? nullptr : std::get_if<T>(&found->second);
}
bool has_connection(Action action) { return builtin_facts[index(fact("connection"))].required & mask_of(action); }
bool good_text(const std::string& text) { return text.size() <= 4'096 && valid_utf8(text); }
// Facts of which a request may give one spelling only.
bool is_spelled(const std::string& name, const std::string& text) {
  static const re2::RE2 country("[A-Z]{2}"), domain("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.\\b|$))+");
  const bool host = name == "request.host";
  if (host || name == "request.country") return text.size() <= 253 && re2::RE2::FullMatch(text, host ? domain : country);
  return name != "user.email" || text.rfind('@') == text.npos || is_spelled("request.host", lowered(text.substr(text.rfind('@') + 1)));
}
bool good_texts(const std::string& name, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  const auto* set = std::get_if<StringSet>(&value);
  std::size_t left = 131'072;  // bytes that the strings of a set may have together
  const auto has_room = [&](const std::string& one) { return good_text(one) && one.size() <= left && (left -= one.size(), true); };
  return (!text || (good_text(*text) && is_spelled(name, *text))) && (!set || std::ranges::all_of(*set, has_room));
}
// Whether a request of the action may give the fact, and this value.
bool fits(const FactRow& row, ActionMask action, const Value& value) {
  constexpr std::size_t kinds[] = {0, 1, 2, 3, 3, 1, 1, 4, 1};  // by TypeKind: the alternative of Value
  if (!((row.required | row.optional) & action) || value.index() != kinds[static_cast<std::size_t>(row.type)]) return false;
  const auto* number = std::get_if<std::int64_t>(&value);
  if (const auto* set = std::get_if<StringSet>(&value)) return set->size() <= max_set_items;
  if (row.type == TypeKind::enumeration) return 0 <= *number && *number < static_cast<std::int64_t>(row.words.size());
  const Bounds bounds = bounds_of(row.type);
  return !number || (std::max(row.low, bounds.low) <= *number && *number <= std::min(row.high, bounds.high));
}
// What is wrong whatever the tenant (16).
bool is_malformed(const NamedRequest& request) {
  for (const auto& name : {std::optional(request.tenant), std::optional(request.client), request.connection, request.organization})
    if (name && !good_text(*name)) return true;
  if (request.connection && !has_connection(request.action)) return true;
  static const Facts rows = builtin_rows();
  const auto unfit = [&](auto& row, auto& value) { return (row.required | row.optional) && !fits(row, mask_of(request.action), value); };
  for (const auto& [name, value] : request.facts)
    if (const auto row = rows.find(name); !good_texts(name, value) || (row != rows.end() && unfit(row->second, value))) return true;
  const auto *mfa = given<bool>(request, "session.mfa"), *verified = given<bool>(request, "user.email_verified");
  return (mfa && *mfa) != request.facts.contains("session.mfa_age") || (verified && *verified && !request.facts.contains("user.email"));
}
// Whether the user must be a member of the organization already (20). Who joins on login is none yet when logging in.
bool wants_member(const Tenant& tenant, const NamedRequest& request) {
  const std::string organization = named(tenant, "organization", request.organization);
  if (organization.empty() || request.action == Action::signup || request.action == Action::m2m) return false;
  const Strings joins = {"organization", organization, "joins on login"}, via = tenant.setting(joins);
  if (request.action != Action::login || !tenant.settings.contains(joins)) return true;
  return !via.empty() && !among(via, named(tenant, "connection", request.connection));
}
std::string counter_of(const tree::LockoutDecl& lockout) {
  return std::array{"attempts.by_identifier", "attempts.by_identifier_ip", "attempts.by_ip"}[static_cast<std::size_t>(lockout.per)];
}
// What is wrong for this tenant: facts it does not know, facts that must be given.
bool is_incomplete(const Tenant& tenant, const NamedRequest& request, bool attempt) {
  for (const auto& [name, value] : request.facts)
    if (auto at = tenant.facts.find(name); at == tenant.facts.end() || !fits(at->second, mask_of(request.action), value)) return true;
  if (!request.connection && has_connection(request.action)) return true;
  for (const auto& name : tenant.required.at({request.action, attempt}))
    if (!request.facts.contains(name)) return true;
  return !attempt && wants_member(tenant, request) && !request.facts.contains("user.organizations");
}
// A host or issuer that is not among those the tenant has, or, where it has none, is another's (18).
bool is_foreign(const Policy& policy, const Tenant& tenant, const char* what, const std::string* text) {
  if (!text || tenant.settings.contains({what})) return text && !among(tenant.setting({what}), *text);
  return std::ranges::any_of(policy.tenants, [&](const Tenant& one) { return among(one.setting({what}), *text); });
}
// The client, and for whom it is asked (20).
Fault find_client(const NamedRequest& request, Asked& asked) {
  asked.client = named(*asked.tenant, "client", request.client);
  asked.organization = named(*asked.tenant, "organization", request.organization);
  const std::string usage = asked.tenant->one({"client", asked.client, "organizations"}, "deny");
  if (asked.client.empty()) return Fault::unknown_client;
  if (!request.organization) return usage == "require" && request.action != Action::m2m ? Fault::organization_required : Fault::none;
  if (asked.organization.empty()) return Fault::organization_unknown;
  return usage == "deny" ? Fault::organization_not_allowed : Fault::none;
}
// Which connections and actions the client has (21, 22).
bool is_enabled(const Asked& asked, const std::string& connection) {
  const auto lists = [&](const Strings& key) { return among(asked.tenant->setting(key), connection); };
  const Strings narrowed = {"organization", asked.organization, "client", asked.client, "connections"};
  if (!lists({"client", asked.client, "connections"})) return false;
  if (asked.organization.empty()) return true;
  return lists({"organization", asked.organization, "connections"}) && (!asked.tenant->settings.contains(narrowed) || lists(narrowed));
}
bool is_supported(const Asked& asked, Action action) {
  const std::string type = asked.tenant->one({"client", asked.client, "kind"});
  if (action == Action::access || action == Action::m2m) return action == Action::access || type == "m2m" || type == "web";
  const std::string family = asked.tenant->one({"connection", asked.connection, "family"});
  const std::string signup = asked.tenant->one({"connection", asked.connection, "signup"}, family == "enterprise" ? "closed" : "open");
  if (type == "m2m" || (action == Action::signup && signup == "closed")) return false;
  return family == "database" || (action != Action::password_change && action != Action::password_reset);
}
bool grant_is_allowed(const Asked& asked, const NamedRequest& request) {
  Strings grants = asked.tenant->setting({"client", asked.client, "grants"});
  if (grants.empty()) grants = {asked.tenant->one({"client", asked.client, "kind"}) == "m2m" ? "client_credentials" : "authorization_code"};
  const auto* place = given<std::int64_t>(request, "grant");
  const auto grant = place ? grant_names[static_cast<std::size_t>(*place)] : "";
  const auto implied = request.action == Action::refresh ? "refresh_token" : request.action == Action::m2m ? "client_credentials" : grant;
  const auto is_of_login = [](const std::string& one) { return one != "refresh_token" && one != "client_credentials"; };  // other actions
  if (request.action == Action::login && std::ranges::none_of(place ? Strings{std::string(grant)} : grants, is_of_login)) return false;
  return (implied.empty() || among(grants, implied)) && (!place || grant == implied);
}
// Failed attempts count where a secret is tried here (23).
bool is_locked_out(const tree::LockoutDecl& lockout, const Asked& asked, const NamedRequest& request) {
  const std::string family = asked.tenant->one({"connection", asked.connection, "family"});
  if (request.action != Action::login || (family != "database" && family != "passwordless")) return false;
  const auto holds = [&](const Cidr& block) { return block.contains(*given<Ip>(request, "request.ip")); };
  if (std::ranges::any_of(lockout.exempt, holds)) return false;
  if (*given<std::int64_t>(request, counter_of(lockout)) < lockout.attempts) return false;
  const auto* last = given<std::int64_t>(request, "attempts.last_failed");
  if (!last || (!lockout.block && !lockout.within)) return true;
  const auto since = saturated(*given<std::int64_t>(request, "request.time"), *last, true);
  return (!lockout.block || since < *lockout.block) && (!lockout.within || since <= *lockout.within);
}
}  // namespace

// What every request of the action must give (17); of an attempt, the counters and the facts of the request itself (27).
std::set<std::string> required_facts(const Tenant& tenant, Action action, bool attempt) {
  std::set<std::string> wanted{"user.blocked"};
  Evaluation evaluation{Asked{&tenant}, NamedRequest{}, nullptr, &wanted};
  for (const Rule& rule : tenant.rules) {
    if (!(rule.actions & mask_of(action))) continue;
    for (const auto id : {rule.written->when, rule.written->unless})
      if (id != tree::ExprId::none) evaluation.condition(rule.where, id);
    for (const auto& [text, ways] : rule.duties)
      for (const Named& way : ways) evaluation.condition(way.where, way.value);
  }
  if (attempt) std::erase_if(wanted, [](const std::string& name) { return !name.starts_with("request."); });
  if (action == Action::access && tenant.settings.contains({"issuers"})) wanted.insert("token.issuer");
  for (const auto& [connection, lockout] : tenant.lockouts) {
    if (action != Action::login) break;
    wanted.insert(counter_of(lockout));
    if (!lockout.exempt.empty()) wanted.insert("request.ip");
    if (lockout.block || lockout.within) wanted.insert("request.time");
  }
  std::erase_if(wanted, [&](const std::string& name) { return !(tenant.facts.at(name).required & mask_of(action)); });
  return wanted;
}

Fault find_fault(const Policy& policy, const NamedRequest& request, bool attempt, Asked& asked) {
  if (is_malformed(request)) return Fault::invalid_request;
  asked.tenant = tenant_of(policy, request.tenant);
  if (!asked.tenant) return Fault::unknown_tenant;
  const Tenant& tenant = *asked.tenant;
  if (is_incomplete(tenant, request, attempt)) return Fault::invalid_request;
  for (const auto& [what, name] : {std::pair("hosts", "request.host"), std::pair("issuers", "token.issuer")})
    if (is_foreign(policy, tenant, what, given<std::string>(request, name))) return Fault::tenant_mismatch;
  if (const Fault fault = find_client(request, asked); fault != Fault::none) return fault;
  if (!attempt && wants_member(tenant, request) && !among(*given<StringSet>(request, "user.organizations"), *request.organization))
    return Fault::not_a_member;
  asked.connection = named(tenant, "connection", request.connection);
  if (request.connection && asked.connection.empty()) return Fault::unknown_connection;
  if (request.connection && !is_enabled(asked, asked.connection)) return Fault::connection_not_enabled;
  if (!is_supported(asked, request.action)) return Fault::action_not_supported;
  if (!grant_is_allowed(asked, request)) return Fault::grant_not_allowed;
  const auto* uri = given<std::string>(request, "request.redirect_uri");
  if (uri && !among(tenant.setting({"client", asked.client, "callbacks"}), *uri)) return Fault::callback_not_allowed;
  if (const auto* blocked = given<bool>(request, "user.blocked"); blocked && *blocked) return Fault::user_blocked;
  for (const auto& [of, lockout] : tenant.lockouts)
    if ((of.empty() || of == asked.connection) && is_locked_out(lockout, asked, request)) return Fault::locked_out;
  return Fault::none;
}

Offer Oracle::connections(const std::string& tenant, const std::string& client, const std::optional<std::string>& organization,
                          const std::optional<std::string>& email) const {
  const NamedRequest request{Action::login, tenant, client, {}, organization, {}};
  if (is_malformed(request) || !good_text(email.value_or("")) || !is_spelled("user.email", email.value_or("")))
    return {Fault::invalid_request, {}, {}};
  Asked asked{tenant_of(*policy_, tenant)};
  if (!asked.tenant) return {Fault::unknown_tenant, {}, {}};
  if (const Fault fault = find_client(request, asked); fault != Fault::none) return {fault, {}, {}};
  const auto at = email ? email->rfind('@') : std::string::npos;
  const std::string domain = at == std::string::npos ? "" : lowered(email->substr(at + 1));  // no connection has the empty domain
  const auto is_enterprise = [&](const std::string& name) { return asked.tenant->one({"connection", name, "family"}) == "enterprise"; };
  Strings enabled, homes;
  for (const auto& name : asked.tenant->setting({"client", asked.client, "connections"})) {
    if (!is_enabled(asked, name)) continue;
    enabled.push_back(name);
    if (is_enterprise(name) && among(asked.tenant->setting({"connection", name, "domains"}), domain)) homes.push_back(name);
  }
  std::string home = homes.size() == 1 ? homes[0] : "";  // else the first of them that a statement names
  const Strings client_key = {"client", asked.client}, organization_key = {"organization", asked.organization};
  for (const Strings& key : {organization_key + client_key, organization_key, client_key})
    for (const auto& via : asked.tenant->setting(key + Strings{"discover " + domain}))
      if (home.empty() && among(homes, via)) home = via;
  const auto id_of = [&](const std::string& name) { return asked.tenant->one({"connection", name, "id"}, name); };
  Offer offer;
  if (!home.empty()) offer.home_realm = id_of(home);
  for (const auto& name : enabled)
    if (!email || !home.empty() || !is_enterprise(name)) offer.connections.push_back(id_of(name));
  return offer;
}
}  // namespace writ::oracle
