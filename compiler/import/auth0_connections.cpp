// Connections of all strategies: what they are, who may use them, and which passwords and attempts they take.
#include "compiler/import/auth0_plan.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing::auth0 {

namespace {

using Pair = std::pair<std::string_view, std::string_view>;
// Names of strategies that Writ has under another one.
constexpr std::array other_names = {Pair{"auth0", "database"}, Pair{"samlp", "saml"}, Pair{"pingfederate", "ping"},
                                    Pair{"auth0-adldap", "ad"}, Pair{"mscrm", "office365"}};

std::size_t strategy_of(const Fields& fields, bool database) {
  const auto given = fields.text("strategy").value_or(database ? "auth0" : "");
  std::string name = given;
  std::ranges::replace(name, '-', '_');
  if (const auto* const found = std::ranges::find(other_names, given, &Pair::first); found != other_names.end())
    name = found->second;
  return take_strategy(fields, "strategy", given, name);
}

void take_domains(const Fields& options, Connection& connection) {
  std::vector<std::string> given;
  for (const auto* field : {"domain", "tenant_domain"})
    if (auto domain = options.text(field)) given.push_back(std::move(*domain));
  std::ranges::copy(options.texts("domain_aliases"), std::back_inserter(given));
  for (const auto& text : given) {
    const auto domain = domain_of(text);
    if (!domain) {
      if (!text.empty()) options.note(Outcome::wrong, "domain_aliases", fmt::format("`{}` is no domain", text));
    } else if (std::ranges::find(connection.domains, *domain) == connection.domains.end()) {
      options.take("domain_aliases");
      connection.domains.push_back(*domain);
    }
  }
}

void take_enterprise(const Fields& options, Connection& connection) {
  take_domains(options, connection);
  if (auto issuer = options.text("issuer"); issuer && !issuer->empty()) {
    options.take("issuer");
    connection.issuer = std::move(*issuer);
  }
  if (const auto directory = options.text("tenantId"); directory && !directory->empty()) {
    options.take("tenantId");
    connection.settings.emplace_back("tenant_id", literal(*directory));
  }
  if (options.flag("waad_common_endpoint").value_or(options.flag("useCommonEndpoint").value_or(false))) {
    options.note(Outcome::approximated, "waad_common_endpoint",
                 "any directory can sign in; write which, such as `deny login on … unless token.tid in […]`");
    connection.settings.emplace_back("common_endpoint", "true");
  }
}

void take_options(const Making& making, const Fields& options, Connection& connection) {
  const auto family = strategies[connection.strategy].family;
  if (options.has("disable_signup")) options.take("disable_signup");
  connection.signup_open = !options.flag("disable_signup").value_or(false);
  if (family == Family::enterprise) take_enterprise(options, connection);
  if (family == Family::database) connection.statements = auth0_password(options, making.protection.breached);
  const bool tries_secrets = family == Family::database || family == Family::passwordless;
  if (tries_secrets && !making.protection.lockout.empty() &&
      options.flag("brute_force_protection").value_or(family == Family::database)) {
    options.take("brute_force_protection");
    connection.statements.push_back(making.protection.lockout);
  }
}

// Which applications may use the connection: those it lists, and those of others when it is one of the whole domain.
void enable(Making& making, const Fields& fields, std::size_t place) {
  const auto add = [&](std::size_t client) {
    auto& list = making.tenant.clients[client].connections;
    if (std::ranges::find(list, place) == list.end()) list.push_back(place);
  };
  for (const auto& client : fields.texts("enabled_clients")) {
    if (const auto found = making.clients.find(client); found != making.clients.end()) {
      fields.take("enabled_clients");
      add(found->second);
    } else {
      fields.note(Outcome::wrong, "enabled_clients", fmt::format("there is no application `{}` in the export", client));
    }
  }
  if (!fields.flag("is_domain_connection").value_or(false)) return;
  for (std::size_t client = 0; client < making.first_party.size(); ++client)
    if (!making.first_party[client]) {
      fields.take("is_domain_connection");
      add(client);
    }
}

void take_connection(Making& making, Names& names, const Auth0Thing& thing, bool database) {
  const auto fields = making.fields(thing);
  const auto name = fields.text("name");
  if (!name || name->empty() || making.connections.contains(*name)) {
    fields.note(Outcome::wrong, "name",
                name ? "a connection of this name is there already" : "a connection without a name");
    return;
  }
  Connection connection;
  connection.wire = *name;
  connection.name = names.make(*name);
  connection.origin = fmt::format("{}: {}", thing.origin, *name);
  connection.strategy = strategy_of(fields, database);
  take_options(making, fields.object("options"), connection);
  const auto place = making.tenant.connections.size();
  making.connections.emplace(*name, place);
  if (const auto id = fields.text("id")) making.connections.emplace(*id, place);
  enable(making, fields, place);
  if (fields.object("authentication").flag("active") == false) {
    fields.take("authentication.active");
    making.tenant.rules.push_back(
        fmt::format("deny login, signup \"{} is not for signing in\" on {}", connection.name, connection.name));
  }
  if (fields.object("options").flag("disable_self_service_change_password").value_or(false)) {
    fields.take("options.disable_self_service_change_password");
    making.tenant.rules.push_back(
        fmt::format("deny password_change, password_reset \"{} has no self-service for passwords\" on {}",
                    connection.name, connection.name));
  }
  making.tenant.connections.push_back(std::move(connection));
}

}  // namespace

std::optional<std::string> domain_of(const std::string& text) {
  auto domain = lower_case(text);
  return is_domain(domain) ? std::optional(domain) : std::nullopt;
}

void take_connections(Making& making) {
  Names names("connection");
  for (const auto& thing : making.source.section("databases")) take_connection(making, names, thing, true);
  for (const auto& thing : making.source.section("connections")) take_connection(making, names, thing, false);
}

// Where several connections of an application have one domain, Auth0 takes the first.
void discover_first(Making& making) {
  for (auto& client : making.tenant.clients) {
    std::map<std::string, std::vector<std::size_t>> by_domain;
    for (const auto place : client.connections)
      for (const auto& domain : making.tenant.connections[place].domains) by_domain[domain].push_back(place);
    for (const auto& [domain, claimed] : by_domain) {
      if (claimed.size() < 2) continue;
      client.discover.emplace_back(domain, claimed.front());
      making.report.add(
          Outcome::approximated, client.origin, "options.domain_aliases",
          fmt::format("{} connections claim {}; Auth0 takes its first, which is written as the export's first, {}",
                      claimed.size(), domain, making.tenant.connections[claimed.front()].name));
    }
  }
}

}  // namespace writ::importing::auth0
