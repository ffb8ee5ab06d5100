// What a decision need not do: patterns for what comparisons say, lists that the host should keep, more rules than a decision has room for.
#include "compiler/lint/rule.h"
#include "compiler/syntax/print.h"
#include "runtime/program/pattern.h"

#include <algorithm>
#include <cctype>
#include <map>

#include <re2/re2.h>

namespace writ::lint {

namespace {

using tree::ExprId;

template <class Node, class Action>
void each_expression(const SetView& set, Action&& action) {
  for (const auto* tree : set.trees)
    for (const tree::Expr& expression : tree->expressions)
      if (const auto* node = std::get_if<Node>(&expression.node)) action(*tree, expression, *node);
}

// Text that stands in a string as it is, and that whatever it is compared with may equal.
bool is_plain(const tree::Tree& tree, ExprId left, std::string_view text) {
  const bool lowered = !std::holds_alternative<tree::Path>(tree[left].node);
  return !text.empty() && std::ranges::all_of(text, [&](unsigned char c) {
    return c >= ' ' && c != 0x7f && !(lowered && std::isupper(c) != 0);
  });
}

// `x matches P` as a comparison: what stands behind x.
void tell(const SetView& set, Report& report, const tree::Tree& tree, const tree::Expr& all, const tree::Matches& node,
          std::string_view kind, std::string_view op, std::string_view text) {
  if (!is_plain(tree, node.left, text)) return;
  const std::string left(set.text({all.span.file, all.span.begin, tree[node.left].span.end}));
  const bool parenthesised = tree[node.left].parenthesised && !set.text(tree[node.left].span).starts_with('(');
  const std::string fresh = left + (parenthesised ? ")" : "") + " " + std::string(op) + " " + syntax::string_text(text);
  report.add(node.pattern_span, std::string(kind) + " for what `" + std::string(op) + "` says")
      .safe_fix("write " + in_ticks(fresh), all.span, fresh);
}

void glob_as_comparison(const SetView& set, Report& report) {
  each_expression<tree::Matches>(set, [&](const tree::Tree& tree, const tree::Expr& all, const tree::Matches& node) {
    std::string_view pattern = node.pattern;
    if (node.regex || pattern.find('?') != std::string_view::npos || pattern == "*" || pattern.empty()) return;
    const bool front = pattern.starts_with('*'), back = pattern.ends_with('*');
    if (front) pattern.remove_prefix(1);
    if (back && !pattern.empty()) pattern.remove_suffix(1);
    if (pattern.find('*') != std::string_view::npos) return;
    tell(set, report, tree, all, node, "a pattern",
         front && back ? "contains"
         : front       ? "ends with"
         : back        ? "starts with"
                       : "==",
         pattern);
  });
}

void regex_as_comparison(const SetView& set, Report& report) {
  each_expression<tree::Matches>(set, [&](const tree::Tree& tree, const tree::Expr& all, const tree::Matches& node) {
    if (!node.regex) return;
    std::string_view pattern = node.pattern;
    const bool front = pattern.starts_with('^'), back = pattern.ends_with('$') && !pattern.ends_with("\\$");
    if (front) pattern.remove_prefix(1);
    if (back) pattern.remove_suffix(1);
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const char c = pattern[i];
      if (c == '\\') {
        if (i + 1 >= pattern.size() || std::isalnum(static_cast<unsigned char>(pattern[i + 1])) != 0) return;
        text += pattern[++i];
      } else if (std::string_view(".*+?()[]{}|^$").find(c) != std::string_view::npos) {
        return;
      } else {
        text += c;
      }
    }
    tell(set, report, tree, all, node, "a regular expression",
         front && back ? "=="
         : front       ? "starts with"
         : back        ? "ends with"
                       : "contains",
         text);
  });
}

void matches_everything(const SetView& set, Report& report) {
  each_expression<tree::Matches>(set, [&](const tree::Tree&, const auto&, const tree::Matches& node) {
    const auto& pattern = node.pattern;
    const bool all = node.regex ? pattern == ".*" || pattern == "^.*$" || pattern == ".*$" || pattern == "^.*"
                                : !pattern.empty() && pattern.find_first_not_of('*') == std::string::npos;
    if (!all) return;
    report.add(node.pattern_span, "every text matches this")
        .under("it asks nothing")
        .hint("leave it out; whether there is a text asks `has`");
  });
}

void long_list(const SetView& set, Report& report) {
  constexpr std::size_t many = 200;
  each_expression<tree::List>(set, [&](const tree::Tree&, const tree::Expr& all, const tree::List& list) {
    if (list.items.size() < many) return;
    report.add(all.span, "a list of " + std::to_string(list.items.size()) + " items in a policy")
        .under("it is somebody's data, compiled into every release")
        .hint("let the host say it: a group, or an attribute such as `user.partner : bool`");
  });
}

std::size_t steps_of(std::string_view pattern, std::map<std::string_view, std::size_t>& known) {
  const auto [found, fresh] = known.try_emplace(pattern);
  std::string error;
  if (fresh)
    if (const auto compiled = program::compile_pattern(pattern, error)) found->second = program::steps_of(*compiled);
  return found->second;
}

void heavy_patterns(const TenantView& tenant, Report& report) {
  std::map<std::string_view, std::size_t> known;
  std::size_t steps = 0;
  const auto& expressions = tenant.model->expressions;
  for (const auto& expression : expressions) {
    std::size_t own = 0;
    if (expression.op == program::Op::glob)
      own = program::steps_of_glob(std::get<program::Glob>(*expression.constant).pattern);
    else if (expression.op == program::Op::regex)
      own = steps_of(std::get<program::Regex>(*expression.constant).pattern, known);
    if (own == 0) continue;
    steps += own * (model::asks_element(expressions, expression.operands[0]) ? program::pattern_times_in_a_set : 1);
  }
  const Span span = tenant.declared->name.span;
  if (steps * 2 < program::max_pattern_steps || report.told(span)) return;
  report
      .add(span, "the regular expressions of tenant " + in_ticks(tenant.name()) + " have " + std::to_string(steps) +
                     " of at most " + std::to_string(program::max_pattern_steps) + " instructions")
      .under("each byte of a text may cost as many steps")
      .hint("compare where that says it: `ends with`, `in [ … ]`, a glob");
}

void many_rules(const TenantView& tenant, Report& report) {
  constexpr std::size_t room = 128;
  const Span span = tenant.declared->name.span;
  for (std::size_t action = 0; action < action_count; ++action) {
    const auto count =
        static_cast<std::size_t>(std::ranges::count_if(tenant.model->rules, [&](const model::Rule& rule) {
          return (rule.actions & mask_of(static_cast<Action>(action))) != 0;
        }));
    if (count <= room || report.told(span)) continue;
    report
        .add(span, "tenant " + in_ticks(tenant.name()) + " has " + std::to_string(count) + " rules for " +
                       std::string(action_names[action]))
        .under("every decision asks all of them")
        .hint("what many rules say of names, one says of a property: `connection.family`, `user.groups`");
  }
}

constexpr auto table = std::to_array<Rule>({
    {{"glob-as-comparison", Group::cost, Level::info, "a pattern for what a comparison says"},
     nullptr,
     glob_as_comparison},
    {{"regex-as-comparison", Group::cost, Level::info, "a regular expression for what a comparison says"},
     nullptr,
     regex_as_comparison},
    {{"matches-everything", Group::clarity, Level::warning, "a pattern that every text matches"},
     nullptr,
     matches_everything},
    {{"long-list", Group::cost, Level::info, "a list that the host should keep"}, nullptr, long_list},
    {{"heavy-patterns", Group::cost, Level::warning, "regular expressions that take half of what a tenant has"},
     heavy_patterns},
    {{"many-rules", Group::cost, Level::info, "more than 128 rules for one action"}, many_rules},
});

}  // namespace

std::span<const Rule> cost_rules() { return table; }

}  // namespace writ::lint
