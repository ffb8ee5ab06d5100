// Expression to nodes. Every model node but the quantifiers becomes one Program node; a quantifier becomes `each`, its body, `any` or `all`:
//
//     any g in user.groups : g starts with "x"        %4 = fact.set user.groups
//                                                     %5 = each %4 0 %8
//                                                     %6 = element 0
//                                                     …
//                                                     %8 = any %5 %7
//
// What the body asks of no element stands before the loop.
#include "compiler/lower/emit.h"

#include <algorithm>
#include <unordered_set>

namespace writ::lower {

using program::Node;
using program::NodeId;
using program::Op;
using program::Operand;

namespace {
std::uint32_t number(NodeId id) { return static_cast<std::uint32_t>(id); }
}  // namespace

NodeId Emitter::add(Node node, bool shared) {
  const Key key{static_cast<std::uint32_t>(node.op), node.a, node.b, node.c};
  if (shared)
    for (const auto& level : known_)
      if (const auto found = level.find(key); found != level.end()) return found->second;
  const auto id = static_cast<NodeId>(shape.nodes.size());
  shape.nodes.push_back(node);
  if (shared) known_.back().emplace(key, id);
  return id;
}

std::uint32_t Emitter::slot(const program::SharedConstant& constant) {
  shape.slots.push_back(program::kind_of(*constant));
  constants.push_back(constant);
  return static_cast<std::uint32_t>(constants.size() - 1);
}

NodeId Emitter::emit(model::ExprId id) {
  for (const auto& level : emitted_)
    if (const auto found = level.find(id); found != level.end()) return found->second;
  const auto node = emit_new(at(id));
  emitted_.back().emplace(id, node);
  return node;
}

NodeId Emitter::emit_new(const model::Expr& expression) {
  switch (expression.op) {
  case Op::and_:
  case Op::or_: return emit_logic(expression);
  case Op::any_:
  case Op::all_: return emit_loop(expression);
  default: return emit_plain(expression);
  }
}

// n-ary logic: its operands' ids stand in Shape::arguments.
NodeId Emitter::emit_logic(const model::Expr& expression) {
  std::vector<std::uint32_t> key{static_cast<std::uint32_t>(expression.op)};
  for (const auto operand : expression.operands) key.push_back(number(emit(operand)));
  const bool outside_loops = known_.size() == 1;
  if (outside_loops)
    if (const auto found = known_logic_.find(key); found != known_logic_.end()) return found->second;
  const auto first = static_cast<std::uint32_t>(shape.arguments.size());
  shape.arguments.insert(shape.arguments.end(), key.begin() + 1, key.end());
  const auto id = add({expression.op, first, static_cast<std::uint32_t>(key.size() - 1), 0}, false);
  if (outside_loops) known_logic_.emplace(std::move(key), id);
  return id;
}

// What a body asks that is the same for each element is asked once: a set may have thousands, and a text be long.
void Emitter::emit_before_loop(model::ExprId body) {
  std::unordered_set<model::ExprId> seen = {body};
  std::vector<model::ExprId> open = {body};
  while (!open.empty()) {
    const auto id = open.back();
    open.pop_back();
    const auto& expression = at(id);
    if (expression.operands.empty()) continue;
    if (!model::asks_element(tenant_.expressions, id)) {
      emit(id);
      continue;
    }
    for (auto operand = expression.operands.rbegin(); operand != expression.operands.rend(); ++operand)
      if (seen.insert(*operand).second) open.push_back(*operand);
  }
}

NodeId Emitter::emit_loop(const model::Expr& expression) {
  const auto set = emit(expression.operands[0]);
  emit_before_loop(expression.operands[1]);
  const auto depth = static_cast<std::uint32_t>(known_.size() - 1);
  const auto open = add({Op::each, number(set), depth, 0}, false);
  known_.emplace_back();
  emitted_.emplace_back();
  const auto body = emit(expression.operands[1]);
  known_.pop_back();
  emitted_.pop_back();
  const auto close = add({expression.op, number(open), number(body), 0}, false);
  shape.nodes[number(open)].c = number(close);
  return close;
}

NodeId Emitter::emit_plain(const model::Expr& expression) {
  Node node{expression.op};
  std::array<std::uint32_t*, 3> fields{&node.a, &node.b, &node.c};
  const auto& row = program::row_of(expression.op);
  std::size_t next_operand = 0;
  bool shared = true;
  for (std::size_t i = 0; i < row.operands.size(); ++i) switch (row.operands[i]) {
    case Operand::node: *fields[i] = number(emit(expression.operands[next_operand++])); break;
    case Operand::slot:
      *fields[i] = slot(expression.constant.pointer());
      shared = false;
      break;
    case Operand::fact: *fields[i] = index(expression.fact); break;
    case Operand::depth:  // the model counts from the innermost loop, the Program from the outermost
      *fields[i] = static_cast<std::uint32_t>(known_.size() - 2) - expression.depth;
      break;
    case Operand::none:
    case Operand::arguments:
    case Operand::end: break;
    }
  return add(node, shared);
}

}  // namespace writ::lower
