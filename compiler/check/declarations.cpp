// The first pass: every top-level declaration of every file, in source order, under its name.
#include "compiler/check/declarations.h"

#include "compiler/syntax/habits.h"

#include <algorithm>

namespace writ::check {

namespace {

std::vector<std::string_view> names_of(const Places& places) {
  std::vector<std::string_view> names;
  for (const auto& [name, place] : places) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

template <class Node>
void enter(Run& run, std::string_view kind, const tree::Tree& tree, const Node& node, std::vector<In<Node>>& list,
           Places& places) {
  const auto [found, fresh] = places.try_emplace(node.name.text, static_cast<std::uint32_t>(list.size()));
  if (fresh)
    list.push_back({&tree, &node});
  else
    declared_twice(run, kind, node.name, list[found->second]->name.span);
}

struct Collector {
  Run& run;
  Declarations& set;
  const tree::Tree* tree = nullptr;
  std::vector<In<tree::ExtendTenantDecl>> extends = {};
  Places lets = {}, obligations = {}, tests = {}, proves = {};

  void operator()(const tree::ImportDecl&) {}
  void operator()(const tree::AttributesBlock& block) {
    read_attributes(run, block, {}, set.attributes, set.attribute_spans, &set.tenant_attributes);
  }
  void operator()(const tree::PlatformDecl& platform) {
    if (!set.platforms.empty())
      run.diagnostics.add(Code::second_platform, platform.head, "a policy has one `platform` block, this is another")
          .at(set.platforms.front()->head, "the first one")
          .hint("put everything that binds all tenants into one block");
    set.platforms.push_back({tree, &platform});
  }
  void operator()(const tree::ClientDecl& client) {
    refuse_entity_name(run, "client", client.name);
    enter(run, "client", *tree, client, set.clients, set.client_places);
  }
  void operator()(const tree::TemplateDecl& node) {
    enter(run, "template", *tree, node, set.templates, set.template_places);
  }
  void operator()(const tree::Let& let) {
    refuse_entity_name(run, "let", let.name);
    enter(run, "let", *tree, let, set.lets, lets);
  }
  void operator()(const tree::ObligationDecl& node) {
    enter(run, "obligation", *tree, node, set.obligations, obligations);
  }
  void operator()(const tree::ExtendTenantDecl& extend) { extends.push_back({tree, &extend}); }
  void operator()(const tree::TenantDecl& tenant) {
    if (tenant.name.text == "platform")  // its rules would have the ids of the floor's
      run.diagnostics.add(Code::builtin_name, tenant.name.span, "a tenant cannot be named `platform`")
          .under("that is the owner of the floor's rules")
          .hint("give it another name and keep the wire name:  tenant platform_team { id \"platform\" … }");
    refuse_entity_name(run, "tenant", tenant.name);
    const auto [found, fresh] =
        set.tenant_places.try_emplace(tenant.name.text, static_cast<std::uint32_t>(set.tenants.size()));
    if (fresh)
      set.tenants.push_back({{tree, &tenant}, {}});
    else
      declared_twice(run, "tenant", tenant.name, set.tenants[found->second].tenant->name.span)
          .hint("to add to it from another place: `extend tenant " + name_text(tenant.name.text) + " { … }`");
  }
  void operator()(const tree::FixtureDecl& fixture) {
    enter(run, "fixture", *tree, fixture, set.fixtures, set.fixture_places);
  }
  void operator()(const tree::TestDecl& test) { titled(test, "test", set.tests, tests); }
  void operator()(const tree::ProveDecl& prove) { titled(prove, "proof", set.proves, proves); }

  template <class Node>
  void titled(const Node& node, std::string_view kind, std::vector<In<Node>>& list, Places& places) {
    const auto [found, fresh] = places.try_emplace(node.name.text, static_cast<std::uint32_t>(list.size()));
    if (!fresh)
      declared_twice(run, kind, tree::Name{node.name.text, node.name.span, true}, list[found->second]->name.span);
    list.push_back({tree, &node});
  }

  // A tenant may be extended before it is declared: files come in any order.
  void attach_extends() {
    for (const auto& extend : extends) {
      const auto found = set.tenant_places.find(extend->name.text);
      if (found != set.tenant_places.end())
        set.tenants[found->second].extends.push_back(extend);
      else
        or_declare(undeclared(run, Code::undeclared, "there is no tenant", extend->name, set.tenant_places),
                   "tenant " + name_text(extend->name.text));
    }
  }
};

}  // namespace

Declarations collect_declarations(Run& run, std::span<const tree::Tree* const> trees) {
  Declarations set;
  Collector collector{run, set};
  for (const auto* tree : trees) {
    collector.tree = tree;
    for (const auto& declaration : tree->declarations) std::visit(collector, declaration);
  }
  collector.attach_extends();
  std::ranges::sort(set.attributes, {}, &program::Attribute::name);
  return set;
}

std::string joined(const std::vector<tree::Name>& path) {
  std::string text;
  for (const auto& part : path) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

Diagnostic& undeclared(Run& run, Code code, std::string_view sentence, const tree::Name& seen,
                       std::span<const std::string_view> candidates) {
  auto& diagnostic = run.diagnostics.add(code, seen.span, std::string(sentence) + " " + in_ticks(seen.text));
  // What it is called elsewhere: `regular_web`, `samlp`.
  const auto* habit = code == Code::unknown_word ? syntax::kind_habit(seen.text) : nullptr;
  if (habit != nullptr && (habit->with.empty() || std::ranges::find(candidates, habit->with) != candidates.end()))
    syntax::advise(diagnostic, *habit, seen.span, seen.text);
  else if (!suggest(run.diagnostics, diagnostic, run.sources, seen.text, candidates))
    list_choices(diagnostic, candidates);
  return diagnostic;
}

Diagnostic& undeclared(Run& run, Code code, std::string_view sentence, const tree::Name& seen, const Places& places) {
  return undeclared(run, code, sentence, seen,
                    run.diagnostics.may_suggest() ? names_of(places) : std::vector<std::string_view>{});
}

void refuse_entity_name(Run& run, std::string_view kind, const tree::Name& name) {
  if (!find_builtin(name.text)) return;
  const bool has_wire_name = kind != "let" && kind != "zone" && kind != "parameter";
  run.diagnostics
      .add(Code::builtin_name, name.span,
           std::string(kind) + " " + in_ticks(name.text) + " is named like a built-in fact")
      .hint("give it another name: in every rule " + in_ticks(name.text) + " is that of the request" +
            (has_wire_name ? "; it keeps its wire name with `id`" : ""));
}

Diagnostic& declared_twice(Run& run, std::string_view kind, const tree::Name& again, Span first) {
  return run.diagnostics
      .add(Code::duplicate_name, again.span, std::string(kind) + " " + in_ticks(again.text) + " is declared twice")
      .at(first, "first declared here");
}

Diagnostic& given_twice(Run& run, std::string_view word, Span again, Span first) {
  return run.diagnostics.add(Code::given_twice, again, in_ticks(word) + " is given twice")
      .at(first, "first given here");
}

Span entry_in(const SourceSet& sources, Span statement, std::string_view word) {
  const auto text = sources.text(statement);
  const auto is_part = [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at > 0 && is_part(text[at - 1])) || (end < text.size() && is_part(text[end]))) continue;
    const auto value = std::min(text.find_first_not_of(" \t\r\n", end), text.size());
    const auto stop = std::min(text.find_first_of(" \t\r\n;}", value), text.size());
    return {statement.file, statement.begin + static_cast<std::uint32_t>(at),
            statement.begin + static_cast<std::uint32_t>(stop)};
  }
  return statement;
}

}  // namespace writ::check
