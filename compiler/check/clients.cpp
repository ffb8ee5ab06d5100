// Clients: type, grants, callbacks, lifetimes, and the connections that lead in. A shared client is declared once for all tenants and says
// what it is; a tenant's `use` says which of the tenant's connections lead into it.
#include "compiler/check/tenant.h"

#include <algorithm>
#include <map>

namespace writ::check {

namespace {

using program::ClientRecord;

std::uint16_t bit(std::string_view grant) { return static_cast<std::uint16_t>(1u << *index_of(grant_names, grant)); }

std::uint16_t grants_of(Run& run, const Block& block, ClientType type) {
  const auto* grants = only<tree::Grants>(run, block, "grants");
  if (grants == nullptr) return type == ClientType::m2m ? bit("client_credentials") : bit("authorization_code");
  std::uint16_t mask = 0;
  for (const auto& name : grants->names) {
    if (index_of(grant_names, name.text)) {
      mask = static_cast<std::uint16_t>(mask | bit(name.text));
    } else if (name.text == "implicit") {
      run.diagnostics.add(Code::refused_grant, name.span, "the grant `implicit` is refused")
          .under("tokens in the address bar leak")
          .fix("use `authorization_code` with PKCE", name.span, "authorization_code");
    } else if (name.text == "password") {
      run.diagnostics.add(Code::refused_grant, name.span, "the grant `password` is refused")
          .under("the client sees the user's password, and no second factor can be asked for")
          .fix("use `authorization_code` with PKCE", name.span, "authorization_code")
          .hint("for a machine without a user: a client of type `m2m` with `client_credentials`");
    } else {
      undeclared(run, Code::unknown_word, "there is no grant", name, grant_names);
    }
  }
  return mask;
}

void read_lifetimes(Run& run, const Block& block, ClientRecord& record) {
  const auto* written = only<tree::Lifetimes>(run, block, "lifetimes");
  if (written == nullptr) return;
  const auto lifetimes = with_numbers(run, *block.scope, *block.tree, *written);
  const auto take = [&](const std::optional<std::int64_t>& value, std::string_view what, std::int64_t& into) {
    if (value && positive_duration(run, entry_in(run.sources, lifetimes.span, what), what, *value)) into = *value;
  };
  take(lifetimes.access_token, "access_token", record.access_token);
  take(lifetimes.refresh_token, "refresh_token", record.refresh_token);
  take(lifetimes.id_token, "id_token", record.id_token);
}

ClientType type_of(Run& run, const tree::ClientDecl& client) {
  if (const auto type = index_of(client_type_names, client.type.text)) return static_cast<ClientType>(*type);
  undeclared(run, Code::unknown_word, "there is no client type", client.type, client_type_names);
  return ClientType::web;
}

void limit_databases(TenantCheck& tenant, const ClientRecord& record, const tree::Connections& names) {
  std::size_t databases = 0;
  const tree::Name* first_too_many = nullptr;
  for (const auto& name : names.names) {
    const auto found = tenant.connection_places.find(name.text);
    if (found == tenant.connection_places.end()) continue;
    if (strategies[tenant.result.structure.connections[found->second].strategy].family != Family::database) continue;
    if (++databases == tenant.platform.database_connections + 1) first_too_many = &name;
  }
  if (first_too_many == nullptr) return;
  auto& diagnostic =
      tenant.run.diagnostics.add(Code::too_many_database_connections, first_too_many->span,
                                 "client " + in_ticks(record.name) + " of tenant " + in_ticks(tenant.name()) + " has " +
                                     std::to_string(databases) + " database connections, the limit is " +
                                     std::to_string(tenant.platform.database_connections));
  diagnostic.under("one too many from here on")
      .hint("divide the client in two, or move its users into fewer connections");
  if (tenant.platform.limit.known())
    diagnostic.at(tenant.platform.limit, "the limit");
  else
    diagnostic.hint("another limit is set in `platform`: `limit database connections per client = 100`");
}

void read_client(TenantCheck& tenant, std::size_t place) {
  Run& run = tenant.run;
  ClientRecord& record = tenant.result.structure.clients[place];
  const ClientSource& source = tenant.clients[place];
  read_client_body(run, source.body, *source.client, record);
  if (const auto* connections = only<tree::Connections>(run, source.enabling(), "connections")) {
    record.connections = connections_named(tenant, connections->names);
    limit_databases(tenant, record, *connections);
  }
}

}  // namespace

void read_client_body(Run& run, const Block& block, const tree::ClientDecl& client, ClientRecord& record) {
  record.type = type_of(run, client);
  record.grants = grants_of(run, block, record.type);
  each<tree::Callbacks>(
      block, [&](const tree::Callbacks& node) { record.callbacks = strings_of_items(run, block, node.items); });
  each<tree::Origins>(block,
                      [&](const tree::Origins& node) { record.origins = strings_of_items(run, block, node.items); });
  only<tree::Callbacks>(run, block, "callbacks");
  only<tree::Origins>(run, block, "origins");
  read_lifetimes(run, block, record);
  if (const auto* usage = only<tree::OrganizationsSetting>(run, block, "organizations")) {
    if (const auto known = index_of(organization_usage_names, usage->usage.text))
      record.usage = static_cast<OrganizationUsage>(*known);
    else
      undeclared(run, Code::unknown_word, "a client's organizations are `deny`, `allow` or `require`, not",
                 usage->usage, organization_usage_names);
  }
  tighten(run, block, record.session);
}

void read_clients(TenantCheck& tenant) {
  for (std::size_t i = 0; i < tenant.clients.size(); ++i) read_client(tenant, i);
}

}  // namespace writ::check
