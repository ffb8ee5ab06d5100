// The rest of what a value can be made of: `has`, `else`, lower and email_domain, arithmetic, patterns, quantifiers
// (decision 0001, 8 to 10, 13 and 15).
#include "compiler/check/expression.h"
#include "compiler/syntax/habits.h"
#include "compiler/syntax/syntax.h"
#include "runtime/program/pattern.h"

#include <algorithm>
#include <cctype>

namespace writ::check {

// What is let through here, the engine must be able to load.
constexpr std::size_t memory_of_a_mistake = 512u << 10;  // trying a pattern costs, too

// ---------------------------------------------------------------- absence

Flow Checker::has(const tree::Has& has, tree::ExprId id) {
  Flow flow{model::ExprId::none, {}, {}};
  const auto* path = std::get_if<tree::Path>(&expression(has.path).node);
  std::string name;
  if (path != nullptr)
    for (const auto& part : path->parts) name += (name.empty() ? "" : ".") + part.text;
  const bool shadowed = path != nullptr && path->parts.size() == 1 &&
                        (is_variable(name) || find_argument(name) != nullptr || find_let(name) != nullptr);
  const auto info = path == nullptr || shadowed ? std::nullopt : fact_info(name);
  const TenantAttribute* attribute = path == nullptr || shadowed || info ? nullptr : find_attribute(name);
  const bool is_property = std::ranges::find(properties, std::string_view(name), &Property::name) != properties.end();
  if (!info && attribute == nullptr) {
    if (path != nullptr && path->parts.size() > 1 && !is_property)
      unknown_path(name, span_of(has.path));
    else
      report(Code::never_absent, span_of(id), "`has` asks for a fact that may be absent, not for " + quoted(has.path))
          .hint("leave the `has` out: what is asked for is always there");
    return flow;
  }
  const bool optional = info ? info->optional != 0 : attribute->type->optional;
  if (!optional) {
    auto& diagnostic = report(Code::never_absent, span_of(id), quoted(has.path) + " is never absent");
    if ((info ? info->type : attribute->type->kind) == TypeKind::boolean)
      offer(diagnostic, "ask for its value:", span_of(id), name);
    else
      diagnostic.hint("leave `has " + name + "` out: it is always true");
    return flow;
  }
  if (!info) {
    flow.node = boolean_node(attribute->value.has_value());
    if (const auto key = attribute_key(name); key != no_key) flow.when_true.set(key);
    return flow;
  }
  const auto fact =
      fact_value(*info, has.path);  // its value is among what explains the leaf, and it counts as a mention
  if (!fact) return flow;
  flow.node = presence(*info);
  flow.when_true.set(index(info->id));
  return flow;
}

std::optional<Typed> Checker::otherwise(const tree::Else& choice, const Typed* other) {
  auto first = maybe(choice.optional, other);
  if (!first) return std::nullopt;
  const auto second = value(choice.fallback, &*first);
  if (!second) return std::nullopt;
  if (first->kind == TypeKind::string_set || first->kind == TypeKind::cidr) {
    report(Code::bad_else, span_of(choice.fallback), a_type(*first) + " has no `else`")
        .hint("guard it: `has " + canonical(*here_.tree, choice.optional) + " and …`");
    return std::nullopt;
  }
  if (!same_type(*first, *second, choice.optional, choice.fallback)) return std::nullopt;
  if (first->present == model::ExprId::none) {
    if (first->optional_somewhere) return first;
    const Span behind{span_of(choice.optional).file, span_of(choice.optional).end, span_of(choice.fallback).end};
    report(Code::never_absent, span_of(choice.fallback), quoted(choice.optional) + " is never absent")
        .under("never used")
        .fix("leave the `else` out", behind, "");
    return std::nullopt;
  }
  Typed result;
  result.kind = first->kind;
  result.values = first->values;
  result.ordered = first->ordered;
  result.form = first->form;
  result.low = std::min(first->low, second->low);
  result.high = std::max(first->high, second->high);
  // An attribute of the tenant is known to be there or not.
  const model::Expr& presence = nodes_[static_cast<std::size_t>(first->present)];
  if (presence.op == Op::const_bool) {
    result.node = std::get<bool>(*presence.constant) ? first->node : second->node;
    return result;
  }
  const Op op = result.kind == TypeKind::boolean  ? Op::select_bool
                : result.kind == TypeKind::string ? Op::select_string
                : result.kind == TypeKind::ip     ? Op::select_ip
                                                  : Op::select_int;
  result.node = node(op, {first->present, first->node, second->node});
  return result;
}

// lower(x) is absent when x is; email_domain(x) also when x has no `@`. An absent string reads as empty, which has
// none.
std::optional<Typed> Checker::call(const tree::Call& call, tree::ExprId id) {
  const bool is_lower = call.function.text == "lower", is_domain = call.function.text == "email_domain";
  if (!is_lower && !is_domain) {
    constexpr std::string_view functions[] = {"lower", "email_domain"};
    auto& diagnostic =
        report(Code::unknown_function, call.function.span, "there is no function " + in_ticks(call.function.text));
    if (const auto* habit = syntax::word_habit(call.function.text))
      diagnostic.hint(std::string(habit->help));
    else if (!suggest(diagnostic, call.function.text, functions))
      diagnostic.hint("the functions are `lower` and `email_domain`");
    return std::nullopt;
  }
  if (call.arguments.size() != 1) {
    report(Code::wrong_type, span_of(id),
           "`" + call.function.text + "` takes one string, not " + std::to_string(call.arguments.size()) + " arguments")
        .hint("it is written `" + call.function.text + "(user.email)`, once for each text");
    return std::nullopt;
  }
  const auto text = maybe(call.arguments[0]);
  if (!text) return std::nullopt;
  if (text->kind != TypeKind::string) {
    report(Code::wrong_type, span_of(call.arguments[0]),
           "`" + call.function.text + "` takes a string, but " + is_a(call.arguments[0], *text))
        .hint("give it a text: `" + call.function.text + "(user.email)`");
    return std::nullopt;
  }
  Typed result;
  result.kind = TypeKind::string;
  result.form = is_lower ? Form::lower : Form::domain;
  result.node = node(is_lower ? Op::lower : Op::email_domain, {text->node});
  result.optional_somewhere = is_domain || text->optional_somewhere;
  if (is_lower) {
    result.present = text->present;
    result.absence = text->absence;
  } else {
    result.present = node(Op::has_email_domain, {text->node});
    result.absence = Absence{no_key, here_, id, "absent where there is no `@`"};
  }
  return result;
}

// ---------------------------------------------------------------- arithmetic

// `google-oauth2`: a name that needs quotes, read as a difference of words of which one is nowhere.
bool Checker::is_hyphenated_name(tree::ExprId id) const {
  const std::string_view text = sources_.text(span_of(id));
  const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; };
  if (!std::ranges::all_of(text, part)) return false;
  bool unknown = false;
  for (const auto* minus = std::get_if<tree::Arithmetic>(&expression(id).node); minus != nullptr;
       minus = std::get_if<tree::Arithmetic>(&expression(minus->left).node))
    for (const tree::ExprId side : {minus->left, minus->right})
      if (const auto* name = word(side); name != nullptr && !is_known(name->parts[0].text)) unknown = true;
  return unknown;
}

std::optional<Typed> Checker::arithmetic(const tree::Arithmetic& arithmetic, tree::ExprId id) {
  if (is_hyphenated_name(id)) {
    const std::string name(sources_.text(span_of(id)));
    report(Code::unknown_name, span_of(id), "nothing here is named " + in_ticks(name))
        .fix("a name that needs more than letters, digits and `_` stands in quotes: `\"" + name + "\"`", span_of(id),
             "\"" + name + "\"");
    return std::nullopt;
  }
  const auto a = value(arithmetic.left), b = value(arithmetic.right);
  if (!a || !b) return std::nullopt;
  if (a->kind == TypeKind::integer && b->kind == TypeKind::integer) return integers(arithmetic, id, *a, *b);
  Typed result;
  const bool shifted = a->kind == TypeKind::time && b->kind == TypeKind::duration;
  const bool durations = a->kind == TypeKind::duration && b->kind == TypeKind::duration;
  const bool apart = a->kind == TypeKind::time && b->kind == TypeKind::time && arithmetic.minus;
  if (!shifted && !durations && !apart) {
    auto& diagnostic = report(Code::wrong_type, span_of(id),
                              "there is no `" + std::string(arithmetic.minus ? "-" : "+") + "` between " + a_type(*a) +
                                  " and " + a_type(*b));
    if ((a->kind == TypeKind::time || a->kind == TypeKind::duration) && b->kind == TypeKind::integer)
      diagnostic.hint("a duration has a unit: `15s`, `15m`, `15h`, `15d`");
    diagnostic.hint("there are int ± int, time ± duration, duration ± duration and time - time");
    return std::nullopt;
  }
  result.kind = shifted ? TypeKind::time : TypeKind::duration;
  result.node = node(arithmetic.minus ? Op::sub : Op::add, {a->node, b->node});
  return result;
}

std::optional<Typed> Checker::integers(const tree::Arithmetic& arithmetic, tree::ExprId id, const Typed& a,
                                       const Typed& b) {
  for (const auto* side : {&a, &b}) {
    if (side->ranged()) continue;
    const auto operand = side == &a ? arithmetic.left : arithmetic.right;
    report(Code::int_without_range, span_of(operand),
           quoted(operand) + " has no range, so it compares but does not add")
        .hint("declare its range where it is declared: `int 0..1000`");
    return std::nullopt;
  }
  Typed result;
  result.kind = TypeKind::integer;
  const bool overflows =
      arithmetic.minus
          ? __builtin_sub_overflow(a.low, b.high, &result.low) || __builtin_sub_overflow(a.high, b.low, &result.high)
          : __builtin_add_overflow(a.low, b.low, &result.low) || __builtin_add_overflow(a.high, b.high, &result.high);
  if (overflows) {
    report(Code::arithmetic_overflow, span_of(id), quoted(id) + " may not fit into 64 bits")
        .at(span_of(arithmetic.left), type_text(a))
        .at(span_of(arithmetic.right), type_text(b))
        .hint("declare narrower ranges");
    return std::nullopt;
  }
  result.node = node(arithmetic.minus ? Op::sub : Op::add, {a.node, b.node});
  return result;
}

// ---------------------------------------------------------------- patterns

std::optional<Typed> Checker::matches(const tree::Matches& matches) {
  const auto left = value(matches.left);
  if (left && left->kind != TypeKind::string) {
    report(Code::wrong_type, span_of(matches.left), "patterns are for strings, but " + is_a(matches.left, *left))
        .hint(left->kind == TypeKind::string_set
                  ? "ask of an element: `any one in " + canonical(*here_.tree, matches.left) + " : one matches …`"
                  : "compare it, or ask whether it is in a range: `… in 1..10`");
    return std::nullopt;
  }
  const bool of_each = left && !variables_.empty() && model::asks_element(nodes_, left->node);
  const std::size_t times = of_each ? program::pattern_times_in_a_set : 1;
  if (!(matches.regex ? good_regex(matches, times) : good_glob(matches, times)) || !left) return std::nullopt;
  if (!can_match(*left, matches)) return std::nullopt;
  if (!matches.regex) return boolean(node(Op::glob, {left->node}, program::Constant{program::Glob{matches.pattern}}));
  return boolean(node(Op::regex, {left->node}, program::Constant{program::Regex{matches.pattern}}));
}

// `"/^a/"` and `"^a$"` are regular expressions of somebody who comes from where they are texts: as globs they match nothing.
bool Checker::good_glob(const tree::Matches& matches, std::size_t times) {
  const std::string_view pattern = matches.pattern;
  const bool slashes = pattern.size() > 2 && pattern.starts_with('/') && pattern.ends_with('/');
  if (slashes ? pattern.find_first_of("^$\\[(|+") != pattern.npos
              : pattern.starts_with('^') || pattern.ends_with('$')) {
    auto& diagnostic = report(Code::bad_pattern, matches.pattern_span, "a pattern in quotes is no regular expression");
    diagnostic.under("here `*` is any text, `?` is any character, all else is itself");
    const std::string regex = slashes ? std::string(pattern) : "/" + std::string(pattern) + "/";
    if (regex.find('/', 1) == regex.size() - 1)
      offer(diagnostic, "a regular expression has no quotes:", matches.pattern_span, regex);
    else
      diagnostic.hint("a regular expression stands between `/` and has no quotes");
    return false;
  }
  if (matches.pattern.size() <= program::max_glob) {
    const bool too_much_before = spent_.pattern_steps > limits_.pattern_steps_per_tenant;
    spent_.pattern_steps += program::steps_of_glob(pattern) * times;
    if (spent_.pattern_steps <= limits_.pattern_steps_per_tenant) return true;
    return too_much_before ? ++errors_, false : too_much(matches, times, false);
  }
  report(Code::bad_pattern, matches.pattern_span,
         "this pattern has " + std::to_string(matches.pattern.size()) + " bytes, more than " +
             std::to_string(program::max_glob))
      .hint("compare with a list of whole values: `in [\"a\", \"b\"]`");
  return false;
}

bool Checker::good_regex(const tree::Matches& matches, std::size_t times) {
  const auto [use, pattern] = use_pattern(
      matches.pattern, times, spent_.patterns != nullptr ? *spent_.patterns : own_patterns_, spent_, limits_);
  if (use == PatternUse::fine) return true;
  if (use == PatternUse::too_much_before) return ++errors_, false;  // said already
  if (use == PatternUse::broken) {
    spent_.pattern_memory += memory_of_a_mistake;
    report(Code::bad_pattern, matches.pattern_span,
           in_ticks("/" + matches.pattern + "/") + " is no regular expression: " + pattern->error.substr(0, 200))
        .hint("the syntax is RE2's: no look-around, no back-references");
    return false;
  }
  return too_much(matches, times, spent_.pattern_memory > limits_.pattern_memory_per_tenant);
}

// Of memory, or of steps.
bool Checker::too_much(const tree::Matches& matches, std::size_t times, bool memory) {
  report(Code::condition_too_large, matches.pattern_span,
         memory ? "the regular expressions of one tenant want more than " +
                      std::to_string(limits_.pattern_memory_per_tenant >> 10) + " KiB while they match"
                : "the patterns of one tenant take more than " + std::to_string(limits_.pattern_steps_per_tenant) +
                      " steps for each byte that they look at" +
                      (times == 1 ? "" : ", " + std::to_string(times) + " times as many of each string of a set"))
      .hint("a list or a glob without `?` does for most: `in [\"a\", \"b\"]`, `matches \"admin-*\"`");
  return false;
}

// ---------------------------------------------------------------- quantifiers

std::optional<Typed> Checker::quantifier(const tree::Quantifier& quantifier) {
  const auto set = value(quantifier.set);
  if (!set) return std::nullopt;
  if (set->kind != TypeKind::string_set || set->node == model::ExprId::none) {
    report(Code::not_a_set, span_of(quantifier.set),
           "`" + std::string(quantifier.all ? "all" : "any") + "` ranges over a set fact, but " +
               quoted(quantifier.set) + " is " +
               (set->kind == TypeKind::string_set ? "the policy's own" : a_type(*set)))
        .hint(set->kind == TypeKind::string_set
                  ? "ask for one word: `\"x\" in tenant.features`"
                  : "sets are `user.groups`, `user.roles`, `request.scopes` and their like");
    return std::nullopt;
  }
  if (variables_.size() >= limits_.quantifier_depth) {
    report(Code::quantifiers_too_deep, lets_.empty() ? quantifier.variable.span : use_,
           "a quantifier stands inside another")
        .hint("whether two sets meet: `any g in user.groups : g in user.roles`");
    return std::nullopt;
  }
  const std::size_t errors = errors_;
  const bool outside = std::exchange(inside_leaf_, true);
  variables_.push_back(quantifier.variable.text);
  const Flow body = condition(quantifier.body);
  variables_.pop_back();
  inside_leaf_ = outside;
  if (errors_ != errors) return std::nullopt;
  return boolean(node(quantifier.all ? Op::all_ : Op::any_, {set->node, body.node}));
}

}  // namespace writ::check
