// Machine code for shapes by LLVM ORC, compiled on a thread of its own. The only header of the only room that sees LLVM; it shows none of it.
#pragma once

#include "runtime/engine/engine.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace writ {

struct JitOptions {
  bool optimize = true;  // O2; shapes above `optimize_limit` nodes get O0, above `node_limit` stay interpreted
  std::size_t optimize_limit = 4'000;  // nodes, and the arguments of and/or
  std::size_t node_limit = 100'000;
  std::size_t queue_limit = 10'000;  // shapes waiting; further ones are asked for again by the engine
  std::size_t code_bytes_limit = 256u << 20;
  std::chrono::milliseconds shape_time{5'000};  // for one shape: one that is not optimised by then stays interpreted
  std::chrono::milliseconds total_time{
      600'000};  // spent on code that is alive; past it, what comes later stays interpreted
  // Told once for each bound that is reached, in words, on the thread that reached it; it must not throw.
  std::function<void(const std::string&)> report{};
  std::chrono::steady_clock::time_point (*now)() = [] { return std::chrono::steady_clock::now(); };
};

struct JitStatus {
  std::size_t code_bytes = 0;                       // mapped for code that is alive, whoever holds it
  std::size_t ready = 0, waiting = 0, refused = 0;  // shapes; refused ones stay interpreted
  std::chrono::milliseconds spent{};                // compiling the code that is alive
  std::string last_error;                           // why the last refused shape was refused
  enum class Memory : std::uint8_t { none, protect, dual } memory = Memory::none;  // how code becomes executable
};

// Thread-safe. Code is kept while its shape lives or somebody holds its owner, and goes with the last of them; `want` and `status` notice
// shapes that died. Owners may outlive the Jit and die on any thread.
class Jit : public CodeSource {
 public:
  virtual JitStatus status() = 0;
};

// Never fails: where executable memory or the target is refused, the source says why in `refusal()` and never has code.
std::shared_ptr<Jit> make_jit(const JitOptions& options = {});

// The code of a shape before optimisation, as LLVM's text; equal shapes have equal text. A line `; no code: …` when there is none.
std::string emit_text(const program::Shape& shape);

}  // namespace writ
