// What a whole policy set declares at its top level, by name: the first pass. It knows nothing of bodies; it finds every declaration, refuses
// two of one name, and lays out the schema: the facts that the set adds to the built-in ones, and the attributes that tenants have.
#pragma once

#include "compiler/check/model.h"
#include "compiler/check/scope.h"
#include "compiler/check/wording.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/limits.h"
#include "compiler/syntax/tree.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace writ::check {

// The canonical text of a rule and the end of its id. The same rule is read for every tenant it binds; its text is made once.
struct RuleText {
  std::string key, canonical, statement;
};

// What is made once and asked for again: texts of the rules that several tenants have, and the regular expressions.
struct Known {
  std::unordered_map<const tree::Rule*, RuleText> rule_texts;
  Patterns patterns;
};

// What every pass reads and where it reports.
struct Run {
  const SourceSet& sources;
  const Limits& limits;
  Diagnostics& diagnostics;
  Known& known;
};

// A node and the tree it stands in.
template <class Node>
struct In {
  const tree::Tree* tree = nullptr;
  const Node* node = nullptr;
  const Node* operator->() const { return node; }
};

using Places = std::unordered_map<std::string_view, std::uint32_t>;  // name → place in a list

struct TenantSource {
  In<tree::TenantDecl> tenant;
  std::vector<In<tree::ExtendTenantDecl>> extends;
};

struct Declarations {
  std::vector<In<tree::PlatformDecl>> platforms;  // one, or an error
  std::vector<In<tree::ClientDecl>> clients;      // shared ones
  std::vector<In<tree::TemplateDecl>> templates;
  std::vector<TenantSource> tenants;
  std::vector<In<tree::Let>> lets;
  std::vector<In<tree::ObligationDecl>> obligations;
  std::vector<In<tree::FixtureDecl>> fixtures;
  std::vector<In<tree::TestDecl>> tests;
  std::vector<In<tree::ProveDecl>> proves;
  Places client_places, template_places, tenant_places, fixture_places;

  std::vector<program::Attribute> attributes;  // sorted by name
  std::map<std::string, Span, std::less<>> attribute_spans;
  std::map<std::string, const tree::AttributeDecl*, std::less<>> tenant_attributes;  // "tenant.tier"
};

Declarations collect_declarations(Run& run, std::span<const tree::Tree* const> trees);

// Reads one `attributes` block into `attributes` (not yet sorted), or, of the top level, `tenant_attributes`; `inherited` are the places of
// those that may not be declared again.
void read_attributes(Run& run, const tree::AttributesBlock& block,
                     const std::map<std::string, Span, std::less<>>& inherited,
                     std::vector<program::Attribute>& attributes, std::map<std::string, Span, std::less<>>& spans,
                     std::map<std::string, const tree::AttributeDecl*, std::less<>>* tenant_attributes);

// ---------------------------------------------------------------- saying what is wrong with names

std::string joined(const std::vector<tree::Name>& path);  // "tenant.tier"

// `sentence` says what there is none of ("tenant `acme` has no connection"); the name follows, and the nearest candidate as help.
Diagnostic& undeclared(Run& run, Code code, std::string_view sentence, const tree::Name& seen,
                       std::span<const std::string_view> candidates);
Diagnostic& undeclared(Run& run, Code code, std::string_view sentence, const tree::Name& seen, const Places& places);
// A let or parameter named like `client` would hide the entity that rules ask about.
void refuse_entity_name(Run& run, std::string_view kind, const tree::Name& name);
Diagnostic& declared_twice(Run& run, std::string_view kind, const tree::Name& again, Span first);

template <class Names>
std::vector<std::string_view> views(const Names& names) {
  return {names.begin(), names.end()};
}

// ---------------------------------------------------------------- reading blocks

// A block's items with their tree and what words mean there.
struct Block {
  const tree::Tree* tree = nullptr;
  const std::vector<tree::Item>* items = nullptr;
  const Scope* scope = nullptr;
};

template <class Node, class Action>
void each(const Block& block, Action&& action) {
  if (block.items == nullptr) return;
  for (const auto& item : *block.items)
    if (const auto* node = std::get_if<Node>(&item)) action(*node);
}

Diagnostic& given_twice(Run& run, std::string_view word, Span again, Span first);

// The setting of that kind, which a block may give once; nothing when it does not.
template <class Node>
const Node* only(Run& run, const Block& block, std::string_view word) {
  constexpr bool is_list = requires(const Node& node) { node.names; } || requires(const Node& node) { node.items; };
  const Node* found = nullptr;
  each<Node>(block, [&](const Node& node) {
    if (found == nullptr)
      found = &node;
    else
      given_twice(run, word, node.span, found->span).hint(is_list ? "write one list, with commas" : "keep one of them");
  });
  return found;
}

// A setting with the numbers that its words stand for. A word that stands for none is an error, and stays.
template <class Node>
Node with_numbers(Run& run, const Scope& scope, const tree::Tree& tree, Node node) {
  std::erase_if(node.given, [&](const tree::Given& given) {
    tree::Type wanted;
    wanted.kind = tree::is_duration(node, given.place) ? TypeKind::duration : TypeKind::integer;
    const auto value = constant_of(scope, tree, given.by, wanted, run.sources, run.diagnostics);
    if (value) tree::put_number(node, given.place, std::get<std::int64_t>(*value));
    return value.has_value();
  });
  return node;
}

// Where `word` and the value behind it stand inside a statement: `block 0m` of a lockout. The whole where it is not found.
Span entry_in(const SourceSet& sources, Span statement, std::string_view word);

}  // namespace writ::check
