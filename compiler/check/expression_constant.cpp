// Settings: values that must be known when a policy is checked. A literal, a let that is one, or what a template was
// given; words where an enumeration is wanted. Also the words of messages that the other files share.
#include "compiler/check/expression.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>

namespace writ::check {

namespace {

// What stands behind a word, and where it is written.
struct Written {
  const tree::Tree* tree;
  tree::ExprId id;
  const tree::Expr& expression() const { return (*tree)[id]; }
};

Written behind(const Scope& scope, const tree::Tree& tree, tree::ExprId id) {
  Written written{&tree, id};
  const Scope* level = &scope;
  for (std::size_t steps = 0; steps < 64;
       ++steps) {  // a circle of lets ends here; the let itself is reported where it stands
    const auto* path = std::get_if<tree::Path>(&written.expression().node);
    if (path == nullptr || path->parts.size() != 1) return written;
    const std::string& name = path->parts[0].text;
    const Argument* argument = nullptr;
    const LetEntry* let = nullptr;
    for (const Scope* outer = level; outer != nullptr && argument == nullptr && let == nullptr; outer = outer->outer) {
      if (const auto found = outer->arguments.find(name); found != outer->arguments.end())
        argument = &found->second;
      else if (const auto other = outer->lets.find(name); other != outer->lets.end())
        let = &other->second;
    }
    if (argument != nullptr) return {argument->tree, argument->value};
    if (let == nullptr) return written;
    written = {let->tree, let->let->value};
    level = let->scope;
  }
  return written;
}

// A literal as a constant of the wanted kind; nothing when it is of another one.
std::optional<program::Constant> literal_as(const tree::Literal& literal, TypeKind kind) {
  using Kind = tree::Literal::Kind;
  const auto exactly = [&](Kind wanted) { return literal.kind == wanted; };
  switch (kind) {
  case TypeKind::boolean:
    return exactly(Kind::boolean) ? std::optional<program::Constant>(std::get<bool>(literal.value)) : std::nullopt;
  case TypeKind::integer:
    return exactly(Kind::integer) ? std::optional<program::Constant>(std::get<std::int64_t>(literal.value))
                                  : std::nullopt;
  case TypeKind::time:
    return exactly(Kind::time) ? std::optional<program::Constant>(std::get<std::int64_t>(literal.value)) : std::nullopt;
  case TypeKind::duration:
    return exactly(Kind::duration) ? std::optional<program::Constant>(std::get<std::int64_t>(literal.value))
                                   : std::nullopt;
  case TypeKind::string:
    return exactly(Kind::string) ? std::optional<program::Constant>(std::get<std::string>(literal.value))
                                 : std::nullopt;
  case TypeKind::ip:
    return exactly(Kind::ip) ? std::optional<program::Constant>(std::get<Ip>(literal.value)) : std::nullopt;
  case TypeKind::cidr:
    if (exactly(Kind::cidr)) return std::vector<Cidr>{std::get<Cidr>(literal.value)};
    if (exactly(Kind::ip)) return std::vector<Cidr>{Cidr{std::get<Ip>(literal.value), 128}};
    return std::nullopt;
  case TypeKind::string_set:
  case TypeKind::enumeration:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<program::Constant> word_of(const tree::Type& wanted, const tree::Expr& written, Span use,
                                         const SourceSet& sources, Diagnostics& diagnostics) {
  std::string word;
  if (const auto* path = std::get_if<tree::Path>(&written.node); path != nullptr && path->parts.size() == 1)
    word = path->parts[0].text;
  else if (const auto* literal = std::get_if<tree::Literal>(&written.node);
           literal != nullptr && literal->kind == tree::Literal::Kind::string)
    word = std::get<std::string>(literal->value);
  else
    return std::nullopt;
  for (std::size_t i = 0; i < wanted.values.size(); ++i)
    if (wanted.values[i].text == word) return static_cast<std::int64_t>(i);
  std::vector<std::string_view> names;
  for (const auto& value : wanted.values) names.push_back(value.text);
  auto& diagnostic = diagnostics.add(Code::unknown_value, written.span.known() ? written.span : use,
                                     in_ticks(word) + " is none of" + type_text(wanted.kind, names, 0, 0).substr(6));
  if (wanted.span.known()) diagnostic.at(wanted.span, "declared here");
  if (!suggest(diagnostics, diagnostic, sources, word, names)) list_choices(diagnostic, names);
  return std::nullopt;
}

}  // namespace

std::optional<program::Constant> constant_of(const Scope& scope, const tree::Tree& tree, tree::ExprId expression,
                                             const tree::Type& wanted, const SourceSet& sources,
                                             Diagnostics& diagnostics) {
  const Span use = tree[expression].span;
  const Written written = behind(scope, tree, expression);
  const tree::Expr& value = written.expression();
  if (wanted.list || wanted.kind == TypeKind::string_set) {
    if (std::holds_alternative<tree::List>(value.node)) {
      const std::size_t errors = diagnostics.errors();
      std::vector<std::string> strings;
      for (auto& text : strings_of(scope, *written.tree, std::get<tree::List>(value.node).items, sources, diagnostics))
        strings.push_back(std::move(text.text));
      return diagnostics.errors() == errors ? std::optional<program::Constant>(std::move(strings)) : std::nullopt;
    }
  } else if (wanted.kind == TypeKind::enumeration) {
    const std::size_t errors = diagnostics.errors();
    const auto word = word_of(wanted, value, use, sources, diagnostics);
    if (word || diagnostics.errors() != errors) return word;
  } else if (const auto* literal = std::get_if<tree::Literal>(&value.node)) {
    auto constant = literal_as(*literal, wanted.kind);
    const auto* number = constant && wanted.kind == TypeKind::integer ? &std::get<std::int64_t>(*constant) : nullptr;
    if (number != nullptr && ((wanted.low && *number < *wanted.low) || (wanted.high && *number > *wanted.high))) {
      auto& diagnostic = diagnostics.add(Code::out_of_range, use,
                                         "`" + std::to_string(*number) + "` is not in `" + type_text(wanted) + "`");
      if (wanted.span.known()) diagnostic.at(wanted.span, "declared here");
      return std::nullopt;
    }
    if (constant) return constant;
  }
  const bool is_literal =
      std::holds_alternative<tree::Literal>(value.node) || std::holds_alternative<tree::List>(value.node);
  auto& diagnostic =
      diagnostics.add(is_literal ? Code::wrong_type : Code::not_a_constant, use,
                      a(type_text(wanted)) + " is wanted, not " + in_ticks(canonical(*written.tree, written.id)));
  if (!is_literal) diagnostic.under("known only when a request is decided");
  if (wanted.span.known()) diagnostic.at(wanted.span, "declared here");
  if (wanted.kind == TypeKind::duration && is_literal)
    diagnostic.hint("a duration has a unit: `15s`, `15m`, `15h`, `15d`");
  else
    diagnostic.hint("write a literal, such as " + in_ticks(example_of(wanted)));
  return std::nullopt;
}

std::vector<tree::Text> strings_of(const Scope& scope, const tree::Tree& tree, std::span<const tree::ExprId> items,
                                   const SourceSet& sources, Diagnostics& diagnostics) {
  std::vector<tree::Text> texts;
  for (const auto item : items) {
    const Written written = behind(scope, tree, item);
    const tree::Expr& value = written.expression();
    if (const auto* list = std::get_if<tree::List>(&value.node); list != nullptr && written.id != item) {
      for (const auto inner : list->items) {  // of literals: a list in a list is not unfolded
        const auto* literal = std::get_if<tree::Literal>(&(*written.tree)[inner].node);
        if (literal != nullptr && literal->kind == tree::Literal::Kind::string)
          texts.push_back({std::get<std::string>(literal->value), (*written.tree)[inner].span});
        else
          diagnostics.add(Code::wrong_type, (*written.tree)[inner].span,
                          "a string is wanted, not " + in_ticks(canonical(*written.tree, inner)));
      }
      continue;
    }
    const auto* literal = std::get_if<tree::Literal>(&value.node);
    if (literal != nullptr && literal->kind == tree::Literal::Kind::string) {
      texts.push_back({std::get<std::string>(literal->value), value.span.known() ? value.span : tree[item].span});
      continue;
    }
    const bool bare = std::holds_alternative<tree::Path>(value.node) && written.id == item;
    auto& diagnostic = diagnostics.add(literal != nullptr ? Code::wrong_type : Code::not_a_constant, tree[item].span,
                                       "a string is wanted, not " + in_ticks(canonical(*written.tree, written.id)));
    const std::string quoted = "\"" + std::string(sources.text(tree[item].span)) + "\"";
    if (bare) diagnostic.fix("write it in quotes: `" + quoted + "`", tree[item].span, quoted);
  }
  return texts;
}

// ---------------------------------------------------------------- words

std::string_view kind_text(TypeKind kind) {
  switch (kind) {
  case TypeKind::boolean: return "bool";
  case TypeKind::integer: return "int";
  case TypeKind::string: return "string";
  case TypeKind::ip: return "ip";
  case TypeKind::cidr: return "cidr";
  case TypeKind::time: return "time";
  case TypeKind::duration: return "duration";
  case TypeKind::string_set: return "set of string";
  case TypeKind::enumeration: return "one of";
  case TypeKind::tenant: return "tenant";
  case TypeKind::client: return "client";
  case TypeKind::connection: return "connection";
  case TypeKind::organization: return "organization";
  }
  return "";
}

std::string type_text(TypeKind kind, std::span<const std::string_view> values, std::int64_t low, std::int64_t high) {
  constexpr std::size_t shown = 6;
  std::string text(kind_text(kind));
  if (kind == TypeKind::enumeration) {
    for (std::size_t i = 0; i < values.size() && i < shown; ++i) text += (i == 0 ? " " : ", ") + std::string(values[i]);
    if (values.size() > shown) text += ", …";
  }
  if (kind == TypeKind::integer && (low != INT64_MIN || high != INT64_MAX)) {
    text +=
        " " + (low != INT64_MIN ? std::to_string(low) : "") + ".." + (high != INT64_MAX ? std::to_string(high) : "");
  }
  return text;
}

std::string type_text(const tree::Type& type) {
  std::vector<std::string_view> values;
  for (const auto& value : type.values) values.push_back(value.text);
  const std::string text = type_text(type.kind, values, type.low.value_or(INT64_MIN), type.high.value_or(INT64_MAX));
  return type.list ? "list of " + text : text;
}

std::string Checker::type_text(const Typed& value) const {
  return value.kind == TypeKind::integer && value.low == value.high
             ? "int"
             : check::type_text(value.kind, value.values, value.low, value.high);
}

// Ranges are left out: they never make a type the wrong one.
std::string Checker::a_type(const Typed& value) const {
  return a(check::type_text(value.kind, value.values, INT64_MIN, INT64_MAX));
}

std::string actions_text(ActionMask actions) {
  std::string text;
  for (std::size_t i = 0; i < action_count; ++i)
    if (actions & (1u << i)) text += (text.empty() ? "" : ", ") + std::string(action_names[i]);
  return text;
}

std::string Checker::quoted(tree::ExprId id) const { return in_ticks(canonical(*here_.tree, id)); }

}  // namespace writ::check
