// Trees are half of what a large policy takes, and once it is checked few are read again.
#pragma once

#include "compiler/load/load.h"

namespace writ {

// Frees what the tenant declared there, or the extension of one, has in its braces. Its expressions stay, for they are the file's.
void forget_body(Loaded& loaded, Span declaration);
// Frees what a tree is large by: the bodies of its tenants, all its expressions and comments. Names and places stay.
void forget_bodies(Loaded& loaded, FileId file);

}  // namespace writ
