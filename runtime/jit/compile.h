// Compiling one shape into code that can be run and freed by itself. Nothing of LLVM here.
#pragma once

#include "runtime/jit/jit.h"
#include "runtime/jit/memory.h"

#include <memory>
#include <string>

namespace writ::jit {

// LLVM's linker and the code it holds. Code may be freed on any thread; `compile` is called by one thread at a time.
class Session;
std::shared_ptr<Session> open_session(Memory memory, const JitOptions& options, std::string& error);  // null: `error`
std::size_t code_bytes(const Session& session);

struct Compiled {
  CodeSource::Code code;  // its owner holds the session, too; entry is null when there is no code
  std::string error;
  bool by_link = false;  // the shape compiled and could not be brought into memory
};
Compiled compile(const std::shared_ptr<Session>& session, const program::Shape& shape);

}  // namespace writ::jit
