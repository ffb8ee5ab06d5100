// Cutting a shape into functions of bounded size.
//
// LLVM's code generator is superlinear in the size of a block: ten thousand conditions under one `and` took 17 s in one function. So
// nodes are cut, in their order, into *parts* of about equal weight, and a value of one part that another needs is *passed* through
// a scratch array on the entry function's stack: booleans as bits, sixty-four a word, so that an `and` over a thousand of them
// tests sixteen words; strings as Text, all else as a word. What is as cheap to compute as to load, facts and constants, is remade instead.
// A loop is never cut: its nodes are in one part. When the shape is small there is one part and nothing is passed.
//
// A condition costs nothing but time, so one that calls a builtin is *put off* where it stands in an `and` or `or` and nothing else rests on
// it: it is asked when the cheap conditions there have not settled the answer.
//
//   and(t0 … t2000)   part 0: t0 … t499 → words 0-7 · part 1: t500 … → words 8-15 · … · part 4: and = (word & mask) == mask for each
#include "runtime/jit/plan.h"

#include <algorithm>

namespace writ::jit {
namespace {

using program::each_operand;
using program::Node;
using program::NodeId;
using program::NodeType;
using program::Op;
using program::Operand;
using program::row_of;
using program::Shape;

constexpr std::size_t stack_limit = 128u << 10;  // bytes of scratch; a host's thread may have little stack

std::uint32_t index(NodeId id) { return static_cast<std::uint32_t>(id); }

// Leaves that are loaded anew wherever they are used.
bool is_leaf(Op op) {
  const auto& row = row_of(op);
  const bool plain = std::all_of(row.operands.begin(), row.operands.end(), [](Operand operand) {
    return operand == Operand::none || operand == Operand::slot || operand == Operand::fact;
  });
  return plain;
}

// What calls a builtin as a rule. Comparing two strings does only where they have one size, so it is not among them.
bool is_dear(Op op) {
  switch (op) {
  case Op::in_ints:
  case Op::in_strings:
  case Op::in_cidrs:
  case Op::in_window:
  case Op::set_has:
  case Op::has_email_domain:
  case Op::email_domain:
  case Op::starts_with:
  case Op::ends_with:
  case Op::contains:
  case Op::glob:
  case Op::regex: return true;
  default: return false;
  }
}

// Arguments of other parts are tested sixty-four at a time, hence the bound.
std::size_t weight(const Node& node) {
  switch (node.op) {
  case Op::and_:
  case Op::or_: return 1 + std::min(node.b, 250u);
  case Op::eq_string:
  case Op::in_bits:
  case Op::each:
  case Op::any_:
  case Op::all_: return 4;
  default: return is_dear(node.op) ? 4 : 1;
  }
}

template <class F>
void each_root(const Shape& shape, F&& f) {
  for (const auto& rule : shape.rules) f(index(rule.fired));
  for (const auto& entry : shape.entries)
    for (const auto id : entry.satisfied) f(index(id));
}

void mark_needed(const Shape& shape, Plan& plan) {
  plan.needed.assign(shape.nodes.size(), false);
  each_root(shape, [&](std::uint32_t root) { plan.needed[root] = true; });
  for (std::size_t i = shape.nodes.size(); i-- > 0;)
    if (plan.needed[i])
      each_operand(shape, shape.nodes[i], [&](std::uint32_t operand) { plan.needed[operand] = true; });
}

void mark_lowered(const Shape& shape, Plan& plan) {
  plan.lowered.assign(shape.nodes.size(), Lowered::no);
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const auto& node = shape.nodes[i];
    if (node.op == Op::lower || node.op == Op::email_domain) plan.lowered[i] = Lowered::yes;
    if (node.op == Op::select_string)
      plan.lowered[i] = plan.lowered[node.b] == plan.lowered[node.c] ? plan.lowered[node.b] : Lowered::mixed;
  }
}

// Parts, and by node the end of the outermost loop it is in (0: in none).
std::vector<std::uint32_t> cut(const Shape& shape, std::size_t part_weight, Plan& plan) {
  const auto count = static_cast<std::uint32_t>(shape.nodes.size());
  std::vector<std::uint32_t> loop(count, 0);
  plan.part_of.assign(count, 0);
  Plan::Range part;
  std::size_t sum = 0;
  std::uint32_t loop_end = 0;
  const auto close = [&](std::uint32_t end) {
    part.end = end;
    plan.parts.push_back(part);
    plan.heaviest = std::max(plan.heaviest, sum);
    part.begin = end;
    sum = 0;
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& node = shape.nodes[i];
    const auto own = plan.needed[i] ? weight(node) : 0;
    if (i > loop_end) loop_end = 0;
    if (loop_end == 0 && sum > 0 && sum + own > part_weight) close(i);
    if (loop_end == 0 && node.op == Op::each) loop_end = node.c;
    loop[i] = i < loop_end ? loop_end : 0;  // the any_/all_ itself is outside
    plan.part_of[i] = static_cast<std::uint32_t>(plan.parts.size());
    sum += own;
  }
  if (sum > 0 || plan.parts.empty()) close(count);
  plan.parts.back().end = count;
  return loop;
}

std::size_t weight_of_word(const Shape& shape, std::size_t word) {
  const auto rule_words = words_for(shape.rules.size());
  if (word < rule_words) return 64;
  std::size_t sum = 1;
  const auto first = (word - rule_words) * 64;
  for (auto i = first; i < std::min(first + 64, shape.entries.size()); ++i)
    sum += 1 + shape.entries[i].satisfied.size();
  return sum;
}

// The words of the outcome, cut like the nodes.
void cut_endings(const Shape& shape, std::size_t part_weight, Plan& plan) {
  const auto words = words_for(shape.rules.size()) + words_for(shape.entries.size());
  std::size_t sum = 0;
  for (std::uint32_t word = 0; word < words; ++word) {
    const auto own = weight_of_word(shape, word);
    if (plan.endings.empty() || sum + own > part_weight) {
      plan.endings.push_back({word, word});
      sum = 0;
    }
    plan.endings.back().end = word + 1;
    sum += own;
    plan.heaviest = std::max(plan.heaviest, sum);
  }
}

// Which nodes another function uses; false when a value inside a loop is among them, which no shape that verifies has.
bool pass_on(const Shape& shape, const std::vector<std::uint32_t>& loop, Plan& plan) {
  plan.passed.assign(shape.nodes.size(), Plan::nowhere);
  if (plan.single) return true;
  std::vector<bool> leaves(shape.nodes.size(), false);
  bool sound = true;
  const auto use = [&](std::uint32_t node, std::uint32_t part) {
    if (plan.remade[node] || plan.part_of[node] == part) return;
    leaves[node] = true;
    if (loop[node] != 0) sound = false;
  };
  for (std::uint32_t i = 0; i < shape.nodes.size(); ++i)
    if (plan.needed[i])
      each_operand(shape, shape.nodes[i], [&](std::uint32_t operand) { use(operand, plan.part_of[i]); });
  each_root(shape, [&](std::uint32_t root) { use(root, Plan::nowhere); });

  std::uint32_t bits = 0;
  for (const auto& part : plan.parts) {  // each part fills words of its own, so that it stores whole words
    for (auto i = part.begin; i < part.end; ++i)
      if (leaves[i] && row_of(shape.nodes[i].op).result == NodeType::boolean) plan.passed[i] = bits++;
    bits = static_cast<std::uint32_t>(words_for(bits) * 64);
  }
  plan.words = bits / 64;
  for (std::uint32_t i = 0; i < shape.nodes.size(); ++i)
    if (leaves[i] && plan.passed[i] == Plan::nowhere) {
      plan.passed[i] = plan.words;
      plan.words += 2;
    }
  return sound;
}

// By node: how many nodes, rules and entries look at it.
std::vector<std::uint32_t> count_users(const Shape& shape, const Plan& plan) {
  std::vector<std::uint32_t> users(shape.nodes.size(), 0);
  for (std::size_t i = 0; i < shape.nodes.size(); ++i)
    if (plan.needed[i]) each_operand(shape, shape.nodes[i], [&](std::uint32_t operand) { ++users[operand]; });
  each_root(shape, [&](std::uint32_t root) { ++users[root]; });
  return users;
}

// Nodes that one node alone looks at, in the same function and outside loops, are its own: they may be made where it is. What is put off is
// an argument with all that is its own, if there is a dear one in that, and it is not larger than `bound`, which bounds how deep making it goes.
void put_off(const Shape& shape, const std::vector<std::uint32_t>& loop, Plan& plan) {
  constexpr std::uint32_t bound = 64;
  const auto count = shape.nodes.size();
  const auto users = count_users(shape, plan);
  std::vector<bool> own(count, false), dear(count, false);
  std::vector<std::uint32_t> size(count, 1);  // of the node and its own
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto op = shape.nodes[i].op;
    const bool loops = loop[i] != 0 || op == Op::any_ || op == Op::all_;
    if (!plan.needed[i] || plan.remade[i] || loops) continue;
    own[i] = users[i] == 1 && plan.passed[i] == Plan::nowhere;
    dear[i] = is_dear(op);
    each_operand(shape, shape.nodes[i], [&](std::uint32_t operand) {
      if (!own[operand]) return;
      dear[i] = dear[i] || dear[operand];
      size[i] = std::min(size[i] + size[operand], bound + 1);
    });
  }
  plan.put_off.assign(count, false);
  for (std::size_t i = count; i-- > 0;) {
    const auto op = shape.nodes[i].op;
    if (!plan.needed[i] || loop[i] != 0) continue;
    each_operand(shape, shape.nodes[i], [&](std::uint32_t operand) {
      const bool starts = (op == Op::and_ || op == Op::or_) && dear[operand] && size[operand] <= bound;
      if (own[operand] && (starts || plan.put_off[i])) plan.put_off[operand] = true;
    });
  }
}

}  // namespace

std::size_t size_of(const Shape& shape) { return shape.nodes.size() + shape.arguments.size(); }

std::size_t words_for(std::size_t bits) { return (bits + 63) / 64; }

std::optional<Plan> make_plan(const Shape& shape, std::size_t part_weight, std::string& error) {
  Plan plan;
  mark_needed(shape, plan);
  mark_lowered(shape, plan);
  std::size_t total = shape.rules.size() + shape.entries.size();
  for (std::size_t i = 0; i < shape.nodes.size(); ++i)
    if (plan.needed[i]) total += weight(shape.nodes[i]);
  plan.single = total <= part_weight;
  const auto loop = cut(shape, plan.single ? SIZE_MAX : part_weight, plan);
  plan.heaviest = plan.single ? total : plan.heaviest;
  if (!plan.single) cut_endings(shape, part_weight, plan);

  // A boolean leaf costs a bit to pass on, and an `and` over ten thousand of them is then as cheap as over any other booleans.
  plan.remade.assign(shape.nodes.size(), false);
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const auto op = shape.nodes[i].op;
    if (is_leaf(op)) plan.remade[i] = plan.single || loop[i] != 0 || row_of(op).result != NodeType::boolean;
  }
  if (!pass_on(shape, loop, plan)) {
    error = "a value inside a loop is used outside it";
    return std::nullopt;
  }
  put_off(shape, loop, plan);
  if (std::size_t{plan.words} * 8 > stack_limit) {
    error = "too many values pass between the parts of its code";
    return std::nullopt;
  }
  return plan;
}

}  // namespace writ::jit
