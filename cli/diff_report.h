// What `writ diff` found, as people and machines read it.
#pragma once

#include "cli/console.h"
#include "compiler/diff/diff.h"

#include <map>
#include <string>
#include <vector>

namespace writ::cli {

struct DiffReport {
  std::string before, after;  // what was compared, as it was named
  std::size_t tenants_before = 0, tenants_after = 0;
  std::vector<diff::TenantDiff> tenants;
  std::vector<std::string> lines;  // of each witness of each tenant, in order: as a test block writes the request

  bool decisions_changed() const;
  std::size_t all_tenants() const;  // of either side
};

// Changes that several tenants share, and tenants in which the same happened.
struct DiffGroup {
  std::vector<const diff::TenantDiff*> tenants;  // at least one
  std::vector<std::string> lines;                // of the first one's witnesses
};
struct DiffGroups {
  std::map<std::string, std::vector<std::pair<diff::Change, std::size_t>>>
      shared;  // by owner, with the number of tenants
  std::vector<DiffGroup> own;
};
DiffGroups groups_of(const DiffReport& report);

// "deny by `office only`, platform.writ:4"
std::string short_text(const Explanation& decision);
std::string_view arrow_text(const diff::Direction& direction);  // "deny → allow"
std::string tries_text(const diff::TenantDiff& tenant);         // "in 20,000 requests and 1,200 passwords"

std::string pretty(const DiffReport& report, const Console& console, std::size_t most);
// For a comment on a pull request; at most `bytes`, and what was left out is said.
std::string markdown(const DiffReport& report, std::size_t bytes);
std::string json(const DiffReport& report, const Engine& before, const Engine& after);

}  // namespace writ::cli
