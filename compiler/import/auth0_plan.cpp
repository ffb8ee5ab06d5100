// The sections in the order in which they need one another.
#include "compiler/import/auth0_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing {

namespace {

// The sections that are looked at; what others hold bears on no decision.
constexpr std::array<std::string_view, 15> read_sections = {
    "tenant",           "clients",         "databases",   "connections",   "organizations", "attackProtection",
    "guardianPolicies", "guardianFactors", "networkACLs", "customDomains", "rules",         "hooks",
    "actions",          "branding",        "triggers"};

void take_tenant(auth0::Making& making) {
  for (const auto& thing : making.source.section("tenant"))
    making.tenant.title = making.fields(thing).text("friendly_name").value_or("");
  for (const auto& thing : making.source.section("customDomains")) {
    const auto fields = making.fields(thing);
    if (const auto domain = auth0::domain_of(fields.text("domain").value_or("")))
      fields.note(
          Outcome::approximated, "domain",
          fmt::format("{} is not written: `hosts` would refuse the tenant's own host, which no export has; write both",
                      *domain));
  }
}

// Whatever is enabled may be used: the structure says who, the rules say no more than that.
void allow(auth0::Making& making) {
  auto& rules = making.tenant.rules;
  const bool machines = std::ranges::any_of(making.tenant.clients, [](const Client& client) {
    return std::ranges::find(client.grants, "client_credentials") != client.grants.end() ||
           (client.grants.empty() && client.type == ClientType::m2m);
  });
  const bool people =
      std::ranges::any_of(making.tenant.clients, [](const Client& client) { return !client.connections.empty(); });
  if (machines) rules.insert(rules.begin(), "allow m2m");
  if (people) rules.insert(rules.begin(), "allow login, signup, password_change, password_reset, refresh");
}

void count_databases(Tenant& tenant) {
  for (const auto& client : tenant.clients) {
    const auto databases = std::ranges::count_if(client.connections, [&](std::size_t place) {
      return strategies[tenant.connections[place].strategy].family == Family::database;
    });
    tenant.most_databases = std::max(tenant.most_databases, static_cast<std::size_t>(databases));
  }
}

}  // namespace

Tenant plan_auth0(Auth0Export source, const std::string& name, Report& report) {
  auth0::Making making{source, report};
  making.tenant.wire = name;
  making.tenant.name = Names("tenant").make(name);
  making.tenant.origin = "Auth0, " + source.origin;
  take_tenant(making);
  auth0::take_clients(making);
  auth0::take_protection(making);
  auth0::take_connections(making);
  auth0::discover_first(making);
  auth0::take_organizations(making);
  auth0::take_rules(making);
  auth0::take_programs(making);
  allow(making);
  count_databases(making.tenant);
  for (const auto& [section, things] : source.sections)
    if (std::ranges::find(read_sections, section) == read_sections.end() && !things.empty())
      report.unread.insert(section);
  return std::move(making.tenant);
}

}  // namespace writ::importing
