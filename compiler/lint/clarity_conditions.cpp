// Conditions that say a thing the long way. Each is looked at by itself, as it is written, and each comes with the short form, which is true of the
// same requests: an edit of it changes no decision (tests/agree/fix_test.cpp). The ids of rules without a name are made of their text and change.
#include "compiler/lint/rule.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>

namespace writ::lint {

namespace {

using tree::ExprId;

struct Here {
  const SetView& set;
  const tree::Tree& tree;
  Report& report;

  std::string_view text(ExprId id) const { return set.text(tree[id].span); }
  template <class Node>
  const Node* as(ExprId id) const {
    return std::get_if<Node>(&tree[id].node);
  }
};

// Every expression of a kind.
template <class Node, class Action>
void each_expression(const SetView& set, Report& report, Action&& action) {
  for (const auto* tree : set.trees) {
    const Here here{set, *tree, report};
    for (const tree::Expr& expression : tree->expressions)
      if (const auto* node = std::get_if<Node>(&expression.node)) action(here, expression, *node);
  }
}

// What an operand takes in the text, its parentheses included.
Span outer(const Here& here, ExprId id) {
  Span span = here.tree[id].span;
  if (!here.tree[id].parenthesised || here.set.text(span).starts_with('(')) return span;
  const std::string_view text = here.set.sources->text(span.file);
  std::uint32_t begin = span.begin, end = span.end;
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (begin > 0 && blank(text[begin - 1])) --begin;
  while (end < text.size() && blank(text[end])) ++end;
  if (begin == 0 || text[begin - 1] != '(' || end >= text.size() || text[end] != ')') return {};
  return {span.file, begin - 1, end + 1};
}

void duplicate_operands(const Here& here, const std::vector<ExprId>& operands, std::string_view word) {
  constexpr std::size_t most = 1'000;  // a list longer than that is a machine's
  if (operands.size() > most) return;
  std::map<std::string, ExprId> seen;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const auto [first, fresh] = seen.emplace(canonical(here.tree, operands[i]), operands[i]);
    if (fresh) continue;
    const Span again = outer(here, operands[i]), before = outer(here, operands[i - 1]);
    Diagnostic& what =
        here.report.add(here.tree[operands[i]].span, "the same is asked twice, joined by `" + std::string(word) + "`")
            .at(here.tree[first->second].span, "first here");
    if (again.known() && before.known()) what.safe_fix("leave the second out", {again.file, before.end, again.end}, "");
  }
}
void duplicate_condition(const SetView& set, Report& report) {
  each_expression<tree::And>(set, report, [](const Here& here, const auto&, const tree::And& node) {
    duplicate_operands(here, node.operands, "and");
  });
  each_expression<tree::Or>(set, report, [](const Here& here, const auto&, const tree::Or& node) {
    duplicate_operands(here, node.operands, "or");
  });
}

void double_negation(const SetView& set, Report& report) {
  each_expression<tree::Not>(set, report, [](const Here& here, const tree::Expr& all, const tree::Not& node) {
    const auto* inner = here.as<tree::Not>(node.operand);
    if (inner == nullptr) return;
    const Span operand = outer(here, inner->operand);
    Diagnostic& what = here.report.add(all.span, "two `not`s cancel each other");
    if (operand.known()) what.safe_fix("leave both out", all.span, std::string(here.set.text(operand)));
  });
}

void negated_unless(const SetView& set, Report& report) {
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::Rule>(block.body, [&](const tree::Rule& rule) {
        if (rule.unless == ExprId::none || rule.when != ExprId::none) return;
        const Here here{set, *tree, report};
        const auto* negated = here.as<tree::Not>(rule.unless);
        if (negated == nullptr) return;
        const Span all = (*tree)[rule.unless].span, inner = outer(here, negated->operand);
        const std::string_view text = set.sources->text(all.file);
        const auto word = text.rfind("unless", all.begin);
        Diagnostic& what = report.add(all, "`unless not` is `when`");
        if (word != std::string_view::npos && inner.known() &&
            text.substr(word + 6, all.begin - word - 6).find_first_not_of(" \t\r\n") == std::string_view::npos)
          what.safe_fix("write `when`", {all.file, static_cast<std::uint32_t>(word), all.end},
                        "when " + std::string(set.text(inner)));
      });
}

void compared_with_bool(const SetView& set, Report& report) {
  each_expression<tree::Compare>(set, report, [](const Here& here, const tree::Expr& all, const tree::Compare& node) {
    if (node.op != tree::CompareOp::eq && node.op != tree::CompareOp::ne) return;
    for (const auto& [value, other] : {std::pair(node.right, node.left), std::pair(node.left, node.right)}) {
      const auto* literal = here.as<tree::Literal>(value);
      if (literal == nullptr || literal->kind != tree::Literal::Kind::boolean) continue;
      const bool wanted = std::get<bool>(literal->value) == (node.op == tree::CompareOp::eq);
      const Span rest = outer(here, other);
      Diagnostic& what = here.report.add(all.span, in_ticks(here.text(other)) + " is a condition by itself");
      const std::string text = wanted ? std::string(here.set.text(rest)) : "not " + std::string(here.set.text(rest));
      if (rest.known()) what.safe_fix("write " + in_ticks(text), all.span, text);
      return;
    }
  });
}

std::optional<std::string_view> opposite(tree::CompareOp op) {
  using enum tree::CompareOp;
  switch (op) {
  case eq: return "!=";
  case ne: return "==";
  case lt: return ">=";
  case le: return ">";
  case gt: return "<=";
  case ge: return "<";
  case in: return "not in";
  case not_in: return "in";
  case starts_with:
  case ends_with:
  case contains: return std::nullopt;
  }
  return std::nullopt;
}

// `not (a == b)`; `not request in office` without parentheses is a way to speak.
void negated_comparison(const SetView& set, Report& report) {
  each_expression<tree::Not>(set, report, [](const Here& here, const tree::Expr& all, const tree::Not& node) {
    const auto* compare = here.as<tree::Compare>(node.operand);
    if (compare == nullptr || !here.tree[node.operand].parenthesised) return;
    const auto op = opposite(compare->op);
    const Span left = outer(here, compare->left), right = outer(here, compare->right);
    if (!op || !left.known() || !right.known()) return;
    const std::string text =
        std::string(here.set.text(left)) + " " + std::string(*op) + " " + std::string(here.set.text(right));
    here.report.add(all.span, "`not` around a comparison is another comparison")
        .safe_fix("write " + in_ticks(text), all.span, text);
  });
}

// x == a or x == b or x == c
void equal_to_several(const Here& here, const tree::Expr& all, const std::vector<ExprId>& operands,
                      tree::CompareOp op) {
  constexpr std::size_t few = 3;
  if (operands.size() < few) return;
  std::string left, values;
  for (const ExprId id : operands) {
    const auto* compare = here.as<tree::Compare>(id);
    if (compare == nullptr || compare->op != op) return;
    const auto* literal = here.as<tree::Literal>(compare->right);
    const bool value = literal != nullptr && literal->kind != tree::Literal::Kind::boolean &&
                       literal->kind != tree::Literal::Kind::time && literal->kind != tree::Literal::Kind::duration;
    const auto* word = here.as<tree::Path>(compare->right);
    const auto* of = here.as<tree::Path>(compare->left);
    const bool name = word != nullptr && word->parts.size() == 1 && of != nullptr && of->parts.size() == 1;
    if (!value && !name) return;
    const std::string text(here.text(compare->left));
    if (!left.empty() && text != left) return;
    left = text;
    values += (values.empty() ? "" : ", ") + std::string(here.text(compare->right));
  }
  const std::string text = left + (op == tree::CompareOp::eq ? " in [" : " not in [") + values + "]";
  here.report.add(all.span, in_ticks(left) + " is compared " + std::to_string(operands.size()) + " times")
      .safe_fix("ask once: " + in_ticks(text), all.span, text);
}
void many_comparisons(const SetView& set, Report& report) {
  each_expression<tree::Or>(set, report, [](const Here& here, const tree::Expr& all, const tree::Or& node) {
    equal_to_several(here, all, node.operands, tree::CompareOp::eq);
  });
  each_expression<tree::And>(set, report, [](const Here& here, const tree::Expr& all, const tree::And& node) {
    equal_to_several(here, all, node.operands, tree::CompareOp::ne);
  });
}

void duplicate_item(const SetView& set, Report& report) {
  each_expression<tree::List>(set, report, [](const Here& here, const tree::Expr&, const tree::List& node) {
    std::map<std::string, ExprId> seen;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const auto [first, fresh] = seen.emplace(canonical(here.tree, node.items[i]), node.items[i]);
      if (fresh) continue;
      const Span span = here.tree[node.items[i]].span;
      here.report.add(span, in_ticks(here.text(node.items[i])) + " stands in the list twice")
          .at(here.tree[first->second].span, "first here")
          .safe_fix("leave it out", {span.file, here.tree[node.items[i - 1]].span.end, span.end}, "");
    }
  });
}

void constant_operand(const SetView& set, Report& report) {
  const auto tell = [](const Here& here, ExprId id, std::string_view where) {
    const auto* literal = here.as<tree::Literal>(id);
    if (literal == nullptr || literal->kind != tree::Literal::Kind::boolean) return;
    here.report.add(here.tree[id].span, in_ticks(here.text(id)) + " " + std::string(where) + " is no condition")
        .under("it is the same for every request")
        .hint("leave it out, or write what was meant");
  };
  each_expression<tree::And>(set, report, [&](const Here& here, const auto&, const tree::And& node) {
    for (const ExprId id : node.operands) tell(here, id, "beside `and`");
  });
  each_expression<tree::Or>(set, report, [&](const Here& here, const auto&, const tree::Or& node) {
    for (const ExprId id : node.operands) tell(here, id, "beside `or`");
  });
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::Rule>(block.body, [&](const tree::Rule& rule) {
        const Here here{set, *tree, report};
        if (rule.when != ExprId::none) tell(here, rule.when, "behind `when`");
        if (rule.unless != ExprId::none) tell(here, rule.unless, "behind `unless`");
      });
}

// any g in user.groups : g == "x"
void loop_for_member(const SetView& set, Report& report) {
  each_expression<tree::Quantifier>(
      set, report, [](const Here& here, const tree::Expr& all, const tree::Quantifier& node) {
        const auto* compare = here.as<tree::Compare>(node.body);
        if (node.all || compare == nullptr || compare->op != tree::CompareOp::eq) return;
        for (const auto& [variable, value] :
             {std::pair(compare->left, compare->right), std::pair(compare->right, compare->left)}) {
          const auto* word = here.as<tree::Path>(variable);
          const auto* literal = here.as<tree::Literal>(value);
          if (word == nullptr || word->parts.size() != 1 || word->parts[0].text != node.variable.text ||
              literal == nullptr)
            continue;
          const std::string text = std::string(here.text(value)) + " in " + std::string(here.text(node.set));
          here.report.add(all.span, "a loop over " + in_ticks(here.text(node.set)) + " looks for one member")
              .safe_fix("ask for it: " + in_ticks(text), all.span, text);
          return;
        }
      });
}

constexpr auto table = std::to_array<Rule>({
    {{"duplicate-condition", Group::clarity, Level::warning, "the same condition twice"}, nullptr, duplicate_condition},
    {{"double-negation", Group::clarity, Level::warning, "two nots that cancel each other"}, nullptr, double_negation},
    {{"negated-unless", Group::clarity, Level::info, "an unless not, which is a when"}, nullptr, negated_unless},
    {{"compared-with-bool", Group::clarity, Level::info, "a condition compared with true or false"},
     nullptr,
     compared_with_bool},
    {{"negated-comparison", Group::clarity, Level::info, "a not around a comparison in parentheses"},
     nullptr,
     negated_comparison},
    {{"many-comparisons", Group::clarity, Level::info, "one value compared with several, one by one"},
     nullptr,
     many_comparisons},
    {{"duplicate-item", Group::clarity, Level::warning, "an item that stands in a list twice"},
     nullptr,
     duplicate_item},
    {{"constant-operand", Group::clarity, Level::warning, "true or false where a condition is meant"},
     nullptr,
     constant_operand},
    {{"loop-for-member", Group::cost, Level::info, "a loop that looks for one member"}, nullptr, loop_for_member},
});

}  // namespace

std::span<const Rule> condition_rules() { return table; }

}  // namespace writ::lint
