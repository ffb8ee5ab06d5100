// Tenants that are alike but for constants, and the templates that say what they have in common.
#pragma once

#include "compiler/import/plan.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace writ::importing {

struct Templates {
  std::string declarations;                                   // of all of them
  std::vector<std::pair<std::string, std::size_t>> counts{};  // by name: how many tenants each has
  std::map<std::size_t, std::string> instances{};             // by place of the tenant: its file
};

// A template for three or more that differ in texts, numbers, lists of texts, ids, and the names of things that have an id. Each is tried:
// `checks` is given the template's file and those of its tenants; where they do not check, the tenants stay written out.
using Checks = std::function<bool(const std::string& declaration, const std::vector<std::string>& instances)>;
Templates templates_of(const std::vector<Tenant>& tenants, const Checks& checks);

}  // namespace writ::importing
