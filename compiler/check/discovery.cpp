// Home-realm discovery (decision 0001, 28). Where a person types an e-mail address, its domain leads to one enterprise connection of the
// client; two that claim the same domain are an error unless a `discover` says which. It is judged for every client without an organization
// and for every client in every organization, over the connections enabled there. What is ambiguous in an organization is ambiguous in
// the client before any `discover`, so organizations are looked at only where a client has such a domain.
#include "compiler/check/tenant.h"

#include <algorithm>
#include <map>

namespace writ::check {

namespace {

using Discoveries = std::vector<std::pair<std::string, std::uint32_t>>;    // domain, connection
using Claimants = std::map<std::string_view, std::vector<std::uint32_t>>;  // domain → enterprise connections

bool is_enterprise(const program::ConnectionRecord& record) {
  return strategies[record.strategy].family == Family::enterprise;
}

// The `discover` statements of a block; `enabled` are the connections of its client or organization.
Discoveries read_discoveries(TenantCheck& tenant, const Block& block, const std::vector<std::uint32_t>& enabled,
                             const std::string& where) {
  Run& run = tenant.run;
  const auto& connections = tenant.result.structure.connections;
  Discoveries list;
  std::map<std::string_view, Span> seen;
  each<tree::Discover>(block, [&](const tree::Discover& node) {
    const auto found = tenant.connection_places.find(node.via.text);
    if (found == tenant.connection_places.end()) {
      undeclared(run, Code::undeclared, "tenant " + in_ticks(tenant.name()) + " has no connection", node.via,
                 tenant.connection_places);
      return;
    }
    if (const auto [first, fresh] = seen.try_emplace(node.domain.text, node.span); !fresh) {
      given_twice(run, "discover \"" + node.domain.text + "\"", node.span, first->second).hint("keep one of them");
      return;
    }
    const auto& record = connections[found->second];
    const std::string name = "connection " + in_ticks(record.name);
    if (!is_enterprise(record))
      run.diagnostics.add(Code::bad_discover, node.via.span, name + " is not an enterprise connection")
          .under("domains lead to enterprise connections only")
          .at(tenant.connections[found->second].connection->strategy.span, "its strategy");
    else if (std::ranges::find(record.domains, node.domain.text) == record.domains.end()) {
      auto& diagnostic = run.diagnostics.add(Code::bad_discover, node.domain.span,
                                             name + " does not have the domain " + in_ticks(node.domain.text));
      diagnostic.at(tenant.connections[found->second].connection->name.span,
                    record.domains.empty() ? "without domains" : "declared here");
      if (const auto domains = views(record.domains);
          !suggest(run.diagnostics, diagnostic, run.sources, node.domain.text, domains))
        list_choices(diagnostic, domains);
    } else if (std::ranges::find(enabled, found->second) == enabled.end())
      run.diagnostics.add(Code::not_enabled_here, node.via.span, name + " is not among those of " + where)
          .hint("add it to the `connections` of " + where);
    else
      list.emplace_back(node.domain.text, found->second);
  });
  return list;
}

Claimants contested(const TenantCheck& tenant, const std::vector<std::uint32_t>& enabled) {
  Claimants claimants;
  for (const auto place : enabled) {
    const auto& record = tenant.result.structure.connections[place];
    if (!is_enterprise(record)) continue;
    for (const auto& domain : record.domains) claimants[domain].push_back(place);
  }
  std::erase_if(claimants, [](const auto& entry) { return entry.second.size() < 2; });
  return claimants;
}

bool settled(const Discoveries& list, std::string_view domain, const std::vector<std::uint32_t>& candidates) {
  return std::ranges::any_of(list, [&](const auto& one) {
    return one.first == domain && std::ranges::find(candidates, one.second) != candidates.end();
  });
}

void report(TenantCheck& tenant, Span span, std::string_view domain, const std::vector<std::uint32_t>& candidates,
            const std::string& where, std::string_view block) {
  const auto& connections = tenant.result.structure.connections;
  std::vector<std::string_view> names;
  for (const auto candidate : candidates) names.push_back(connections[candidate].name);
  auto& diagnostic =
      tenant.run.diagnostics.add(Code::ambiguous_discovery, span,
                                 "the domain " + in_ticks(domain) + " leads to " + and_list(names) + " in " + where);
  for (const auto candidate : candidates)
    diagnostic.at(tenant.connections[candidate].connection->name.span, "claims " + in_ticks(domain));
  diagnostic.hint("say which in the " + std::string(block) + ": `discover \"" + std::string(domain) + "\" via " +
                  name_text(names.front()) + "`");
}

// One client in one organization: which of its contested domains are contested there too, and not settled.
void check_in_organization(TenantCheck& tenant, std::uint32_t client_place, const Claimants& claimants,
                           std::size_t place) {
  const auto& client = tenant.result.structure.clients[client_place];
  const auto& record = tenant.result.structure.organizations[place];
  const auto use = std::ranges::find(record.uses, client_place, &program::OrganizationRecord::Use::client);
  const auto enabled = [&](std::uint32_t connection) {
    return std::ranges::find(record.connections, connection) != record.connections.end() &&
           (use == record.uses.end() || !use->narrows ||
            std::ranges::find(use->connections, connection) != use->connections.end());
  };
  for (const auto& [domain, all] : claimants) {
    std::vector<std::uint32_t> candidates;
    std::ranges::copy_if(all, std::back_inserter(candidates), enabled);
    if (candidates.size() < 2 || settled(record.discover, domain, candidates) ||
        settled(client.discover, domain, candidates))
      continue;
    if (use != record.uses.end() && settled(use->discover, domain, candidates)) continue;
    report(tenant, tenant.organizations[place].organization->name.span, domain, candidates,
           "client " + in_ticks(client.name) + " of organization " + in_ticks(record.name), "organization");
  }
}

void read_all(TenantCheck& tenant) {
  auto& part = tenant.result.structure;
  for (std::size_t i = 0; i < part.clients.size(); ++i)
    part.clients[i].discover = read_discoveries(tenant, tenant.clients[i].enabling(), part.clients[i].connections,
                                                "client " + in_ticks(part.clients[i].name));
  for (std::size_t i = 0; i < part.organizations.size(); ++i) {
    auto& record = part.organizations[i];
    const Block& body = tenant.organizations[i].body;
    const std::string where = "organization " + in_ticks(record.name);
    record.discover = read_discoveries(tenant, body, record.connections, where);
    each<tree::UseDecl>(body, [&](const tree::UseDecl& node) {
      const auto client = tenant.client_places.find(node.client.text);
      if (client == tenant.client_places.end()) return;
      const auto use = std::ranges::find(record.uses, client->second, &program::OrganizationRecord::Use::client);
      if (use == record.uses.end()) return;
      use->discover = read_discoveries(tenant, open_block(tenant, body, node.items),
                                       use->narrows ? use->connections : record.connections, where);
    });
  }
}

}  // namespace

void check_discovery(TenantCheck& tenant) {
  read_all(tenant);
  const auto& part = tenant.result.structure;
  for (std::uint32_t i = 0; i < part.clients.size(); ++i) {
    const auto& client = part.clients[i];
    const Claimants claimants = contested(tenant, client.connections);
    for (const auto& [domain, candidates] : claimants)
      if (!settled(client.discover, domain, candidates))
        report(tenant, tenant.clients[i].named, domain, candidates, "client " + in_ticks(client.name),
               tenant.clients[i].shared ? "`use`" : "client");
    if (claimants.empty() || client.usage == OrganizationUsage::deny) continue;
    for (std::size_t k = 0; k < part.organizations.size(); ++k) check_in_organization(tenant, i, claimants, k);
  }
}

}  // namespace writ::check
