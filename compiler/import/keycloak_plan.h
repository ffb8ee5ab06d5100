// Inside the import from Keycloak: the realm as far as it is made.
#pragma once

#include "compiler/import/fields.h"
#include "compiler/import/plan.h"

#include <map>
#include <string>

namespace writ::importing::keycloak {

struct Making {
  const Fields& realm;
  Report& report;
  Tenant tenant{};
  std::map<std::string, std::size_t> providers{};  // by alias: in Tenant::connections
};

// The store of users is the first connection.
constexpr std::size_t users = 0;

void take_users(Making& making);          // keycloak_users.cpp
void take_providers(Making& making);      // keycloak_clients.cpp
void take_clients(Making& making);        // the same
void take_organizations(Making& making);  // the same
void take_flow(Making& making);           // keycloak_flows.cpp
// `length(8) and notUsername`, as requirements of a password; may add a rule.
std::vector<std::string> password_requirements(const std::string& policy, Making& making);  // keycloak_passwords.cpp

}  // namespace writ::importing::keycloak
