// How far a request is from being decided in a given way by one side, as a number that falls when something that stands in the way gives way.
//
// A condition that ought to be true is as far as its parts: all of an `and`, the nearest of an `or`, one for a comparison that comes out
// false. A deny is near when one deny is near, or every allow is nearly silent; an allow when all denies are nearly silent, one allow is near,
// and each require is silent or satisfied. This is the branch distance of search-based testing (Korel 1990, Tracey et al. 1998) with
// candidate values instead of numbers: at the values where comparisons turn, one step makes a comparison true or false. Client, connection
// and organization are where a walk begins and stay: a condition on them that does not hold leads nowhere.
#pragma once

#include "runtime/interpret/interpret.h"
#include "runtime/program/value.h"

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace writ::diff {

// To a lockout of the part that is in force.
std::uint32_t to_lockout(const program::Part& part, const NamedRequest& request);

inline constexpr std::uint32_t far_away = 1'000'000;  // nothing leads there

class Distance {
 public:
  // Null: this side has no such tenant, and denies.
  Distance(std::shared_ptr<const program::Part> part, Action action);
  Distance(const Distance&) = delete;  // its frame points into it
  Distance& operator=(const Distance&) = delete;

  // To each effect, by Effect, from the request. Checks before the rules are not looked at.
  std::array<std::uint32_t, 3> of(const NamedRequest& request);
  // Of the same request, to a rule that fires, by its place in the program.
  std::uint32_t to_rule(std::size_t rule) const {
    return to_true_[static_cast<std::size_t>(program_->shape->rules[rule].fired)];
  }

 private:
  void fill(const NamedRequest& request);
  void measure();
  std::array<std::uint32_t, 3> combine() const;

  std::shared_ptr<const program::Part> part_;
  const program::ActionProgram* program_ = nullptr;
  std::unordered_map<std::string, FactId> names_;
  std::vector<program::Slot> slots_;
  std::array<std::uint64_t, program::max_facts / 64> present_{};
  std::vector<std::shared_ptr<const re2::RE2>> owned_;
  std::vector<const re2::RE2*> patterns_;
  std::vector<std::vector<program::Text>> sets_;
  std::vector<std::uint64_t> fired_, satisfied_;
  std::vector<std::uint32_t> to_true_, to_false_;  // by node
  std::vector<bool> in_loop_, fixed_;              // fixed: by client, connection and organization
  program::Frame frame_;
  Registers registers_;
};

}  // namespace writ::diff
