// What is declared and used by nobody. A name may be used by whatever stands in its scope: a word of a template by every tenant of it, a word of a
// tenant by all blocks that make the tenant. The same word with another meaning counts as a use, so that what is told is so.
#include "compiler/lint/rule.h"
#include "compiler/lint/uses.h"

#include <algorithm>

namespace writ::lint {

namespace {

// For each top-level declaration the declarations that see its names.
class Scopes {
 public:
  explicit Scopes(const SetView& set) : uses_(uses_of(set)) {
    std::unordered_map<std::string_view, const void*> templates;
    for (const auto& one : set.templates) templates.emplace(one->name.text, one.node);
    for (const auto& tenant : set.tenant_declarations) {
      std::vector<const void*> bodies = {tenant.node};
      if (const auto more = set.extends.find(tenant->name.text); more != set.extends.end())
        for (const auto& one : more->second) bodies.push_back(one.node);
      const auto from = tenant->from ? templates.find(tenant->from->text) : templates.end();
      // A template sees its tenants' words only by what it uses itself; it is asked for each of them.
      for (const void* body : bodies) {
        auto& seen = seen_by_[body];
        seen.insert(seen.end(), bodies.begin(), bodies.end());
        if (from != templates.end()) seen.push_back(from->second);
      }
      if (from != templates.end()) {
        auto& seen = seen_by_[from->second];
        for (const void* body : bodies)
          if (has_text(body)) seen.push_back(body);
      }
    }
  }

  bool used(const void* declaration, std::string_view word) const {
    if (uses_.of(declaration).any(word)) return true;
    const auto seen = seen_by_.find(declaration);
    return seen != seen_by_.end() &&
           std::ranges::any_of(seen->second, [&](const void* one) { return uses_.of(one).any(word); });
  }
  const Uses& all() const { return uses_.all(); }

 private:
  bool has_text(const void* declaration) const {
    const Uses& uses = uses_.of(declaration);
    return !uses.words.empty() || !uses.paths.empty();
  }
  const UsesOfSet& uses_;
  std::unordered_map<const void*, std::vector<const void*>> seen_by_;
};

// Every item of a kind, with the top-level declaration it stands in; `everywhere`: the platform's and shared clients', seen by all.
template <class Node, class Action>
void each_in(const Items& items, const void* declaration, bool everywhere, Action&& action) {
  for (const auto& item : items) {
    if (const auto* node = std::get_if<Node>(&item)) action(*node, declaration, everywhere);
    std::visit(
        [&](const auto& node) {
          if constexpr (requires { node.items.front().index(); })
            each_in<Node>(node.items, declaration, everywhere, action);
        },
        item);
  }
}
template <class Node, class Action>
void each_everywhere(const SetView& set, Action&& action) {
  for (const auto* tree : set.trees)
    for (const auto& declaration : tree->declarations) {
      constexpr bool at_top = std::is_same_v<Node, tree::Let> || std::is_same_v<Node, tree::ObligationDecl> ||
                              std::is_same_v<Node, tree::AttributesBlock>;
      if constexpr (at_top)
        if (const auto* node = std::get_if<Node>(&declaration)) action(*node, nullptr, true);
      std::visit(
          [&](const auto& node) {
            constexpr bool shared = std::is_same_v<std::decay_t<decltype(node)>, tree::PlatformDecl> ||
                                    std::is_same_v<std::decay_t<decltype(node)>, tree::ClientDecl>;
            if constexpr (requires { node.items.front().index(); }) each_in<Node>(node.items, &node, shared, action);
          },
          declaration);
    }
}

template <class Node>
void unused(const SetView& set, Report& report, std::string_view what) {
  const Scopes scopes(set);
  each_everywhere<Node>(set, [&](const auto& node, const void* declaration, bool everywhere) {
    if (node.name.text.empty()) return;
    if (everywhere ? scopes.all().any(node.name.text) : scopes.used(declaration, node.name.text)) return;
    report.add(node.name.span, std::string(what) + " " + in_ticks(node.name.text) + " is used by nothing")
        .safe_fix("delete it", whole_lines(*set.sources, node.span), "");
  });
}

void unused_let(const SetView& set, Report& report) { unused<tree::Let>(set, report, "let"); }
void unused_zone(const SetView& set, Report& report) { unused<tree::ZoneDecl>(set, report, "zone"); }
void unused_obligation(const SetView& set, Report& report) { unused<tree::ObligationDecl>(set, report, "obligation"); }

// A floor binds without being named.
void unused_password(const SetView& set, Report& report) {
  const Scopes scopes(set);
  each_everywhere<tree::PasswordDecl>(set, [&](const tree::PasswordDecl& node, const void* declaration,
                                               bool everywhere) {
    if (node.name.text.empty() || node.floor) return;
    if (everywhere ? scopes.all().any(node.name.text) : scopes.used(declaration, node.name.text)) return;
    report.add(node.name.span, "password policy " + in_ticks(node.name.text) + " is attached to nothing")
        .under("no password is held against it")
        .hint("attach it, `password " + check::name_text(node.name.text) + "`, in a tenant, a connection or a client");
  });
}

void unused_attribute(const SetView& set, Report& report) {
  const UsesOfSet& uses = uses_of(set);
  const auto look = [&](const tree::AttributesBlock& block) {
    for (const auto& attribute : block.list) {
      std::string path;
      for (const auto& part : attribute.path) path += (path.empty() ? "" : ".") + part.text;
      if (uses.all().paths.contains(path)) continue;
      report.add(attribute.span, "attribute " + in_ticks(path) + " is asked for by nothing")
          .under("hosts gather it, and no rule reads it");
    }
  };
  each_everywhere<tree::AttributesBlock>(set, [&](const auto& block, const void*, bool) { look(block); });
}

void unused_template(const SetView& set, Report& report) {
  std::set<std::string_view> used;
  for (const auto& tenant : set.tenant_declarations)
    if (tenant->from) used.insert(tenant->from->text);
  for (const auto& one : set.templates)
    if (!used.contains(one->name.text))
      report.add(one->name.span, "no tenant is made of template " + in_ticks(one->name.text))
          .hint("for example: tenant acme from " + check::name_text(one->name.text) + "(…)");
}

void unused_parameter(const SetView& set, Report& report) {
  const UsesOfSet& uses = uses_of(set);
  for (const auto& one : set.templates)
    for (const auto& parameter : one->parameters)
      if (!uses.of(one.node).any(parameter.name.text))
        report
            .add(parameter.name.span, "parameter " + in_ticks(parameter.name.text) + " of template " +
                                          in_ticks(one->name.text) + " is used by nothing")
            .under("tenants give a value that changes nothing");
}

// The values given to parameter `place`, when all of at least three tenants give the same.
void constant_parameter(const SetView& set, Report& report) {
  constexpr std::size_t few = 3;
  std::unordered_map<std::string_view, std::vector<At<tree::TenantDecl>>> by_template;
  for (const auto& tenant : set.tenant_declarations)
    if (tenant->from) by_template[tenant->from->text].push_back(tenant);
  for (const auto& one : set.templates) {
    const auto found = by_template.find(one->name.text);
    if (found == by_template.end() || found->second.size() < few) continue;
    for (std::size_t place = 0; place < one->parameters.size(); ++place) {
      std::set<std::string_view> values;
      for (const auto& tenant : found->second)
        if (place < tenant->arguments.size() && values.size() < 2)
          values.insert(set.text((*tenant.tree)[tenant->arguments[place]].span));
      if (values.size() != 1) continue;
      const auto& name = one->parameters[place].name;
      report
          .add(name.span, "all " + std::to_string(found->second.size()) + " tenants give parameter " +
                              in_ticks(name.text) + " the same value: " + in_ticks(*values.begin()))
          .hint("write it into the template");
    }
  }
}

constexpr auto table = std::to_array<Rule>({
    {{"unused-let", Group::clarity, Level::warning, "a let that nothing uses"}, nullptr, unused_let},
    {{"unused-zone", Group::clarity, Level::warning, "a zone that nothing uses"}, nullptr, unused_zone},
    {{"unused-obligation", Group::clarity, Level::warning, "an obligation that nothing asks for"},
     nullptr,
     unused_obligation},
    {{"unused-password", Group::clarity, Level::warning, "a password policy that is attached to nothing"},
     nullptr,
     unused_password},
    {{"unused-attribute", Group::clarity, Level::info, "an attribute that no rule reads"}, nullptr, unused_attribute},
    {{"unused-template", Group::clarity, Level::info, "a template that no tenant is made of"},
     nullptr,
     unused_template},
    {{"unused-parameter", Group::tenancy, Level::warning, "a parameter that its template does not use"},
     nullptr,
     unused_parameter},
    {{"constant-parameter", Group::tenancy, Level::info, "a parameter that all tenants give one value"},
     nullptr,
     constant_parameter},
});

}  // namespace

std::span<const Rule> name_rules() { return table; }

}  // namespace writ::lint
