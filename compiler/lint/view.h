// A policy set as rules look at it: every tenant of the checked model beside the places where it is written, which the model has given up. A
// thing of a template stands once in the text and belongs to many tenants.
#pragma once

#include "compiler/check/model.h"
#include "compiler/syntax/tree.h"

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace writ::lint {

// A node and the tree it stands in.
template <class Node>
struct At {
  const tree::Tree* tree = nullptr;
  const Node* node = nullptr;
  explicit operator bool() const { return node != nullptr; }
  const Node* operator->() const { return node; }
};

using Items = std::vector<tree::Item>;
struct Body {
  const tree::Tree* tree = nullptr;
  const Items* items = nullptr;
};

// The statements of one kind in a block, not in blocks inside it.
template <class Node, class Action>
void each(const Body& body, Action&& action) {
  if (body.items == nullptr) return;
  for (const auto& item : *body.items)
    if (const auto* node = std::get_if<Node>(&item)) action(*node);
}
template <class Node>
const Node* first(const Body& body) {
  const Node* found = nullptr;
  each<Node>(body, [&](const Node& node) { found = found == nullptr ? &node : found; });
  return found;
}

struct ClientView {
  const program::ClientRecord* record = nullptr;
  std::uint32_t index = 0;
  At<tree::ClientDecl> declared;
  At<tree::UseDecl> use;  // of a shared client
  bool shared() const { return bool(use); }
  Body body() const { return {declared.tree, &declared->items}; }
  Span name() const { return use ? use->client.span : declared->name.span; }  // in the tenant
  // The block that names its connections.
  Body enabling() const { return use ? Body{use.tree, &use->items} : body(); }
  bool grants(std::string_view grant) const;
};
struct ConnectionView {
  const program::ConnectionRecord* record = nullptr;
  std::uint32_t index = 0;
  At<tree::ConnectionDecl> declared;
  Body body() const { return {declared.tree, &declared->items}; }
  Family family() const { return strategies[record->strategy].family; }
};
struct OrganizationView {
  const program::OrganizationRecord* record = nullptr;
  std::uint32_t index = 0;
  At<tree::OrganizationDecl> declared;
  Body body() const { return {declared.tree, &declared->items}; }
};

struct SetView;
class Reasoner;
class UsesOfSet;

struct TenantView {
  const SetView* set = nullptr;
  const model::Tenant* model = nullptr;
  At<tree::TenantDecl> declared;
  std::vector<Body> bodies;         // its template's, its own, those that extend it
  std::vector<ClientView> clients;  // each parallel to the structure's
  std::vector<ConnectionView> connections;
  std::vector<OrganizationView> organizations;

  mutable std::shared_ptr<Reasoner> reasoner;  // made when the first rule asks: reason(tenant)

  const program::Part& part() const { return model->structure; }
  const std::string& name() const { return part().name; }
  const model::Expr& expression(model::ExprId id) const { return model->expressions[static_cast<std::size_t>(id)]; }
};

struct SetView {
  const model::Policy* policy = nullptr;
  std::span<const tree::Tree* const> trees;
  const SourceSet* sources = nullptr;
  std::vector<At<tree::PlatformDecl>> platforms;
  std::vector<At<tree::ClientDecl>> clients;  // shared ones
  std::vector<At<tree::TemplateDecl>> templates;
  std::vector<At<tree::TenantDecl>> tenant_declarations;
  std::unordered_map<std::string_view, std::vector<At<tree::ExtendTenantDecl>>> extends;  // by the tenant's name
  std::vector<TenantView> tenants;                                                        // in the model's order

  mutable std::shared_ptr<UsesOfSet> uses;  // made when the first rule asks: uses_of(set)

  std::string_view text(Span span) const { return sources->text(span); }
};

// Fills `set`, which then stays where it is: its tenants point to it.
void look_at(const model::Policy& policy, std::span<const tree::Tree* const> trees, const SourceSet& sources,
             SetView& set);

// Where `text` stands among the literals of a list; the whole statement where it came from a parameter or a let.
Span place_of(const tree::Tree& tree, const tree::ExprList& list, std::string_view text);

// Every block of a tree, with the word of what it is: for rules that only look at the text.
struct BlockOf {
  enum class Kind : std::uint8_t { platform, tenant, extension, template_, client, connection, organization, use } kind;
  Body body;
  Span name;
};
std::vector<BlockOf> blocks_of(const tree::Tree& tree);

}  // namespace writ::lint
