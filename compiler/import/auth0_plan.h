// Inside the import from Auth0: the tenant as far as it is made, and the sections that go into it.
#pragma once

#include "compiler/import/auth0.h"
#include "compiler/import/auth0_passwords.h"
#include "compiler/import/fields.h"

#include <map>
#include <optional>
#include <string>

namespace writ::importing::auth0 {

struct Protection {
  bool breached = false;  // passwords are refused when they are set
  std::string lockout;    // of connections that ask for it; empty: there is none
};

struct Making {
  Auth0Export& source;
  Report& report;
  Tenant tenant{};
  Protection protection{};
  std::map<std::string, std::size_t> clients{}, connections{};  // by what an export may call them: name or id
  std::vector<bool> first_party{};                              // by client

  Fields fields(const Auth0Thing& thing) const { return {thing.value, thing.origin, report}; }
};

void take_clients(Making& making);                              // auth0_clients.cpp
void take_connections(Making& making);                          // auth0_connections.cpp, behind clients and protection
void discover_first(Making& making);                            // the same
void take_organizations(Making& making);                        // auth0_organizations.cpp, behind connections
void take_protection(Making& making);                           // auth0_protection.cpp
void take_rules(Making& making);                                // auth0_rules.cpp, at last
void take_programs(Making& making);                             // auth0_programs.cpp, behind connections
std::optional<std::string> domain_of(const std::string& text);  // in lower case; nothing when it is none

}  // namespace writ::importing::auth0
