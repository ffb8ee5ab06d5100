// Identity providers, and which e-mail domain is sent to which. Okta asks its routing rules in order and the first that holds
// routes; here a domain belongs to the providers that get it, and `discover` says which one where several do.
#include "compiler/import/okta_plan.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace writ::importing::okta {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array types = {Pair{"SAML2", "saml"},
                              Pair{"OIDC", "oidc"},
                              Pair{"OKTA_INTEGRATION", "okta"},
                              Pair{"GOOGLE", "google_oauth2"},
                              Pair{"MICROSOFT", "windowslive"},
                              Pair{"FACEBOOK", "facebook"},
                              Pair{"LINKEDIN", "linkedin"},
                              Pair{"GITHUB", "github"},
                              Pair{"GITLAB", "gitlab"},
                              Pair{"APPLE", "apple"},
                              Pair{"AMAZON", "amazon"},
                              Pair{"BITBUCKET", "bitbucket"},
                              Pair{"PAYPAL", "paypal"},
                              Pair{"SALESFORCE", "salesforce"},
                              Pair{"YAHOO", "yahoo"},
                              Pair{"YAHOOJP", "yahoo"},
                              Pair{"AgentlessDSSO", "ad"},
                              Pair{"IWA", "ad"}};

std::string strategy_name(const std::string& type) {
  const auto* const row = std::ranges::find(types, type, &Pair::first);
  return std::string(row == types.end() ? "" : row->second);
}

struct Route {
  std::vector<std::string> domains{};
  bool everyone = false;
  std::optional<std::size_t> to{};                // nothing: Okta's own password
  std::vector<std::string> include{}, exclude{};  // ids of applications
  std::string name{};
};

std::size_t provider_of(Making& making, const Fields& provider) {
  const auto type = provider.text("type").value_or("");
  const auto id = provider.text("id").value_or(type);
  if (const auto found = making.providers.find(id); found != making.providers.end()) return found->second;
  Connection connection;
  connection.wire = making.connection_wire(id);
  connection.name = making.words.make(provider.text("name").value_or(lower_case(type) + " " + id));
  connection.origin = fmt::format("{}: a provider that a routing rule names", provider.where());
  connection.strategy = take_strategy(provider, "type", type, strategy_name(type));
  connection.signup_open = false;
  provider.note(Outcome::approximated, "id",
                fmt::format("`{}` is not in the export; sign-up at a first login is closed", id));
  making.providers.emplace(id, making.tenant.connections.size());
  making.tenant.connections.push_back(std::move(connection));
  return making.tenant.connections.size() - 1;
}

// The domain that a pattern stands for; nothing when it is about anything else.
std::optional<std::string> domain_of(const Fields& pattern) {
  const auto match = pattern.text("matchType").value_or("");
  auto value = pattern.text("value").value_or("");
  const bool exact = value.starts_with('@');
  if (exact) value.erase(0, 1);
  auto domain = lower_case(value);
  if (match != "SUFFIX" || !is_domain(domain)) {
    pattern.note(Outcome::not_expressible, "value",
                 fmt::format("{} `{}`: Writ routes by the whole domain of an address", match, value));
    return std::nullopt;
  }
  if (exact)
    pattern.take("value");
  else
    pattern.note(
        Outcome::approximated, "value",
        fmt::format("an address that ends with `{}` otherwise, as of a domain below it, is not routed", domain));
  return domain;
}

std::vector<std::string> apps_of(const Fields& app, const char* field) {
  std::vector<std::string> ids;
  for (const auto& one : app.objects(field)) {
    if (one.text("type").value_or("APP") == "APP" && one.has("id"))
      ids.push_back(one.text("id").value_or(""));
    else
      one.note(Outcome::not_expressible, "type", "applications of a type are not known to be one; passed over");
  }
  return ids;
}

// Dynamic routing: the provider whose name is the domain of the address.
void take_dynamic(Making& making, const Fields& idp, std::vector<Route>& routes, const Route& rule) {
  bool by_domain = false;
  for (const auto& one : idp.objects("matchCriteria")) {
    std::string plain;
    for (const char c : one.text("providerExpression").value_or(""))
      if (std::string_view(" '\"").find(c) == std::string_view::npos) plain += c;
    by_domain = by_domain || (plain == "login.identifier.substringAfter(@)" && one.text("propertyName") == "name");
  }
  if (!by_domain)
    return idp.note(Outcome::not_expressible, "matchCriteria", fmt::format("`{}` routes by an expression", rule.name));
  idp.take("matchCriteria");
  for (const auto& thing : making.source.providers) {
    const auto fields = making.fields(thing);
    const auto domain = lower_case(fields.text("name").value_or(""));
    const auto found = making.providers.find(fields.text("id").value_or(""));
    if (!is_domain(domain) || domain.find('.') == domain.npos || found == making.providers.end()) continue;
    auto route = rule;
    route.domains = {domain};
    route.everyone = false;
    route.to = found->second;
    routes.push_back(std::move(route));
  }
}

void take_rule(Making& making, const Rule& rule, std::vector<Route>& routes) {
  const auto conditions = rule.fields.object("conditions");
  const auto idp = rule.fields.object("actions").object("idp");
  Route route;
  route.name = rule.name;
  for (const auto& key : conditions.keys()) {
    if (key == "app" || key == "userIdentifier") continue;
    if (key == "network" && conditions.object("network").text("connection").value_or("ANYWHERE") == "ANYWHERE")
      continue;
    if (!says_something(conditions.find(key))) continue;
    return conditions.note(
        Outcome::not_expressible, key,
        fmt::format("`{}` is left out: where an address is sent depends on nothing but its domain", rule.name));
  }
  const auto app = conditions.object("app");
  route.include = apps_of(app, "include");
  route.exclude = apps_of(app, "exclude");
  if (route.include.empty() && says_something(app.find("include"))) return;
  if (idp.text("idpSelectionType").value_or("SPECIFIC") == "DYNAMIC") return take_dynamic(making, idp, routes, route);
  const auto user = conditions.object("userIdentifier");
  const auto patterns = user.objects("patterns");
  if (user.text("type") == "ATTRIBUTE" && !patterns.empty())
    return user.note(Outcome::not_expressible, "type",
                     fmt::format("`{}` is left out: it looks at a profile", rule.name));
  for (const auto& pattern : patterns)
    if (auto domain = domain_of(pattern)) route.domains.push_back(std::move(*domain));
  route.everyone = patterns.empty();
  if (!route.everyone && route.domains.empty()) return;
  const auto providers = idp.objects("providers");
  if (providers.size() > 1)
    idp.note(Outcome::approximated, "providers", fmt::format("`{}` offers several; the first is written", rule.name));
  if (!providers.empty() && providers.front().text("type") != "OKTA") route.to = provider_of(making, providers.front());
  if (!providers.empty()) idp.take("providers");
  routes.push_back(std::move(route));
}

// Only enterprise connections have domains; a social provider that gets one is the company's account there.
void make_enterprise(Making& making, std::size_t place) {
  auto& connection = making.tenant.connections[place];
  const auto& strategy = strategies[connection.strategy];
  if (strategy.family == Family::enterprise) return;
  const auto* const name = strategy.name == "google_oauth2" ? "google_apps"
                           : strategy.name == "windowslive" ? "waad"
                                                            : "oidc";
  making.report.add(Outcome::approximated, connection.origin, "type",
                    fmt::format("a domain is routed to it, so it is taken for `{}`", name));
  connection.strategy = strategy_named(name).value();
}

using Places = std::set<std::size_t>;

// Of each domain, where the first rule sends it that holds for the application.
std::map<std::string, std::optional<std::size_t>> routed(const Making& making, const std::string& app,
                                                         const std::vector<Route>& routes, Places& used) {
  std::map<std::string, std::optional<std::size_t>> first;
  for (const auto& route : routes) {
    const auto names = [&](const std::vector<std::string>& ids) { return std::ranges::find(ids, app) != ids.end(); };
    if ((!route.include.empty() && !names(route.include)) || names(route.exclude)) continue;
    if (route.everyone) {
      if (!route.to) break;
      used.insert(*route.to);
      making.report.add(Outcome::not_expressible, route.name, "actions.idp.providers",
                        fmt::format("every other address is sent to {}; Writ sends only domains that it knows",
                                    making.tenant.connections[*route.to].name));
      break;
    }
    for (const auto& domain : route.domains)
      if (first.emplace(domain, route.to).second && route.to) used.insert(*route.to);
  }
  return first;
}

void settle(Making& making, Client& client, const std::map<std::string, std::optional<std::size_t>>& first) {
  std::map<std::string, std::vector<std::size_t>> claimed;
  for (const auto place : client.connections)
    for (const auto& domain : making.tenant.connections[place].domains) claimed[domain].push_back(place);
  for (const auto& [domain, places] : claimed) {
    const auto found = first.find(domain);
    const auto to = found == first.end() ? std::nullopt : found->second;
    if (!to)
      making.report.add(Outcome::approximated, client.origin, "actions.idp",
                        fmt::format("here Okta asks addresses of {} for their password; Writ sends them to {}", domain,
                                    making.tenant.connections[places.front()].name));
    if (places.size() > 1) client.discover.emplace_back(domain, to.value_or(places.front()));
  }
}

}  // namespace

void take_providers(Making& making) {
  for (const auto& thing : making.source.providers) {
    const auto fields = making.fields(thing);
    const auto id = fields.text("id").value_or("");
    if (id.empty() || making.providers.contains(id)) {
      fields.note(Outcome::wrong, "id", "an identity provider without an id of its own is passed over");
      continue;
    }
    if (fields.text("status").value_or("ACTIVE") != "ACTIVE") {
      fields.note(Outcome::approximated, "status", "it is not active, so it is left out");
      continue;
    }
    const auto type = fields.text("type").value_or("");
    Connection connection;
    connection.wire = making.connection_wire(id);
    connection.name = making.words.make(fields.text("name").value_or(id));
    connection.origin = fmt::format("{}: {}", thing.origin, fields.text("name").value_or(id));
    connection.strategy = take_strategy(fields, "type", type, strategy_name(type));
    connection.issuer = fields.object("protocol").object("issuer").text("url").value_or("");
    const auto provisioning = fields.object("policy").object("provisioning");
    connection.signup_open = provisioning.text("action") == "AUTO";
    if (provisioning.has("action")) provisioning.take("action");
    making.providers.emplace(id, making.tenant.connections.size());
    making.tenant.connections.push_back(std::move(connection));
  }
}

void take_discovery(Making& making) {
  std::vector<Route> routes;
  for (const auto& policy : policies_of(making, "IDP_DISCOVERY"))
    for (const auto& rule : policy.rules) take_rule(making, rule, routes);
  Places routed_somewhere;
  for (const auto& route : routes)
    if (route.to) routed_somewhere.insert(*route.to);
  std::map<std::size_t, std::map<std::string, std::optional<std::size_t>>> first;
  for (const auto& [app, place] : making.apps) {
    auto& client = making.tenant.clients[place];
    if (client.type == ClientType::m2m) continue;
    Places used;
    first[place] = routed(making, app, routes, used);
    client.connections = making.stores;
    for (const auto& [id, provider] : making.providers)
      if (used.contains(provider) || !routed_somewhere.contains(provider)) used.insert(provider);
    for (const auto provider : used)
      if (std::ranges::find(client.connections, provider) == client.connections.end())
        client.connections.push_back(provider);
    for (const auto& [domain, to] : first[place]) {
      if (!to) continue;
      make_enterprise(making, *to);
      auto& domains = making.tenant.connections[*to].domains;
      if (std::ranges::find(domains, domain) == domains.end()) domains.push_back(domain);
    }
  }
  for (const auto& [place, routes_of] : first) settle(making, making.tenant.clients[place], routes_of);
}

}  // namespace writ::importing::okta
