// What a login page may offer: the enabled connections, and the one that an e-mail address leads to (28).
#include "tests/agree/oracle/policy.h"

namespace writ::oracle {

Offer Oracle::connections(const std::string& tenant, const std::string& client, const std::optional<std::string>& organization,
                          const std::optional<std::string>& email) const {
  for (const auto& text : {std::optional(tenant), std::optional(client), organization, email})
    if (text && !good_text(*text)) return {Fault::invalid_request, {}, {}};
  const auto found = policy_->by_id.find(tenant);
  if (found == policy_->by_id.end()) return {Fault::unknown_tenant, {}, {}};
  Asked asked{found->second, find(found->second->clients, client)};
  if (!asked.client) return {Fault::unknown_client, {}, {}};
  if (const Fault fault = find_organization(organization, true, asked); fault != Fault::none) return {fault, {}, {}};

  const auto at = email ? email->rfind('@') : std::string::npos;
  const std::string domain = at == std::string::npos ? "" : lowered(email->substr(at + 1));
  std::vector<const Thing*> enabled, homes;
  const auto* named = only<tree::Connections>(*asked.client);
  for (const auto& name : named ? named->names : std::vector<tree::Name>{})
    for (const Thing& connection : asked.tenant->connections) {
      if (connection.name != name.text || !is_enabled(asked, name.text)) continue;
      enabled.push_back(&connection);
      const auto* domains = only<tree::Domains>(connection);
      const bool may_be_home = at != std::string::npos && domains && family_of(connection) == Family::enterprise;
      if (may_be_home && among(strings_of(connection.bodies.front().first, domains->items), domain)) homes.push_back(&connection);
    }
  const Thing* home = homes.size() == 1 ? homes.front() : nullptr;
  const auto settle = [&](const tree::Discover& discover) {  // the first statement that names one of several
    for (const Thing* one : homes)
      if (!home && discover.domain.text == domain && discover.via.text == one->name) home = one;
  };
  if (asked.organization) {
    const Items& items = *asked.organization->bodies.front().second;
    each<tree::UseDecl>(items, [&](const auto& use) { if (use.client.text == asked.client->name) each<tree::Discover>(use.items, settle); });
    each<tree::Discover>(items, settle);
  }
  for (const auto& [where, items] : asked.client->bodies) each<tree::Discover>(*items, settle);

  Offer offer;
  if (home) offer.home_realm = home->id;
  for (const Thing* one : enabled)
    if (!email || home || family_of(*one) != Family::enterprise) offer.connections.push_back(one->id);
  return offer;
}

}  // namespace writ::oracle
