// The realm's parts in the order in which they need one another.
#include "compiler/import/keycloak.h"

#include "compiler/import/keycloak_plan.h"
#include "compiler/import/source_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing {

namespace {

constexpr std::array<std::string_view, 27> read_fields = {"realm",
                                                          "displayName",
                                                          "enabled",
                                                          "registrationAllowed",
                                                          "resetPasswordAllowed",
                                                          "verifyEmail",
                                                          "passwordPolicy",
                                                          "bruteForceProtected",
                                                          "permanentLockout",
                                                          "maxTemporaryLockouts",
                                                          "failureFactor",
                                                          "waitIncrementSeconds",
                                                          "maxDeltaTimeSeconds",
                                                          "quickLoginCheckMilliSeconds",
                                                          "identityProviders",
                                                          "clients",
                                                          "organizationsEnabled",
                                                          "organizations",
                                                          "browserFlow",
                                                          "authenticationFlows",
                                                          "authenticatorConfig",
                                                          "ssoSessionIdleTimeout",
                                                          "ssoSessionMaxLifespan",
                                                          "maxFailureWaitSeconds",
                                                          "minimumQuickLoginWaitSeconds",
                                                          "bruteForceStrategy",
                                                          "id"};

void take_session(keycloak::Making& making) {
  constexpr std::int64_t year = 31'536'000;
  std::string entries;
  for (const auto& [field, word] :
       {std::pair("ssoSessionIdleTimeout", "idle"), std::pair("ssoSessionMaxLifespan", "absolute")}) {
    const auto seconds = making.realm.number(field);
    if (!seconds) continue;
    if (*seconds < 1 || *seconds > year) {
      making.realm.note(Outcome::wrong, field,
                        fmt::format("{} seconds are not from 1 to {}; they are passed over", *seconds, year));
      continue;
    }
    making.realm.take(field);
    entries += fmt::format("{} {}s\n", word, *seconds);
  }
  if (!entries.empty()) making.tenant.rules.insert(making.tenant.rules.begin(), "session {\n" + entries + "}");
}

void allow(keycloak::Making& making) {
  auto& rules = making.tenant.rules;
  const auto any = [&](bool machine) {
    return std::ranges::any_of(making.tenant.clients, [&](const Client& client) {
      return machine ? std::ranges::find(client.grants, "client_credentials") != client.grants.end()
                     : !client.connections.empty();
    });
  };
  if (any(true)) rules.insert(rules.begin(), "allow m2m");
  if (any(false)) rules.insert(rules.begin(), "allow login, signup, password_change, password_reset, refresh");
}

}  // namespace

KeycloakRealm read_keycloak(const std::string& path) {
  auto file = read_source(path, nullptr);
  KeycloakRealm realm{std::move(file.value), std::move(file.name), std::move(file.problem)};
  if (!realm.problem.empty()) return realm;
  if (realm.value.is_array() && realm.value.size() == 1) realm.value = Value(std::move(realm.value[0]));
  if (realm.value.is_array())
    realm.problem = fmt::format("`{}` holds {} realms; give one file for each", path, realm.value.size());
  else if (!realm.value.is_object() || !(realm.value.contains("realm") || realm.value.contains("clients")))
    realm.problem = fmt::format("`{}` holds no realm: it should have `realm` or `clients`", path);
  return realm;
}

Tenant plan_keycloak(const KeycloakRealm& source, const std::string& name, Report& report) {
  const Fields realm(source.value, source.origin, report);
  keycloak::Making making{realm, report};
  const auto given = realm.text("realm").value_or("");
  making.tenant.wire = !name.empty() ? name : given.empty() ? "realm" : given;
  making.tenant.name = Names("tenant").make(making.tenant.wire);
  making.tenant.origin = "Keycloak, " + source.origin;
  making.tenant.title = realm.text("displayName").value_or("");
  keycloak::take_users(making);
  keycloak::take_providers(making);
  keycloak::take_organizations(making);
  keycloak::take_clients(making);
  keycloak::take_flow(making);
  take_session(making);
  allow(making);
  if (realm.flag("enabled") == false) {
    realm.take("enabled");
    making.tenant.rules.emplace_back(
        "deny login, signup, password_change, password_reset, refresh, m2m, access \"the realm is disabled\"");
  }
  for (const auto& key : realm.keys())
    if (std::ranges::find(read_fields, key) == read_fields.end()) report.unread.insert(key);
  return std::move(making.tenant);
}

}  // namespace writ::importing
