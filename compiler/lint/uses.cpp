// Expressions of a file lie in one arena and in the order of the text, so each belongs to the declaration whose place holds it. Names outside
// expressions are looked for in the items.
#include "compiler/lint/uses.h"

#include <algorithm>

namespace writ::lint {

namespace {

const void* node_of(const tree::Declaration& declaration) {
  return std::visit([](const auto& node) { return static_cast<const void*>(&node); }, declaration);
}
Span span_of(const tree::Declaration& declaration) {
  return std::visit([](const auto& node) { return node.span; }, declaration);
}

void add_items(const Items& items, Uses& uses) {
  const auto add = [&](const tree::Name& name) { uses.words.insert(name.text); };
  for (const auto& item : items) {
    if (const auto* rule = std::get_if<tree::Rule>(&item))
      for (const auto& obligation : rule->obligations) add(obligation.name);
    if (const auto* use = std::get_if<tree::PasswordUse>(&item)) add(use->name);
    if (const auto* password = std::get_if<tree::PasswordDecl>(&item); password != nullptr && password->parent)
      add(*password->parent);
    std::visit(
        [&](const auto& node) {
          if constexpr (requires { node.items.front().index(); }) add_items(node.items, uses);
        },
        item);
  }
}

}  // namespace

UsesOfSet::UsesOfSet(const SetView& set) {
  for (const auto* tree : set.trees) {
    std::vector<std::pair<Span, Uses*>> places;
    for (const auto& declaration : tree->declarations) {
      Uses& uses = by_declaration_[node_of(declaration)];
      places.emplace_back(span_of(declaration), &uses);
      std::visit(
          [&](const auto& node) {
            if constexpr (requires { node.items.front().index(); }) add_items(node.items, uses);
          },
          declaration);
      if (const auto* tenant = std::get_if<tree::TenantDecl>(&declaration); tenant != nullptr && tenant->from)
        uses.words.insert(tenant->from->text);
    }
    std::ranges::sort(places, {}, [](const auto& one) { return one.first.begin; });
    for (const auto& expression : tree->expressions) {
      const auto* path = std::get_if<tree::Path>(&expression.node);
      if (path == nullptr || path->parts.empty()) continue;
      auto at =
          std::ranges::upper_bound(places, expression.span.begin, {}, [](const auto& one) { return one.first.begin; });
      if (at == places.begin()) continue;
      Uses& uses = *std::prev(at)->second;
      uses.words.insert(path->parts.front().text);
      std::string joined;
      for (const auto& part : path->parts) uses.paths.insert(joined += (joined.empty() ? "" : ".") + part.text);
    }
  }
  for (const auto& [node, uses] : by_declaration_) {
    all_.words.insert(uses.words.begin(), uses.words.end());
    all_.paths.insert(uses.paths.begin(), uses.paths.end());
  }
}

const Uses& UsesOfSet::of(const void* declaration) const {
  const auto found = by_declaration_.find(declaration);
  return found == by_declaration_.end() ? none_ : found->second;
}

const UsesOfSet& uses_of(const SetView& set) {
  if (!set.uses) set.uses = std::make_shared<UsesOfSet>(set);
  return *set.uses;
}

Span whole_lines(const SourceSet& sources, Span statement) {
  const std::string_view text = sources.text(statement.file);
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  std::uint32_t begin = statement.begin, end = statement.end;
  while (begin > 0 && blank(text[begin - 1])) --begin;
  while (end < text.size() && blank(text[end])) ++end;
  const bool before = begin > 0 && text[begin - 1] == ';', behind = end < text.size() && text[end] == ';';
  const bool starts = begin == 0 || text[begin - 1] == '\n', ends = end == text.size() || text[end] == '\n';
  if (starts && ends) return {statement.file, begin, end < text.size() ? end + 1 : end};
  if (behind) {
    ++end;
    while (end < text.size() && blank(text[end])) ++end;
    return {statement.file, statement.begin, end};
  }
  return {statement.file, before ? begin - 1 : statement.begin, statement.end};
}

}  // namespace writ::lint
