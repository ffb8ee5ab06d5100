// Organizations inside a tenant: which of its connections they have, who is a member, and what differs for them in a client.
#include "compiler/check/tenant.h"

#include <algorithm>

namespace writ::check {

namespace {

using program::OrganizationRecord;

// Places to look up in, however many they are.
class Enabled {
 public:
  explicit Enabled(std::vector<std::uint32_t> places) : places_(std::move(places)) { std::ranges::sort(places_); }
  bool holds(std::uint32_t place) const { return std::ranges::binary_search(places_, place); }

 private:
  std::vector<std::uint32_t> places_;
};

// `names` but those that are not among `enabled`, each of which is an error.
std::vector<std::uint32_t> among(TenantCheck& tenant, std::span<const tree::Name> names,
                                 const std::vector<std::uint32_t>& list, const std::string& where) {
  const Enabled enabled(list);
  std::vector<std::uint32_t> places;
  for (const auto place : connections_named(tenant, names)) {
    if (enabled.holds(place)) {
      places.push_back(place);
      continue;
    }
    const auto& record = tenant.result.structure.connections[place];
    const auto name = std::ranges::find(names, record.name, &tree::Name::text);
    tenant.run.diagnostics
        .add(Code::not_enabled_here, name->span,
             "connection " + in_ticks(record.name) + " is not among those of " + where)
        .hint("add it to the `connections` of " + where);
  }
  return places;
}

void read_members(TenantCheck& tenant, const Block& block, const std::string& title, OrganizationRecord& record) {
  const auto* members = only<tree::Members>(tenant.run, block, "members");
  if (members == nullptr) return;
  record.members_required = members->required;
  if (!members->required) record.joins_via = among(tenant, members->via, record.connections, title);
}

void read_use(TenantCheck& tenant, const Block& block, const tree::UseDecl& use, const std::string& title,
              OrganizationRecord& record) {
  const auto client = tenant.client_places.find(use.client.text);
  if (client == tenant.client_places.end()) {
    undeclared(tenant.run, Code::undeclared, "tenant " + in_ticks(tenant.name()) + " has no client", use.client,
               tenant.client_places);
    return;
  }
  if (std::ranges::find(record.uses, client->second, &OrganizationRecord::Use::client) != record.uses.end()) {
    Span first = use.client.span;
    each<tree::UseDecl>(block, [&](const tree::UseDecl& other) {
      if (other.client.text == use.client.text && first == use.client.span) first = other.client.span;
    });
    tenant.run.diagnostics
        .add(Code::duplicate_name, use.client.span, title + " uses client " + in_ticks(use.client.text) + " twice")
        .at(first, "first used here")
        .hint("put both into one block");
    return;
  }
  const Block inside = open_block(tenant, block, use.items);
  auto& made = record.uses.emplace_back();
  made.client = client->second;
  if (const auto* connections = only<tree::Connections>(tenant.run, inside, "connections")) {
    made.narrows = true;
    const Enabled of_client(tenant.result.structure.clients[client->second].connections);
    made.connections = among(tenant, connections->names, record.connections, title);
    std::vector<std::uint32_t> both;
    for (const auto place : made.connections) {
      if (of_client.holds(place)) {
        both.push_back(place);
        continue;
      }
      const auto& name = tenant.result.structure.connections[place].name;
      const auto written = std::ranges::find(connections->names, name, &tree::Name::text);
      tenant.run.diagnostics
          .add(Code::not_enabled_here, written->span,
               "connection " + in_ticks(name) + " is not among those of client " + in_ticks(use.client.text))
          .at(tenant.clients[client->second].named, "its own `connections` do not have it")
          .hint("an organization narrows what the client has: add it to the client first");
    }
    made.connections = std::move(both);
  }
}

}  // namespace

void read_organizations(TenantCheck& tenant) {
  Run& run = tenant.run;
  for (std::size_t i = 0; i < tenant.organizations.size(); ++i) {
    auto& record = tenant.result.structure.organizations[i];
    const auto& source = tenant.organizations[i];
    const std::string title = "organization " + in_ticks(record.name);
    if (source.organization->title) record.title = source.organization->title->text;
    if (const auto* connections = only<tree::Connections>(run, source.body, "connections"))
      record.connections = connections_named(tenant, connections->names);
    read_members(tenant, source.body, title, record);
    record.domains = domains_of(run, source.body);
    read_branding(run, source.body, record.logo, record.colors);
    read_features(source.body, record.features);
    each<tree::UseDecl>(source.body,
                        [&](const tree::UseDecl& use) { read_use(tenant, source.body, use, title, record); });
  }
}

}  // namespace writ::check
