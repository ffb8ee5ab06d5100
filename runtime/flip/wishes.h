// What the nodes of a shape say about the values of facts: constants beside them, solved for the fact, not yet put in order.
#pragma once

#include "runtime/flip/constants.h"
#include "runtime/flip/forms.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace writ::flip {

struct Wish {
  std::set<std::int64_t> integers;  // of a value that is a number of some kind
  std::set<std::string> strings;    // of a string, or members of a set
  std::set<std::string> domains;    // of which an address is made
  std::vector<IpRange> ranges;
};
struct Wishes {
  std::map<FactId, Wish> of;  // facts that are read at all have one, maybe empty
  bool cut = false;           // more constants than are looked at
};

inline constexpr std::size_t most_constants = 20'000;  // looked at for one fact

// `request` says what the other facts of a sum are.
Wishes wishes_of(const program::Part& part, const program::ActionProgram& program, const NamedRequest& request);

// A boundary and what lies one unit beside it: a second of a time or duration, a millisecond where it is no whole second.
void add_around(std::set<std::int64_t>& values, TypeKind type, std::int64_t boundary);

}  // namespace writ::flip
