// Clients, identity providers and organizations. An identity provider serves every client that people sign in to.
#include "compiler/import/keycloak_plan.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing::keycloak {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;
constexpr std::array strategies_of_providers = {
    Pair{"google", "google_oauth2"},  Pair{"linkedin-openid-connect", "linkedin"},
    Pair{"microsoft", "windowslive"}, Pair{"keycloak-oidc", "oidc"},
    Pair{"openshift-v4", "oauth2"},   Pair{"stackoverflow", "oauth2"},
    Pair{"openshift-v3", "oauth2"}};
// What every realm has for itself.
constexpr std::array<std::string_view, 6> own_clients = {"account", "account-console",  "admin-cli",
                                                         "broker",  "realm-management", "security-admin-console"};

std::size_t strategy_of(const Fields& provider) {
  const auto given = provider.text("providerId").value_or("");
  const auto* const other = std::ranges::find(strategies_of_providers, given, &Pair::first);
  const auto name = other == strategies_of_providers.end() ? std::string_view(given) : other->second;
  return take_strategy(provider, "providerId", given, name);
}

bool is_on(const Fields& attributes, std::string_view name) { return attributes.text(name) == "true"; }

void take_grants(const Fields& fields, Client& client) {
  const auto attributes = fields.object("attributes");
  const auto add = [&](bool has, std::string_view field, std::string_view grant) {
    if (!has) return;
    fields.take(field);
    client.grants.emplace_back(grant);
  };
  const bool people = fields.flag("standardFlowEnabled").value_or(true);
  add(people, "standardFlowEnabled", "authorization_code");
  add(people && attributes.text("use.refresh.tokens") != "false", "attributes.use.refresh.tokens", "refresh_token");
  add(fields.flag("serviceAccountsEnabled").value_or(false), "serviceAccountsEnabled", "client_credentials");
  add(is_on(attributes, "oauth2.device.authorization.grant.enabled"),
      "attributes.oauth2.device.authorization.grant.enabled", "device_code");
  add(is_on(attributes, "oidc.ciba.grant.enabled"), "attributes.oidc.ciba.grant.enabled", "ciba");
  add(is_on(attributes, "standard.token.exchange.enabled"), "attributes.standard.token.exchange.enabled",
      "token_exchange");
  for (const auto* flag : {"implicitFlowEnabled", "directAccessGrantsEnabled"})
    if (fields.flag(flag).value_or(false)) {
      fields.note(Outcome::not_expressible, flag,
                  "Writ has neither the implicit nor the password grant; requests by it are denied");
      client.comments.push_back(
          grant_left_out(flag == std::string_view("implicitFlowEnabled") ? "implicit" : "password"));
    }
}

ClientType type_of(const Fields& fields, const Client& client) {
  const bool machine = client.grants.size() == 1 && client.grants[0] == "client_credentials";
  if (machine) return ClientType::m2m;
  if (fields.text("protocol") == "saml") {
    fields.note(Outcome::approximated, "protocol", "a SAML application is taken for one of type web");
    return ClientType::web;
  }
  fields.take("publicClient");
  return fields.flag("publicClient").value_or(false) ? ClientType::spa : ClientType::web;
}

void take_addresses(const Fields& fields, Client& client) {
  for (auto& uri : fields.texts("redirectUris")) {
    if (uri.empty() || std::ranges::find(client.callbacks, uri) != client.callbacks.end()) continue;
    fields.take("redirectUris");
    if (uri.find('*') != uri.npos || uri.starts_with('/'))
      fields.note(
          Outcome::approximated, "redirectUris",
          fmt::format("`{}` is a pattern or relative in Keycloak; Writ compares to the byte, so list what is used",
                      uri));
    client.callbacks.push_back(std::move(uri));
  }
  for (auto& origin : fields.texts("webOrigins"))
    if (!origin.empty() && origin != "+" && std::ranges::find(client.origins, origin) == client.origins.end()) {
      fields.take("webOrigins");
      client.origins.push_back(std::move(origin));
    }
}

}  // namespace

void take_providers(Making& making) {
  Names names("connection");
  names.make("users");
  for (const auto& fields : making.realm.objects("identityProviders")) {
    const auto alias = fields.text("alias");
    if (!alias || alias->empty() || *alias == "users" || making.providers.contains(*alias)) {
      fields.note(Outcome::wrong, "alias",
                  alias ? "a connection of this name is there already" : "a provider without an alias");
      continue;
    }
    if (!fields.flag("enabled").value_or(true) || fields.flag("linkOnly").value_or(false)) {
      fields.note(Outcome::approximated, "enabled", fmt::format("`{}` lets nobody sign in, so it is left out", *alias));
      continue;
    }
    Connection connection;
    connection.wire = *alias;
    connection.name = names.make(*alias);
    connection.origin = fmt::format("{}: {}", fields.path("alias"), *alias);
    connection.strategy = strategy_of(fields);
    if (auto issuer = fields.object("config").text("issuer"); issuer && !issuer->empty()) {
      fields.take("config.issuer");
      connection.issuer = std::move(*issuer);
    }
    making.providers.emplace(*alias, making.tenant.connections.size());
    making.tenant.connections.push_back(std::move(connection));
  }
}

void take_clients(Making& making) {
  Names names("client");
  std::set<std::string> seen;
  const bool organizations = making.realm.flag("organizationsEnabled").value_or(false);
  for (const auto& fields : making.realm.objects("clients")) {
    const auto id = fields.text("clientId");
    if (!id || id->empty() || !seen.insert(*id).second) {
      fields.note(Outcome::wrong, "clientId",
                  id ? "a client of this id is there already" : "a client without a clientId");
      continue;
    }
    if (std::ranges::find(own_clients, *id) != own_clients.end()) {
      making.report.unread.insert("clients." + *id);
      continue;
    }
    if (!fields.flag("enabled").value_or(true) || fields.flag("bearerOnly").value_or(false)) {
      fields.note(Outcome::approximated, fields.flag("bearerOnly").value_or(false) ? "bearerOnly" : "enabled",
                  fmt::format("nobody signs in to `{}`, so it is left out", *id));
      continue;
    }
    Client client;
    client.wire = *id;
    client.name = names.make(*id);
    client.origin = fmt::format("{}: {}", fields.path("clientId"), *id);
    take_grants(fields, client);
    if (client.grants.empty()) {
      fields.note(Outcome::approximated, "standardFlowEnabled",
                  fmt::format("`{}` has no grant that Writ knows, so it is left out", *id));
      continue;
    }
    client.type = type_of(fields, client);
    take_addresses(fields, client);
    if (client.type != ClientType::m2m)
      for (std::size_t place = 0; place < making.tenant.connections.size(); ++place)
        client.connections.push_back(place);
    if (organizations && client.type != ClientType::m2m) client.organizations = OrganizationUsage::allow;
    making.tenant.clients.push_back(std::move(client));
  }
}

void take_organizations(Making& making) {
  if (!making.realm.flag("organizationsEnabled").value_or(false)) return;
  Names names("organization");
  std::set<std::string> seen;
  for (const auto& fields : making.realm.objects("organizations")) {
    const auto name = fields.text("name");
    const auto alias = fields.text("alias").value_or(name.value_or(""));
    if (alias.empty() || !seen.insert(alias).second || !fields.flag("enabled").value_or(true)) {
      fields.note(Outcome::approximated, "enabled",
                  fmt::format("`{}` is disabled, unnamed or there twice; it is left out", alias));
      continue;
    }
    Organization organization;
    organization.wire = alias;
    organization.name = names.make(alias);
    organization.origin = fmt::format("{}: {}", fields.path("name"), alias);
    organization.title = name.value_or("");
    for (const auto& one : fields.objects("domains")) {
      const auto domain = lower_case(one.text("name").value_or(""));
      const bool known = std::ranges::find(organization.domains, domain) != organization.domains.end();
      if (!is_domain(domain) || known || !one.flag("verified").value_or(false)) continue;
      one.take("name");
      organization.domains.push_back(domain);
    }
    organization.connections.push_back(users);
    for (const auto& one : fields.objects("identityProviders")) {
      const auto found = making.providers.find(one.text("alias").value_or(""));
      if (found == making.providers.end() ||
          std::ranges::find(organization.joins, found->second) != organization.joins.end())
        continue;
      one.take("alias");
      organization.connections.push_back(found->second);
      organization.joins.push_back(found->second);
      auto& domains = making.tenant.connections[found->second].domains;
      if (strategies[making.tenant.connections[found->second].strategy].family == Family::enterprise)
        for (const auto& domain : organization.domains)
          if (std::ranges::find(domains, domain) == domains.end()) domains.push_back(domain);
    }
    making.tenant.organizations.push_back(std::move(organization));
  }
}

}  // namespace writ::importing::keycloak
