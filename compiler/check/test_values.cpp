// The values that tests give to facts: literals of the fact's type, and nothing else.
#include "compiler/check/expression.h"
#include "compiler/check/tests.h"

#include <algorithm>

namespace writ::check {

namespace {

std::optional<Value> one_value(const tree::Literal& literal, const FactInfo& fact) {
  using Kind = tree::Literal::Kind;
  switch (literal.kind) {
  case Kind::boolean:
    return fact.type == TypeKind::boolean ? std::optional<Value>(std::get<bool>(literal.value)) : std::nullopt;
  case Kind::integer:
    return fact.type == TypeKind::integer ? std::optional<Value>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case Kind::duration:
    return fact.type == TypeKind::duration ? std::optional<Value>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case Kind::time:
    return fact.type == TypeKind::time ? std::optional<Value>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case Kind::ip: return fact.type == TypeKind::ip ? std::optional<Value>(std::get<Ip>(literal.value)) : std::nullopt;
  case Kind::string: {
    const auto& text = std::get<std::string>(literal.value);
    if (fact.type == TypeKind::string) return text;
    if (fact.type != TypeKind::enumeration) return std::nullopt;
    const auto found = std::ranges::find(fact.values, text);
    return found == fact.values.end() ? std::nullopt
                                      : std::optional<Value>(static_cast<std::int64_t>(found - fact.values.begin()));
  }
  case Kind::cidr:
  case Kind::clock: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool is_check(std::string_view id, std::string_view name) {
  return id == name || (id.starts_with(name) && id[name.size()] == '.');
}

std::optional<StringSet> password_fact_value(const tree::Tree& tree, const tree::FactAssign& line) {
  FactInfo info;
  info.type = joined(line.path) == "user.profile" ? TypeKind::string_set : TypeKind::string;
  auto value = test_value(tree, line.value, info);
  if (!value) return std::nullopt;
  if (auto* list = std::get_if<StringSet>(&*value)) return std::move(*list);
  return StringSet{std::get<std::string>(*value)};
}

std::optional<Value> test_value(const tree::Tree& tree, tree::ExprId id, const FactInfo& fact) {
  const auto& node = tree[id].node;
  if (const auto* literal = std::get_if<tree::Literal>(&node)) return one_value(*literal, fact);
  if (const auto* path = std::get_if<tree::Path>(&node);
      path != nullptr && fact.type == TypeKind::enumeration && path->parts.size() == 1) {
    const auto found = std::ranges::find(fact.values, path->parts[0].text);
    if (found != fact.values.end()) return static_cast<std::int64_t>(found - fact.values.begin());
  }
  const auto* list = std::get_if<tree::List>(&node);
  if (list == nullptr || fact.type != TypeKind::string_set) return std::nullopt;
  StringSet strings;
  for (const auto item : list->items) {
    const auto* literal = std::get_if<tree::Literal>(&tree[item].node);
    if (literal == nullptr || literal->kind != tree::Literal::Kind::string) return std::nullopt;
    strings.push_back(std::get<std::string>(literal->value));
  }
  return strings;
}

}  // namespace writ::check
