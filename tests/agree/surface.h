// What can be asked of a policy, whoever wrote it: its tenants as the engine has them, and for each fact the values at
// which its rules turn, read from the trees: the constants beside it with their neighbours, the edges of blocks, the
// hours at which windows open in the years when clocks change.
#pragma once

#include "tests/agree/case.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace writ::agree {

struct AskedFact {
  std::string name;
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::size_t words = 0;  // of an enumeration
  ActionMask actions() const { return static_cast<ActionMask>(required | optional); }
};

struct AskedTenant {
  std::shared_ptr<const program::Part> part;
  std::vector<AskedFact> facts;  // without tenant, client, connection, organization
};

struct Surface {
  std::vector<AskedTenant> tenants;
  std::map<std::string, std::vector<Value>> turns;     // by fact
  std::map<std::size_t, std::vector<Value>> literals;  // all of the policy's, by place in Value
};
Surface surface_of(const Case& prepared);

}  // namespace writ::agree
