// Words that people define: lets, zones, obligations. They are put into scopes first, so that order never matters, and checked by
// themselves afterwards, where they stand.
#include "compiler/check/tenant.h"
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>

namespace writ::check {

namespace {

constexpr std::array<std::string_view, 8> builtin_obligations = {
    "mfa", "step_up", "reauthenticate", "verify_email", "enroll_mfa", "use_connection", "accept", "change_password"};
constexpr std::int64_t highest_asn = 4'294'967'295;

Zone zone_of(Run& run, const tree::ZoneDecl& declaration) {
  Zone zone{declaration.name.text, declaration.cidrs, {}, {}, declaration.name.span};
  for (const auto& country : declaration.countries) {
    if (!is_country(country.text))
      run.diagnostics.add(Code::bad_zone, country.span, in_ticks(country.text) + " is no country code")
          .hint("a code is two upper-case letters, as in ISO 3166-1: `country \"DE\"`");
    zone.countries.push_back(country.text);
  }
  for (const auto& [asn, span] : declaration.asns) {
    if (asn < 0 || asn > highest_asn)
      run.diagnostics.add(Code::bad_zone, span, "there is no network number " + in_ticks(std::to_string(asn)))
          .hint("they go from 0 to " + std::to_string(highest_asn));
    zone.asns.push_back(asn);
  }
  return zone;
}

const Zone* zone_above(const Scope* scope, std::string_view name) {
  for (; scope != nullptr; scope = scope->outer)
    if (const auto found = scope->zones.find(name); found != scope->zones.end()) return &found->second;
  return nullptr;
}

// A let hides a thing of its name, and a reader would not see it: refused (decision 0001, 11).
void refuse_hidden(Run& run, std::string_view kind, std::string_view word, Span span, const TenantCheck& tenant) {
  const auto refuse = [&](std::string_view thing, Span where) {
    run.diagnostics
        .add(Code::name_in_use, span, std::string(kind) + " " + in_ticks(word) + " is named like " + std::string(thing))
        .at(where, "declared here")
        .hint("give one of them another name");
  };
  if (const auto found = tenant.client_places.find(word); found != tenant.client_places.end())
    refuse("a client", tenant.clients[found->second].named);
  else if (const auto connection = tenant.connection_places.find(word); connection != tenant.connection_places.end())
    refuse("a connection", tenant.connections[connection->second].connection->name.span);
  else if (const auto organization = tenant.organization_places.find(word);
           organization != tenant.organization_places.end())
    refuse("an organization", tenant.organizations[organization->second].organization->name.span);
  else if (const auto* zone = zone_above(tenant.scope, word))
    refuse("a zone", zone->span);
}

void check_let(Run& run, const Scope* scope, const tree::Tree& tree, const tree::Let& let) {
  check_alone(Place{scope}, tree, let.value, false, run.sources, run.limits, run.diagnostics);
}

}  // namespace

void declare_lets(Run& run, const Block& block, Scope& into) {
  each<tree::Let>(block, [&](const tree::Let& let) {
    refuse_entity_name(run, "let", let.name);
    const auto [found, fresh] = into.lets.try_emplace(let.name.text, LetEntry{block.tree, &let, block.scope});
    if (!fresh) declared_twice(run, "let", let.name, found->second.let->name.span);
  });
}

void declare_zones(Run& run, const Block& block, const Scope* above, Scope& into) {
  each<tree::ZoneDecl>(block, [&](const tree::ZoneDecl& declaration) {
    refuse_entity_name(run, "zone", declaration.name);
    if (const Zone* first = zone_above(above, declaration.name.text)) {
      declared_twice(run, "zone", declaration.name, first->span);
      return;
    }
    const auto [found, fresh] = into.zones.try_emplace(declaration.name.text, zone_of(run, declaration));
    if (!fresh) declared_twice(run, "zone", declaration.name, found->second.span);
    if (fresh && into.zones.size() == run.limits.zones_per_tenant + 1)
      run.diagnostics
          .add(Code::too_many_things, declaration.name.span,
               "more than " + std::to_string(run.limits.zones_per_tenant) + " zones")
          .hint("put what is asked for together into one zone");
  });
}

bool may_declare_obligation(Run& run, const tree::ObligationDecl& obligation) {
  if (std::ranges::find(builtin_obligations, obligation.name.text) == builtin_obligations.end()) return true;
  run.diagnostics
      .add(Code::builtin_name, obligation.name.span,
           in_ticks(obligation.name.text) + " is built in and cannot be declared")
      .hint("`require " + obligation.name.text + "` needs no declaration; give one of your own another name");
  return false;
}

// ---------------------------------------------------------------- the top level and the platform

namespace {

Scope& file_scope(Platform& platform, std::unordered_map<const tree::Tree*, Scope*>& scopes, const tree::Tree* tree) {
  Scope*& scope = scopes[tree];
  if (scope == nullptr) {
    scope = &platform.files.emplace_back();
    scope->outer = &platform.global;
    scope->tree = tree;
  }
  return *scope;
}

void declare_obligation(Run& run, Platform& platform, const tree::ObligationDecl& obligation, const Scope* scope) {
  if (!may_declare_obligation(run, obligation)) return;
  const auto [found, fresh] = platform.obligations.try_emplace(obligation.name.text, &obligation);
  if (fresh)
    platform.obligation_scopes[obligation.name.text] = scope;
  else
    declared_twice(run, "obligation", obligation.name, found->second->name.span);
}

}  // namespace

void declare_platform_words(Run& run, const Declarations& set, Platform& platform) {
  std::unordered_map<const tree::Tree*, Scope*> scopes;
  for (const auto& let : set.lets)
    platform.global.lets.try_emplace(let->name.text,
                                     LetEntry{let.tree, let.node, &file_scope(platform, scopes, let.tree)});
  for (const auto& obligation : set.obligations)
    declare_obligation(run, platform, *obligation.node, &file_scope(platform, scopes, obligation.tree));
  for (const auto& block : platform.blocks) {
    declare_lets(run, block, platform.global);  // tenants read them as well
    declare_zones(run, block, nullptr, platform.global);
    each<tree::ObligationDecl>(
        block, [&](const tree::ObligationDecl& node) { declare_obligation(run, platform, node, block.scope); });
  }
  platform.global.obligations = &platform.obligations;
  platform.global.obligation_scopes = &platform.obligation_scopes;
  for (const auto& [name, entry] : platform.global.lets) {
    const auto zone = platform.global.zones.find(name);
    const auto client = set.client_places.find(name);
    if (zone == platform.global.zones.end() && client == set.client_places.end()) continue;
    const bool is_zone = zone != platform.global.zones.end();
    run.diagnostics
        .add(Code::name_in_use, entry.let->name.span,
             "let " + in_ticks(name) + " is named like " + (is_zone ? "a zone" : "a client"))
        .at(is_zone ? zone->second.span : set.clients[client->second]->name.span, "declared here")
        .hint("give one of them another name");
  }
}

void check_platform_words(Run& run, const Platform& platform, const Scope& nobody) {
  for (const auto& [name, entry] : platform.global.lets) {
    Scope scope = *entry.scope;  // where it stands, with the attributes of no tenant in particular
    scope.tenant_attributes = nobody.tenant_attributes;
    check_let(run, &scope, *entry.tree, *entry.let);
  }
  for (const auto& [name, obligation] : platform.obligations) {
    const Scope* declared = platform.obligation_scopes.find(name)->second;
    Scope scope = *declared;
    scope.tenant_attributes = nobody.tenant_attributes;
    check_alone(Place{&scope}, *declared->tree, obligation->satisfied, true, run.sources, run.limits, run.diagnostics);
  }
}

// ---------------------------------------------------------------- a tenant

void declare_words(TenantCheck& tenant) {
  for (const auto& body : tenant.bodies) {
    declare_lets(tenant.run, body, *tenant.scope);
    declare_zones(tenant.run, body, tenant.scope->outer, *tenant.scope);
    each<tree::ObligationDecl>(body, [&](const tree::ObligationDecl& node) {
      if (!may_declare_obligation(tenant.run, node)) return;
      const auto above = tenant.platform.obligations.find(node.name.text);
      const auto [found, fresh] = tenant.obligations.try_emplace(node.name.text, &node);
      if (above != tenant.platform.obligations.end())
        declared_twice(tenant.run, "obligation", node.name, above->second->name.span);
      else if (!fresh)
        declared_twice(tenant.run, "obligation", node.name, found->second->name.span);
      else
        tenant.obligation_scopes[node.name.text] = body.scope;
    });
  }
  if (tenant.obligations.empty()) return;
  tenant.obligations.insert(tenant.platform.obligations.begin(), tenant.platform.obligations.end());
  tenant.obligation_scopes.insert(tenant.platform.obligation_scopes.begin(), tenant.platform.obligation_scopes.end());
  tenant.scope->obligations = &tenant.obligations;
  tenant.scope->obligation_scopes = &tenant.obligation_scopes;
}

void check_words(TenantCheck& tenant) {
  Run& run = tenant.run;
  for (const auto& [name, entry] : tenant.platform.global.lets)
    refuse_hidden(run, "let", name, entry.let->name.span, tenant);
  for (const auto& [name, entry] : tenant.scope->lets) {
    refuse_hidden(run, "let", name, entry.let->name.span, tenant);
    check_let(run, entry.scope, *entry.tree, *entry.let);
  }
  for (const auto& [scope, let] : tenant.lets) {
    if (scope->floor) continue;  // a shared client's: no tenant's thing is named there, and check_platform has seen it
    refuse_hidden(run, "let", let->name.text, let->name.span, tenant);
    check_let(run, scope, *scope->tree, *let);
  }
  for (const auto& body : tenant.bodies) {
    for (const auto& [name, argument] : body.scope->arguments)
      refuse_hidden(run, "parameter", name, argument.declared, tenant);
    each<tree::ObligationDecl>(body, [&](const tree::ObligationDecl& node) {
      check_alone(Place{body.scope}, *body.tree, node.satisfied, true, run.sources, run.limits, run.diagnostics);
    });
  }
}

}  // namespace writ::check
