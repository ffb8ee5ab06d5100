// Random policies that check. Everything in docs/language.md is written by them now and then; tests/agree/coverage.h
// holds a run to that.
#pragma once

#include "tests/agree/random.h"

#include <string>
#include <vector>

namespace writ::agree {

struct Generated {
  std::string text;                 // one statement a line, and a block ends in a line of its own
  std::vector<std::string> denies;  // each may be appended: one more deny for one tenant
};
Generated generate_policy(Random& random);

}  // namespace writ::agree
