// Shape → LLVM module. The same shape gives the same text, whatever the machine.
#pragma once

#include "runtime/jit/plan.h"

#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace writ::jit {

inline constexpr const char* entry_name = "writ_shape";
inline constexpr std::size_t default_part_weight = 500;

// The shape verifies and `plan` is its. Null when the shape cannot be written as code; `error` says why. Not verified by LLVM yet.
std::unique_ptr<llvm::Module> emit(llvm::LLVMContext& context, const program::Shape& shape, const Plan& plan,
                                   std::string& error);

}  // namespace writ::jit
