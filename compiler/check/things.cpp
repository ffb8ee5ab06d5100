// A tenant's things by name: clients, connections, organizations. They are found first and put in the order of their wire ids, which is the
// order of the Program's indexes; only then are their bodies read, because bodies name other things.
#include "compiler/check/tenant.h"

#include <algorithm>
#include <type_traits>

namespace writ::check {

namespace {

// One thing found, before the order is known.
template <class Source>
struct Found {
  Source source;
  std::string id;
  const tree::Name* name = nullptr;
};

template <class Source>
class Things {
 public:
  Things(TenantCheck& tenant, std::string_view kind) : tenant_(tenant), kind_(kind) {}

  void add(Source source, std::string id, const tree::Name& name) {
    const auto [seen, fresh] = names_.try_emplace(name.text, static_cast<std::uint32_t>(list_.size()));
    if (!fresh) {
      again(source, name, list_[seen->second].name->span);
      return;
    }
    refuse_entity_name(tenant_.run, kind_, name);  // `client == client` would hold for every client
    list_.push_back({std::move(source), std::move(id), &name});
  }

  // By wire id; two of one id are an error. Too many are cut off, after the error.
  std::vector<Found<Source>> sorted(std::size_t limit) {
    if (list_.size() > limit) {
      tenant_.run.diagnostics
          .add(Code::too_many_things, list_[limit].name->span,
               "tenant " + in_ticks(tenant_.name()) + " has more than " + std::to_string(limit) + " " +
                   std::string(kind_) + "s")
          .hint("divide it into several tenants");
      list_.resize(limit);
    }
    std::ranges::stable_sort(list_, {}, &Found<Source>::id);
    for (std::size_t i = 1; i < list_.size(); ++i)
      if (list_[i].id == list_[i - 1].id)
        tenant_.run.diagnostics
            .add(Code::duplicate_wire_id, list_[i].name->span,
                 std::string(kind_) + " " + in_ticks(list_[i].name->text) + " has the wire name of " +
                     in_ticks(list_[i - 1].name->text) + ": " + in_ticks(list_[i].id))
            .at(list_[i - 1].name->span, "the other one")
            .hint("give one of them an `id \"…\"` of its own");
    return std::move(list_);
  }

 private:
  void again(const Source& source, const tree::Name& name, Span first) {
    if constexpr (std::is_same_v<Source, ClientSource>)
      if (source.shared) {
        tenant_.run.diagnostics
            .add(Code::duplicate_name, name.span,
                 "tenant " + in_ticks(tenant_.name()) + " uses client " + in_ticks(name.text) + " twice")
            .at(first, "first used here")
            .hint("put both into one block; a rule elsewhere asks `when client == " + name_text(name.text) + "`");
        return;
      }
    declared_twice(tenant_.run, kind_, name, first);
  }

  TenantCheck& tenant_;
  std::string_view kind_;
  Places names_;
  std::vector<Found<Source>> list_;
};

void add_own_client(TenantCheck& tenant, Things<ClientSource>& things, const Block& body,
                    const tree::ClientDecl& client) {
  if (const auto shared = tenant.set.client_places.find(client.name.text); shared != tenant.set.client_places.end()) {
    declared_twice(tenant.run, "client", client.name, tenant.set.clients[shared->second]->name.span)
        .hint("to enable the shared client: `use " + name_text(client.name.text) + " { … }`");
    return;
  }
  const Block inside = open_block(tenant, body, client.items);
  std::string id = wire_id(tenant.run, inside, client.name);
  if (const auto taken = tenant.platform.client_by_id.find(id); taken != tenant.platform.client_by_id.end())
    tenant.run.diagnostics
        .add(Code::duplicate_wire_id, client.name.span,
             "client " + in_ticks(client.name.text) + " has the wire name of the shared client " +
                 in_ticks(tenant.set.clients[taken->second]->name.text) + ": " + in_ticks(id))
        .at(tenant.set.clients[taken->second]->name.span, "the other one")
        .hint("give one of them an `id \"…\"` of its own");
  things.add({&client, inside, false, nullptr, {}, client.name.span}, std::move(id), client.name);
}

void add_used_client(TenantCheck& tenant, Things<ClientSource>& things, const Block& body, const tree::UseDecl& use) {
  const auto shared = tenant.set.client_places.find(use.client.text);
  if (shared == tenant.set.client_places.end()) {
    auto& diagnostic =
        undeclared(tenant.run, Code::undeclared, "there is no shared client", use.client, tenant.set.client_places);
    for (const auto& other : tenant.bodies)
      each<tree::ClientDecl>(other, [&](const tree::ClientDecl& client) {
        if (client.name.text != use.client.text) return;
        diagnostic.at(client.name.span, "the tenant's own: it needs no `use`");
        diagnostic.help.clear();
        diagnostic.hint("put what the `use` says into the client's own block");
      });
    or_declare(diagnostic, "client " + name_text(use.client.text) + " : spa");
    return;
  }
  const auto& client = tenant.set.clients[shared->second];
  const Block floor{client.tree, nullptr, tenant.floor};
  things.add({client.node, open_block(tenant, floor, *client.tree, client->items), true, &use,
              open_block(tenant, body, use.items), use.client.span},
             tenant.platform.client_ids[shared->second], use.client);
}

// What the id says: a text, or the text given for a template's parameter. Lets are not known yet where names are made.
std::string id_text(Run& run, const Block& block, const tree::WireId& id) {
  const auto text_of = [](const tree::Tree& tree, tree::ExprId value) {
    const auto* literal = std::get_if<tree::Literal>(&tree[value].node);
    return literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
  };
  if (const auto* text = text_of(*block.tree, id.value)) return *text;
  const auto* path = std::get_if<tree::Path>(&(*block.tree)[id.value].node);
  if (path != nullptr && path->parts.size() == 1)
    for (const Scope* scope = block.scope; scope != nullptr; scope = scope->outer)
      if (const auto found = scope->arguments.find(path->parts[0].text); found != scope->arguments.end())
        if (const auto* text = text_of(*found->second.tree, found->second.value)) return *text;
  const Span span = (*block.tree)[id.value].span;
  run.diagnostics
      .add(Code::not_a_constant, span,
           "an id is a text or a template's parameter, not " + in_ticks(run.sources.text(span)))
      .hint("a text stands in quotes");
  return std::string(run.sources.text(span));
}

}  // namespace

void declare_things(TenantCheck& tenant) {
  Run& run = tenant.run;
  auto& part = tenant.result.structure;
  part.id = part.name;
  Span id_span;
  for (const auto& body : tenant.bodies)
    each<tree::WireId>(body, [&](const tree::WireId& id) {
      if (id_span.known()) given_twice(run, "id", id.span, id_span).hint("keep one of them");
      id_span = id.span;
      part.id = id_text(run, body, id);
    });
  if (part.id.empty())
    run.diagnostics
        .add(Code::setting_out_of_range, id_span.known() ? id_span : tenant.source.tenant->name.span,
             "a wire name cannot be empty")
        .hint("without `id` the wire name is the name");

  Things<ClientSource> clients(tenant, "client");
  Things<ConnectionSource> connections(tenant, "connection");
  Things<OrganizationSource> organizations(tenant, "organization");
  const auto bodies = tenant.bodies;
  for (const auto& body : bodies) {
    each<tree::ClientDecl>(body,
                           [&](const tree::ClientDecl& client) { add_own_client(tenant, clients, body, client); });
    each<tree::UseDecl>(body, [&](const tree::UseDecl& use) { add_used_client(tenant, clients, body, use); });
    each<tree::ConnectionDecl>(body, [&](const tree::ConnectionDecl& connection) {
      const Block inside = open_block(tenant, body, connection.items);
      connections.add({&connection, inside}, wire_id(run, inside, connection.name), connection.name);
    });
    each<tree::OrganizationDecl>(body, [&](const tree::OrganizationDecl& organization) {
      const Block inside = open_block(tenant, body, organization.items);
      organizations.add({&organization, inside}, wire_id(run, inside, organization.name), organization.name);
    });
  }

  for (auto& found : clients.sorted(run.limits.clients_per_tenant)) {
    tenant.client_places.try_emplace(found.name->text, static_cast<std::uint32_t>(part.clients.size()));
    auto& record = part.clients.emplace_back();
    record.id = std::move(found.id);
    record.name = found.name->text;
    tenant.clients.push_back(found.source);
  }
  for (auto& found : connections.sorted(run.limits.connections_per_tenant)) {
    tenant.connection_places.try_emplace(found.name->text, static_cast<std::uint32_t>(part.connections.size()));
    auto& record = part.connections.emplace_back();
    record.id = std::move(found.id);
    record.name = found.name->text;
    tenant.connections.push_back(found.source);
  }
  for (auto& found : organizations.sorted(run.limits.organizations_per_tenant)) {
    tenant.organization_places.try_emplace(found.name->text, static_cast<std::uint32_t>(part.organizations.size()));
    auto& record = part.organizations.emplace_back();
    record.id = std::move(found.id);
    record.name = found.name->text;
    tenant.organizations.push_back(found.source);
  }
}

// ---------------------------------------------------------------- blocks

Block open_block(TenantCheck& tenant, const Block& outer, const tree::Tree& tree,
                 const std::vector<tree::Item>& items) {
  const auto known = tenant.block_scopes.find(&items);
  if (known != tenant.block_scopes.end()) return {&tree, &items, known->second};
  Block block{&tree, &items, outer.scope};
  bool has_lets = false;
  each<tree::Let>(block, [&](const tree::Let&) { has_lets = true; });
  if (!has_lets) return block;
  Scope& scope = tenant.scopes.emplace_back();
  scope.outer = outer.scope;
  scope.tree = &tree;
  scope.floor = outer.scope->floor;
  block.scope = &scope;
  declare_lets(tenant.run, block, scope);
  for (const auto& [name, entry] : scope.lets) tenant.lets.emplace_back(&scope, entry.let);
  tenant.block_scopes.emplace(&items, &scope);
  return block;
}

Block open_block(TenantCheck& tenant, const Block& outer, const std::vector<tree::Item>& items) {
  return open_block(tenant, outer, *outer.tree, items);
}

std::string wire_id(Run& run, const Block& block, const tree::Name& name) {
  const auto* id = only<tree::WireId>(run, block, "id");
  if (id == nullptr) return name.text;
  std::string text = id_text(run, block, *id);
  if (text.empty())
    run.diagnostics.add(Code::setting_out_of_range, id->span, "a wire name cannot be empty")
        .hint("without `id` the wire name is the name: " + in_ticks(name.text));
  return text;
}

std::vector<std::uint32_t> connections_named(TenantCheck& tenant, std::span<const tree::Name> names) {
  std::vector<std::uint32_t> places;
  Places seen;
  for (const auto& name : names) {
    const auto found = tenant.connection_places.find(name.text);
    if (found == tenant.connection_places.end()) {
      or_declare(undeclared(tenant.run, Code::undeclared, "tenant " + in_ticks(tenant.name()) + " has no connection",
                            name, tenant.connection_places),
                 "connection " + name_text(name.text) + " : database");
      continue;
    }
    const auto place = static_cast<std::uint32_t>(&name - names.data());
    if (const auto [first, fresh] = seen.try_emplace(name.text, place); !fresh)
      given_twice(tenant.run, name.text, name.span, names[first->second].span).hint("keep one of them");
    else
      places.push_back(found->second);
  }
  return places;
}

// ---------------------------------------------------------------- connections

namespace {

void read_settings_block(TenantCheck& tenant, const Block& block, program::ConnectionRecord& record) {
  const auto* settings = only<tree::Settings>(tenant.run, block, "settings");
  if (settings == nullptr) return;
  Places seen;
  std::uint32_t place = 0;
  for (const auto& [key, value] : settings->values) {
    if (const auto [first, fresh] = seen.try_emplace(key.text, place++); !fresh) {
      given_twice(tenant.run, key.text, key.span, settings->values[first->second].first.span).hint("keep one of them");
      continue;
    }
    record.settings.emplace_back(key.text, setting_text(*block.scope, *block.tree, value, tenant.run));
  }
}

}  // namespace

void read_connections(TenantCheck& tenant) {
  auto& part = tenant.result.structure;
  for (std::size_t i = 0; i < part.connections.size(); ++i) {
    auto& record = part.connections[i];
    const auto& source = tenant.connections[i];
    const auto strategy = std::ranges::find(strategies, source.connection->strategy.text, &Strategy::name);
    if (strategy == strategies.end()) {
      std::vector<std::string_view> names;
      for (const auto& known : strategies) names.push_back(known.name);
      auto& unknown = undeclared(tenant.run, Code::unknown_word, "there is no connection strategy",
                                 source.connection->strategy, names);
      if (unknown.help.empty())
        unknown.hint("there are database, saml, oidc, waad, google_oauth2, email and " +
                     std::to_string(names.size() - 6) + " more: docs/language.md lists them");
    } else {
      record.strategy = static_cast<std::uint8_t>(strategy - strategies.begin());
    }
    record.signup_open = strategies[record.strategy].family != Family::enterprise;
    if (const auto* signup = only<tree::SignUp>(tenant.run, source.body, "signup")) record.signup_open = signup->open;
    record.domains = domains_of(tenant.run, source.body);
    if (const auto* issuer = only<tree::Issuer>(tenant.run, source.body, "issuer")) {
      tree::Type text;
      text.kind = TypeKind::string;
      const auto value = constant_of(*source.body.scope, *source.body.tree, issuer->value, text, tenant.run.sources,
                                     tenant.run.diagnostics);
      if (value) record.issuer = std::get<std::string>(*value);
    }
    read_settings_block(tenant, source.body, record);
  }
}

}  // namespace writ::check
