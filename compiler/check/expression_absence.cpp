// E0301: a value that may be absent stands where one is needed. The message shows the author's own rule twice,
// rewritten:
//
//     deny login when user.department != "IT"
//       to deny when it is absent:  deny login unless has user.department and user.department == "IT"
//       to let absence through:     deny login when (user.department else "IT") != "IT"    (lint: absence-opens)
//
// The first is the one under which absence denies. Which way that is follows from the place of the leaf: the
// condition of an allow must come out false and that of a deny or require true, and each `not`, and `unless`, turns
// it round. A leaf comes out false on absence as `has f and L`, true as `not has f or L`. Every leaf that needs the value
// is rewritten, so that the rule is right afterwards; what a guard before it has shown to be there is left alone.
#include "compiler/check/expression.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>

namespace writ::check {

namespace {

constexpr std::uint32_t longest_rule = 240;  // bytes of a rule that is shown whole

std::optional<tree::CompareOp> opposite(tree::CompareOp op) {
  using enum tree::CompareOp;
  switch (op) {
  case eq: return ne;
  case ne: return eq;
  case lt: return ge;
  case ge: return lt;
  case gt: return le;
  case le: return gt;
  case in: return not_in;
  case not_in: return in;
  case starts_with:
  case ends_with:
  case contains: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<tree::Literal> value_for(const tree::Tree& tree, tree::ExprId leaf, tree::ExprId absent, bool wanted);

// Copies one rule's expressions into a tree of their own, with the leaves rewritten that need what may be absent.
class Rewriter {
 public:
  // With `values`, `(f else literal)` in the place of f where a literal is at hand. Otherwise `L` as it comes out on absence: `has f and L`,
  // `not has f or L`. Only `leaf` is rewritten where `alone`: nothing can be guarded there.
  Rewriter(const tree::Tree& from, tree::ExprId leaf, tree::ExprId absent, bool values, bool alone)
      : from_(from),
        leaf_(leaf),
        absent_(absent),
        absent_text_(canonical(from, absent)),
        values_(values),
        alone_(alone) {}

  tree::Tree made;

  tree::Rule rewrite(const tree::Rule& rule, bool condition_on_absence);

 private:
  // Whether f is there once an expression came out true, or false.
  struct Shown {
    bool if_true = false, if_false = false;
  };

  tree::ExprId leaf(tree::ExprId id, bool on_absence, const tree::ExprNode* parent);
  tree::ExprId guarded_opposite();  // has f and not L
  tree::ExprId use_in(tree::ExprId id) const;
  bool needs(tree::ExprId id) const {
    return !inside_leaf_ && (id == leaf_ || (!alone_ && !there_ && use_in(id) != tree::ExprId::none));
  }
  bool is_absent(tree::ExprId id) const {
    return id == absent_ ||
           (std::holds_alternative<tree::Path>(from_[id].node) && canonical(from_, id) == absent_text_);
  }
  tree::ExprId add(tree::ExprNode node, bool parenthesised = false) {
    made.expressions.push_back({std::move(node), {}, parenthesised});
    return static_cast<tree::ExprId>(made.expressions.size() - 1);
  }
  tree::ExprId copy(tree::ExprId id, bool wanted, const tree::ExprNode* parent = nullptr);
  std::vector<tree::ExprId> copy_all(const std::vector<tree::ExprId>& ids, bool wanted, const tree::ExprNode& parent);
  tree::ExprId presence() { return add(tree::Has{plain(absent_)}); }
  tree::ExprId plain(tree::ExprId id, std::optional<tree::Literal> literal = {}) {  // a copy; f is given `literal`
    const auto outside = std::exchange(inside_leaf_, true);
    const auto kept = std::exchange(literal_, std::move(literal));
    const auto result = copy(id, true);
    literal_ = kept;
    inside_leaf_ = outside;
    return result;
  }

  const tree::Tree& from_;
  tree::ExprId leaf_, absent_;
  std::string absent_text_;
  bool values_, alone_;
  std::optional<tree::Literal> literal_;
  bool inside_leaf_ = false;
  bool there_ = false;  // f, where the copy has come to
  Shown shown_;         // of what was copied last
};

// Where f stands in a leaf and has to be there.
tree::ExprId Rewriter::use_in(tree::ExprId id) const {
  if (id == tree::ExprId::none) return id;
  if (is_absent(id)) return id;
  const auto first = [this](auto... below) {
    tree::ExprId found = tree::ExprId::none;
    ((found = found == tree::ExprId::none ? use_in(below) : found), ...);
    return found;
  };
  const auto any = [this](const std::vector<tree::ExprId>& below) {
    for (const auto one : below)
      if (const auto found = use_in(one); found != tree::ExprId::none) return found;
    return tree::ExprId::none;
  };
  struct Visit {
    const decltype(first)& of;
    const decltype(any)& of_any;
    tree::ExprId operator()(const tree::Literal&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::Path&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::ClockWindow&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::Has&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::Else& choice) const { return of(choice.fallback); }
    tree::ExprId operator()(const tree::Call& call) const { return of_any(call.arguments); }
    // What is joined is no leaf; its parts are looked at one by one.
    tree::ExprId operator()(const tree::Not&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::And&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::Or&) const { return tree::ExprId::none; }
    tree::ExprId operator()(const tree::Compare& compare) const { return of(compare.left, compare.right); }
    tree::ExprId operator()(const tree::Matches& matches) const { return of(matches.left); }
    tree::ExprId operator()(const tree::Arithmetic& sum) const { return of(sum.left, sum.right); }
    tree::ExprId operator()(const tree::List& list) const { return of_any(list.items); }
    tree::ExprId operator()(const tree::Range& range) const { return of(range.low, range.high); }
    tree::ExprId operator()(const tree::Quantifier& quantifier) const { return of(quantifier.set, quantifier.body); }
  };
  return std::visit(Visit{first, any}, from_[id].node);
}

tree::ExprId Rewriter::leaf(tree::ExprId id, bool on_absence, const tree::ExprNode* parent) {
  const auto literal = values_ ? value_for(from_, id, id == leaf_ ? absent_ : use_in(id), on_absence) : std::nullopt;
  const auto written = plain(id, literal);
  shown_ = {};
  if (literal) return written;
  const bool in_and = parent != nullptr && std::holds_alternative<tree::And>(*parent);
  const bool in_or = parent != nullptr && std::holds_alternative<tree::Or>(*parent);
  const auto present = presence();
  shown_ = {!on_absence, on_absence};
  if (!on_absence) return add(tree::And{{present, written}}, parent != nullptr && !in_and && !in_or);
  return add(tree::Or{{add(tree::Not{present}), written}}, parent != nullptr && !in_or);
}

tree::ExprId Rewriter::guarded_opposite() {
  const auto written = plain(leaf_);
  auto& compare = std::get<tree::Compare>(made.expressions[static_cast<std::size_t>(written)].node);
  compare.op = *opposite(compare.op);
  const auto present = presence();
  return add(tree::And{{present, written}});
}

// Operands of `and` and `or`; a guard of the same kind joins the list instead of nesting in it.
std::vector<tree::ExprId> Rewriter::copy_all(const std::vector<tree::ExprId>& ids, bool wanted,
                                             const tree::ExprNode& parent) {
  std::vector<tree::ExprId> copies;
  const bool outside = there_, all = std::holds_alternative<tree::And>(parent);
  Shown shown{!all, all};  // an `or` that came out true: by every operand f is there; by one that came out false
  for (const auto id : ids) {
    const bool rewritten = needs(id);
    const auto one = copy(id, wanted, &parent);
    shown = all ? Shown{shown.if_true || shown_.if_true, shown.if_false && shown_.if_false}
                : Shown{shown.if_true && shown_.if_true, shown.if_false || shown_.if_false};
    there_ = there_ || (all ? shown_.if_true : shown_.if_false);
    const tree::ExprNode node = made[one].node;
    const auto* inner_and = std::get_if<tree::And>(&node);
    const auto* inner_or = std::get_if<tree::Or>(&node);
    if (rewritten && inner_and != nullptr && std::holds_alternative<tree::And>(parent))
      copies.insert(copies.end(), inner_and->operands.begin(), inner_and->operands.end());
    else if (rewritten && inner_or != nullptr && std::holds_alternative<tree::Or>(parent))
      copies.insert(copies.end(), inner_or->operands.begin(), inner_or->operands.end());
    else
      copies.push_back(one);
  }
  there_ = outside;
  shown_ = shown;
  return copies;
}

tree::ExprId Rewriter::copy(tree::ExprId id, bool wanted, const tree::ExprNode* parent) {
  if (id == tree::ExprId::none) return id;
  if (needs(id)) return leaf(id, wanted, parent);
  const tree::Expr& source = from_[id];
  tree::ExprNode node = source.node;
  const auto same = [&](tree::ExprId& child) { child = copy(child, wanted); };
  struct Visit {
    Rewriter& rewriter;
    bool wanted;
    const tree::ExprNode& source;
    const decltype(same)& child;
    void operator()(tree::Literal&) const {}
    void operator()(tree::Path&) const {}
    void operator()(tree::ClockWindow&) const {}
    // These two take what may be absent.
    void operator()(tree::Has& has) const { has.path = rewriter.plain(has.path); }
    void operator()(tree::Else& choice) const {
      choice.optional = rewriter.plain(choice.optional);
      child(choice.fallback);
    }
    void operator()(tree::Call& call) const {
      for (auto& argument : call.arguments) child(argument);
    }
    void operator()(tree::Not& negated) const {
      negated.operand = rewriter.copy(negated.operand, !wanted, &source);
      std::swap(rewriter.shown_.if_true, rewriter.shown_.if_false);
    }
    void operator()(tree::And& all) const { all.operands = rewriter.copy_all(all.operands, wanted, source); }
    void operator()(tree::Or& any) const { any.operands = rewriter.copy_all(any.operands, wanted, source); }
    void operator()(tree::Compare& compare) const { child(compare.left), child(compare.right); }
    void operator()(tree::Matches& matches) const { child(matches.left); }
    void operator()(tree::Arithmetic& sum) const { child(sum.left), child(sum.right); }
    void operator()(tree::List& list) const {
      for (auto& item : list.items) child(item);
    }
    void operator()(tree::Range& range) const { child(range.low), child(range.high); }
    void operator()(tree::Quantifier& quantifier) const { child(quantifier.set), child(quantifier.body); }
  };
  std::visit(Visit{*this, wanted, source.node, same}, node);
  const bool joined = std::holds_alternative<tree::Not>(source.node) ||
                      std::holds_alternative<tree::And>(source.node) || std::holds_alternative<tree::Or>(source.node);
  const auto* has = std::get_if<tree::Has>(&source.node);
  if (!joined) shown_ = {has != nullptr && is_absent(has->path), false};
  const auto made_id = add(std::move(node), source.parenthesised);
  if (!literal_ || !is_absent(id)) return made_id;
  made.expressions[static_cast<std::size_t>(made_id)].parenthesised = false;
  const auto fallback = add(*literal_);
  return add(tree::Else{made_id, fallback}, true);
}

tree::Rule Rewriter::rewrite(const tree::Rule& rule, bool condition_on_absence) {
  tree::Rule result = rule;
  result.message.reset();
  result.note.reset();
  for (auto& obligation : result.obligations) {
    for (auto& argument : obligation.arguments) argument = plain(argument);
    obligation.within = obligation.within == tree::ExprId::none ? obligation.within : plain(obligation.within);
  }
  const auto* negated = rule.when == tree::ExprId::none ? nullptr : std::get_if<tree::Not>(&from_[rule.when].node);
  const auto* compare = rule.when == leaf_ ? std::get_if<tree::Compare>(&from_[leaf_].node) : nullptr;
  const bool one_leaf = rule.unless == tree::ExprId::none && !values_ && condition_on_absence;
  if (one_leaf && negated != nullptr && negated->operand == leaf_) {  // when not L: unless has f and L
    result.unless = leaf(leaf_, false, nullptr);
    result.when = tree::ExprId::none;
  } else if (one_leaf && compare != nullptr && opposite(compare->op)) {
    result.unless = guarded_opposite();
    result.when = tree::ExprId::none;
  } else {
    result.when = copy(rule.when, condition_on_absence);
    there_ = rule.when != tree::ExprId::none && shown_.if_true;
    result.unless = copy(rule.unless, !condition_on_absence);
  }
  return result;
}

// ---------------------------------------------------------------- a value to give

std::optional<tree::Literal> other_than(const tree::Literal& literal) {
  using Kind = tree::Literal::Kind;
  if (literal.kind == Kind::boolean) return tree::Literal{Kind::boolean, !std::get<bool>(literal.value)};
  if (literal.kind == Kind::string)
    return tree::Literal{Kind::string, std::string(std::get<std::string>(literal.value).empty() ? "-" : "")};
  return std::nullopt;
}

// A literal that makes `leaf` come out as wanted when it stands for `absent`, where one is at hand.
std::optional<tree::Literal> value_for(const tree::Tree& tree, tree::ExprId leaf, tree::ExprId absent, bool wanted) {
  using enum tree::CompareOp;
  using Kind = tree::Literal::Kind;
  if (leaf == absent) return tree::Literal{Kind::boolean, wanted};
  const auto* compare = std::get_if<tree::Compare>(&tree[leaf].node);
  if (compare == nullptr || (compare->left != absent && compare->right != absent)) return std::nullopt;
  const tree::ExprNode& other = tree[compare->left == absent ? compare->right : compare->left].node;
  if (const auto* list = std::get_if<tree::List>(&other);
      list != nullptr && !list->items.empty() && (compare->op == in || compare->op == not_in)) {
    const auto* first = std::get_if<tree::Literal>(&tree[list->items[0]].node);
    if (first == nullptr) return std::nullopt;
    if (wanted == (compare->op == in)) return *first;
    const bool holds_empty = std::ranges::any_of(list->items, [&](tree::ExprId item) {
      const auto* one = std::get_if<tree::Literal>(&tree[item].node);
      return one == nullptr || (one->kind == Kind::string && std::get<std::string>(one->value).empty());
    });
    return first->kind == Kind::string && !holds_empty ? std::optional(tree::Literal{Kind::string, std::string{}})
                                                       : std::nullopt;
  }
  const auto* literal = std::get_if<tree::Literal>(&other);
  if (literal == nullptr) return std::nullopt;
  switch (compare->op) {
  case eq: return wanted ? *literal : other_than(*literal);
  case ne: return wanted ? other_than(*literal) : *literal;
  case le:
  case ge: return wanted ? std::optional(*literal) : std::nullopt;
  case lt:
  case gt: return wanted ? std::nullopt : std::optional(*literal);
  case starts_with:
  case ends_with:
  case contains:
    if (compare->left != absent || literal->kind != Kind::string) return std::nullopt;
    if (wanted) return *literal;
    return std::get<std::string>(literal->value).empty() ? std::nullopt
                                                         : std::optional(tree::Literal{Kind::string, std::string{}});
  case in:
  case not_in: return std::nullopt;
  }
  return std::nullopt;
}

// Whether the leaf comes out as the condition wants (true) or the other way round; nothing when it is not below `id`.
std::optional<bool> polarity(const tree::Tree& tree, tree::ExprId id, tree::ExprId leaf) {
  if (id == tree::ExprId::none) return std::nullopt;
  if (id == leaf) return true;
  const tree::ExprNode& node = tree[id].node;
  if (const auto* negated = std::get_if<tree::Not>(&node)) {
    const auto inner = polarity(tree, negated->operand, leaf);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  const auto* all = std::get_if<tree::And>(&node);
  const auto* any = std::get_if<tree::Or>(&node);
  const auto* operands = all != nullptr ? &all->operands : any != nullptr ? &any->operands : nullptr;
  if (operands == nullptr) return std::nullopt;
  for (const auto operand : *operands)
    if (const auto found = polarity(tree, operand, leaf)) return found;
  return std::nullopt;
}

std::string literal_of(const Typed& value) {
  switch (value.kind) {
  case TypeKind::boolean: return "false";
  case TypeKind::integer: return "0";
  case TypeKind::string: return "\"\"";
  case TypeKind::duration: return "0s";
  case TypeKind::enumeration: return value.values.empty() ? "…" : std::string(value.values.front());
  case TypeKind::ip:
  case TypeKind::cidr:
  case TypeKind::time:
  case TypeKind::string_set:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return "…";
  }
  return "…";
}

}  // namespace

// `(f else "")`; where no value is at hand only the form is shown.
void offer_value(Diagnostic& diagnostic, const std::string& why, Span absent, const std::string& text,
                 const Typed& value) {
  const std::string literal = literal_of(value), with = "(" + text + " else " + literal + ")";
  if (literal == "…")
    diagnostic.hint(why + with);
  else
    diagnostic.fix(why + with, absent, with);
}

// ---------------------------------------------------------------- the report

bool Checker::need_present(const Typed& value) {
  if (value.present == model::ExprId::none) return true;
  const Absence& absence = *value.absence;
  if (absence.key != no_key) {  // one cause, one error
    if (reported_.test(absence.key)) return false;
    reported_.set(absence.key);
  }
  const tree::Expr& absent = (*absence.where.tree)[absence.expression];
  const std::string text = canonical(*absence.where.tree, absence.expression);
  auto& diagnostic =
      report(Code::unguarded_optional, absent.span, in_ticks(text) + " may be absent").under(absence.label);
  if (absence.defined.known()) diagnostic.at(absence.defined, "defined here");
  if (!lets_.empty()) diagnostic.at(use_, "used here");
  const bool in_rule = rule_ != nullptr && lets_.empty() && absence.where.tree == leaf_tree_ &&
                       rule_->span.end - rule_->span.begin <= longest_rule;
  if (in_rule) {
    add_fixes(diagnostic, absence);
  } else if (absence.key != no_key && leaf_tree_ == absence.where.tree) {
    const tree::Expr& leaf = (*leaf_tree_)[leaf_];
    const std::string guarded = "has " + text + " and " + canonical(*leaf_tree_, leaf_);
    if (guarded.size() <= longest_rule)
      diagnostic.fix("guard it:           " + guarded, leaf.span, "(" + guarded + ")");
    else
      diagnostic.hint("guard it:           has " + text + " and …");
    if (value.kind != TypeKind::string_set) offer_value(diagnostic, "or give it a value: ", absent.span, text, value);
  } else if (value.kind != TypeKind::string_set) {
    offer_value(diagnostic, "give it a value: ", absent.span, text, value);
  }
  return false;
}

void Checker::add_fixes(Diagnostic& diagnostic, const Absence& absence) {
  const tree::Tree& tree = *leaf_tree_;
  const auto in_when = polarity(tree, rule_->when, leaf_);
  const auto in_unless = polarity(tree, rule_->unless, leaf_);
  if (!in_when && !in_unless) return;
  const bool denies = rule_->effect != RuleEffect::allow;  // what the condition must come out as so that absence denies
  const bool straight = in_when ? *in_when : !*in_unless;
  const auto offer = [&](const std::string& what, const std::string& after, bool condition_on_absence,
                         bool with_value) {
    const bool value =
        with_value && value_for(tree, leaf_, absence.expression, condition_on_absence == straight).has_value();
    const bool alone = absence.key == no_key;
    if (alone && !value) return false;
    Rewriter rewriter(tree, leaf_, absence.expression, value, alone);
    tree::Rule rule = rewriter.rewrite(*rule_, condition_on_absence);
    const std::string shown = canonical(rewriter.made, rule);
    rule.message = rule_->message;
    rule.note = rule_->note;
    const bool has_comment =
        sources_.text(rule_->span).find("//") != std::string_view::npos;  // which the edit would lose
    if (has_comment)
      diagnostic.hint(what + shown + after);
    else
      diagnostic.fix(what + shown + after, rule_->span, canonical(rewriter.made, rule));
    return true;
  };
  const bool required = rule_->effect == RuleEffect::require;
  const bool strict = offer(required ? "to require it when absent:  " : "to deny when it is absent:  ", "", denies,
                            absence.key == no_key);
  const bool lax = offer("to let absence through:     ", denies ? "    (lint: absence-opens)" : "", !denies, true);
  if (!strict && !lax) diagnostic.hint("give it a value: (" + canonical(tree, absence.expression) + " else …)");
}

}  // namespace writ::check
