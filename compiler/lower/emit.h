// Builds one shape: nodes in order, constants in slots. Equal nodes are made once, except constants: two tenants of one template must
// get one shape even when two constants of one of them happen to be equal, so sharing may look at the code only, never at the values.
#pragma once

#include "compiler/check/model.h"
#include "runtime/program/program.h"

#include <array>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

namespace writ::lower {

class Emitter {
 public:
  Emitter(const model::Tenant& tenant, Action action) : tenant_(tenant) { shape.action = action; }

  // The node that computes `expression`; what it needs is emitted before it. Asking again gives the same node.
  program::NodeId emit(model::ExprId expression);

  program::Shape shape;
  std::vector<program::SharedConstant> constants;  // parallel to shape.slots

 private:
  using Key = std::array<std::uint32_t, 4>;

  program::NodeId emit_new(const model::Expr& expression);
  program::NodeId emit_logic(const model::Expr& expression);
  program::NodeId emit_loop(const model::Expr& expression);
  program::NodeId emit_plain(const model::Expr& expression);
  void emit_before_loop(model::ExprId body);
  program::NodeId add(program::Node node, bool shared);
  std::uint32_t slot(const program::SharedConstant& constant);
  const model::Expr& at(model::ExprId id) const { return tenant_.expressions[static_cast<std::size_t>(id)]; }

  const model::Tenant& tenant_;
  // Nodes that may be used again: one map for each open loop, because a loop's body may not run at all.
  std::vector<std::map<Key, program::NodeId>> known_{1};
  std::map<std::vector<std::uint32_t>, program::NodeId> known_logic_;           // outside loops only: op, then operands
  std::vector<std::unordered_map<model::ExprId, program::NodeId>> emitted_{1};  // by loop, as `known_`
};

}  // namespace writ::lower
