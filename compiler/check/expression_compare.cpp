// Comparisons of two values (decision 0001, 10): both of one type, `==` and `!=` on all types but sets, order on
// those that have one. Names of declared things are indexes, so `client == admin` asks whether the client's index is
// in a set of one.
#include "compiler/check/expression.h"
#include "compiler/syntax/syntax.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace writ::check {

std::optional<Typed> Checker::compare(const tree::Compare& compare, tree::ExprId id) {
  switch (compare.op) {
  case tree::CompareOp::in:
  case tree::CompareOp::not_in: return membership(compare, id);
  case tree::CompareOp::contains: return contains(compare);
  case tree::CompareOp::starts_with:
  case tree::CompareOp::ends_with: return affix(compare);
  case tree::CompareOp::eq:
  case tree::CompareOp::ne:
  case tree::CompareOp::lt:
  case tree::CompareOp::le:
  case tree::CompareOp::gt:
  case tree::CompareOp::ge: break;
  }
  if (compares_lists(compare) || compares_nothing(compare)) return std::nullopt;
  std::optional<Typed> a, b;
  if (!both(compare.left, compare.right, a, b) || !same_type(*a, *b, compare.left, compare.right) ||
      !in_reach(*a, compare.left, *b, compare.right))
    return std::nullopt;
  const bool equal = compare.op == tree::CompareOp::eq || compare.op == tree::CompareOp::ne;
  return equal ? equality(compare, *a, *b) : order(compare, id, *a, *b);
}

// `user.id == ["ada", "grace"]` is meant as `in`.
bool Checker::compares_lists(const tree::Compare& compare) {
  const bool equal = compare.op == tree::CompareOp::eq, unequal = compare.op == tree::CompareOp::ne;
  const auto [where, id] = behind(compare.right);
  if (!std::holds_alternative<tree::List>((*where.tree)[id].node)) return false;
  const auto left = equal || unequal ? value(compare.left) : std::nullopt;
  if ((equal || unequal) && !left) return true;
  auto& diagnostic = report(
      Code::out_of_place, span_of(compare.right),
      (id == compare.right && where.tree == here_.tree ? "a list" : quoted(compare.right) + " is a list; a list") +
          " stands right of `in` only");
  if (!equal && !unequal) return true;
  const std::string set = canonical(*here_.tree, compare.left), list = canonical(*here_.tree, compare.right);
  if (left->kind == TypeKind::string_set)
    offer(diagnostic, "sets are asked for their elements:", whole(compare),
          std::string(equal ? "(any" : "(all") + " one in " + set + " : one" + (equal ? " in " : " not in ") + list +
              ")");
  else
    offer(diagnostic, "whether it is one of several is asked with", whole(compare),
          set + (equal ? " in " : " not in ") + list);
  return true;
}

// `user.department == null` is meant as a question for absence.
bool Checker::compares_nothing(const tree::Compare& compare) {
  constexpr std::array<std::string_view, 5> nothings = {"null", "undefined", "nil", "none", "None"};
  const auto* name = word(compare.right);
  if (name == nullptr || std::ranges::find(nothings, name->parts[0].text) == nothings.end()) return false;
  const auto* fact = std::get_if<tree::Path>(&expression(compare.left).node);
  const bool equal = compare.op == tree::CompareOp::eq, unequal = compare.op == tree::CompareOp::ne;
  if (is_known(name->parts[0].text) || fact == nullptr || fact->parts.size() == 1 || (!equal && !unequal)) return false;
  auto& diagnostic =
      report(Code::unknown_name, span_of(compare.right), "nothing here is named " + in_ticks(name->parts[0].text));
  offer(diagnostic, "whether a fact is there is asked with", whole(compare),
        (equal ? "not has " : "has ") + canonical(*here_.tree, compare.left));
  return true;
}

Span Checker::whole(const tree::Compare& compare) const {
  return {span_of(compare.left).file, span_of(compare.left).begin, span_of(compare.right).end};
}

// The side whose type is its own is read first, so that a bare name on the other one is known for what it is.
bool Checker::both(tree::ExprId left, tree::ExprId right, std::optional<Typed>& a, std::optional<Typed>& b) {
  if (is_open(left) && !is_open(right)) {
    b = value(right);
    a = value(left, b ? &*b : nullptr);
    return a && b;
  }
  a = value(left);
  if (a || !is_open(right)) b = value(right, a ? &*a : nullptr);
  return a && b;
}

namespace {
bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 19 && (text == "0" || text[0] != '0') &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

bool Checker::same_type(const Typed& a, const Typed& b, tree::ExprId left, tree::ExprId right) {
  if (a.kind == b.kind && a.values == b.values) return true;
  auto& diagnostic = report(Code::wrong_type, span_of(right), is_a(left, a) + ", " + is_a(right, b));
  diagnostic.under(a_type(b)).at(span_of(left), a_type(a));
  const auto* text = constant(b);
  if (a.kind == TypeKind::string && text != nullptr && b.kind == TypeKind::integer)
    offer(diagnostic, "a text stands in quotes:", span_of(right), "\"" + canonical(*here_.tree, right) + "\"");
  else if (b.kind == TypeKind::string && text != nullptr && a.kind == TypeKind::integer &&
           is_number(std::get<std::string>(*text)))
    offer(diagnostic, "a number has no quotes:", span_of(right), std::get<std::string>(*text));
  else if (a.kind == TypeKind::string_set && b.kind == TypeKind::string)
    diagnostic.hint("ask for an element: " +
                    in_ticks(canonical(*here_.tree, right) + " in " + canonical(*here_.tree, left)));
  else if (b.kind == TypeKind::string_set && a.kind == TypeKind::string)
    diagnostic.hint("ask for an element: " +
                    in_ticks(canonical(*here_.tree, left) + " in " + canonical(*here_.tree, right)));
  else if (a.kind != b.kind && (a.kind == TypeKind::duration || a.kind == TypeKind::time || a.kind == TypeKind::ip ||
                                a.kind == TypeKind::boolean))
    diagnostic.hint(a_type(a) + " is written like this: " + in_ticks(example_of(a.kind, {}, 0, 0)));
  return false;
}

std::optional<Typed> Checker::equality(const tree::Compare& compare, const Typed& a, const Typed& b) {
  const bool negated = compare.op == tree::CompareOp::ne;
  const auto finish = [&](model::ExprId id) { return boolean(negated ? node(Op::not_, {id}) : id); };
  const auto *known_a = constant(a), *known_b = constant(b);
  switch (a.kind) {
  case TypeKind::string_set:
  case TypeKind::cidr:
    report(Code::wrong_operator, span_of(compare.left), is_a(compare.left, a) + ", which cannot be compared")
        .hint(a.kind == TypeKind::cidr ? "ask whether an address is in it: `request.ip in 10.0.0.0/8`"
                                       : "ask for an element: `\"x\" in " + canonical(*here_.tree, compare.left) + "`");
    return std::nullopt;
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization:
  case TypeKind::boolean:
  case TypeKind::integer:
  case TypeKind::string:
  case TypeKind::ip:
  case TypeKind::time:
  case TypeKind::duration:
  case TypeKind::enumeration: break;
  }
  if (known_a != nullptr && known_b != nullptr) return boolean(boolean_node((*known_a == *known_b) != negated));
  if (a.is_name() && (known_a != nullptr) != (known_b != nullptr)) {
    const auto& index = known_a != nullptr ? *known_a : *known_b;
    const program::Bits bits{{static_cast<std::uint32_t>(std::get<std::int64_t>(index))}};
    return finish(node(Op::in_bits, {known_a != nullptr ? b.node : a.node}, program::Constant{bits}));
  }
  if (a.kind == TypeKind::boolean) return finish(node(Op::eq_bool, {a.node, b.node}));
  if (a.kind == TypeKind::string) {
    if (known_b != nullptr && !can_equal(a, *known_b, span_of(compare.right))) return std::nullopt;
    if (known_a != nullptr && !can_equal(b, *known_a, span_of(compare.left))) return std::nullopt;
    return finish(node(Op::eq_string, {a.node, b.node}));
  }
  if (a.kind == TypeKind::ip) return finish(node(Op::eq_ip, {a.node, b.node}));
  return boolean(node(negated ? Op::ne_int : Op::eq_int, {a.node, b.node}));
}

// `request.country == "kp"` never holds: a deny that says so is silent. The empty text may stand for none, after `else`.
bool Checker::can_equal(const Typed& left, const program::Constant& value, Span span) {
  const auto& text = std::get<std::string>(value);
  if (text.empty()) return true;
  switch (left.form) {
  case Form::any: return true;
  case Form::lower: return can_hold(left, value, span);
  case Form::country:
    if (is_country(text)) return true;
    report(Code::bad_zone, span, in_ticks(text) + " is no country code")
        .hint("two upper-case letters as in ISO 3166-1: `\"DE\"`");
    return false;
  case Form::domain: break;
  }
  if (is_domain(text)) return true;
  if (is_domain(lower_case(text))) return can_hold(left, value, span);
  auto& diagnostic =
      report(Code::never_equal, span, in_ticks(text) + " is no domain name, and what is compared is one");
  const std::string bare = lower_case(host_of(text));
  if (is_domain(bare))
    diagnostic.hint("leave out all but the domain: `\"" + bare + "\"`");
  else
    diagnostic.hint("labels of lower-case letters, digits and `-`, a dot between two: `\"example.com\"`");
  return false;
}

// Whether the text can stand in it at all: there are no capitals in what is in lower case, nothing else in a country, no colon in a domain.
bool Checker::can_hold(const Typed& left, const program::Constant& value, Span span) {
  const auto& text = std::get<std::string>(value);
  return can_hold(left, text, text, span);
}

// `part`: what of `whole`, which stands at the span, has to be there letter by letter.
bool Checker::can_hold(const Typed& left, std::string_view part, std::string_view whole, Span span) {
  const bool lowered = left.form == Form::lower || left.form == Form::domain;
  if (lowered && lower_case(part) != part) {
    auto& diagnostic = report(Code::never_equal, span,
                              "what is compared is in lower case, " + in_ticks(std::string(whole)) + " is not");
    const std::string quoted = "\"" + std::string(whole) + "\"", lower = "\"" + lower_case(whole) + "\"";
    if (sources_.text(span) == quoted)
      diagnostic.fix("write it in lower case: " + in_ticks(lower), span, lower);
    else if (!sources_.text(span).starts_with('/'))
      diagnostic.hint("write it in lower case: " + in_ticks(lower));
    else
      diagnostic.hint("write its letters small");
    return false;
  }
  const auto is_of_domain = [](char c) {
    return c == '.' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  };
  const auto is_of_country = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (left.form == Form::domain && !std::ranges::all_of(part, is_of_domain)) {
    report(Code::never_equal, span,
           in_ticks(std::string(whole)) + " is not found in a domain name, and what is compared is one")
        .hint("it has no scheme, port, path or `@`: labels of lower-case letters, digits and `-`, a dot between two");
    return false;
  }
  if (left.form == Form::country && !std::ranges::all_of(part, is_of_country)) {
    report(Code::never_equal, span, in_ticks(std::string(whole)) + " is not found in a country code")
        .hint("two upper-case letters as in ISO 3166-1: `\"DE\"`");
    return false;
  }
  return true;
}

namespace {

// What a glob or a regular expression asks for letter by letter; of the latter the capitals, as far as it is plain that they are asked for.
std::string literal_part(const tree::Matches& matches) {
  std::string part;
  if (!matches.regex) {
    std::ranges::copy_if(matches.pattern, std::back_inserter(part), [](char c) { return c != '*' && c != '?'; });
    return part;
  }
  // A class may hold more than capitals; flags, names of groups and of classes, and characters by their number are nobody's letters. Nor is looked
  // into what holds a class that begins with its own end.
  const std::string_view pattern = matches.pattern;
  constexpr std::array<std::string_view, 8> other = {"(?", "\\Q", "\\p", "\\P", "\\x", "[:", "[]", "[^]"};
  if (std::ranges::any_of(other, [&](auto one) { return pattern.find(one) != pattern.npos; })) return part;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\')
      ++i;
    else if (c == '[' || c == ']')
      in_class = c == '[';
    else if (!in_class && c >= 'A' && c <= 'Z')
      part += c;
  }
  return part;
}

}  // namespace

// The same of a pattern. Where a country is in question, a regular expression may ask for what it likes.
bool Checker::can_match(const Typed& left, const tree::Matches& matches) {
  return can_hold(left, literal_part(matches), matches.regex ? "/" + matches.pattern + "/" : matches.pattern,
                  matches.pattern_span);
}

// `user.logins == 2000000000`, where an int of the other side never reaches the literal: it would always be false, or true.
bool Checker::in_reach(const Typed& a, tree::ExprId left, const Typed& b, tree::ExprId right) {
  if (a.kind != TypeKind::integer) return true;
  const auto beyond = [&](const Typed& value, const Typed& literal, tree::ExprId id) {
    const auto* known = constant(literal);
    if (known == nullptr || constant(value) != nullptr || !std::holds_alternative<tree::Literal>(expression(id).node))
      return true;
    const auto number = std::get<std::int64_t>(*known);
    if (number >= value.low && number <= value.high) return true;
    auto& diagnostic =
        report(Code::out_of_range, span_of(id), quoted(id) + " is out of reach of what it is compared with");
    diagnostic.hint("that is from " + std::to_string(value.low) + " to " + std::to_string(value.high));
    if (value.declared.known()) diagnostic.at(value.declared, "declared here");
    return false;
  };
  return beyond(a, b, right) && beyond(b, a, left);
}

std::optional<Typed> Checker::order(const tree::Compare& compare, tree::ExprId id, const Typed& a, const Typed& b) {
  const bool has_order = a.kind == TypeKind::integer || a.kind == TypeKind::time || a.kind == TypeKind::duration ||
                         (a.kind == TypeKind::enumeration && a.ordered && b.ordered);
  if (!has_order) {
    const std::string sign = compare.op == tree::CompareOp::lt   ? "<"
                             : compare.op == tree::CompareOp::le ? "<="
                             : compare.op == tree::CompareOp::gt ? ">"
                                                                 : ">=";
    report(Code::wrong_operator, span_of(id), is_a(compare.left, a) + ", which has no order")
        .under("`" + sign + "` is for int, time, duration and declared enumerations")
        .hint("compare with `==`, `!=` or `in`");
    return std::nullopt;
  }
  const auto *known_a = constant(a), *known_b = constant(b);
  Op op = Op::ge_int;
  if (compare.op == tree::CompareOp::lt)
    op = Op::lt_int;
  else if (compare.op == tree::CompareOp::le)
    op = Op::le_int;
  else if (compare.op == tree::CompareOp::gt)
    op = Op::gt_int;
  if (known_a == nullptr || known_b == nullptr) return boolean(node(op, {a.node, b.node}));
  const auto left = std::get<std::int64_t>(*known_a), right = std::get<std::int64_t>(*known_b);
  return boolean(boolean_node(op == Op::lt_int   ? left < right
                              : op == Op::le_int ? left <= right
                              : op == Op::gt_int ? left > right
                                                 : left >= right));
}

// starts with, ends with
std::optional<Typed> Checker::affix(const tree::Compare& compare) {
  std::optional<Typed> texts[2];
  bool good = true;
  for (const int side : {0, 1}) {
    const auto id = side == 0 ? compare.left : compare.right;
    texts[side] = value(id);
    if (texts[side] && texts[side]->kind != TypeKind::string)
      report(Code::wrong_type, span_of(id), "a string is wanted, but " + is_a(id, *texts[side]))
          .hint(std::string("`") + (compare.op == tree::CompareOp::starts_with ? "starts" : "ends") +
                " with` compares texts");
    good = good && texts[side] && texts[side]->kind == TypeKind::string;
  }
  if (!good) return std::nullopt;
  if (const auto* known = constant(*texts[1]); known != nullptr && !can_hold(*texts[0], *known, span_of(compare.right)))
    return std::nullopt;
  return boolean(node(compare.op == tree::CompareOp::starts_with ? Op::starts_with : Op::ends_with,
                      {texts[0]->node, texts[1]->node}));
}

}  // namespace writ::check
