// Loading, from wherever files come, with some texts known already.
#pragma once

#include "compiler/load/files.h"
#include "compiler/load/load.h"

#include <map>
#include <set>

namespace writ::load_detail {

struct Prepared {
  std::map<Identity, std::string> texts;  // instead of reading; standard input has the identity {0, 0}
  std::set<Identity> unread;              // these have nothing in them that is wanted: they are found and not parsed
};

Loaded load_from(const Files& files, std::span<const std::string> paths, const Prepared& prepared, const Limits& limits,
                 Imports imports);

}  // namespace writ::load_detail
