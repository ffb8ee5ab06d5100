// Realms of Keycloak as its export writes them, JSON or YAML. A realm has one store of users, which becomes a connection of family
// database, and identity providers that serve every client.
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/plan.h"
#include "compiler/import/report.h"

#include <string>

namespace writ::importing {

struct KeycloakRealm {
  Value value{};
  std::string origin{};   // the file's name
  std::string problem{};  // why it could not be read; then there is no value
};
KeycloakRealm read_keycloak(const std::string& path);

// `name` is the tenant's wire id; empty: the realm's name. Never fails: what cannot be taken is in the report.
Tenant plan_keycloak(const KeycloakRealm& source, const std::string& name, Report& report);

}  // namespace writ::importing
