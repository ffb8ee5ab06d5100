// See view.h.
#include "compiler/lint/view.h"

#include <algorithm>

namespace writ::lint {

namespace {

// Names to indexes of one tenant's things.
template <class Records>
std::unordered_map<std::string_view, std::uint32_t> places_of(const Records& records) {
  std::unordered_map<std::string_view, std::uint32_t> places;
  for (std::uint32_t i = 0; i < records.size(); ++i) places.emplace(records[i].name, i);
  return places;
}

template <class View, class Records>
std::vector<View> views_of(const Records& records) {
  std::vector<View> views(records.size());
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    views[i].record = &records[i];
    views[i].index = i;
  }
  return views;
}

void find_things(TenantView& tenant, const std::unordered_map<std::string_view, At<tree::ClientDecl>>& shared) {
  const program::Part& part = tenant.part();
  tenant.clients = views_of<ClientView>(part.clients);
  tenant.connections = views_of<ConnectionView>(part.connections);
  tenant.organizations = views_of<OrganizationView>(part.organizations);
  const auto clients = places_of(part.clients), connections = places_of(part.connections),
             organizations = places_of(part.organizations);
  for (const Body& body : tenant.bodies) {
    each<tree::ClientDecl>(body, [&](const tree::ClientDecl& node) {
      if (const auto found = clients.find(node.name.text); found != clients.end())
        tenant.clients[found->second].declared = {body.tree, &node};
    });
    each<tree::UseDecl>(body, [&](const tree::UseDecl& node) {
      const auto found = clients.find(node.client.text);
      const auto of = shared.find(node.client.text);
      if (found == clients.end() || of == shared.end()) return;
      tenant.clients[found->second].declared = of->second;
      tenant.clients[found->second].use = {body.tree, &node};
    });
    each<tree::ConnectionDecl>(body, [&](const tree::ConnectionDecl& node) {
      if (const auto found = connections.find(node.name.text); found != connections.end())
        tenant.connections[found->second].declared = {body.tree, &node};
    });
    each<tree::OrganizationDecl>(body, [&](const tree::OrganizationDecl& node) {
      if (const auto found = organizations.find(node.name.text); found != organizations.end())
        tenant.organizations[found->second].declared = {body.tree, &node};
    });
  }
}

void add_blocks(Body body, std::vector<BlockOf>& into) {
  using Kind = BlockOf::Kind;
  const auto inside = [&](Kind kind, const Items& items, Span name) {
    into.push_back({kind, {body.tree, &items}, name});
    add_blocks({body.tree, &items}, into);
  };
  each<tree::ClientDecl>(body, [&](const auto& node) { inside(Kind::client, node.items, node.name.span); });
  each<tree::ConnectionDecl>(body, [&](const auto& node) { inside(Kind::connection, node.items, node.name.span); });
  each<tree::OrganizationDecl>(body, [&](const auto& node) { inside(Kind::organization, node.items, node.name.span); });
  each<tree::UseDecl>(body, [&](const auto& node) { inside(Kind::use, node.items, node.client.span); });
}

}  // namespace

bool ClientView::grants(std::string_view grant) const {
  const auto place = index_of(grant_names, grant);
  return place && (record->grants >> *place & 1u) != 0;
}

void look_at(const model::Policy& policy, std::span<const tree::Tree* const> trees, const SourceSet& sources,
             SetView& set) {
  set.policy = &policy;
  set.trees = trees;
  set.sources = &sources;
  std::unordered_map<std::string_view, At<tree::TenantDecl>> tenants;
  std::unordered_map<std::string_view, At<tree::TemplateDecl>> templates;
  std::unordered_map<std::string_view, At<tree::ClientDecl>> shared;
  for (const tree::Tree* tree : trees)
    for (const auto& declaration : tree->declarations) {
      if (const auto* platform = std::get_if<tree::PlatformDecl>(&declaration)) {
        set.platforms.push_back({tree, platform});
      } else if (const auto* client = std::get_if<tree::ClientDecl>(&declaration)) {
        set.clients.push_back({tree, client});
        shared.emplace(client->name.text, set.clients.back());
      } else if (const auto* made = std::get_if<tree::TemplateDecl>(&declaration)) {
        set.templates.push_back({tree, made});
        templates.emplace(made->name.text, set.templates.back());
      } else if (const auto* tenant = std::get_if<tree::TenantDecl>(&declaration)) {
        set.tenant_declarations.push_back({tree, tenant});
        tenants.emplace(tenant->name.text, set.tenant_declarations.back());
      } else if (const auto* more = std::get_if<tree::ExtendTenantDecl>(&declaration)) {
        set.extends[more->name.text].push_back({tree, more});
      }
    }
  set.tenants.reserve(policy.tenants.size());
  for (const model::Tenant& tenant : policy.tenants) {
    TenantView& view = set.tenants.emplace_back();
    view.set = &set;
    view.model = &tenant;
    view.declared = tenants.at(tenant.structure.name);
    if (view.declared->from)
      if (const auto from = templates.find(view.declared->from->text); from != templates.end())
        view.bodies.push_back({from->second.tree, &from->second->items});
    view.bodies.push_back({view.declared.tree, &view.declared->items});
    if (const auto more = set.extends.find(tenant.structure.name); more != set.extends.end())
      for (const auto& one : more->second) view.bodies.push_back({one.tree, &one->items});
    find_things(view, shared);
  }
}

Span place_of(const tree::Tree& tree, const tree::ExprList& list, std::string_view text) {
  for (const tree::ExprId id : list.items)
    if (const auto* literal = std::get_if<tree::Literal>(&tree[id].node))
      if (const auto* written = std::get_if<std::string>(&literal->value); written != nullptr && *written == text)
        return tree[id].span;
  return list.span;
}

std::vector<BlockOf> blocks_of(const tree::Tree& tree) {
  using Kind = BlockOf::Kind;
  std::vector<BlockOf> blocks;
  const auto top = [&](Kind kind, const Items& items, Span name) {
    blocks.push_back({kind, {&tree, &items}, name});
    add_blocks({&tree, &items}, blocks);
  };
  for (const auto& declaration : tree.declarations) {
    if (const auto* platform = std::get_if<tree::PlatformDecl>(&declaration))
      top(Kind::platform, platform->items, platform->head);
    else if (const auto* client = std::get_if<tree::ClientDecl>(&declaration))
      top(Kind::client, client->items, client->name.span);
    else if (const auto* made = std::get_if<tree::TemplateDecl>(&declaration))
      top(Kind::template_, made->items, made->name.span);
    else if (const auto* tenant = std::get_if<tree::TenantDecl>(&declaration))
      top(Kind::tenant, tenant->items, tenant->name.span);
    else if (const auto* more = std::get_if<tree::ExtendTenantDecl>(&declaration))
      top(Kind::extension, more->items, more->name.span);
  }
  return blocks;
}

}  // namespace writ::lint
