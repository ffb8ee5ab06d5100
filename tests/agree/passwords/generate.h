// Password policies and passwords by chance: requirements attached at every place they can be, and passwords made of pieces
// that stand near their bounds: runs, orders, words of the lists, characters beyond ASCII and beyond the BMP, combining
// ones, full-width ones, control characters.
#pragma once

#include "tests/agree/passwords/judge.h"
#include "tests/agree/random.h"

#include <string>
#include <vector>

namespace writ::agree {

// A platform, a tenant `acme`, its connections `people` and `others`, clients that lead into them. Not every one compiles:
// requirements may contradict each other or be weaker than the floor.
std::string password_policy(Random& random);
std::string password(Random& random, const Known& known);
Known known(Random& random);

}  // namespace writ::agree
