// Comparisons of two values (decision 0001, 10): both of one type, `==` and `!=` on all types but sets, order on
// those that have one. Names of declared things are indexes, so `client == admin` asks whether the client's index is
// in a set of one.
#include "compiler/check/expression.h"
#include "compiler/syntax/syntax.h"

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
  std::optional<Typed> a, b;
  if (!both(compare.left, compare.right, a, b) || !same_type(*a, *b, compare.left, compare.right)) return std::nullopt;
  const bool equal = compare.op == tree::CompareOp::eq || compare.op == tree::CompareOp::ne;
  return equal ? equality(compare, *a, *b) : order(compare, id, *a, *b);
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

bool Checker::same_type(const Typed& a, const Typed& b, tree::ExprId left, tree::ExprId right) {
  if (a.kind == b.kind && a.values == b.values) return true;
  report(Code::wrong_type, span_of(right),
         quoted(left) + " is " + type_text(a) + ", " + quoted(right) + " is " + type_text(b))
      .under(type_text(b))
      .at(span_of(left), type_text(a));
  return false;
}

std::optional<Typed> Checker::equality(const tree::Compare& compare, const Typed& a, const Typed& b) {
  const bool negated = compare.op == tree::CompareOp::ne;
  const auto finish = [&](model::ExprId id) { return boolean(negated ? node(Op::not_, {id}) : id); };
  const auto *known_a = constant(a), *known_b = constant(b);
  switch (a.kind) {
  case TypeKind::string_set:
  case TypeKind::cidr:
    report(Code::wrong_operator, span_of(compare.left), type_text(a) + " cannot be compared")
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
  if (a.kind == TypeKind::string) return finish(node(Op::eq_string, {a.node, b.node}));
  if (a.kind == TypeKind::ip) return finish(node(Op::eq_ip, {a.node, b.node}));
  return boolean(node(negated ? Op::ne_int : Op::eq_int, {a.node, b.node}));
}

std::optional<Typed> Checker::order(const tree::Compare& compare, tree::ExprId id, const Typed& a, const Typed& b) {
  const bool has_order = a.kind == TypeKind::integer || a.kind == TypeKind::time || a.kind == TypeKind::duration ||
                         (a.kind == TypeKind::enumeration && a.ordered && b.ordered);
  if (!has_order) {
    const std::string sign = compare.op == tree::CompareOp::lt   ? "<"
                             : compare.op == tree::CompareOp::le ? "<="
                             : compare.op == tree::CompareOp::gt ? ">"
                                                                 : ">=";
    const bool unordered = a.kind == TypeKind::enumeration;
    report(Code::wrong_operator, span_of(id),
           (unordered ? quoted(compare.left) + " has" : type_text(a) + " values have") + " no order")
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
      report(Code::wrong_type, span_of(id), "a string is wanted, but " + quoted(id) + " is " + type_text(*texts[side]));
    good = good && texts[side] && texts[side]->kind == TypeKind::string;
  }
  if (!good) return std::nullopt;
  return boolean(node(compare.op == tree::CompareOp::starts_with ? Op::starts_with : Op::ends_with,
                      {texts[0]->node, texts[1]->node}));
}

}  // namespace writ::check
