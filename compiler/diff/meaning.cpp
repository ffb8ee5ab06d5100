// See meaning.h. One pass over the nodes: operands lie before their users, and equal keys have equal numbers.
#include "compiler/diff/meaning.h"

#include "runtime/flip/candidates.h"
#include "runtime/flip/constants.h"
#include "runtime/flip/forms.h"

#include <algorithm>
#include <charconv>

namespace writ::diff {

namespace {

using program::Node;
using program::Op;
using program::Operand;

// What the indexes of a bit set stand for, by the op that is looked up in it.
template <class Records>
std::string ids_of(const std::string& bits, const Records& records) {
  std::vector<std::string> ids;
  const char* at = bits.data();
  for (const char* const end = bits.data() + bits.size(); at != end;) {
    std::size_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc() && number < records.size()) ids.push_back(records[number].id);
    at = error == std::errc() ? next : at + 1;
  }
  std::ranges::sort(ids);
  std::string text;
  for (const auto& id : ids) text += (text.empty() ? "" : ", ") + id;
  return "[" + text + "]";
}

std::string named_bits(const program::Part& part, Op looked_up, const std::string& bits) {
  if (looked_up == Op::client_index) return ids_of(bits, part.clients);
  if (looked_up == Op::connection_index) return ids_of(bits, part.connections);
  if (looked_up == Op::organization_index) return ids_of(bits, part.organizations);
  return bits;
}

void append(std::string& key, std::uint32_t number) {
  key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// All changes of a zone's clock: the text of a window counts them only.
void add_clock(std::string& key, const program::ActionProgram& program, std::uint32_t slot) {
  for (const auto& change : flip::window_at(program.row.bytes().data(), slot).offsets)
    key += std::to_string(change.from) + ":" + std::to_string(change.offset) + " ";
}

}  // namespace

std::vector<std::string> constants_of(const program::Part& part, const program::ActionProgram& program) {
  std::vector<std::string> texts;
  const std::string printed = program::print(*program.shape, program.row.bytes());
  for (std::size_t at = 0; at < printed.size();) {
    const auto end = std::min(printed.find('\n', at), printed.size() - 1);
    const auto equals = printed.find(" = ", at);
    texts.push_back(printed.substr(equals + 3, end - equals - 3));
    at = end + 1;
  }
  texts.resize(program.shape->slots.size());
  for (const auto& node : program.shape->nodes)
    if (node.op == Op::in_bits && texts[node.b].starts_with("bits "))
      texts[node.b] = named_bits(part, program.shape->nodes[node.a].op, texts[node.b]);
  return texts;
}

std::vector<std::uint32_t> Meanings::of(const program::Part& part, const program::ActionProgram& program) {
  const auto& shape = *program.shape;
  const auto constants = constants_of(part, program);
  std::vector<std::uint32_t> result;
  result.reserve(shape.nodes.size());
  for (const auto& node : shape.nodes) {
    const auto& row = program::row_of(node.op);
    std::string key(1, static_cast<char>(node.op));
    const std::uint32_t operands[] = {node.a, node.b, node.c};
    for (std::size_t i = 0; i < row.operands.size(); ++i) switch (row.operands[i]) {
      case Operand::node: append(key, result[operands[i]]); break;
      case Operand::slot:
        key += constants[operands[i]];
        if (shape.slots[operands[i]] == program::SlotKind::window) add_clock(key, program, operands[i]);
        break;
      case Operand::fact: key += flip::fact_name(part, static_cast<FactId>(operands[i])); break;
      case Operand::depth: append(key, operands[i]); break;
      case Operand::arguments: {
        std::vector<std::uint32_t> all;
        for (std::uint32_t k = 0; k < node.b; ++k) all.push_back(result[shape.arguments[node.a + k]]);
        std::ranges::sort(all);  // their order means nothing
        for (const auto one : all) append(key, one);
        break;
      }
      case Operand::end:  // follows from the rest
      case Operand::none: break;
      }
    result.push_back(numbers_.try_emplace(key, static_cast<std::uint32_t>(numbers_.size())).first->second);
  }
  return result;
}

ChangedRules changed_rules(const program::Part& before, const program::Part& after, Action action) {
  Meanings meanings;
  using Means = std::map<std::string, std::vector<std::uint32_t>>;
  const auto means_of = [&](const program::Part& part) {
    const auto& program = part.programs[static_cast<std::size_t>(action)];
    const auto numbers = meanings.of(part, program);
    Means means;
    for (std::size_t i = 0; i < program.rules.size(); ++i) {
      const auto& rule = program.shape->rules[i];
      auto& one = means[program.rules[i].id];
      one = {numbers[static_cast<std::size_t>(rule.fired)], static_cast<std::uint32_t>(rule.report)};
      if (rule.effect == RuleEffect::require)
        for (const auto node : program.shape->entries[rule.entry].satisfied)
          one.push_back(numbers[static_cast<std::size_t>(node)]);
    }
    return means;
  };
  const auto were = means_of(before), are = means_of(after);
  const auto changed = [&](const program::Part& part, const Means& own, const Means& other) {
    std::vector<std::size_t> places;
    const auto& rules = part.programs[static_cast<std::size_t>(action)].rules;
    for (std::size_t i = 0; i < rules.size(); ++i)
      if (const auto at = other.find(rules[i].id); at == other.end() || at->second != own.at(rules[i].id))
        places.push_back(i);
    return places;
  };
  return {changed(before, were, are), changed(after, are, were)};
}

std::vector<bool> slots_below(const program::Shape& shape, program::NodeId node) {
  std::vector<bool> slots(shape.slots.size()), seen(shape.nodes.size());
  std::vector<std::uint32_t> open = {static_cast<std::uint32_t>(node)};
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    const auto& one = shape.nodes[at];
    const auto& row = program::row_of(one.op);
    const std::uint32_t operands[] = {one.a, one.b, one.c};
    for (std::size_t i = 0; i < row.operands.size(); ++i)
      if (row.operands[i] == Operand::slot) slots[operands[i]] = true;
    program::each_operand(shape, one, [&](std::uint32_t below) { open.push_back(below); });
  }
  return slots;
}

}  // namespace writ::diff
