// See forms.h. One pass over the nodes each: operands lie before their users.
#include "runtime/flip/forms.h"

#include "runtime/flip/constants.h"

#include <algorithm>

namespace writ::flip {

namespace {

using program::Op;
using program::Operand;

Form sum(const Form& left, const Form& right, int sign) {
  Form result;
  result.constant = left.constant + sign * right.constant;
  auto a = left.terms.begin(), b = right.terms.begin();
  while (a != left.terms.end() || b != right.terms.end()) {
    if (b == right.terms.end() || (a != left.terms.end() && a->first < b->first)) {
      result.terms.push_back(*a++);
    } else if (a == left.terms.end() || b->first < a->first) {
      result.terms.emplace_back(b->first, sign * b->second);
      ++b;
    } else {
      if (const int both = a->second + sign * b->second; both != 0) result.terms.emplace_back(a->first, both);
      ++a, ++b;
    }
  }
  return result;
}

bool same(const Form& left, const Form& right) { return left.terms == right.terms && left.constant == right.constant; }

void keep(std::vector<Form>& forms, Form form) {
  if (std::ranges::none_of(forms, [&](const Form& known) { return same(known, form); }))
    forms.push_back(std::move(form));
}

}  // namespace

Form difference(const Form& left, const Form& right) { return sum(left, right, -1); }

std::vector<Facts> facts_of_nodes(const program::Shape& shape) {
  std::vector<Facts> result(shape.nodes.size());
  std::vector<std::uint32_t> loops;  // by depth: the set that is looped over
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const auto& node = shape.nodes[i];
    if (program::row_of(node.op).operands[0] == Operand::fact) result[i].set(node.a);
    if (node.op == Op::connection_index || node.op == Op::connection_family || node.op == Op::connection_strategy)
      result[i].set(index(fact("connection")));
    if (node.op == Op::organization_index) result[i].set(index(fact("organization")));
    program::each_operand(shape, node, [&](std::uint32_t operand) { result[i] |= result[operand]; });
    if (node.op == Op::each) {
      loops.resize(std::max<std::size_t>(loops.size(), node.b + 1));
      loops[node.b] = node.a;
    }
    if (node.op == Op::element) result[i] |= result[loops[node.a]];
  }
  return result;
}

Forms forms_of_nodes(const program::Shape& shape, const std::byte* row) {
  Forms result;
  result.of.resize(shape.nodes.size());
  for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
    const auto& node = shape.nodes[i];
    auto& forms = result.of[i];
    if (node.op == Op::const_int) forms.push_back({{}, integer_at(row, node.a)});
    if (node.op == Op::fact_int) forms.push_back({{{static_cast<FactId>(node.a), 1}}, 0});
    if (node.op == Op::select_int)
      for (const auto operand : {node.b, node.c})
        for (const auto& form : result.of[operand]) keep(forms, form);
    if (node.op == Op::add || node.op == Op::sub)
      for (const auto& left : result.of[node.a])
        for (const auto& right : result.of[node.b]) keep(forms, sum(left, right, node.op == Op::add ? 1 : -1));
    if (forms.size() > most_forms) {
      forms.clear();
      result.cut = true;
    }
  }
  return result;
}

}  // namespace writ::flip
