// Machine code for shapes by LLVM ORC, compiled on a thread of its own. The only header of the only room that sees LLVM; it shows none of it.
#pragma once

#include "runtime/engine/engine.h"

#include <cstddef>
#include <memory>

namespace writ {

struct JitOptions {
  bool optimize = true;                    // O2; shapes above `optimize_limit` nodes get O0, above `node_limit` stay interpreted
  std::size_t optimize_limit = 4'000;
  std::size_t node_limit = 100'000;
  std::size_t queue_limit = 10'000;        // shapes waiting; further ones are asked for again by the engine
  std::size_t code_bytes_limit = 256u << 20;
};

// Never fails: where executable memory or the target is refused, the source says why in `refusal()` and never has code.
std::shared_ptr<CodeSource> make_jit(const JitOptions& options = {});

}  // namespace writ
