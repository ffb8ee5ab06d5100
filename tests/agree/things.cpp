// Connections, clients and organizations. Wire names are often not the names, and sometimes those of another thing.
// Where two connections claim one domain a `discover` says which it is, in the narrowest block that may.
#include "tests/agree/maker.h"

#include <algorithm>

namespace writ::agree {

namespace {

bool has(const std::vector<std::string>& list, const std::string& one) {
  return std::ranges::find(list, one) != list.end();
}

std::vector<std::string> strategies_of(Family family) {
  std::vector<std::string> names;
  for (const auto& strategy : strategies)
    if (strategy.family == family) names.emplace_back(strategy.name);
  return names;
}

std::string names_text(const std::vector<std::string>& names) {
  std::vector<std::string> texts;
  for (const auto& name : names) texts.push_back(name_text(name));
  return joined(texts);
}

}  // namespace

// ---------------------------------------------------------------- connections

void Maker::connections(TenantWorld& made) {
  made.connections = {{"people", "people", Family::database}, {"staff", "staff", Family::enterprise}};
  if (chance(30)) made.connections.push_back({"partners-db", "partners-db", Family::database});
  if (chance(60)) made.connections.push_back({"partner", "partner", Family::enterprise});
  if (chance(30)) made.connections.push_back({"third", "third", Family::enterprise});
  if (chance(60)) made.connections.push_back({"google-oauth2", "google-oauth2", Family::social});
  if (chance(50)) made.connections.push_back({"codes", "codes", Family::passwordless});
  random_.shuffle(made.connections);
  for (auto& connection : made.connections)
    if (chance(20)) connection.id = "wire " + connection.name;
  if (chance(25)) std::swap(made.connections[0].id, made.connections[1].id);  // each is called by the other's name
  for (auto& one : made.connections) connection(made, one, random_.pick(strategies_of(one.family)));
}

void Maker::connection(const TenantWorld& made, ConnectionWorld& connection, const std::string& strategy) {
  block("connection " + name_text(connection.name) + " : " + strategy, [&] {
    if (connection.id != connection.name) line("id " + in_quotes(connection.id));
    if (connection.family == Family::enterprise) {
      connection.domains = random_.some(domains(), 40);
      Names texts;
      for (const auto& domain : connection.domains) texts.push_back(in_quotes(domain));
      const bool of_template = made.name.empty();
      if (of_template && connection.name == "staff") texts.push_back("domain");  // the template's parameter
      if (!texts.empty()) line("domains " + joined(texts));
      if (chance(25)) line("issuer " + in_quotes("https://" + connection.name + ".example/"));
    }
    if (chance(35)) line(chance(60) ? "signup open" : "signup closed");
    if (chance(15)) line("settings { tenant_id = \"t\"; retries = 3 }");
    if (connection.family == Family::database && chance(20)) attach_password();
    if (chance(15)) lockout();
    Place place = inside(made);
    place.tenant = nullptr;  // the tenant's things are not all known yet
    place.actions = with_connection;
    if (chance(20)) rule(place, Where::floor);
  });
}

std::vector<std::string> Maker::some_connections(const TenantWorld& made) {
  Names names;
  for (const auto& connection : made.connections)
    if (chance(75)) names.push_back(connection.name);
  if (names.empty()) names.push_back("people");
  random_.shuffle(names);
  return names;
}

// Domains that several of the connections claim.
std::map<std::string, std::vector<std::string>> Maker::contested(const TenantWorld& made, const Names& names) const {
  std::map<std::string, Names> claims;
  for (const auto& connection : made.connections)
    if (connection.family == Family::enterprise && has(names, connection.name))
      for (const auto& domain : connection.domains) claims[domain].push_back(connection.name);
  std::erase_if(claims, [](const auto& claim) { return claim.second.size() < 2; });
  return claims;
}

// ---------------------------------------------------------------- clients

void Maker::client_settings(ClientWorld& client) {
  const bool machine = client.type == ClientType::m2m;
  if (client.seated)
    line("id seat");
  else if (client.id != client.name)
    line("id " + in_quotes(client.id));
  if (chance(75)) {
    Names grants = {machine ? "client_credentials" : "authorization_code"};
    if (!machine && chance(80)) grants.push_back("refresh_token");
    if (client.type == ClientType::web && chance(50)) grants.push_back("client_credentials");
    if (chance(20)) grants.push_back("device_code");
    line("grants " + joined(grants));
  }
  const auto uri = [&](const char* rest) { return in_quotes("https://" + client.name + ".example/" + rest); };
  if (!machine && chance(75)) line("callbacks " + uri("cb") + (chance(40) ? ", " + uri("cb2") : ""));
  if (chance(15)) line("origins " + in_quotes("https://" + client.name + ".example"));
  if (chance(15)) line("lifetimes { access_token 1h; refresh_token 30d; id_token 10h }");
  if (!machine && chance(65)) {
    client.usage = chance(70) ? OrganizationUsage::allow : OrganizationUsage::require;
    line(client.usage == OrganizationUsage::allow ? "organizations allow" : "organizations require");
  } else if (chance(10)) {
    line("organizations deny");
  }
  if (chance(20)) session();
}

void Maker::enable(const TenantWorld& made, ClientWorld& client) {
  client.connections = some_connections(made);
  line("connections " + names_text(client.connections));
  for (const auto& [domain, names] : contested(made, client.connections)) {
    client.discover.emplace_back(domain, random_.pick(names));
    line("discover " + in_quotes(domain) + " via " + name_text(client.discover.back().second));
  }
}

void Maker::clients(TenantWorld& made) {
  std::vector<ClientWorld> list = {
      {"web1", chance(50) ? "web-1" : "web1", chance(60) ? ClientType::web : ClientType::native},
      {"jobs", "jobs", ClientType::m2m}};
  if (chance(40)) list.push_back({"my app", chance(50) ? "web1-old" : "my app", ClientType::spa});
  for (const auto& shared : world_.clients)
    if (chance(85)) list.push_back(shared);
  list[1].seated = made.name.empty() && chance(60);
  for (auto& client : list) {
    const auto head = client.shared ? "use " + name_text(client.name)
                                    : "client " + name_text(client.name) + " : " +
                                          std::string(client_type_names[static_cast<std::size_t>(client.type)]);
    block(head, [&] {
      if (!client.shared) client_settings(client);
      if (client.type != ClientType::m2m && !chance(4)) enable(made, client);
      Place place = inside(made);
      if (chance(25)) lets(place, place.words, 20);
      if (chance(35)) rule(place, Where::tenant);
      if (chance(20)) allow(place, false);
    });
    made.clients.push_back(client);
  }
}

// ---------------------------------------------------------------- organizations

void Maker::organizations(TenantWorld& made) {
  made.organizations = {{"coke", chance(50) ? "org_coke" : "coke"}, {"pepsi", "pepsi"}};
  if (chance(30)) std::swap(made.organizations[0].id, made.organizations[1].id);
  for (auto& organization : made.organizations) organization.connections = some_connections(made);
  for (auto& one : made.organizations) organization(made, one);
}

void Maker::organization(TenantWorld& made, OrganizationWorld& organization) {
  block("organization " + name_text(organization.name) + (chance(40) ? " \"Title\"" : ""), [&] {
    if (organization.id != organization.name) line("id " + in_quotes(organization.id));
    line("connections " + names_text(organization.connections));
    if (chance(30))
      line("members required");
    else if (chance(50))
      line("joins on login" + (chance(50) ? " via " + names_text(random_.some(organization.connections, 40).empty()
                                                                     ? Names{organization.connections[0]}
                                                                     : Names{organization.connections.back()})
                                          : ""));
    if (chance(20)) line("domains \"a.example\"");
    if (chance(20)) branding();
    if (chance(40)) line("features " + random_.pick({"dark", "beta, dark", "\"a\""}));
    std::map<std::string, std::string> settled;
    for (const auto& [domain, names] : contested(made, organization.connections))
      if (chance(60)) {
        settled[domain] = random_.pick(names);
        line("discover " + in_quotes(domain) + " via " + name_text(settled[domain]));
      }
    Place place = inside(made);
    place.present.insert("organization");
    if (chance(20)) lets(place, place.words, 15);
    for (auto n = random_.below(2); n > 0; --n) rule(place, Where::tenant);
    for (const auto& client : made.clients) use_in_organization(made, organization, client, settled);
  });
}

// A client in an organization: fewer connections, rules, and what the client's and the organization's `discover` leave
// open.
void Maker::use_in_organization(const TenantWorld& made, const OrganizationWorld& organization,
                                const ClientWorld& client, const std::map<std::string, std::string>& settled) {
  Names both;
  for (const auto& name : organization.connections)
    if (has(client.connections, name)) both.push_back(name);
  const bool narrows = chance(25) && !both.empty();
  if (narrows) both = random_.some(both, 60);
  if (both.empty() && narrows) return;
  Names lines;
  if (narrows) lines.push_back("connections " + names_text(both));
  if (client.usage != OrganizationUsage::deny)
    for (const auto& [domain, names] : contested(made, both)) {
      const auto above = settled.find(domain);
      const bool by_client = std::ranges::any_of(
          client.discover, [&](const auto& one) { return one.first == domain && has(names, one.second); });
      if ((above != settled.end() && has(names, above->second)) || by_client) continue;
      lines.push_back("discover " + in_quotes(domain) + " via " + name_text(random_.pick(names)));
    }
  const bool rules = chance(25);
  if (lines.empty() && !rules) return;
  block("use " + name_text(client.name), [&] {
    for (const auto& text : lines) line(text);
    Place place = inside(made);
    place.present.insert("organization");
    if (rules) rule(place, Where::tenant);
  });
}

}  // namespace writ::agree
