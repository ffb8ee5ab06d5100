// The compiler's limits by name, for the command line: whoever checks a stranger's policy may want less than Writ allows.
#pragma once

#include "compiler/syntax/limits.h"

#include <string>
#include <vector>

namespace writ::cli {

// Applies `NAME=NUMBER`s. A limit can be lowered, never raised: the compiler's stack and memory rest on them. Says what is wrong, or nothing.
std::string lower_limits(const std::vector<std::string>& settings, Limits& limits);

}  // namespace writ::cli
