// What a login page may offer, and where an e-mail address leads (decision 0001, 28). The connection of an enterprise whose domain it
// is; where two claim it, the one that a `discover` names, the organization's before the client's; else none, and the user chooses.
#include "runtime/engine/state.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <stdexcept>

namespace writ {

using engine::Loaded;

namespace {

Fault structure(const Loaded& loaded, std::int64_t client, std::int64_t organization, bool named) {
  if (client < 0) return Fault::unknown_client;
  const auto usage = loaded.client(client).usage;
  if (!named) return usage == OrganizationUsage::require ? Fault::organization_required : Fault::none;
  if (organization < 0) return Fault::organization_unknown;
  return usage == OrganizationUsage::deny ? Fault::organization_not_allowed : Fault::none;
}

bool is_enterprise(const program::ConnectionRecord& connection) {
  return strategies[connection.strategy].family == Family::enterprise;
}

// The statements that may settle a tie, the nearest first.
std::optional<std::uint32_t> discovered(const program::Part& part, std::int64_t client, std::int64_t organization,
                                        const std::string& domain, const std::vector<std::uint32_t>& matches) {
  const auto in =
      [&](const std::vector<std::pair<std::string, std::uint32_t>>& discover) -> std::optional<std::uint32_t> {
    for (const auto& [name, connection] : discover)
      if (name == domain && std::ranges::find(matches, connection) != matches.end()) return connection;
    return std::nullopt;
  };
  if (organization >= 0) {
    const auto& record = part.organizations[static_cast<std::size_t>(organization)];
    for (const auto& use : record.uses)
      if (use.client == static_cast<std::uint32_t>(client))
        if (const auto found = in(use.discover)) return found;
    if (const auto found = in(record.discover)) return found;
  }
  return in(part.clients[static_cast<std::size_t>(client)].discover);
}

}  // namespace

Offer Engine::connections(std::string_view tenant, std::string_view client,
                          std::optional<std::string_view> organization, std::optional<std::string_view> email) const
    try {
  Offer offer;
  const auto refuse = [&](Fault fault) {
    offer.fault = fault;
    return offer;
  };
  if (!state_->is_ready()) return refuse(Fault::not_ready);
  if (state_->is_stale()) return refuse(Fault::stale);
  for (const auto name : {tenant, client, organization.value_or(""), email.value_or("")})
    if (!sound(name)) return refuse(Fault::invalid_request);
  if (email && !is_mail(*email)) return refuse(Fault::invalid_request);
  const auto [loaded, broken] = state_->find(tenant);
  if (!loaded) return refuse(broken ? Fault::not_ready : Fault::unknown_tenant);
  const auto client_place = loaded->client(client);
  const auto organization_place = organization ? loaded->organization(*organization) : -1;
  const auto fault = structure(*loaded, client_place, organization_place, organization.has_value());
  if (fault != Fault::none) return refuse(fault);

  const auto part = loaded->part();
  const auto& records = part->connections;
  std::vector<std::uint32_t> enabled, matches;
  for (const auto place : part->clients[static_cast<std::size_t>(client_place)].connections)
    if (organization_place < 0 || loaded->enabled_in(organization_place, client_place, place)) enabled.push_back(place);
  const auto at = email ? email->rfind('@') : std::string_view::npos;
  const auto domain = at == std::string_view::npos ? std::string() : lower_case(email->substr(at + 1));
  if (at != std::string_view::npos)
    for (const auto place : enabled)
      if (is_enterprise(records[place]) && std::ranges::count(records[place].domains, domain) != 0)
        matches.push_back(place);
  std::optional<std::uint32_t> home;
  if (matches.size() == 1) home = matches.front();
  if (matches.size() > 1) home = discovered(*part, client_place, organization_place, domain, matches);
  if (home) offer.home_realm = records[*home].id;
  for (const auto place : enabled)
    if (const auto& record = records[place]; !email || home || !is_enterprise(record))
      offer.connections.push_back({record.id, record.name, record.strategy});
  return offer;
} catch (const std::runtime_error&) {  // its part cannot be read any more
  return {Fault::not_ready, {}, {}};
}

}  // namespace writ
