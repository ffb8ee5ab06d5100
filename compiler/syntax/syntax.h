// Text to tree and back. The only room that sees ANTLR; none of its types and exceptions leave.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/tree.h"

#include <string>

namespace writ {

// Parses one file of `sources`. Always returns a tree: where text was wrong, diagnostics say so and the tree holds what
// was understood, so that later phases can go on (the caller stops at `diagnostics.has_errors()` before it believes the
// tree). Never throws, never crashes: limits are checked first. Thread-safe for distinct files.
tree::Tree parse(const SourceSet& sources, FileId file, const Limits& limits, Diagnostics& diagnostics);

// The canonical text of a whole file: two blanks a level, one blank between words, aligned as written sections are not;
// every comment kept. format(parse(format(parse(t)))) == format(parse(t)).
std::string format(const tree::Tree& tree);

// The canonical text of a part, on one line and without comments; what ids, traces and messages show.
std::string canonical(const tree::Tree& tree, tree::ExprId expression);
std::string canonical(const tree::Tree& tree, const tree::Rule& rule);
std::string canonical(const tree::Tree& tree, const tree::Obligation& obligation);
// Of a rule's canonical text what it does, without its message and its note: those are for different people, and never shown in one string.
std::string statement(const tree::Tree& tree, const tree::Rule& rule);

// `effect name` where the rule has a name, else `effect~xxxxxxxx`: the first 8 hex digits of the SHA-256 of its
// canonical text. The owner's path and `/` before it make the rule's id.
std::string rule_key(const tree::Tree& tree, const tree::Rule& rule);

}  // namespace writ
