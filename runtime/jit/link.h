// JITLink's memory, taken from Region. The inside of compile.cpp.
#pragma once

#include "runtime/jit/memory.h"

#include <atomic>
#include <memory>

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>

namespace writ::jit {

// `bytes` counts what is mapped; an allocation that would take it past `limit` fails.
std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> make_code_memory(Memory memory, std::atomic<std::size_t>& bytes,
                                                                      std::size_t limit);

}  // namespace writ::jit
