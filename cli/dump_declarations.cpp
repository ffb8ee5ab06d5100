// What each tenant comes to, as JSON: its clients, connections, organizations, attributes, rules and effective passwords, once templates, shared
// clients and the platform are written out. This is for scripts with rules of their own about policies, so its form is a promise: `version` changes
// when a script that reads it could break. docs/ci.md has an example.
#include "cli/dump.h"
#include "compiler/check/passwords.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using json = nlohmann::ordered_json;

constexpr int version_of_form = 1;

template <class Record>
json ids(const std::vector<Record>& records, const std::vector<std::uint32_t>& places) {
  json list = json::array();
  for (const auto place : places) list.push_back(records[place].id);
  return list;
}

json object_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json object = json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

json span_of(std::int64_t micros) { return micros < 0 ? json() : json(duration_to_text(micros)); }

json words(ActionMask mask) {
  json list = json::array();
  for (std::size_t i = 0; i < action_count; ++i)
    if (mask & mask_of(static_cast<Action>(i))) list.push_back(action_names[i]);
  return list;
}

json client_of(const program::ClientRecord& client, const program::Part& part) {
  json grants = json::array();
  for (std::size_t i = 0; i < grant_names.size(); ++i)
    if (client.grants >> i & 1) grants.push_back(grant_names[i]);
  return {{"id", client.id},
          {"name", client.name},
          {"type", client_type_names[static_cast<std::size_t>(client.type)]},
          {"grants", std::move(grants)},
          {"connections", ids(part.connections, client.connections)},
          {"organizations", organization_usage_names[static_cast<std::size_t>(client.usage)]},
          {"callbacks", client.callbacks},
          {"origins", client.origins},
          {"session", {{"idle", span_of(client.session.idle)}, {"absolute", span_of(client.session.absolute)}}},
          {"tokens",
           {{"access", span_of(client.access_token)},
            {"refresh", span_of(client.refresh_token)},
            {"id", span_of(client.id_token)}}}};
}

json password_of(const model::EffectivePassword& password, const SourceSet& sources) {
  json list = json::array();
  for (const auto& one : password.requirements)
    if (!one.implied)
      list.push_back({{"text", check::requirement_text(one.requirement)},
                      {"origin", one.origin},
                      {"place", one.span.known() ? sources.place(one.span) : std::string()}});
  return list;
}

json connection_of(std::uint32_t place, const model::Tenant& tenant, const SourceSet& sources) {
  const auto& connection = tenant.structure.connections[place];
  const auto& strategy = strategies[connection.strategy];
  json made = {{"id", connection.id},
               {"name", connection.name},
               {"strategy", strategy.name},
               {"family", family_names[static_cast<std::size_t>(strategy.family)]},
               {"signup", connection.signup_open ? "open" : "closed"},
               {"domains", connection.domains},
               {"issuer", connection.issuer},
               {"settings", object_of(connection.settings)}};
  const auto password = std::ranges::find(tenant.passwords, place, &model::EffectivePassword::connection);
  if (password != tenant.passwords.end()) made["password"] = password_of(*password, sources);
  return made;
}

json organization_of(const program::OrganizationRecord& organization, const program::Part& part) {
  json uses = json::array();
  for (const auto& use : organization.uses) uses.push_back(part.clients[use.client].id);
  return {{"id", organization.id},           {"name", organization.name},
          {"title", organization.title},     {"connections", ids(part.connections, organization.connections)},
          {"domains", organization.domains}, {"members_required", organization.members_required},
          {"clients", std::move(uses)},      {"features", organization.features}};
}

json lockout_of(const program::Lockout& lockout, const program::Part& part) {
  constexpr std::array counters = {"identifier", "identifier and ip", "ip"};
  json exempt = json::array();
  for (const auto& one : lockout.exempt) exempt.push_back(to_text(one));
  return {{"attempts", lockout.attempts},
          {"per", counters[static_cast<std::size_t>(lockout.counter)]},
          {"within", span_of(lockout.within)},
          {"block", span_of(lockout.block)},
          {"exempt", std::move(exempt)},
          {"connection",
           lockout.connection < 0 ? json() : json(part.connections[static_cast<std::size_t>(lockout.connection)].id)}};
}

json rule_of(const model::Rule& rule, const SourceSet& sources) {
  return {{"id", rule.id},
          {"name", rule.name},
          {"effect", rule_effect_names[static_cast<std::size_t>(rule.effect)]},
          {"report", rule.report},
          {"actions", words(rule.actions)},
          {"text", rule.text},
          {"message", rule.message},
          {"note", rule.note},
          {"place", rule.span.known() ? sources.place(rule.span) : std::string()}};
}

template <class List, class Of>
json each(const List& list, const Of& of) {
  json made = json::array();
  for (const auto& one : list) made.push_back(of(one));
  return made;
}

json tenant_of(const model::Tenant& tenant, const SourceSet& sources) {
  const auto& part = tenant.structure;
  json connections = json::array();
  for (std::uint32_t i = 0; i < part.connections.size(); ++i) connections.push_back(connection_of(i, tenant, sources));
  return {{"id", part.id},
          {"name", part.name},
          {"title", part.title},
          {"place", tenant.place},
          {"attributes", object_of(tenant.attributes)},
          {"hosts", part.hosts},
          {"issuers", part.issuers},
          {"features", part.features},
          {"clients", each(part.clients, [&](const auto& one) { return client_of(one, part); })},
          {"connections", std::move(connections)},
          {"organizations", each(part.organizations, [&](const auto& one) { return organization_of(one, part); })},
          {"lockouts", each(part.lockouts, [&](const auto& one) { return lockout_of(one, part); })},
          {"rules", each(tenant.rules, [&](const auto& one) { return rule_of(one, sources); })}};
}

}  // namespace

std::string dump_declarations(const Pipeline& pipeline, const DumpSelection& selection) {
  json tenants = json::array();
  for (const auto& tenant : pipeline.policy.tenants)
    if (selection.takes(tenant.structure.id)) tenants.push_back(tenant_of(tenant, pipeline.loaded.sources));
  if (tenants.empty()) return {};
  const json document = {{"version", version_of_form}, {"tenants", std::move(tenants)}};
  return document.dump(1) + "\n";
}

}  // namespace writ::cli
