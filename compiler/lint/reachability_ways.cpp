// Who can get in at all: clients, connections, organizations, people of a role. Asked of the rules (reason.h) and of the structure together; what is
// told is told when no request whatever gets in.
#include "compiler/lint/reason.h"
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

void tenant_locked_out(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  const Span span = tenant.declared->name.span;
  if (reasoner.cells(Action::login).empty() || reasoner.rules(RuleEffect::allow, Action::login).empty() ||
      reasoner.anybody(Action::login))
    return;
  report.add(span, "nobody can sign in to tenant " + in_ticks(tenant.name()))
      .under("whenever an allow fires, a deny fires too, or no allow ever does")
      .hint("`writ explain` with a request that should be allowed shows what stands against it");
}

bool has_way_in(Reasoner& reasoner, const ClientView& client) {
  const auto& connections = client.record->connections;
  return std::ranges::any_of(
      connections, [&](std::uint32_t connection) { return reasoner.allowed(Action::login, client.index, connection); });
}

void client_without_way_in(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  for (const ClientView& client : tenant.clients) {
    const Span span = client.name();
    if (client.record->type == ClientType::m2m) {
      const bool works = !client.grants("client_credentials") || reasoner.allowed(Action::m2m, client.index);
      if (works)
        report.clear(span);
      else if (!report.told(span))
        report.add(span, "client " + in_ticks(client.record->name) + " is never given a token")
            .under("no `allow m2m` fires for it, or a deny always does")
            .hint("for example: allow m2m when client == " + check::name_text(client.record->name));
      continue;
    }
    if (!client.record->connections.empty() && !reasoner.anybody(Action::login)) continue;  // tenant-locked-out
    const bool no_organization = client.record->usage == OrganizationUsage::require && tenant.organizations.empty();
    if (!no_organization && has_way_in(reasoner, client)) {
      report.clear(span);
      continue;
    }
    if (report.told(span)) continue;
    Diagnostic& what = report.add(span, "nobody can sign in to client " + in_ticks(client.record->name));
    if (client.record->connections.empty())
      what.under("no connection leads into it").hint("name them in its block: `connections staff`");
    else if (no_organization)
      what.under("it wants an organization, and tenant " + in_ticks(tenant.name()) + " has none");
    else
      what.under("through none of its connections does an allow fire without a deny")
          .hint("`writ explain` with a request that should be allowed shows what stands against it");
  }
}

// Accounts are made through the connection.
bool signs_up(const TenantView& tenant, const ConnectionView& connection) {
  return connection.record->signup_open && std::ranges::any_of(tenant.clients, [&](const ClientView& client) {
           const auto& connections = client.record->connections;
           return std::ranges::find(connections, connection.index) != connections.end() &&
                  reason(tenant).allowed(Action::signup, client.index, connection.index);
         });
}

void connection_unused(const TenantView& tenant, Report& report) {
  std::vector<bool> used(tenant.connections.size());
  for (const auto& client : tenant.part().clients)
    for (const auto connection : client.connections) used[connection] = true;
  for (const ConnectionView& connection : tenant.connections) {
    const Span span = connection.declared->name.span;
    if (used[connection.index])
      report.clear(span);
    else if (!report.told(span))
      report.add(span, "connection " + in_ticks(connection.record->name) + " leads into no client")
          .under("nobody can use it")
          .hint("name it in the `connections` of a client, or delete it");
  }
}

void connection_without_way_in(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  if (!reasoner.anybody(Action::login)) return;  // tenant-locked-out
  for (const ConnectionView& connection : tenant.connections) {
    bool enabled = false, works = false;
    for (const ClientView& client : tenant.clients) {
      if (std::ranges::find(client.record->connections, connection.index) == client.record->connections.end()) continue;
      if (!has_way_in(reasoner, client)) continue;  // client-without-way-in
      enabled = true;
      works = works || reasoner.allowed(Action::login, client.index, connection.index);
    }
    const Span span = connection.declared->name.span;
    if (works || signs_up(tenant, connection))
      report.clear(span);  // signup-without-login
    else if (enabled && !report.told(span))
      report.add(span, "nobody can sign in through connection " + in_ticks(connection.record->name))
          .under("clients have it, and no allow fires for it without a deny")
          .hint("allow it, `allow login on " + check::name_text(connection.record->name) +
                "`, or take it out of the clients");
  }
}

void signup_without_login(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  if (!reasoner.anybody(Action::login)) return;
  for (const ConnectionView& connection : tenant.connections) {
    const bool signs_in = std::ranges::any_of(tenant.clients, [&](const ClientView& client) {
      const auto& connections = client.record->connections;
      return std::ranges::find(connections, connection.index) != connections.end() &&
             reasoner.allowed(Action::login, client.index, connection.index);
    });
    const Span span = connection.declared->name.span;
    if (signs_in || !signs_up(tenant, connection))
      report.clear(span);
    else if (!report.told(span))
      report
          .add(span, "accounts are made through connection " + in_ticks(connection.record->name) +
                         " that nobody can sign in to")
          .under("sign-up is open and allowed, a login never is")
          .hint("`signup closed`, or allow their login");
  }
}

// Roles and groups that a policy speaks of and whose people get in nowhere, though no one deny says that they should not.
void people_locked_out(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  if (!reasoner.anybody(Action::login)) return;
  const auto& cells = reasoner.cells(Action::login);
  for (const auto& [set, what] : {std::pair(fact("user.roles"), "role"), std::pair(fact("user.groups"), "group")})
    for (const std::string& word : reasoner.asked_of(set)) {
      const Reasoner::Known known{{reasoner.holds(set, word)}, {}};
      if (std::ranges::any_of(cells, [&](const Cell& cell) { return reasoner.allowed(cell, known); })) continue;
      const auto meant = std::ranges::any_of(reasoner.rules(RuleEffect::deny, Action::login), [&](std::size_t deny) {
        const FormulaId passes[] = {reasoner.not_(reasoner.condition(deny)), reasoner.some_allow(Action::login)};
        return std::ranges::none_of(cells, [&](const Cell& cell) { return reasoner.maybe(cell, passes, known); });
      });
      if (meant) continue;
      report
          .add(tenant.declared->name.span, "nobody of " + std::string(what) + " " + in_ticks(word) +
                                               " can sign in to tenant " + in_ticks(tenant.name()))
          .under("what is denied them one by one leaves no way")
          .hint("one of the rules that speak of the " + std::string(what) + " was meant for fewer requests");
      break;  // one place, one message
    }
}

void nobody_can_enrol(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  if (!reasoner.anybody(Action::login)) return;
  const Reasoner::Known fresh{{reasoner.not_(reasoner.is(fact("user.mfa_enrolled")))}, {}};
  const auto& cells = reasoner.cells(Action::login);
  const Span span = tenant.declared->name.span;
  if (std::ranges::any_of(cells, [&](const Cell& cell) { return reasoner.allowed(cell, fresh); })) return;
  report.add(span, "who has no second factor cannot sign in to tenant " + in_ticks(tenant.name()) + ", nor enrol one")
      .under("without `user.mfa_enrolled` every login is denied")
      .hint("ask for it instead of denying: `require enroll_mfa`");
}

void wrong_door(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  for (std::size_t i = 0; i < tenant.model->rules.size(); ++i) {
    const model::Rule& rule = tenant.model->rules[i];
    const bool only =
        rule.effect == RuleEffect::require && rule.alternatives.size() == 1 && rule.alternatives[0].use_connection >= 0;
    if (!only || (rule.actions & mask_of(Action::login)) == 0) continue;
    const auto door = static_cast<std::uint32_t>(rule.alternatives[0].use_connection);
    bool asked = false, open = false;
    for (const ClientView& client : tenant.clients) {
      const auto& connections = client.record->connections;
      const bool fires = std::ranges::any_of(connections, [&](std::uint32_t connection) {
        return reasoner.maybe({Action::login, client.index, connection}, {reasoner.condition(i)});
      });
      asked = asked || fires;
      open = open || (fires && std::ranges::find(connections, door) != connections.end());
    }
    if (!asked || open)
      report.clear(rule.span);
    else if (!report.told(rule.span))
      report.add(rule.span, "nobody can do what is asked: " + in_ticks(rule.alternatives[0].text))
          .under("none of the clients it is about has that connection")
          .hint("enable the connection for these clients");
  }
}

void organization_unreachable(const TenantView& tenant, Report& report) {
  for (const OrganizationView& organization : tenant.organizations) {
    const auto& own = organization.record->connections;
    const bool open = std::ranges::any_of(tenant.part().clients, [&](const auto& client) {
      return client.usage != OrganizationUsage::deny &&
             std::ranges::any_of(client.connections, [&](std::uint32_t connection) {
               return std::ranges::find(own, connection) != own.end();
             });
    });
    const Span span = organization.declared->name.span;
    if (open)
      report.clear(span);
    else if (!report.told(span))
      report.add(span, "nobody can sign in to organization " + in_ticks(organization.record->name))
          .under(own.empty() ? "it has no connections"
                             : "no client takes organizations and shares a connection with it")
          .hint(own.empty() ? "name them: `connections staff`" : "in a client: `organizations allow`");
  }
}

void client_used_nowhere(const SetView& set, Report& report) {
  std::set<std::string_view> used;
  for (const TenantView& tenant : set.tenants)
    for (const ClientView& client : tenant.clients)
      if (client.shared()) used.insert(client.record->name);
  for (const auto& client : set.clients)
    if (!used.contains(client->name.text))
      report.add(client->name.span, "no tenant uses the shared client " + in_ticks(client->name.text))
          .hint("in a tenant: `use " + check::name_text(client->name.text) + " { connections … }`");
}

constexpr auto table = std::to_array<Rule>({
    {{"tenant-locked-out", Group::reachability, Level::error, "a tenant that nobody can sign in to"},
     tenant_locked_out},
    {{"client-without-way-in", Group::reachability, Level::warning, "a client that nobody can sign in to"},
     client_without_way_in},
    {{"connection-unused", Group::reachability, Level::info, "a connection that leads into no client"},
     connection_unused},
    {{"connection-without-way-in", Group::reachability, Level::warning, "a connection that nobody can sign in through"},
     connection_without_way_in},
    {{"signup-without-login", Group::reachability, Level::warning, "accounts that are made and cannot sign in"},
     signup_without_login},
    {{"people-locked-out", Group::reachability, Level::warning, "a role or group that no way in is left for"},
     people_locked_out},
    {{"nobody-can-enrol", Group::reachability, Level::warning, "a second factor that nobody gets to enrol"},
     nobody_can_enrol},
    {{"wrong-door", Group::reachability, Level::warning, "a connection is asked for that its clients do not have"},
     wrong_door},
    {{"organization-unreachable", Group::reachability, Level::warning, "an organization that nobody can sign in to"},
     organization_unreachable},
    {{"client-used-nowhere", Group::reachability, Level::info, "a shared client that no tenant uses"},
     nullptr,
     client_used_nowhere},
});

}  // namespace

std::span<const Rule> way_rules() { return table; }

}  // namespace writ::lint
