// Why a rule fired or did not, for people: the leaves of its condition that were evaluated, left to right (decision 0001, 30).
#pragma once

#include "runtime/interpret/interpret.h"

#include <string>
#include <utility>
#include <vector>

namespace writ {

struct Leaf {
  std::string text;
  bool outcome = false;
  std::vector<std::pair<std::string, std::string>> seen;  // "request.ip" → "198.51.100.7", "absent"
};

// Shows one value: strings in quotes, times and durations as they are written, entities and enumerations by name, `absent` for a fact that
// was not given. `registers` hold what `interpret` computed for `frame`.
std::string value_text(const program::Part& part, const program::Shape& shape, const program::Frame& frame,
                       const Registers& registers, program::NodeId node);

// The evaluated leaves of one rule; the last one decided.
std::vector<Leaf> trace_rule(const program::Part& part, const program::Shape& shape, const program::Frame& frame,
                             const Registers& registers, const program::RuleInfo& rule);

}  // namespace writ
