// Paths to trees: finds the files of a policy set, reads them, follows their imports and parses them, several at a time.
//
// A path is a file, a folder (every `*.writ` below it; names that begin with a dot are skipped) or `-`, standard input.
// An import is relative to the file that writes it and names a file or a folder. A file is loaded once however many ways
// lead to it, links included. Only regular files are read: a pipe or a device named where a policy should be is told so,
// never waited for.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/tree.h"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace writ {

// Keep it as long as anything made of the trees. Moving it moves no tree and no text.
struct Loaded {
  SourceSet sources;
  std::deque<tree::Tree> trees;
  std::vector<const tree::Tree*> order;  // imports before importers; a folder's files by path
  Diagnostics diagnostics;
};

// What `import` does: a formatter, say, looks at the named files alone.
enum class Imports : std::uint8_t { follow, leave };

// Never throws. The same files give the same result, in the same order, on any number of cores.
Loaded load(std::span<const std::string> paths, const Limits& limits = {}, Imports imports = Imports::follow);

}  // namespace writ
