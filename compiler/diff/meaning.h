// What a rule means, so that two policies can be compared by it: an expression is a number, and two have the same number exactly when they
// are the same tree over the same facts, names and constants, wherever those stand in their parts.
#pragma once

#include "runtime/program/program.h"

#include <map>
#include <string>
#include <vector>

namespace writ::diff {

class Meanings {
 public:
  // Of every node of the program.
  std::vector<std::uint32_t> of(const program::Part& part, const program::ActionProgram& program);

 private:
  std::map<std::string, std::uint32_t> numbers_;
};

// The rules of an action that one part has and the other has not, or that mean something else there; by place in each program.
struct ChangedRules {
  std::vector<std::size_t> before, after;
};
ChangedRules changed_rules(const program::Part& before, const program::Part& after, Action action);

// The constants of a program as text, by slot; bits as the names of what they stand for.
std::vector<std::string> constants_of(const program::Part& part, const program::ActionProgram& program);

// The slots that a node reads, itself and below.
std::vector<bool> slots_below(const program::Shape& shape, program::NodeId node);

}  // namespace writ::diff
