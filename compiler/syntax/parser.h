// The generated parser, behind what it stands on: WritParser.h names classes that it does not include.
#pragma once

// clang-format off: the order matters
#include "compiler/syntax/parser_base.h"
#include "WritParser.h"
// clang-format on

namespace writ::syntax {

using P = writ_grammar::WritParser;

}  // namespace writ::syntax
