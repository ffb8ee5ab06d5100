// Shape → LLVM module: one function `writ_shape` of form program::NativeCode. A small shape is that function alone. A large one is parts
// that compute nodes and endings that write the outcome, each a function of bounded size, called in order with a scratch array on the
// entry's stack (plan.cpp).
//
//   void writ_shape(frame, outcome)          void part.0(frame, outcome, scratch)        nodes 0 … 411
//     scratch = alloca [words x i64]         void part.1(frame, outcome, scratch)        nodes 412 … 803
//     call part.0 … call ending.0 … ret      void ending.0(frame, outcome, scratch)      words 0 … 3 of fired
//
// No function unwinds, none is inlined into another, no address of this process is in the code: builtins are external symbols.
#include "runtime/jit/emit.h"

#include "runtime/jit/body.h"
#include "runtime/jit/jit.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

namespace writ::jit {
namespace {

using llvm::Function;

Function* declare(llvm::Module& module, std::string_view name, std::size_t parameters, bool external) {
  auto& context = module.getContext();
  const std::vector<llvm::Type*> types(parameters, llvm::PointerType::getUnqual(context));
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), types, false);
  auto* const function = Function::Create(type, external ? Function::ExternalLinkage : Function::InternalLinkage,
                                          llvm::StringRef(name.data(), name.size()), module);
  function->setDoesNotThrow();
  function->setDSOLocal(true);
  if (!external) function->addFnAttr(llvm::Attribute::NoInline);
  function->addFnAttr("probe-stack", "inline-asm");
  const char* const names[] = {"frame", "outcome", "scratch"};
  for (auto& parameter : function->args()) {
    parameter.setName(names[parameter.getArgNo()]);
    parameter.addAttr(llvm::Attribute::NoAlias);
    parameter.addAttr(llvm::Attribute::NonNull);
    if (parameter.getArgNo() < 2) parameter.addAttr(llvm::Attribute::ReadOnly);
  }
  return function;
}

bool finish(Body& body, std::string& error) {
  body.finish();
  error = body.error();
  return error.empty();
}

bool emit_single(llvm::Module& module, const program::Shape& shape, const Plan& plan, std::string& error) {
  Body body(declare(module, entry_name, 2, true), shape, plan, 0);
  body.nodes(0, static_cast<std::uint32_t>(shape.nodes.size()));
  body.outcome(0, static_cast<std::uint32_t>(words_for(shape.rules.size()) + words_for(shape.entries.size())));
  return finish(body, error);
}

bool emit_parts(llvm::Module& module, const program::Shape& shape, const Plan& plan, std::string& error) {
  auto* const entry = declare(module, entry_name, 2, true);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.getContext(), "entry", entry));
  auto* const scratch = builder.CreateAlloca(llvm::ArrayType::get(builder.getInt64Ty(), std::max(plan.words, 1u)));
  const auto add = [&](const std::string& name) {
    auto* const function = declare(module, name, 3, false);
    builder.CreateCall(function, {entry->getArg(0), entry->getArg(1), scratch});
    return function;
  };
  for (std::uint32_t i = 0; i < plan.parts.size(); ++i) {
    Body body(add("part." + std::to_string(i)), shape, plan, i);
    body.nodes(plan.parts[i].begin, plan.parts[i].end);
    body.pass_bits();
    if (!finish(body, error)) return false;
  }
  for (std::uint32_t i = 0; i < plan.endings.size(); ++i) {
    Body body(add("ending." + std::to_string(i)), shape, plan, Plan::nowhere);
    body.outcome(plan.endings[i].begin, plan.endings[i].end);
    if (!finish(body, error)) return false;
  }
  builder.CreateRetVoid();
  return true;
}

}  // namespace

std::unique_ptr<llvm::Module> emit(llvm::LLVMContext& context, const program::Shape& shape, const Plan& plan,
                                   std::string& error) {
  auto module = std::make_unique<llvm::Module>("shape", context);
  if (!(plan.single ? emit_single : emit_parts)(*module, shape, plan, error)) return nullptr;
  return module;
}

}  // namespace writ::jit

namespace writ {

std::string emit_text(const program::Shape& shape) {
  std::string error = program::verify(shape);
  if (!error.empty()) return "; no code: " + error + "\n";
  const auto plan = jit::make_plan(shape, jit::default_part_weight, error);
  llvm::LLVMContext context;
  const auto module = plan ? jit::emit(context, shape, *plan, error) : nullptr;
  if (!module) return "; no code: " + error + "\n";
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, nullptr);
  stream.flush();
  return text;
}

}  // namespace writ
