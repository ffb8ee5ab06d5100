// Trees are half of what a large policy takes, and once it is checked few are read again.
#pragma once

#include "compiler/load/load.h"

namespace writ {

// Frees what a tree is large by: the bodies of its tenants, all its expressions and comments. Names and places stay.
void forget_bodies(Loaded& loaded, FileId file);

}  // namespace writ
