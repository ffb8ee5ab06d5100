// Two passes: from the users back, what must be known because something known rests on it; then forward, what is left, with an input wherever
// that meets what is known.
#include "runtime/program/remainder.h"

#include <algorithm>

namespace writ::program {

namespace {

constexpr std::size_t most_inputs = 512;  // of each kind

std::uint32_t place(NodeId id) { return static_cast<std::uint32_t>(id); }

bool is_text(const Node& node) {
  const auto type = row_of(node.op).result;
  return type == NodeType::string || type == NodeType::set;
}

bool is_constant(Op op) { return op == Op::const_int || op == Op::const_ip; }

// By node: whether it is known beforehand. Loops are, whatever they read, and so is all that a text is chosen by.
std::vector<bool> known_nodes(const Shape& whole) {
  std::vector<bool> forced(whole.nodes.size(), false);
  std::uint32_t loop = UINT32_MAX;  // the outermost one that the node is in begins here
  for (std::size_t i = whole.nodes.size(); i-- > 0;) {
    const auto& node = whole.nodes[i];
    if (loop == UINT32_MAX && (node.op == Op::any_ || node.op == Op::all_)) loop = node.a;
    if (loop != UINT32_MAX || is_text(node)) forced[i] = true;
    if (forced[i]) each_operand(whole, node, [&](std::uint32_t operand) { forced[operand] = true; });
    if (i == loop) loop = UINT32_MAX;
  }
  std::vector<bool> known(whole.nodes.size(), true);
  for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
    const auto& node = whole.nodes[i];
    if (forced[i]) continue;
    if (node.op == Op::fact_int || node.op == Op::fact_ip) known[i] = false;
    each_operand(whole, node, [&](std::uint32_t operand) {
      if (!known[operand]) known[i] = false;
    });
  }
  return known;
}

class Builder {
 public:
  explicit Builder(const Shape& whole)
      : whole_(whole),
        known_(known_nodes(whole)),
        wanted_(whole.nodes.size(), false),
        made_(whole.nodes.size(), UINT32_MAX) {}

  Remainder build() {
    auto& shape = result_.shape;
    shape.action = whole_.action;
    shape.prepared = true;
    shape.slots = whole_.slots;
    // Where the outcome of a whole rule is known, its bit lies where the decision has it, so that all of them are one mask of a word.
    result_.bits.resize(whole_.rules.size(), Remainder::nothing);
    for (std::size_t i = 0; i < whole_.rules.size(); ++i)
      if (const auto id = place(whole_.rules[i].fired); known_[id] && !wanted_[id]) wanted_[id] = true, put_bit(id, i);
    for (const auto& rule : whole_.rules) use(place(rule.fired));
    for (const auto& entry : whole_.entries)
      for (const auto id : entry.satisfied) use(place(id));
    for (std::uint32_t i = 0; i < whole_.nodes.size(); ++i)
      if (wanted_[i] && made_[i] == UINT32_MAX) add(i);
    shape.rules = whole_.rules;
    for (auto& rule : shape.rules) rule.fired = NodeId{made_[place(rule.fired)]};
    shape.entries = whole_.entries;
    for (auto& entry : shape.entries)
      for (auto& id : entry.satisfied) id = NodeId{made_[place(id)]};
    return std::move(result_);
  }

 private:
  // Marks what is left to be computed for a rule or an entry, and makes inputs of what is known.
  void use(std::uint32_t root) {
    std::vector<std::uint32_t> open = {root};
    while (!open.empty()) {
      const auto id = open.back();
      open.pop_back();
      if (wanted_[id]) continue;
      wanted_[id] = true;
      if (known_[id]) {
        input(id);
      } else {
        each_operand(whole_, whole_.nodes[id], [&](std::uint32_t operand) { open.push_back(operand); });
      }
    }
  }

  void input(std::uint32_t id) {
    const auto& node = whole_.nodes[id];
    const auto type = row_of(node.op).result;
    if (type == NodeType::boolean) {
      const auto vacant = std::ranges::find(result_.bits, Remainder::nothing);
      const auto bit = static_cast<std::size_t>(vacant - result_.bits.begin());
      if (vacant == result_.bits.end()) result_.bits.push_back(Remainder::nothing);
      put_bit(id, bit);
    } else if (is_constant(node.op)) {
      put(id, node);
    } else {
      put(id, {type == NodeType::ip ? Op::fact_ip : Op::fact_int, static_cast<std::uint32_t>(result_.slots.size())});
      result_.slots.push_back(NodeId{id});
    }
  }

  void put_bit(std::uint32_t id, std::size_t bit) {
    put(id, {Op::has_fact, static_cast<std::uint32_t>(bit)});
    result_.bits[bit] = NodeId{id};
  }

  void add(std::uint32_t id) {
    auto node = whole_.nodes[id];
    auto& shape = result_.shape;
    if (node.op == Op::fact_int || node.op == Op::fact_ip) return input(id);
    const auto& operands = row_of(node.op).operands;
    if (operands[0] == Operand::arguments) {
      const auto first = static_cast<std::uint32_t>(shape.arguments.size());
      for (std::uint32_t k = 0; k < node.b; ++k) shape.arguments.push_back(made_[whole_.arguments[node.a + k]]);
      node.a = first;
    }
    std::uint32_t* const fields[] = {&node.a, &node.b, &node.c};
    for (std::size_t i = 0; i < operands.size(); ++i)
      if (operands[i] == Operand::node) *fields[i] = made_[*fields[i]];
    put(id, node);
  }

  void put(std::uint32_t id, const Node& node) {
    made_[id] = static_cast<std::uint32_t>(result_.shape.nodes.size());
    result_.shape.nodes.push_back(node);
  }

  const Shape& whole_;
  const std::vector<bool> known_;
  std::vector<bool> wanted_;         // a rule, an entry or something left to be computed reads it
  std::vector<std::uint32_t> made_;  // by node of the whole: its place in what is left
  Remainder result_;
};

}  // namespace

std::optional<Remainder> remainder_of(const Shape& whole) {
  if (whole.rules.size() > mask_rules || whole.entries.size() > mask_entries) return std::nullopt;
  auto remainder = Builder(whole).build();
  if (remainder.bits.size() > most_inputs || remainder.slots.size() > most_inputs) return std::nullopt;
  return remainder;
}

}  // namespace writ::program
