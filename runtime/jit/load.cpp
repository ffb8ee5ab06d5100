// The small things nodes are made of: loads from the frame, the facts and the row, by offset; calls of builtins; comparisons done inline.
//
// What is loaded does not change while the code runs, and says so (invariant.load), so LLVM may load once and where it likes. Builtins
// only read, apart from email_domain, which writes its result.
#include "runtime/jit/body.h"

namespace writ::jit {

using llvm::Value;
using program::Frame;
using program::Text;

Value* Body::at(Value* base, std::uint64_t offset) {
  return offset == 0 ? base : builder_.CreateConstInBoundsGEP1_64(i8_, base, offset);
}

Value* Body::load(llvm::Type* type, Value* base, std::uint64_t offset) {
  auto* const loaded = builder_.CreateLoad(type, at(base, offset));
  loaded->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(function_->getContext(), {}));
  return loaded;
}

Value* Body::fact(std::uint32_t id) {
  return at(frame(offsetof(Frame, facts), pointer_), std::uint64_t{id} * sizeof(program::Slot));
}

Value* Body::row() { return frame(offsetof(Frame, row), pointer_); }

Value* Body::slot_word(std::uint32_t slot) { return load(i64_, row(), std::uint64_t{slot} * 8); }

Value* Body::slot_place(Value* word) {
  return builder_.CreateInBoundsGEP(i8_, row(), builder_.CreateAnd(word, builder_.getInt64(UINT32_MAX)));
}

TextValue Body::text_at(Value* address, Lowered lowered) {
  auto* const flag = lowered == Lowered::mixed ? load(i32_, address, offsetof(Text, lowered))
                                               : static_cast<Value*>(builder_.getInt32(lowered == Lowered::yes));
  return {load(pointer_, address, offsetof(Text, data)), load(i32_, address, offsetof(Text, size)), flag, address};
}

// The same from scratch, which the code itself writes.
TextValue Body::passed_text(Value* address, Lowered lowered) {
  auto* const data = builder_.CreateLoad(pointer_, address);
  auto* const size = builder_.CreateLoad(i32_, at(address, offsetof(Text, size)));
  auto* const flag = lowered == Lowered::mixed ? builder_.CreateLoad(i32_, at(address, offsetof(Text, lowered)))
                                               : static_cast<Value*>(builder_.getInt32(lowered == Lowered::yes));
  return {data, size, flag, address};
}

// A call needs its operands in memory; two strings and a result are all that is ever there at once.
Value* Body::temporary(std::size_t which) {
  auto*& place = temporaries_[which];
  if (!place) {
    auto& entry = function_->getEntryBlock();
    llvm::IRBuilder<> first(&entry, entry.begin());
    place = first.CreateAlloca(llvm::ArrayType::get(i64_, 2));
    place->setAlignment(llvm::Align(8));
  }
  return place;
}

Value* Body::address_of(const TextValue& text, std::size_t which) {
  if (text.address) return text.address;
  auto* const place = temporary(which);
  builder_.CreateStore(text.data, at(place, offsetof(Text, data)));
  builder_.CreateStore(text.size, at(place, offsetof(Text, size)));
  builder_.CreateStore(text.lowered, at(place, offsetof(Text, lowered)));
  return place;
}

Value* Body::call(std::string_view name, llvm::Type* result, llvm::ArrayRef<Value*> arguments) {
  llvm::SmallVector<llvm::Type*, 4> types;
  for (auto* const argument : arguments) types.push_back(argument->getType());
  auto* const module = function_->getParent();
  auto callee = module->getOrInsertFunction({name.data(), name.size()}, llvm::FunctionType::get(result, types, false));
  auto* const declared = llvm::cast<llvm::Function>(callee.getCallee());
  declared->setDoesNotThrow();
  declared->setWillReturn();
  if (result == i1_) {
    declared->setOnlyReadsMemory();
    declared->addRetAttr(llvm::Attribute::ZExt);
  }
  auto* const made = builder_.CreateCall(callee, arguments);
  made->setAttributes(declared->getAttributes());
  return made;
}

// `condition && then()`, with a branch.
Value* Body::guarded(Value* condition, llvm::function_ref<Value*()> then) {
  auto& context = function_->getContext();
  auto* const before = builder_.GetInsertBlock();
  auto* const yes = llvm::BasicBlock::Create(context, "look", function_);
  auto* const after = llvm::BasicBlock::Create(context, "known", function_);
  builder_.CreateCondBr(condition, yes, after);
  builder_.SetInsertPoint(yes);
  auto* const found = then();
  auto* const last = builder_.GetInsertBlock();
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
  auto* const result = builder_.CreatePHI(i1_, 2);
  result->addIncoming(builder_.getFalse(), before);
  result->addIncoming(found, last);
  return result;
}

// Folding ASCII letters keeps the length, so the sizes decide first in every case.
Value* Body::equal_texts(std::uint32_t left, std::uint32_t right) {
  const auto one = text(left), other = text(right);
  const bool plain = plan_.lowered[left] == Lowered::no && plan_.lowered[right] == Lowered::no;
  return guarded(builder_.CreateICmpEQ(one.size, other.size), [&] {
    if (plain) return call("writ_same_bytes", i1_, {one.data, other.data, one.size});
    return call("writ_eq_string", i1_, {address_of(one, 0), address_of(other, 1)});
  });
}

// starts with, ends with, contains: what is longer than the text is not in it.
Value* Body::search(std::string_view name, const program::Node& node) {
  const auto in = text(node.a), part = text(node.b);
  return guarded(builder_.CreateICmpULE(part.size, in.size),
                 [&] { return call(name, i1_, {address_of(in, 0), address_of(part, 1)}); });
}

Value* Body::equal_ips(Value* left, Value* right) {
  const std::array words = {load(i64_, left, 0), load(i64_, right, 0), load(i64_, left, 8), load(i64_, right, 8)};
  auto* const high = builder_.CreateXor(words[0], words[1]);
  auto* const low = builder_.CreateXor(words[2], words[3]);
  return builder_.CreateICmpEQ(builder_.CreateOr(high, low), builder_.getInt64(0));
}

// Without a branch: an index outside the bits reads the row's first word, which is always there, and the answer is false.
Value* Body::in_bits(Value* index, std::uint32_t slot) {
  auto* const word = slot_word(slot);
  auto* const which = builder_.CreateLShr(index, builder_.getInt64(6));  // of -1: beyond any count
  auto* const inside = builder_.CreateICmpULT(which, builder_.CreateLShr(word, builder_.getInt64(32)));
  auto* const begin = builder_.CreateAnd(word, builder_.getInt64(UINT32_MAX));
  auto* const offset = builder_.CreateAdd(begin, builder_.CreateShl(which, builder_.getInt64(3)));
  auto* const safe = builder_.CreateSelect(inside, offset, builder_.getInt64(0));
  auto* const bits = load(i64_, builder_.CreateInBoundsGEP(i8_, row(), safe), 0);
  auto* const shifted = builder_.CreateLShr(bits, builder_.CreateAnd(index, builder_.getInt64(63)));
  return builder_.CreateAnd(inside, builder_.CreateTrunc(shifted, i1_));
}

TextValue Body::email_domain(std::uint32_t operand) {
  auto* const place = temporary(2);
  call("writ_email_domain", builder_.getVoidTy(), {address_of(text(operand), 0), place});
  return {builder_.CreateLoad(pointer_, at(place, offsetof(Text, data))),
          builder_.CreateLoad(i32_, at(place, offsetof(Text, size))), builder_.getInt32(1), nullptr};
}

}  // namespace writ::jit
