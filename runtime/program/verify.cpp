// What must hold of a shape before anything runs it, whoever made it. After this, the interpreter and machine code index without
// looking: every operand is an earlier node of the right type, loops nest, a loop's body is not used outside it, slots are of the kind their
// user reads. It also asks for the one form a shape can have, so that equal programs are equal shapes.
#include "runtime/program/program.h"

#include <algorithm>
#include <string>

namespace writ::program {

namespace {

constexpr std::size_t max_loop_depth = 4;
constexpr std::size_t max_rules = 65'535;

SlotKind slot_kind(Op op) {
  switch (op) {
  case Op::const_bool: return SlotKind::boolean;
  case Op::const_int: return SlotKind::integer;
  case Op::const_string: return SlotKind::string;
  case Op::const_ip: return SlotKind::ip;
  case Op::in_bits: return SlotKind::bits;
  case Op::in_ints: return SlotKind::ints;
  case Op::in_strings: return SlotKind::strings;
  case Op::in_cidrs: return SlotKind::cidrs;
  case Op::in_window: return SlotKind::window;
  case Op::glob: return SlotKind::glob;
  default: return SlotKind::regex;
  }
}

class Verifier {
 public:
  explicit Verifier(const Shape& shape) : shape_(shape), hidden_(shape.nodes.size()) {}

  std::string run() {
    if (static_cast<std::size_t>(shape_.action) >= action_count) return "the action is unknown";
    if (shape_.password && shape_.prepared) return "it is of a password and prepared";
    for (const auto kind : shape_.slots)
      if (static_cast<std::size_t>(kind) >= slot_kind_names.size()) return "a slot is of no kind";
    for (std::size_t i = 0; i < shape_.nodes.size(); ++i)
      if (auto wrong = node(i); !wrong.empty()) return "%" + std::to_string(i) + " " + wrong;
    if (!loops_.empty()) return "%" + std::to_string(loops_.back()) + " is a loop that does not end";
    if (arguments_ != shape_.arguments.size()) return "there are arguments that no node uses";
    return lists();
  }

 private:
  // A node that `user` may read: earlier, computed whenever `user` is, and of the type.
  std::string operand(std::size_t user, std::uint32_t id, NodeType type) const {
    if (id >= user) return "uses %" + std::to_string(id) + ", which does not come before it";
    if (hidden_[id]) return "uses %" + std::to_string(id) + ", which is inside a loop";
    if (shape_.nodes[id].op == Op::each) return "uses the loop %" + std::to_string(id) + " as a value";
    if (row_of(shape_.nodes[id].op).result != type) return "uses %" + std::to_string(id) + " of another type";
    return "";
  }

  std::string node(std::size_t at) {
    const auto& node = shape_.nodes[at];
    if (static_cast<std::size_t>(node.op) >= op_rows.size()) return "is of no op";
    if (node.op == Op::any_ || node.op == Op::all_) return close(at);
    const auto& row = row_of(node.op);
    if ((shape_.password || shape_.prepared) && node.op >= Op::client_index && node.op <= Op::connection_strategy)
      return shape_.password ? "asks a password where it is used" : "asks for names that are known";
    const std::array<std::uint32_t, 3> fields = {node.a, node.b, node.c};
    for (std::size_t i = 0; i < 3; ++i)
      if (auto wrong = field(at, row.operands[i], fields[i], row.types[i]); !wrong.empty()) return wrong;
    if (row.operands[0] != Operand::arguments && row.operands[1] == Operand::none && node.b != 0)
      return "has a second operand";
    if (row.operands[2] == Operand::none && node.c != 0) return "has a third operand";
    if (row.operands[0] == Operand::none && node.a != 0) return "has an operand";
    if (node.op == Op::each) {
      if (node.b != loops_.size()) return "is a loop at another depth";
      loops_.push_back(at);
      if (loops_.size() > max_loop_depth) return "is a loop too deep";
    }
    return "";
  }

  std::string field(std::size_t at, Operand operand_kind, std::uint32_t value, NodeType type) {
    const auto& node = shape_.nodes[at];
    switch (operand_kind) {
    case Operand::none: return "";
    case Operand::node: return operand(at, value, type);
    case Operand::slot:
      if (value >= shape_.slots.size()) return "uses a slot that does not exist";
      return shape_.slots[value] == slot_kind(node.op) ? "" : "uses a slot of another kind";
    case Operand::fact: return fact(node.op, value);
    case Operand::arguments: return arguments(at);
    case Operand::depth:
      if (node.op == Op::element && value >= loops_.size()) return "is the element of a loop that is not open";
      return "";
    case Operand::end: return value > at && value < shape_.nodes.size() ? "" : "is a loop whose end does not follow";
    }
    return "has an operand of no kind";
  }

  std::string arguments(std::size_t at) {
    const auto& node = shape_.nodes[at];
    if (node.a != arguments_ || node.b > shape_.arguments.size() - arguments_) return "has its arguments elsewhere";
    arguments_ += node.b;
    for (std::size_t i = node.a; i < arguments_; ++i)
      if (auto wrong = operand(at, shape_.arguments[i], NodeType::boolean); !wrong.empty()) return wrong;
    return "";
  }

  // Declared attributes are checked against their declaration where that is known: verify(const Part&).
  std::string fact(Op op, std::uint32_t id) const {
    if (shape_.password) {
      if (id >= password_facts.size()) return "reads a fact that does not exist";
      return op == Op::has_fact || fact_fits(op, password_facts[id].type) ? "" : "reads a fact of another type";
    }
    if (id >= index_limit) return "reads a fact that does not exist";
    if (shape_.prepared)
      return op == Op::has_fact || op == Op::fact_int || op == Op::fact_ip ? "" : "reads what is known";
    if (op == Op::has_fact || id >= builtin_facts.size()) return "";
    const auto type = builtin_facts[id].type;
    return fact_fits(op, type) ? "" : "reads a fact of another type";
  }

  // any_ and all_ close the innermost loop; what is inside cannot be read from outside, since the loop may not run.
  std::string close(std::size_t at) {
    const auto& node = shape_.nodes[at];
    if (loops_.empty() || node.a != loops_.back()) return "does not close the innermost loop";
    if (shape_.nodes[node.a].c != at) return "is not where its loop ends";
    if (node.c != 0) return "has a third operand";
    if (auto wrong = operand(at, node.b, NodeType::boolean); !wrong.empty()) return wrong;
    for (std::size_t i = node.a; i < at; ++i) hidden_[i] = true;
    loops_.pop_back();
    return "";
  }

  std::string lists() const {
    const auto boolean = [&](NodeId id) {
      return operand(shape_.nodes.size(), static_cast<std::uint32_t>(id), NodeType::boolean);
    };
    if (shape_.rules.size() > max_rules) return "there are too many rules";
    if (shape_.password && (!shape_.entries.empty() || shape_.action != Action{} || !only_denials()))
      return "a password program does other than refuse";
    for (std::size_t i = 0; i < shape_.entries.size(); ++i) {
      const auto& entry = shape_.entries[i];
      const auto name = "entry " + std::to_string(i) + " ";
      if (entry.satisfied.empty()) return name + "has no alternative";
      if (entry.use_connection < -1 || (entry.use_connection >= 0 && entry.satisfied.size() != 1))
        return name + "uses a connection among others";
      for (const auto id : entry.satisfied)
        if (auto wrong = boolean(id); !wrong.empty()) return name + wrong;
    }
    for (std::size_t i = 0; i < shape_.rules.size(); ++i) {
      const auto& rule = shape_.rules[i];
      const auto name = "rule " + std::to_string(i) + " ";
      if (static_cast<std::size_t>(rule.effect) >= rule_effect_names.size()) return name + "has no effect";
      if (rule.effect == RuleEffect::require ? rule.entry >= shape_.entries.size() : rule.entry != 0)
        return name + "has no such entry";
      if (auto wrong = boolean(rule.fired); !wrong.empty()) return name + wrong;
    }
    return "";
  }

  bool only_denials() const {
    return std::ranges::all_of(shape_.rules,
                               [](const RuleCode& rule) { return rule.effect == RuleEffect::deny && !rule.report; });
  }

  static constexpr std::size_t index_limit = builtin_facts.size() + max_attributes;

  const Shape& shape_;
  std::vector<bool> hidden_;        // inside a loop that has ended
  std::vector<std::size_t> loops_;  // the open ones, by their `each`
  std::size_t arguments_ = 0;       // those of the nodes so far
};

}  // namespace

// The entity facts are read by ops of their own, which see indexes; a fact op sees what the request carries.
bool fact_fits(Op op, TypeKind type) {
  switch (type) {
  case TypeKind::boolean: return op == Op::fact_bool;
  case TypeKind::integer:
  case TypeKind::time:
  case TypeKind::duration:
  case TypeKind::enumeration: return op == Op::fact_int;
  case TypeKind::string: return op == Op::fact_string;
  case TypeKind::ip: return op == Op::fact_ip;
  case TypeKind::string_set: return op == Op::fact_set;
  case TypeKind::cidr:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return false;
  }
  return false;
}

std::string verify(const Shape& shape) { return Verifier(shape).run(); }

}  // namespace writ::program
