// Expressions, from the top: a condition is a tree of `and`, `or` and `not` over leaves (decision 0001, 30), with
// boolean lets written out in place. Walking it left to right we carry what `has` has proven:
//
//     has user.department and user.department == "IT"      after the first operand user.department is known to be present
//     not has user.department or user.department == "IT"   after the first operand came out false, it is known too
//
// So a condition answers what is known after it came out true, and after it came out false; `not` swaps the two.
// Operands of one `and` are a list and are walked in a loop: an author may write 100,000 of them. What nests is
// counted in `depth_`.
#include "compiler/check/expression.h"

#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <tuple>

namespace writ::check {

namespace {
// Expressions inside one another, lets written out: more would be a danger to the stack, and no reader follows them.
constexpr std::size_t nesting_limit = 500;
// Expressions of lets written out in one rule, as a multiple of the conditions it may have: lets that use lets twice
// double each time.
constexpr std::size_t written_out_per_condition = 2;
// A leaf's text is kept for the trace, so it counts as this many bytes an expression.
constexpr std::size_t text_per_expression = 64;

Spent* spent_of(const Scope* scope, Spent& otherwise) {
  while (scope != nullptr && scope->spent == nullptr) scope = scope->outer;
  return scope == nullptr ? &otherwise : scope->spent;
}

// A condition about `text`, for help.
std::string compared(const std::string& text, const Typed& value) {
  const std::string example = example_of(value.kind, value.values, value.low, value.high);
  if (value.kind == TypeKind::string_set) return "\"x\" in " + text;
  if (value.is_name()) return text + " == …";
  return text + " == " + example;
}
}  // namespace

Checker::Checker(const Place& place, const tree::Tree& tree, const SourceSet& sources, const Limits& limits,
                 std::vector<model::Expr>& nodes, Diagnostics& diagnostics)
    : place_(place),
      spent_(*spent_of(place.scope, own_spent_)),
      sources_(sources),
      limits_(limits),
      nodes_(nodes),
      diagnostics_(diagnostics),
      here_{&tree, place.scope} {}

// ---------------------------------------------------------------- structure

// A let's body is read in its own scope, by itself: no guards from outside, no quantifier's variables.
template <class Action>
auto Checker::within_let(const LetEntry& entry, Span use, Action action) {
  using Result = decltype(action(entry.let->value));
  if (std::ranges::find(lets_, entry.let) != lets_.end()) {
    report_let_cycle(entry.let);
    return Result{};
  }
  if (lets_.empty()) use_ = use;
  const Where outside = std::exchange(here_, Where{entry.tree, entry.scope});
  const Facts known = std::exchange(known_, Facts{});
  const std::size_t first = std::exchange(first_variable_, variables_.size());
  const auto leaf = std::pair(leaf_, leaf_tree_);
  lets_.push_back(entry.let);
  if (inside_leaf_) std::tie(leaf_, leaf_tree_) = std::pair(entry.let->value, entry.tree);
  Result result = action(entry.let->value);
  lets_.pop_back();
  std::tie(leaf_, leaf_tree_) = leaf;
  first_variable_ = first;
  known_ = known;
  here_ = outside;
  return result;
}

// A circle of lets, said once: at the first of them in the text, whichever of them it was met by.
void Checker::report_let_cycle(const tree::Let* let) {
  std::vector<const tree::Let*> circle(std::ranges::find(lets_, let), lets_.end());
  const auto place = [](const tree::Let* one) { return std::pair(one->name.span.file, one->name.span.begin); };
  std::ranges::rotate(circle, std::ranges::min_element(circle, {}, place));
  std::string chain;
  for (const auto* one : circle) chain += in_ticks(one->name.text) + " → ";
  auto& diagnostic = report(Code::let_cycle, circle.front()->name.span,
                            "a let needs itself: " + chain + in_ticks(circle.front()->name.text));
  for (std::size_t i = 1; i < circle.size(); ++i) diagnostic.at(circle[i]->name.span, "by way of this");
  diagnostic.hint("write one of them without the other");
}

// Counts expressions; false when that is too many. The caller lowers `depth_` again.
bool Checker::small_enough(Span span, std::size_t expressions) {
  if (too_large_) return false;
  if (!lets_.empty()) written_out_ += expressions;
  spent_.expressions += expressions;
  std::string message;
  if (depth_ > nesting_limit)
    message = "conditions nest deeper than " + std::to_string(nesting_limit) + " levels";
  else if (leaves_ > limits_.conditions_per_rule ||
           written_out_ > limits_.conditions_per_rule * written_out_per_condition)
    message = "the rule has more than " + std::to_string(limits_.conditions_per_rule) + " conditions";
  else if (spent_.expressions > limits_.expressions_per_tenant)
    message =
        "the rules of one tenant have more than " + std::to_string(limits_.expressions_per_tenant) + " expressions";
  if (message.empty()) return true;
  too_large_ = true;
  if (spent_.expressions > limits_.expressions_per_tenant && std::exchange(spent_.said, true)) {
    ++errors_;  // said where it came to be too much
    return false;
  }
  report(Code::condition_too_large, lets_.empty() ? span : use_, std::move(message))
      .under(lets_.empty() ? "" : "with its lets written out")
      .hint(lets_.empty() ? "divide the rule in two, or compare with a list: `x in [a, b]`"
                          : "a let that uses another twice doubles each time: let the host send the answer as a fact");
  return false;
}

Flow Checker::condition(tree::ExprId id) {
  const tree::Expr& here = expression(id);
  if (!small_enough(here.span)) return {boolean_node(false), {}, {}};
  ++depth_;
  Flow flow;
  if (const auto* operands = std::get_if<tree::And>(&here.node)) {
    flow = all_of(operands->operands);
  } else if (const auto* alternatives = std::get_if<tree::Or>(&here.node)) {
    flow = any_of(alternatives->operands);
  } else if (const auto* negated = std::get_if<tree::Not>(&here.node)) {
    flow = condition(negated->operand);
    std::swap(flow.when_true, flow.when_false);
    flow.node = node(Op::not_, {flow.node});
  } else {
    const tree::Path* name = word(id);
    const bool is_let =
        name != nullptr && !is_variable(name->parts[0].text) && find_argument(name->parts[0].text) == nullptr;
    const LetEntry* let = is_let ? find_let(name->parts[0].text) : nullptr;
    if (let != nullptr && !inside_leaf_)
      flow.node = let_in_place(*let, here.span);
    else
      flow = leaf(id);
  }
  --depth_;
  return flow;
}

// True: every operand is. False at operand i: those before it are true, and it is false.
Flow Checker::all_of(const std::vector<tree::ExprId>& operands) {
  const Facts before = known_;
  Flow flow;
  flow.when_false.set();
  std::vector<model::ExprId> nodes;
  nodes.reserve(operands.size());
  for (const auto operand : operands) {
    const Flow one = condition(operand);
    nodes.push_back(one.node);
    flow.when_false &= flow.when_true | one.when_false;
    flow.when_true |= one.when_true;
    known_ |= one.when_true;
  }
  known_ = before;
  flow.node = node(Op::and_, std::move(nodes));
  return flow;
}

Flow Checker::any_of(const std::vector<tree::ExprId>& operands) {
  const Facts before = known_;
  Flow flow;
  flow.when_true.set();
  std::vector<model::ExprId> nodes;
  nodes.reserve(operands.size());
  for (const auto operand : operands) {
    const Flow one = condition(operand);
    nodes.push_back(one.node);
    flow.when_true &= flow.when_false | one.when_true;
    flow.when_false |= one.when_false;
    known_ |= one.when_false;
  }
  known_ = before;
  flow.node = node(Op::or_, std::move(nodes));
  return flow;
}

// Anything boolean that is no structure. On the way down from a rule it becomes a leaf of the trace, with its text
// and what explains it.
Flow Checker::leaf(tree::ExprId id) {
  const bool outermost = !inside_leaf_;
  if (outermost) {
    inside_leaf_ = true;
    leaf_ = id;
    leaf_tree_ = here_.tree;
    seen_.clear();
    ++leaves_;
  }
  Flow flow{model::ExprId::none, {}, {}};
  if (const auto* presence = std::get_if<tree::Has>(&expression(id).node)) {
    flow = has(*presence, id);
  } else if (const auto result = value(id)) {
    if (result->kind == TypeKind::boolean)
      flow.node = result->node;
    else
      report(Code::not_a_condition, span_of(id), "a condition is wanted, but " + is_a(id, *result))
          .under("neither true nor false")
          .hint(std::holds_alternative<tree::Literal>(expression(id).node)
                    ? std::string("one of several is asked with `in`: `user.id in [\"ada\", \"grace\"]`")
                    : "compare it with something: " + in_ticks(compared(canonical(*here_.tree, id), *result)));
  }
  if (flow.node == model::ExprId::none) flow.node = boolean_node(false);
  if (outermost) {
    inside_leaf_ = false;
    model::Expr& made = nodes_[static_cast<std::size_t>(flow.node)];
    made.leaf = true;
    made.text = canonical(*here_.tree, id);
    small_enough(span_of(id), made.text.size() / text_per_expression);
    made.seen = std::move(seen_);
    seen_ = {};
  }
  return flow;
}

// ---------------------------------------------------------------- values

std::optional<Typed> Checker::value(tree::ExprId id, const Typed* other) {
  auto result = maybe(id, other);
  if (result && !need_present(*result)) return std::nullopt;
  return result;
}

std::optional<Typed> Checker::maybe(tree::ExprId id, const Typed* other) {
  if (!small_enough(span_of(id))) return std::nullopt;
  ++depth_;
  auto result = of_node(id, other);
  --depth_;
  // A string beside a name or a word of an enumeration is that name: `connection == "google-oauth2"`.
  if (!result || other == nullptr || result->kind != TypeKind::string ||
      !(other->is_name() || other->kind == TypeKind::enumeration))
    return result;
  const auto* text = constant(*result);
  return text != nullptr ? named(std::get<std::string>(*text), span_of(id), *other) : result;
}

std::optional<Typed> Checker::of_node(tree::ExprId id, const Typed* other) {
  struct Visit {
    Checker& checker;
    tree::ExprId id;
    const Typed* other;
    using Result = std::optional<Typed>;
    Result misplaced(std::string_view what, std::string_view help) const {
      checker.report(Code::out_of_place, checker.span_of(id), std::string(what) + " stands right of `in` only")
          .hint(std::string(help));
      return std::nullopt;
    }
    Result operator()(const tree::Literal& literal) const {
      return literal.kind == tree::Literal::Kind::clock
                 ? misplaced("a time of day", "ask for a window: `request.time in 08:00..18:00 \"Europe/Berlin\"`")
                 : Result{checker.literal(literal)};
    }
    Result operator()(const tree::Path& path) const { return checker.path(path, id, other); }
    Result operator()(const tree::Has&) const { return checker.logic(id); }
    Result operator()(const tree::And&) const { return checker.logic(id); }
    Result operator()(const tree::Or&) const { return checker.logic(id); }
    Result operator()(const tree::Not&) const { return checker.logic(id); }
    Result operator()(const tree::Else& choice) const { return checker.otherwise(choice, other); }
    Result operator()(const tree::Call& call) const { return checker.call(call, id); }
    Result operator()(const tree::Compare& compare) const { return checker.compare(compare, id); }
    Result operator()(const tree::Matches& matches) const { return checker.matches(matches); }
    Result operator()(const tree::Arithmetic& arithmetic) const { return checker.arithmetic(arithmetic, id); }
    Result operator()(const tree::Quantifier& quantifier) const { return checker.quantifier(quantifier); }
    Result operator()(const tree::List&) const {
      return misplaced("a list", "ask for membership: `user.id in [\"ada\", \"grace\"]`");
    }
    Result operator()(const tree::Range&) const {
      return misplaced("a range", "ask for membership: `user.logins in 1..10`");
    }
    Result operator()(const tree::ClockWindow&) const {
      return misplaced("a clock window", "ask for membership: `request.time in 08:00..18:00 \"Europe/Berlin\"`");
    }
  };
  const tree::ExprNode& here = expression(id).node;
  return std::visit(Visit{*this, id, other}, here);
}

// Logic inside a leaf: `(a and b) == c`, the body of a quantifier.
std::optional<Typed> Checker::logic(tree::ExprId id) {
  const bool outside = std::exchange(inside_leaf_, true);
  const std::size_t errors = errors_;
  const Flow flow = std::holds_alternative<tree::Has>(expression(id).node) ? leaf(id) : condition(id);
  inside_leaf_ = outside;
  if (errors_ != errors) return std::nullopt;
  return boolean(flow.node);
}

Typed Checker::literal(const tree::Literal& literal) {
  using Kind = tree::Literal::Kind;
  Typed typed;
  if (const auto* number = std::get_if<std::int64_t>(&literal.value)) {
    typed.kind = literal.kind == Kind::duration ? TypeKind::duration
                 : literal.kind == Kind::time   ? TypeKind::time
                                                : TypeKind::integer;
    if (typed.kind == TypeKind::integer) typed.low = typed.high = *number;
    typed.node = node(Op::const_int, {}, program::Constant{*number});
  } else if (const auto* text = std::get_if<std::string>(&literal.value)) {
    typed.kind = TypeKind::string;
    typed.node = node(Op::const_string, {}, program::Constant{*text});
  } else if (const auto* ip = std::get_if<Ip>(&literal.value)) {
    typed.kind = TypeKind::ip;
    typed.node = node(Op::const_ip, {}, program::Constant{*ip});
  } else if (const auto* block = std::get_if<Cidr>(&literal.value)) {
    typed.kind = TypeKind::cidr;  // no op makes one: it lives in the constant of an in_cidrs
    typed.node = node(Op::const_ip, {}, program::Constant{std::vector<Cidr>{*block}});
  } else {
    typed = boolean(boolean_node(std::get<bool>(literal.value)));
  }
  return typed;
}

// ---------------------------------------------------------------- nodes

model::ExprId Checker::node(Op op, std::vector<model::ExprId> operands, model::Shared constant) {
  model::Expr made;
  made.op = op;
  made.operands = std::move(operands);
  made.constant = std::move(constant);
  nodes_.push_back(std::move(made));
  return static_cast<model::ExprId>(nodes_.size() - 1);
}

const program::Constant* Checker::constant(const Typed& value) const {
  if (value.node == model::ExprId::none) return nullptr;
  const model::Expr& made = nodes_[static_cast<std::size_t>(value.node)];
  const bool known =
      made.op == Op::const_bool || made.op == Op::const_int || made.op == Op::const_string || made.op == Op::const_ip;
  return known ? &*made.constant : nullptr;
}

model::ExprId Checker::constant_node(TypeKind kind, const program::Constant& constant) {
  const Op op = kind == TypeKind::boolean                        ? Op::const_bool
                : kind == TypeKind::string                       ? Op::const_string
                : kind == TypeKind::ip || kind == TypeKind::cidr ? Op::const_ip
                                                                 : Op::const_int;
  return node(op, {}, constant);
}

Typed Checker::boolean(model::ExprId id) const {
  Typed typed;
  typed.node = id;
  return typed;
}

Diagnostic& Checker::report(Code code, Span span, std::string message) {
  ++errors_;
  return diagnostics_.add(code, span, std::move(message));
}

// ---------------------------------------------------------------- an expression alone

void Checker::alone(tree::ExprId id, bool boolean) {
  alone_ = true;
  const std::size_t nodes = nodes_.size();
  const tree::ExprNode& here = expression(id).node;
  const bool is_value = std::holds_alternative<tree::Literal>(here) || std::holds_alternative<tree::Path>(here) ||
                        std::holds_alternative<tree::Else>(here) || std::holds_alternative<tree::Call>(here) ||
                        std::holds_alternative<tree::Arithmetic>(here);
  if (const auto* list = std::get_if<tree::List>(&here); list != nullptr && !boolean) {
    for (const auto item : list->items)
      if (!is_open(item)) maybe(item);
  } else if (boolean || !is_value) {
    condition(id);
  } else if (!is_open(id)) {  // a bare name: what it names shows where it is used
    inside_leaf_ = true;
    leaf_ = id;
    leaf_tree_ = here_.tree;
    maybe(id);  // a let may hold a value that is absent
  }
  nodes_.resize(nodes);
}

std::optional<Typed> Checker::let_value(const LetEntry& entry, tree::ExprId use, const Typed* other) {
  const Span span = span_of(use);
  const bool is_list = std::holds_alternative<tree::List>((*entry.tree)[entry.let->value].node);
  if (is_list) {
    report(Code::out_of_place, span, "`" + entry.let->name.text + "` is a list; a list stands right of `in` only")
        .at(entry.let->name.span, "defined here")
        .hint("ask for membership: `… in " + entry.let->name.text + "`");
    return std::nullopt;
  }
  auto result = within_let(entry, span, [&](tree::ExprId body) { return maybe(body, other); });
  // Guards do not reach into a let: only `else` helps, and it stands where the let is used.
  if (result && result->absence)
    result->absence = Absence{no_key, here_, use, "from a let that may be absent", entry.let->name.span};
  return result;
}

// In a rule each use is leaves of its own; alone only the check counts, and once is enough.
model::ExprId Checker::let_in_place(const LetEntry& entry, Span use) {
  if (!alone_) return satisfied_when(entry, use).node;
  if (const auto known = checked_lets_.find(entry.let); known != checked_lets_.end()) return known->second;
  const auto made = satisfied_when(entry, use).node;
  return checked_lets_[entry.let] = made;
}

Flow Checker::satisfied_when(const LetEntry& entry, Span use) {
  return within_let(entry, use, [&](tree::ExprId body) { return condition(body); });
}

void check_alone(const Place& place, const tree::Tree& tree, tree::ExprId expression, bool boolean,
                 const SourceSet& sources, const Limits& limits, Diagnostics& diagnostics) {
  std::vector<model::Expr> nodes;
  Checker(place, tree, sources, limits, nodes, diagnostics).alone(expression, boolean);
}

}  // namespace writ::check
