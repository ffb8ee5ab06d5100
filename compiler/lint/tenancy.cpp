// Tenants beside one another and below their floor: domains claimed twice, limits that say nothing because a stricter one holds, tenants that are
// written out again and again.
#include "compiler/check/passwords.h"
#include "compiler/lint/rule.h"
#include "compiler/lint/uses.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>

namespace writ::lint {

namespace {

Span domain_place(const ConnectionView& connection, const std::string& domain) {
  const auto* list = first<tree::Domains>(connection.body());
  return list == nullptr ? connection.declared->name.span : place_of(*connection.declared.tree, *list, domain);
}

void domain_on_several(const TenantView& tenant, Report& report) {
  std::map<std::string_view, std::vector<const ConnectionView*>> by_domain;
  for (const ConnectionView& connection : tenant.connections)
    for (const auto& domain : connection.record->domains) by_domain[domain].push_back(&connection);
  for (const auto& [domain, connections] : by_domain) {
    if (connections.size() < 2) continue;
    const std::string text(domain);
    const Span span = domain_place(*connections[0], text);
    if (report.told(span)) continue;
    Diagnostic& what =
        report
            .add(span, "domain " + in_ticks(text) + " is claimed by " + std::to_string(connections.size()) +
                           " connections of tenant " + in_ticks(tenant.name()))
            .under("for a client that has two of them an address has two homes");
    for (std::size_t i = 1; i < connections.size(); ++i) what.at(domain_place(*connections[i], text), "and here");
    what.hint("let one connection have it; a client that wants another says `discover \"" + text + "\" via …`");
  }
}

void domain_of_two_tenants(const SetView& set, Report& report) {
  std::unordered_map<std::string_view, std::pair<const TenantView*, const ConnectionView*>> owners;
  for (const TenantView& tenant : set.tenants)
    for (const ConnectionView& connection : tenant.connections) {
      if (connection.family() != Family::enterprise) continue;
      for (const auto& domain : connection.record->domains) {
        const auto [owner, fresh] = owners.try_emplace(domain, &tenant, &connection);
        if (fresh || owner->second.first == &tenant) continue;
        const Span span = domain_place(connection, domain), other = domain_place(*owner->second.second, domain);
        if (span == other || report.told(span)) continue;
        report
            .add(span, "domain " + in_ticks(domain) + " is claimed by tenants " +
                           in_ticks(owner->second.first->name()) + " and " + in_ticks(tenant.name()))
            .at(other, "of tenant " + in_ticks(owner->second.first->name()))
            .hint("a company is one tenant's customer; whoever proved the domain has it");
      }
    }
}

void issuer_on_several(const TenantView& tenant, Report& report) {
  std::map<std::string_view, const ConnectionView*> owners;
  for (const ConnectionView& connection : tenant.connections) {
    const auto* written = first<tree::Issuer>(connection.body());
    if (written == nullptr || connection.record->issuer.empty()) continue;
    const auto [owner, fresh] = owners.emplace(connection.record->issuer, &connection);
    if (fresh || report.told(written->span)) continue;
    report
        .add(written->span, "connections " + in_ticks(owner->second->record->name) + " and " +
                                in_ticks(connection.record->name) + " have one issuer")
        .at(owner->second->declared->name.span, "the other one")
        .hint("one person then has two accounts: let one connection have the issuer");
  }
}

// ---------------------------------------------------------------- floors

struct Limits {
  std::optional<std::int64_t> idle, absolute;
};
Limits floor_session(const SetView& set) {
  Limits floor;
  for (const auto& platform : set.platforms)
    if (const auto* session = first<tree::Session>({platform.tree, &platform->items})) {
      floor.idle = session->idle;
      floor.absolute = session->absolute;
    }
  return floor;
}

// The strictest limit wins, so one that is not stricter than the platform's says nothing.
void session_below_floor(const SetView& set, Report& report) {
  const Limits floor = floor_session(set);
  if (!floor.idle && !floor.absolute) return;
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree)) {
      if (block.kind == BlockOf::Kind::platform) continue;
      each<tree::Session>(block.body, [&](const tree::Session& session) {
        const bool idle = session.idle && floor.idle && *session.idle >= *floor.idle;
        const bool absolute = session.absolute && floor.absolute && *session.absolute >= *floor.absolute;
        if (!idle && !absolute) return;
        const auto limit = idle ? *floor.idle : *floor.absolute;
        const std::string word = idle ? "idle" : "absolute";
        Diagnostic& what =
            report
                .add(session.span, in_ticks(word + " " + duration_to_text(idle ? *session.idle : *session.absolute)) +
                                       " changes nothing: the platform's is " + duration_to_text(limit))
                .under("the strictest wins");
        const bool all = (idle || !session.idle) && (absolute || !session.absolute);
        if (all)
          what.safe_fix("leave it out", whole_lines(*set.sources, session.span), "");
        else
          what.hint("leave it out, or ask for less");
      });
    }
}

void lockout_below_floor(const SetView& set, Report& report) {
  std::vector<const tree::LockoutDecl*> floor;
  for (const auto& platform : set.platforms)
    each<tree::LockoutDecl>({platform.tree, &platform->items}, [&](const auto& lockout) { floor.push_back(&lockout); });
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree)) {
      if (block.kind == BlockOf::Kind::platform) continue;
      each<tree::LockoutDecl>(block.body, [&](const tree::LockoutDecl& lockout) {
        for (const auto* above : floor) {
          const bool as_strict = above->given.empty() && lockout.given.empty() && above->per == lockout.per &&
                                 above->attempts <= lockout.attempts && above->exempt.empty() &&
                                 (!above->block || (lockout.block && *above->block >= *lockout.block)) &&
                                 (!above->within || (lockout.within && *above->within >= *lockout.within));
          if (!as_strict) continue;
          report.add(lockout.span, "this lockout changes nothing: the platform's locks as early and as long")
              .at(above->span, "the platform's")
              .hint("leave it out, or lock earlier");
          return;
        }
      });
    }
}

// A tenant's own requirement that the floor, or another of its own, asks for anyway.
void implied_requirement(const TenantView& tenant, Report& report) {
  for (const auto& effective : tenant.model->passwords)
    for (const auto& one : effective.requirements) {
      if (one.origin.starts_with("platform ") || one.origin.find('(') != std::string::npos)
        continue;  // inherited, a preset's
      const model::PasswordRequirement* by = nullptr;
      for (const auto& other : effective.requirements)
        if (other.span != one.span && other.origin.starts_with("platform ") &&
            check::implies(other.requirement, one.requirement))
          by = &other;
      if (by == nullptr) {
        report.clear(one.span);
        continue;
      }
      if (report.told(one.span)) continue;
      report.add(one.span, in_ticks(check::requirement_text(one.requirement)) + " is asked for by the floor already")
          .at(by->span, by->origin)
          .safe_fix("leave it out", whole_lines(*tenant.set->sources, one.span), "");
    }
}

// ---------------------------------------------------------------- tenants

// A tenant's text with every literal replaced, so that tenants that differ in literals alone read alike.
std::string outline(const tree::Tree& tree, const Items& items) {
  std::string text;
  const auto add = [&](std::string_view word) { text += std::string(word) + " "; };
  for (const auto& item : items) {
    text += std::to_string(item.index()) + ":";
    if (const auto* rule = std::get_if<tree::Rule>(&item)) {
      std::string said = statement(tree, *rule);
      // Texts in quotes and numbers are what a template would take.
      bool quoted = false;
      for (std::size_t i = 0; i < said.size(); ++i) {
        if (said[i] == '"' && (i == 0 || said[i - 1] != '\\')) quoted = !quoted;
        if (quoted) continue;
        const bool digit = said[i] >= '0' && said[i] <= '9';
        text += digit ? '0' : said[i];
      }
    } else {
      std::visit(
          [&](const auto& node) {
            if constexpr (requires { node.strategy; }) add(node.strategy.text);
            if constexpr (requires { node.type.text; }) add(node.type.text);
            if constexpr (requires { node.items.front().index(); }) text += "{" + outline(tree, node.items) + "}";
            if constexpr (requires { node.names; }) text += std::to_string(node.names.size());
          },
          item);
    }
    text += ";";
  }
  return text;
}

void near_duplicates(const SetView& set, Report& report) {
  constexpr std::size_t few = 3, small = 4;  // tenants; statements
  std::unordered_map<std::string, std::vector<At<tree::TenantDecl>>> alike;
  for (const auto& tenant : set.tenant_declarations)
    if (!tenant->from && tenant->items.size() >= small) alike[outline(*tenant.tree, tenant->items)].push_back(tenant);
  std::vector<const std::vector<At<tree::TenantDecl>>*> groups;
  for (const auto& [text, tenants] : alike)
    if (tenants.size() >= few) groups.push_back(&tenants);
  for (const auto* tenants : groups) {
    Diagnostic& what =
        report.add(tenants->front()->name.span,
                   std::to_string(tenants->size()) + " tenants are written alike and differ in texts and numbers");
    for (std::size_t i = 1; i < tenants->size(); ++i) what.at((*tenants)[i]->name.span, "and this one");
    what.hint("a `template` says it once, and a correction then reaches all of them");
  }
}

void tenant_without_clients(const TenantView& tenant, Report& report) {
  const Span span = tenant.declared->name.span;
  if (!tenant.clients.empty() || report.told(span)) return;
  report.add(span, "tenant " + in_ticks(tenant.name()) + " has no client")
      .under("nobody can enter anything")
      .hint("declare one, `client app : web { … }`, or `use` a shared one");
}

void near_database_limit(const TenantView& tenant, Report& report) {
  constexpr std::int64_t tenths = 9;
  const std::int64_t limit = tenant.set->policy->database_connections_per_client;
  for (const ClientView& client : tenant.clients) {
    const auto databases = std::ranges::count_if(client.record->connections, [&](std::uint32_t connection) {
      return tenant.connections[connection].family() == Family::database;
    });
    if (limit < 10 || databases * 10 < limit * tenths || report.told(client.name())) continue;
    report
        .add(client.name(), "client " + in_ticks(client.record->name) + " has " + std::to_string(databases) +
                                " of at most " + std::to_string(limit) + " database connections")
        .under("one of the next ones is an error")
        .hint("divide the client, or move users of several connections into one");
  }
}

constexpr auto table = std::to_array<Rule>({
    {{"domain-on-several-connections", Group::tenancy, Level::warning, "a domain that several connections claim"},
     domain_on_several},
    {{"domain-of-two-tenants", Group::tenancy, Level::warning, "a domain that two tenants claim"},
     nullptr,
     domain_of_two_tenants},
    {{"issuer-on-several-connections", Group::tenancy, Level::warning, "an issuer that several connections have"},
     issuer_on_several},
    {{"session-below-floor", Group::tenancy, Level::warning, "a session limit that the platform's overrides"},
     nullptr,
     session_below_floor},
    {{"lockout-below-floor", Group::tenancy, Level::warning, "a lockout that the platform's overrides"},
     nullptr,
     lockout_below_floor},
    {{"requirement-of-floor", Group::tenancy, Level::info, "a password requirement that the floor asks for already"},
     implied_requirement},
    {{"near-duplicate-tenants", Group::tenancy, Level::info, "tenants that want a template"}, nullptr, near_duplicates},
    {{"tenant-without-clients", Group::tenancy, Level::info, "a tenant that nobody can enter"}, tenant_without_clients},
    {{"near-database-limit", Group::tenancy, Level::info, "a client with nearly as many databases as it may have"},
     near_database_limit},
});

}  // namespace

std::span<const Rule> tenancy_rules() { return table; }

}  // namespace writ::lint
