// Policies of Okta as its API returns them: a folder of JSON files, or a file that holds several. Policies and rules are asked in
// the order of their priorities and the first whose conditions hold decides; rules of Writ have no order, so each says which
// earlier ones would have decided (decision 0014).
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/plan.h"
#include "compiler/import/report.h"

#include <set>
#include <string>
#include <vector>

namespace writ::importing {

struct OktaThing {
  Value value;
  std::string origin;
};
struct OktaRule : OktaThing {
  std::string policy;  // its id; empty: not said
};
struct OktaExport {
  std::vector<OktaThing> policies, zones, apps, groups, providers, mappings;
  std::vector<OktaRule> rules;
  std::set<std::string> policy_ids;
  std::string origin;
  std::string problem;  // why nothing was read
};
// What a file holds is seen from what it says. A file that cannot be read is noted, and the others are; nothing at all is a problem.
OktaExport read_okta(const std::string& path, Report& report);
// What `value` holds, into `made`.
void sort_okta(Value value, const std::string& origin, OktaExport& made, Report& report);

// `name` is the tenant's wire id. Never fails: what cannot be taken is in the report.
Tenant plan_okta(const OktaExport& source, const std::string& name, Report& report);

}  // namespace writ::importing
