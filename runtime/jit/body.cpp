// Nodes to values. The code is straight but for loops over sets and for calls that something cheap can save; every value is made where
// its node stands, leaves where they are first used, and what is put off where it is asked. A value made inside a loop or a branch is
// forgotten at its end, because only the code before that is certain to have run after it.
#include "runtime/jit/body.h"

#include <algorithm>
#include <map>

namespace writ::jit {

using llvm::BasicBlock;
using llvm::Value;
using program::Frame;
using program::Node;
using program::Op;

Body::Body(llvm::Function* function, const program::Shape& shape, const Plan& plan, std::uint32_t part)
    : function_(function),
      shape_(shape),
      plan_(plan),
      part_(part),
      builder_(BasicBlock::Create(function->getContext(), "entry", function)),
      i1_(builder_.getInt1Ty()),
      i8_(builder_.getInt8Ty()),
      i32_(builder_.getInt32Ty()),
      i64_(builder_.getInt64Ty()),
      pointer_(builder_.getPtrTy()) {}

void Body::nodes(std::uint32_t begin, std::uint32_t end) {
  for (auto id = begin; id < end && error_.empty(); ++id)
    if (plan_.needed[id] && !plan_.remade[id] && !plan_.put_off[id]) node(id);
}

void Body::node(std::uint32_t id) {
  if (shape_.nodes[id].op == Op::each) return open_loop(id);
  const auto made = make(id);
  keep(id, made);
  const auto passed = plan_.passed[id];
  if (passed == Plan::nowhere || program::row_of(shape_.nodes[id].op).result == program::NodeType::boolean) return;
  if (made.text.data) {
    builder_.CreateStore(made.text.data, scratch(passed));
    builder_.CreateStore(made.text.size, at(scratch(passed), offsetof(program::Text, size)));
    builder_.CreateStore(made.text.lowered, at(scratch(passed), offsetof(program::Text, lowered)));
  } else {
    builder_.CreateStore(made.value, scratch(passed));
  }
}

void Body::keep(std::uint32_t id, const NodeValue& value) {
  values_[id] = value;
  made_.push_back(id);
}

NodeValue Body::operand(std::uint32_t id) {
  if (const auto found = values_.find(id); found != values_.end()) return found->second;
  NodeValue made;
  if (plan_.remade[id])
    made = remake(shape_.nodes[id]);
  else if (plan_.put_off[id])
    made = make(id);
  else if (plan_.passed[id] != Plan::nowhere && plan_.part_of[id] != part_)
    made = take_passed(id);
  else
    error_ = "node " + std::to_string(id) + " is used where it has no value";
  if (!error_.empty()) {  // anything well-typed: the function is thrown away
    const auto null = llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(pointer_));
    const auto type = program::row_of(shape_.nodes[id].op).result;
    made.text = {null, builder_.getInt32(0), builder_.getInt32(0), null};
    made.value = type == program::NodeType::boolean   ? static_cast<Value*>(builder_.getFalse())
                 : type == program::NodeType::integer ? static_cast<Value*>(builder_.getInt64(0))
                                                      : null;
    return made;
  }
  keep(id, made);
  return made;
}

NodeValue Body::take_passed(std::uint32_t id) {
  const auto passed = plan_.passed[id];
  switch (program::row_of(shape_.nodes[id].op).result) {
  case program::NodeType::boolean: {
    auto* const word = builder_.CreateLoad(i64_, scratch(passed / 64));
    return {builder_.CreateTrunc(builder_.CreateLShr(word, passed % 64), i1_), {}};
  }
  case program::NodeType::integer: return {builder_.CreateLoad(i64_, scratch(passed)), {}};
  case program::NodeType::ip:
  case program::NodeType::set: return {builder_.CreateLoad(pointer_, scratch(passed)), {}};
  case program::NodeType::string: break;
  }
  return {nullptr, passed_text(scratch(passed), plan_.lowered[id])};
}

NodeValue Body::remake(const Node& node) {
  switch (node.op) {
  case Op::const_bool: return {builder_.CreateICmpNE(slot_word(node.a), builder_.getInt64(0)), {}};
  case Op::const_int: return {slot_word(node.a), {}};
  case Op::const_ip: return {slot_place(slot_word(node.a)), {}};
  case Op::const_string: {
    auto* const word = slot_word(node.a);
    return {
        nullptr,
        {slot_place(word), builder_.CreateTrunc(builder_.CreateLShr(word, 32), i32_), builder_.getInt32(0), nullptr}};
  }
  case Op::has_fact: {
    auto* const word = load(i64_, frame(offsetof(Frame, present), pointer_), std::uint64_t{node.a / 64} * 8);
    return {builder_.CreateTrunc(builder_.CreateLShr(word, node.a % 64), i1_), {}};
  }
  case Op::fact_bool: return {builder_.CreateICmpNE(load(i64_, fact(node.a), 0), builder_.getInt64(0)), {}};
  case Op::fact_int: return {load(i64_, fact(node.a), 0), {}};
  case Op::fact_string: return {nullptr, text_at(fact(node.a), Lowered::no)};
  case Op::fact_ip:
  case Op::fact_set: return {fact(node.a), {}};
  case Op::client_index: return {frame(offsetof(Frame, client), i64_), {}};
  case Op::connection_index: return {frame(offsetof(Frame, connection), i64_), {}};
  case Op::organization_index: return {frame(offsetof(Frame, organization), i64_), {}};
  case Op::client_type: return {frame(offsetof(Frame, client_type), i64_), {}};
  case Op::connection_family: return {frame(offsetof(Frame, connection_family), i64_), {}};
  case Op::connection_strategy: return {frame(offsetof(Frame, connection_strategy), i64_), {}};
  default: error_ = "an op without a leaf's code"; return {};
  }
}

NodeValue Body::make(std::uint32_t id) {
  const auto& node = shape_.nodes[id];
  const auto [op, a, b, c] = node;
  const auto arguments = [&] { return std::span(shape_.arguments).subspan(node.a, node.b); };
  const auto all = [&](auto... ids) {
    return std::array{value(ids)...};
  };  // braces: evaluated left to right by every compiler
  const auto compare = [&](llvm::CmpInst::Predicate predicate) {
    const auto [left, right] = all(node.a, node.b);
    return NodeValue{builder_.CreateICmp(predicate, left, right), {}};
  };
  const auto saturating = [&](llvm::Intrinsic::ID intrinsic) {
    const auto [left, right] = all(node.a, node.b);
    return NodeValue{builder_.CreateBinaryIntrinsic(intrinsic, left, right), {}};
  };
  switch (op) {
  case Op::not_: return {builder_.CreateNot(value(a)), {}};
  case Op::and_: return {combine(true, arguments()), {}};
  case Op::or_: return {combine(false, arguments()), {}};
  case Op::eq_int: return compare(llvm::CmpInst::ICMP_EQ);
  case Op::ne_int: return compare(llvm::CmpInst::ICMP_NE);
  case Op::lt_int: return compare(llvm::CmpInst::ICMP_SLT);
  case Op::le_int: return compare(llvm::CmpInst::ICMP_SLE);
  case Op::gt_int: return compare(llvm::CmpInst::ICMP_SGT);
  case Op::ge_int: return compare(llvm::CmpInst::ICMP_SGE);
  case Op::eq_bool: {  // as xor: a chain of comparisons of i1 costs the code generator quadratic time
    const auto [left, right] = all(a, b);
    return {builder_.CreateNot(builder_.CreateXor(left, right)), {}};
  }
  case Op::eq_string: return {equal_texts(a, b), {}};
  case Op::eq_ip: {
    const auto [left, right] = all(a, b);
    return {equal_ips(left, right), {}};
  }
  case Op::in_bits: return {in_bits(value(a), b), {}};
  case Op::in_ints: return {call("writ_in_ints", i1_, {row(), builder_.getInt32(b), value(a)}), {}};
  case Op::in_strings: return {call("writ_in_strings", i1_, {row(), builder_.getInt32(b), address_of(text(a), 0)}), {}};
  case Op::in_cidrs: return {call("writ_in_cidrs", i1_, {row(), builder_.getInt32(b), value(a)}), {}};
  case Op::in_window: return {call("writ_in_window", i1_, {row(), builder_.getInt32(b), value(a)}), {}};
  case Op::glob: return {call("writ_glob", i1_, {row(), builder_.getInt32(b), address_of(text(a), 0)}), {}};
  case Op::regex: {
    auto* const patterns = frame(offsetof(Frame, patterns), pointer_);
    return {call("writ_regex", i1_, {patterns, builder_.getInt32(b), address_of(text(a), 0)}), {}};
  }
  case Op::set_has: {
    auto* const set = value(a);
    const auto wanted = text(b);
    auto* const filled = builder_.CreateICmpNE(load(i64_, set, offsetof(program::TextSet, size)), builder_.getInt64(0));
    return {guarded(filled, [&] { return call("writ_set_has", i1_, {set, address_of(wanted, 0)}); }), {}};
  }
  case Op::starts_with: return {search("writ_starts_with", node), {}};
  case Op::ends_with: return {search("writ_ends_with", node), {}};
  case Op::contains: return {search("writ_contains", node), {}};
  case Op::lower: {
    const auto from = text(a);
    return {nullptr, {from.data, from.size, builder_.getInt32(1), nullptr}};
  }
  case Op::email_domain: return {nullptr, email_domain(a)};
  case Op::has_email_domain: return {call("writ_has_email_domain", i1_, {address_of(text(a), 0)}), {}};
  case Op::add: return saturating(llvm::Intrinsic::sadd_sat);
  case Op::sub: return saturating(llvm::Intrinsic::ssub_sat);
  case Op::select_bool:
  case Op::select_int:
  case Op::select_ip: {
    const auto [condition, yes, no] = all(a, b, c);
    return {builder_.CreateSelect(condition, yes, no), {}};
  }
  case Op::select_string: {
    auto* const condition = value(a);
    const auto yes = text(b), no = text(c);
    return {nullptr, TextValue{builder_.CreateSelect(condition, yes.data, no.data),
                               builder_.CreateSelect(condition, yes.size, no.size),
                               builder_.CreateSelect(condition, yes.lowered, no.lowered), nullptr}};
  }
  case Op::element:
    for (const auto& loop : loops_)
      if (loop.depth == a) return {nullptr, text_at(loop.item, Lowered::no)};
    error_ = "an element outside its loop";
    return {nullptr, {}};
  case Op::any_:
  case Op::all_: return {close_loop(id), {}};
  case Op::each:
  case Op::const_bool:
  case Op::const_int:
  case Op::const_string:
  case Op::const_ip:
  case Op::has_fact:
  case Op::fact_bool:
  case Op::fact_int:
  case Op::fact_string:
  case Op::fact_ip:
  case Op::fact_set:
  case Op::client_index:
  case Op::connection_index:
  case Op::organization_index:
  case Op::client_type:
  case Op::connection_family:
  case Op::connection_strategy: return remake(node);
  }
  error_ = "an unknown op";
  return {};
}

// any: header: at the end → false · body: outcome → true, else next.  all: the same with true and false swapped.
void Body::open_loop(std::uint32_t id) {
  const auto& node = shape_.nodes[id];
  auto& context = function_->getContext();
  auto* const set = value(node.a);
  auto* const items = load(pointer_, set, offsetof(program::TextSet, items));
  auto* const size = load(i64_, set, offsetof(program::TextSet, size));
  Loop loop{shape_.nodes[node.c].op,
            node.b,
            node.c,
            nullptr,
            BasicBlock::Create(context, "each", function_),
            BasicBlock::Create(context, "next", function_),
            BasicBlock::Create(context, "done", function_),
            made_.size()};
  auto* const body = BasicBlock::Create(context, "item", function_);
  auto* const before = builder_.GetInsertBlock();
  builder_.CreateBr(loop.header);

  builder_.SetInsertPoint(loop.header);
  auto* const place = builder_.CreatePHI(i64_, 2);
  place->addIncoming(builder_.getInt64(0), before);
  builder_.CreateCondBr(builder_.CreateICmpULT(place, size), body, loop.exit);
  builder_.SetInsertPoint(loop.latch);
  place->addIncoming(builder_.CreateNUWAdd(place, builder_.getInt64(1)), loop.latch);
  builder_.CreateBr(loop.header);

  builder_.SetInsertPoint(body);
  loop.item = builder_.CreateInBoundsGEP(i8_, items, builder_.CreateShl(place, builder_.getInt64(4)));
  loops_.push_back(loop);
}

Value* Body::close_loop(std::uint32_t id) {
  if (loops_.empty() || loops_.back().end != id) {
    error_ = "loops that are not nested";
    return builder_.getFalse();
  }
  auto* const outcome = value(shape_.nodes[id].b);
  const auto loop = loops_.pop_back_val();
  const bool any = loop.op == Op::any_;
  auto* const last = builder_.GetInsertBlock();
  builder_.CreateCondBr(outcome, any ? loop.exit : loop.latch, any ? loop.latch : loop.exit);
  builder_.SetInsertPoint(loop.exit);
  auto* const result = builder_.CreatePHI(i1_, 2);
  result->addIncoming(builder_.getInt1(!any), loop.header);
  result->addIncoming(builder_.getInt1(any), last);
  forget(loop.made);
  return result;
}

void Body::forget(std::size_t made) {
  for (; made_.size() > made; made_.pop_back()) values_.erase(made_.back());
}

// As a balanced tree.
Value* Body::fold(bool all, llvm::SmallVectorImpl<Value*>& terms) {
  if (terms.empty()) return builder_.getInt1(all);
  while (terms.size() > 1) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < terms.size(); i += 2) {
      if (i + 1 == terms.size())
        terms[count++] = terms[i];
      else
        terms[count++] = all ? builder_.CreateAnd(terms[i], terms[i + 1]) : builder_.CreateOr(terms[i], terms[i + 1]);
    }
    terms.resize(count);
  }
  return terms.front();
}

// and, or over many: passed booleans a word at a time. Those put off come last, when the others leave the answer to them.
Value* Body::combine(bool all, std::span<const std::uint32_t> arguments) {
  std::vector<std::uint32_t> distinct(arguments.begin(), arguments.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::map<std::uint32_t, std::uint64_t> words;
  llvm::SmallVector<Value*, 64> terms;
  llvm::SmallVector<std::uint32_t, 8> later;
  for (const auto id : distinct) {
    const auto passed = plan_.passed[id];
    if (passed != Plan::nowhere && plan_.part_of[id] != part_)
      words[passed / 64] |= std::uint64_t{1} << (passed % 64);
    else if (plan_.put_off[id])
      later.push_back(id);
    else
      terms.push_back(value(id));
  }
  for (const auto& [word, mask] : words) {
    auto* const bits = builder_.CreateAnd(builder_.CreateLoad(i64_, scratch(word)), builder_.getInt64(mask));
    terms.push_back(all ? builder_.CreateICmpEQ(bits, builder_.getInt64(mask))
                        : builder_.CreateICmpNE(bits, builder_.getInt64(0)));
  }
  if (terms.empty() && !later.empty()) {
    terms.push_back(value(later.front()));
    later.erase(later.begin());
  }
  auto* const known = fold(all, terms);
  if (later.empty()) return known;
  auto* const rest = guarded(all ? known : builder_.CreateNot(known), [&] {
    const auto before = made_.size();
    terms.clear();
    for (const auto id : later) terms.push_back(value(id));
    auto* const asked = fold(all, terms);
    forget(before);
    return asked;
  });
  return all ? rest : builder_.CreateOr(known, rest);
}

Value* Body::word_of_bits(std::span<Value* const> bits) {
  Value* word = builder_.getInt64(0);
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (bits[i])
      word = builder_.CreateOr(word, builder_.CreateShl(builder_.CreateZExt(bits[i], i64_), builder_.getInt64(i)));
  return word;
}

void Body::pass_bits() {
  const auto [begin, end] = plan_.parts[part_];
  std::map<std::uint32_t, std::array<Value*, 64>> words;
  for (auto id = begin; id < end; ++id) {
    const auto passed = plan_.passed[id];
    if (passed == Plan::nowhere || program::row_of(shape_.nodes[id].op).result != program::NodeType::boolean) continue;
    words[passed / 64][passed % 64] = value(id);
  }
  for (const auto& [word, bits] : words) builder_.CreateStore(word_of_bits(bits), scratch(word));
}

void Body::outcome(std::uint32_t begin, std::uint32_t end) {
  const auto rule_words = words_for(shape_.rules.size());
  for (auto word = begin; word < end && error_.empty(); ++word) {
    const bool fired = word < rule_words;
    const auto place = fired ? word : word - rule_words;
    std::array<Value*, 64> bits{};
    for (std::size_t bit = 0; bit < 64; ++bit) {
      const auto which = place * 64 + bit;
      if (fired && which < shape_.rules.size())
        bits[bit] = value(static_cast<std::uint32_t>(shape_.rules[which].fired));
      if (!fired && which < shape_.entries.size()) {
        std::vector<std::uint32_t> alternatives;
        for (const auto id : shape_.entries[which].satisfied) alternatives.push_back(static_cast<std::uint32_t>(id));
        bits[bit] = combine(false, alternatives);
      }
    }
    const auto field = fired ? offsetof(program::Outcome, fired) : offsetof(program::Outcome, satisfied);
    builder_.CreateStore(word_of_bits(bits), at(load(pointer_, function_->getArg(1), field), place * 8));
  }
}

}  // namespace writ::jit
