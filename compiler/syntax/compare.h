// Whether two trees say the same: equal but for places, parentheses, quotes around names and comments. What formatting
// must preserve.
#pragma once

#include "compiler/syntax/tree.h"

namespace writ {

bool same_meaning(const tree::Tree& left, const tree::Tree& right);

}  // namespace writ
