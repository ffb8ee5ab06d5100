// One function of a shape being written: nodes become LLVM values, in order. The inside of emit.cpp, shared with nothing else.
#pragma once

#include "runtime/jit/plan.h"
#include "runtime/program/frame.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

namespace writ::jit {

// The values a string is held in. `address` is where a program::Text lies with just these, or null.
struct TextValue {
  llvm::Value* data = nullptr;
  llvm::Value* size = nullptr;     // i32
  llvm::Value* lowered = nullptr;  // i32
  llvm::Value* address = nullptr;
};
// A boolean is an i1, an integer an i64, an ip and a set the address they lie at.
struct NodeValue {
  llvm::Value* value = nullptr;
  TextValue text;
};

class Body {
 public:
  // `function` takes frame, outcome and scratch. `part` is Plan::nowhere in the functions that only write the outcome.
  Body(llvm::Function* function, const program::Shape& shape, const Plan& plan, std::uint32_t part);

  void nodes(std::uint32_t begin, std::uint32_t end);  // those needed, neither remade nor put off
  void pass_bits();  // booleans of this part to scratch; all other values went there when they were made
  void outcome(std::uint32_t begin, std::uint32_t end);  // words of fired, then of satisfied
  void finish() { builder_.CreateRetVoid(); }
  const std::string& error() const { return error_; }  // not empty: the function must be thrown away

 private:
  struct Loop {
    program::Op op{};
    std::uint32_t depth = 0, end = 0;
    llvm::Value* item = nullptr;
    llvm::BasicBlock *header = nullptr, *latch = nullptr, *exit = nullptr;
    std::size_t made = 0;  // how many values there were before the loop
  };

  // body.cpp
  void node(std::uint32_t id);
  NodeValue make(std::uint32_t id);
  NodeValue remake(const program::Node& node);
  NodeValue take_passed(std::uint32_t id);
  void keep(std::uint32_t id, const NodeValue& value);
  NodeValue operand(std::uint32_t id);
  llvm::Value* value(std::uint32_t id) { return operand(id).value; }
  TextValue text(std::uint32_t id) { return operand(id).text; }
  void open_loop(std::uint32_t id);
  llvm::Value* close_loop(std::uint32_t id);
  llvm::Value* combine(bool all, std::span<const std::uint32_t> arguments);
  llvm::Value* fold(bool all, llvm::SmallVectorImpl<llvm::Value*>& terms);
  void forget(std::size_t made);
  llvm::Value* word_of_bits(std::span<llvm::Value* const> bits);

  // load.cpp
  llvm::Value* load(llvm::Type* type, llvm::Value* base, std::uint64_t offset);
  llvm::Value* at(llvm::Value* base, std::uint64_t offset);
  llvm::Value* frame(std::uint64_t offset, llvm::Type* type) { return load(type, function_->getArg(0), offset); }
  llvm::Value* fact(std::uint32_t id);
  llvm::Value* row();
  llvm::Value* slot_word(std::uint32_t slot);
  llvm::Value* slot_place(llvm::Value* word);
  TextValue text_at(llvm::Value* address, Lowered lowered);
  TextValue passed_text(llvm::Value* address, Lowered lowered);
  llvm::Value* scratch(std::uint32_t word) { return at(function_->getArg(2), std::uint64_t{word} * 8); }
  llvm::Value* address_of(const TextValue& text, std::size_t which);
  llvm::Value* temporary(std::size_t which);
  llvm::Value* call(std::string_view name, llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments);
  llvm::Value* guarded(llvm::Value* condition, llvm::function_ref<llvm::Value*()> then);
  llvm::Value* equal_texts(std::uint32_t left, std::uint32_t right);
  llvm::Value* equal_ips(llvm::Value* left, llvm::Value* right);
  llvm::Value* in_bits(llvm::Value* index, std::uint32_t slot);
  llvm::Value* search(std::string_view name, const program::Node& node);
  TextValue email_domain(std::uint32_t operand);

  llvm::Function* function_;
  const program::Shape& shape_;
  const Plan& plan_;
  std::uint32_t part_;
  llvm::IRBuilder<> builder_;
  llvm::DenseMap<std::uint32_t, NodeValue> values_;
  std::vector<std::uint32_t> made_;  // keys of values_, in order of making
  llvm::SmallVector<Loop, 4> loops_;
  std::array<llvm::AllocaInst*, 3> temporaries_{};
  llvm::Type *i1_, *i8_, *i32_, *i64_, *pointer_;
  std::string error_;
};

}  // namespace writ::jit
