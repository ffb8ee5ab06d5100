// Texts compared in ways that more passes than was meant: suffixes without a boundary, patterns that are found anywhere, dots that are any character,
// addresses whose case differs, words that the client chooses.
#include "compiler/lint/rule.h"
#include "compiler/lint/uses.h"
#include "compiler/syntax/syntax.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <cctype>

namespace writ::lint {

namespace {

using tree::ExprId;

template <class Node, class Action>
void each_expression(const SetView& set, Action&& action) {
  for (const auto* tree : set.trees)
    for (const tree::Expr& expression : tree->expressions)
      if (const auto* node = std::get_if<Node>(&expression.node)) action(*tree, expression, *node);
}

const std::string* string_of(const tree::Tree& tree, ExprId id) {
  const auto* literal = std::get_if<tree::Literal>(&tree[id].node);
  return literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
}

// `user.email ends with "acme.com"`
void suffix_without_boundary(const SetView& set, Report& report) {
  each_expression<tree::Compare>(set, [&](const tree::Tree& tree, const auto&, const tree::Compare& node) {
    if (node.op != tree::CompareOp::ends_with) return;
    const std::string* suffix = string_of(tree, node.right);
    if (suffix == nullptr || !is_domain(*suffix) || suffix->find('.') == std::string::npos) return;
    report.add(tree[node.right].span, "`evil" + bounded(*suffix) + "` ends with " + in_ticks(*suffix) + " too")
        .under("a domain begins behind a `.` or a `@`")
        .hint("compare the domain, `(email_domain(user.email) else \"\") == \"" + *suffix + "\"`, or write `\"@" +
              *suffix + "\"`");
  });
}

// Something that can be found in the middle of another text.
void unanchored_pattern(const SetView& set, Report& report) {
  each_expression<tree::Matches>(set, [&](const tree::Tree&, const auto&, const tree::Matches& node) {
    if (!node.regex) return;
    const std::string& pattern = node.pattern;
    const bool begins = pattern.starts_with('^') || pattern.starts_with("\\A") || pattern.starts_with("(?");
    const bool ends = pattern.ends_with('$') || pattern.ends_with("\\z");
    if (begins && ends) return;
    // A plain word looked for on purpose is no pattern of a whole text; one that goes to one end and not to the other is.
    const bool half = begins != ends;
    const bool domain = pattern.find("\\.") != std::string::npos || pattern.find('@') != std::string::npos;
    if (!half && !domain) return;
    report
        .add(node.pattern_span, std::string("this pattern is held at ") + (begins ? "its beginning only"
                                                                           : ends ? "its end only"
                                                                                  : "neither end"))
        .under("a regular expression may be found anywhere in the text")
        .hint("put `^` before it and `$` behind it");
  });
}

void any_character_dot(const SetView& set, Report& report) {
  each_expression<tree::Matches>(set, [&](const tree::Tree&, const auto&, const tree::Matches& node) {
    if (!node.regex) return;
    const std::string& pattern = node.pattern;
    const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '\\') {
        ++i;
        continue;
      }
      if (pattern[i] == '[') in_class = true;
      if (pattern[i] == ']') in_class = false;
      if (pattern[i] != '.' || in_class || i == 0 || i + 1 >= pattern.size()) continue;
      const bool escaped_before = i >= 2 && pattern[i - 2] == '\\';
      if (!word(pattern[i - 1]) || escaped_before || !word(pattern[i + 1])) continue;
      report
          .add(node.pattern_span,
               "the dot in `" + bounded(pattern.substr(i - std::min<std::size_t>(i, 8), 16)) + "` is any character")
          .under("`acme.com` is matched by `acmeXcom`")
          .hint("write `\\.`");
      return;
    }
  });
}

// A rule's expressions, each with whether more of it makes the rule fire (false: less).
class Walk {
 public:
  Walk(const tree::Tree& tree, const tree::Rule& rule) : tree_(tree) {
    if (rule.when != ExprId::none) down(rule.when, true);
    if (rule.unless != ExprId::none) down(rule.unless, false);
  }
  std::vector<std::pair<ExprId, bool>> leaves;

 private:
  void down(ExprId id, bool more) {
    const auto& node = tree_[id].node;
    if (const auto* all = std::get_if<tree::And>(&node))
      for (const ExprId one : all->operands) down(one, more);
    else if (const auto* any = std::get_if<tree::Or>(&node))
      for (const ExprId one : any->operands) down(one, more);
    else if (const auto* negated = std::get_if<tree::Not>(&node))
      down(negated->operand, !more);
    else
      leaves.emplace_back(id, more);
  }
  const tree::Tree& tree_;
};

template <class Action>
void each_rule(const SetView& set, Action&& action) {
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::Rule>(block.body, [&](const tree::Rule& rule) { action(*tree, rule); });
}

std::string path_of(const tree::Tree& tree, ExprId id) {
  if (const auto* choice = std::get_if<tree::Else>(&tree[id].node)) return path_of(tree, choice->optional);
  const auto* path = std::get_if<tree::Path>(&tree[id].node);
  std::string joined;
  if (path != nullptr)
    for (const auto& part : path->parts) joined += (joined.empty() ? "" : ".") + part.text;
  return joined;
}

// A deny of named addresses that another spelling of the address walks past.
void address_by_case(const SetView& set, Report& report) {
  each_rule(set, [&](const tree::Tree& tree, const tree::Rule& rule) {
    if (rule.effect != RuleEffect::deny) return;
    for (const auto& [id, more] : Walk(tree, rule).leaves) {
      const auto* compare = std::get_if<tree::Compare>(&tree[id].node);
      const bool listed =
          compare != nullptr && (compare->op == tree::CompareOp::eq || compare->op == tree::CompareOp::in);
      if (!listed || !more || path_of(tree, compare->left) != "user.email") continue;
      report.add(tree[compare->left].span, "this deny knows one spelling of an address")
          .under("`Ann@acme.com` is not `ann@acme.com`")
          .hint("compare in lower case: `(lower(user.email) else \"\")`");
    }
  });
}

void agent_decides(const SetView& set, Report& report) {
  each_expression<tree::Path>(set, [&](const tree::Tree&, const tree::Expr& all, const tree::Path& path) {
    if (path.parts.size() != 2 || path.parts[0].text != "request" || path.parts[1].text != "user_agent") return;
    report.add(all.span, "a client writes what it likes as its user agent")
        .under("whom this keeps out changes one header")
        .hint("decide by what the host has verified: the client, the grant, an attribute of the device");
  });
}

// ---------------------------------------------------------------- absence

// What `(f else v) op w` is when f is absent; nothing when it cannot be told from the text.
std::optional<bool> when_absent(const tree::Tree& tree, ExprId id) {
  const auto literal_of = [&](ExprId one) { return std::get_if<tree::Literal>(&tree[one].node); };
  if (const auto* choice = std::get_if<tree::Else>(&tree[id].node)) {
    const auto* fallback = literal_of(choice->fallback);
    const bool* value = fallback == nullptr ? nullptr : std::get_if<bool>(&fallback->value);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }
  const auto* compare = std::get_if<tree::Compare>(&tree[id].node);
  if (compare == nullptr) return std::nullopt;
  const auto* choice = std::get_if<tree::Else>(&tree[compare->left].node);
  if (choice == nullptr) return std::nullopt;
  const auto* value = literal_of(choice->fallback);
  if (value == nullptr) return std::nullopt;
  using enum tree::CompareOp;
  const auto equals = [&](ExprId other) -> std::optional<bool> {
    const auto* literal = literal_of(other);
    return literal == nullptr ? std::nullopt : std::optional(literal->value == value->value);
  };
  if (compare->op == eq || compare->op == ne) {
    const auto same = equals(compare->right);
    return same ? std::optional(*same == (compare->op == eq)) : std::nullopt;
  }
  if (compare->op == in || compare->op == not_in) {
    const auto* list = std::get_if<tree::List>(&tree[compare->right].node);
    if (list == nullptr) return std::nullopt;
    bool found = false;
    for (const ExprId one : list->items) {
      const auto same = equals(one);
      if (!same) return std::nullopt;
      found = found || *same;
    }
    return found == (compare->op == in);
  }
  const auto* bound = literal_of(compare->right);
  if (bound == nullptr || bound->kind != value->kind) return std::nullopt;
  const auto *a = std::get_if<std::int64_t>(&value->value), *b = std::get_if<std::int64_t>(&bound->value);
  if (a == nullptr || b == nullptr) return std::nullopt;
  switch (compare->op) {
  case lt: return *a < *b;
  case le: return *a <= *b;
  case gt: return *a > *b;
  case ge: return *a >= *b;
  default: return std::nullopt;
  }
}

// A default under which what is not known passes: the deny or require is silent, the allow speaks.
void absence_opens(const SetView& set, Report& report) {
  each_rule(set, [&](const tree::Tree& tree, const tree::Rule& rule) {
    if (rule.report) return;
    for (const auto& [id, more] : Walk(tree, rule).leaves) {
      const auto absent = when_absent(tree, id);
      if (!absent) continue;
      const bool fires = *absent == more;  // as far as this leaf goes
      const bool opens = fires == (rule.effect == RuleEffect::allow);
      if (!opens) continue;
      const bool denies = rule.effect == RuleEffect::deny;
      report
          .add(tree[id].span, rule.effect == RuleEffect::allow ? "what is not known counts as good here"
                              : denies                         ? "this deny is silent about what is not known"
                                                               : "nothing is required where it is not known")
          .under("when it is absent, this is " + std::string(*absent ? "true" : "false"))
          .hint("give the absent one the value that closes, or guard it with `has`");
    }
  });
}

constexpr auto table = std::to_array<Rule>({
    {{"suffix-without-boundary", Group::security, Level::warning, "a domain compared as the end of a text"},
     nullptr,
     suffix_without_boundary},
    {{"unanchored-pattern", Group::security, Level::warning, "a pattern that is found in the middle of another text"},
     nullptr,
     unanchored_pattern},
    {{"any-character-dot", Group::security, Level::warning, "a dot in a pattern that is any character"},
     nullptr,
     any_character_dot},
    {{"address-by-case", Group::security, Level::warning, "a deny that knows one spelling of an address"},
     nullptr,
     address_by_case},
    {{"agent-decides", Group::security, Level::warning, "a decision by the user agent"}, nullptr, agent_decides},
    {{"absence-opens", Group::security, Level::warning, "what is not known passes"}, nullptr, absence_opens},
});

}  // namespace

std::span<const Rule> text_rules() { return table; }

}  // namespace writ::lint
