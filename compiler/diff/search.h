// Looking for requests that the two sides of a tenant decide differently.
#pragma once

#include "compiler/diff/asker.h"
#include "runtime/flip/candidates.h"

#include <bitset>
#include <string>
#include <vector>

namespace writ::diff {

// Requests that were found: one for each direction and cause.
struct Find {
  Direction direction;
  Asker::Causes causes;
  NamedRequest request;
};
using Finds = std::vector<Find>;
inline constexpr std::size_t most_finds = 200;

// The actions in which the sides can differ.
std::bitset<action_count> changed_actions(const program::Part* before, const program::Part* after);

// The plain requests of these actions: baselines for every client, connection and organization of either side.
std::vector<NamedRequest> plain_requests(const program::Part* before, const program::Part* after,
                                         std::bitset<action_count> actions);
// The baseline of `request`: its action, names and nothing remarkable.
NamedRequest baseline_of(const program::Part* before, const program::Part* after, const NamedRequest& request);

// The values worth trying by the rules of either side; those that only one side turns at come first.
std::vector<flip::Dial> dials_of_both(Asker& asker, const NamedRequest& request);

// Tries `most` requests. `known`: requests that were found for other tenants, tried first.
Finds search(Asker& asker, const std::vector<NamedRequest>& known, std::size_t most);

// Fewer and plainer facts that still are decided in this direction, for the same causes.
NamedRequest simplest(Asker& asker, const Find& find);

}  // namespace writ::diff
