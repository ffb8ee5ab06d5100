// Tenants of Auth0 as its deploy tool exports them: one `tenant.yaml`, or a folder of JSON files; the same content either way.
// Facts about the format and what it means: Auth0's Management API and the deploy tool's schemas.
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/keywords.h"
#include "compiler/import/plan.h"
#include "compiler/import/report.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace writ::importing {

// One thing of an export, and where it stands: `clients/My SPA.json`, or `tenant.yaml, clients[2]`.
struct Auth0Thing {
  Value value;
  std::string origin;
};
// An organization as far as it can be read without the rest: an export may have a hundred thousand.
struct Auth0Organization {
  struct Member {
    std::string connection;  // by name or id
    bool joins = false, closed_signup = false;
  };
  std::string name, id, title, logo, origin;
  std::vector<std::pair<std::string, std::string>> colors{};
  std::vector<Member> members{};
  std::vector<std::string> domains{};
};
// By section, as tenant.yaml names them; a section that is one object is a list of one.
struct Auth0Export {
  std::map<std::string, std::vector<Auth0Thing>, std::less<>> sections;
  std::vector<Auth0Organization> organizations;  // those that a section of that name does not hold
  std::string origin;                            // what was read
  std::string problem;                           // why nothing was; then there is nothing
  const std::vector<Auth0Thing>& section(std::string_view name) const;
};

// `path` is tenant.yaml, a JSON file with the same keys, or a folder that holds either of them or the files of a folder export.
Auth0Export read_auth0(const std::string& path, const Keywords& keywords, Report& report);

// `name` is the tenant's wire id. Never fails: what cannot be taken is in the report.
Tenant plan_auth0(Auth0Export source, const std::string& name, Report& report);

// One entry of `organizations`; nothing, and a note, when it has no name.
void add_organization(const Auth0Thing& thing, Auth0Export& made, Report& report);

}  // namespace writ::importing
