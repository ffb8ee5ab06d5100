// What stands before rules: lockouts, sessions, zones.
#include "compiler/lint/reason.h"
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

using Counter = program::Lockout::Counter;

// The lockouts written for a tenant, each with its place: the platform's, its own, its connections'.
template <class Action>
void each_lockout(const TenantView& tenant, Action&& action) {
  const auto of = [&](const Body& body) {
    each<tree::LockoutDecl>(body, [&](const tree::LockoutDecl& lockout) { action(lockout); });
  };
  for (const auto& platform : tenant.set->platforms) of({platform.tree, &platform->items});
  for (const Body& body : tenant.bodies) of(body);
  for (const ConnectionView& connection : tenant.connections) of(connection.body());
}

// Whether passwords of the connection are tried at logins that can succeed.
bool is_entered(const TenantView& tenant, std::uint32_t connection) {
  return std::ranges::any_of(tenant.clients, [&](const ClientView& client) {
    const auto& connections = client.record->connections;
    return std::ranges::find(connections, connection) != connections.end() &&
           reason(tenant).allowed(Action::login, client.index, connection);
  });
}

// Of accounts whose password is asked for at a login: is there a lockout that counts for them?
void lockout_missing(const TenantView& tenant, Report& report) {
  for (const ConnectionView& connection : tenant.connections) {
    if (connection.family() != Family::database || !is_entered(tenant, connection.index)) continue;
    const bool counted = std::ranges::any_of(tenant.part().lockouts, [&](const program::Lockout& lockout) {
      return lockout.connection < 0 || static_cast<std::uint32_t>(lockout.connection) == connection.index;
    });
    const Span span = connection.declared->name.span;
    if (counted) report.clear(span);
    if (counted || report.told(span)) continue;
    report.add(span, "nobody counts wrong passwords of connection " + in_ticks(connection.record->name))
        .under("no `lockout` of platform, tenant or connection")
        .hint("for example, in `platform`: lockout { 10 attempts per identifier and ip; block 15m }");
  }
}

void lockout_weak(const TenantView& tenant, Report& report) {
  constexpr std::int64_t most = 100;
  each_lockout(tenant, [&](const tree::LockoutDecl& lockout) {
    if (lockout.per == tree::LockoutDecl::Per::ip || lockout.attempts <= most) return;
    const Span span = lockout.attempts_span.known() ? lockout.attempts_span : lockout.span;
    if (report.told(span)) return;
    report.add(span, "an account is locked after " + std::to_string(lockout.attempts) + " wrong passwords")
        .under("NIST SP 800-63B-4 allows 100 in a row")
        .fix("allow fewer", span, std::to_string(most));
  });
}

void lockout_per_ip_only(const TenantView& tenant, Report& report) {
  for (const ConnectionView& connection : tenant.connections) {
    if (connection.family() != Family::database || !is_entered(tenant, connection.index)) continue;
    bool any = false, by_account = false;
    for (const program::Lockout& lockout : tenant.part().lockouts) {
      if (lockout.connection >= 0 && static_cast<std::uint32_t>(lockout.connection) != connection.index) continue;
      any = true;
      by_account = by_account || lockout.counter != Counter::by_ip;
    }
    const Span span = connection.declared->name.span;
    if (!any || by_account) {
      report.clear(span);
      continue;
    }
    if (report.told(span)) continue;
    report
        .add(span,
             "wrong passwords of connection " + in_ticks(connection.record->name) + " are counted by address only")
        .under("a thousand addresses try a thousand times")
        .hint("count by account too: lockout { 10 attempts per identifier and ip; block 15m }");
  }
}

void lockout_never_ends(const TenantView& tenant, Report& report) {
  each_lockout(tenant, [&](const tree::LockoutDecl& lockout) {
    if (lockout.per != tree::LockoutDecl::Per::identifier || lockout.block || lockout.within ||
        !lockout.given.empty() || report.told(lockout.span))
      return;
    report.add(lockout.span, "an account stays locked until the host resets its counters")
        .under("whoever knows a name can lock its owner out")
        .hint("let it end: `block 15m`; or count `per identifier and ip`");
  });
}

// How much of the world an exemption or a zone may hold before it is no exception any more.
bool is_everywhere(const Cidr& block) {
  constexpr std::uint8_t v4_prefix = 96, narrowest_v4 = v4_prefix + 8, narrowest_v6 = 16;
  const bool v4 = block.base.is_v4() && block.bits >= v4_prefix;
  return v4 ? block.bits < narrowest_v4 : block.bits < narrowest_v6;
}

void lockout_exempts_everyone(const TenantView& tenant, Report& report) {
  each_lockout(tenant, [&](const tree::LockoutDecl& lockout) {
    for (const Cidr& block : lockout.exempt) {
      if (!is_everywhere(block) || report.told(lockout.span)) continue;
      report.add(lockout.span, "the lockout does not count for " + in_ticks(to_text(block)))
          .under("that is a large part of the internet")
          .hint("exempt the addresses of your own offices, if any");
    }
  });
}

void zone_everywhere(const SetView& set, Report& report) {
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::ZoneDecl>(block.body, [&](const tree::ZoneDecl& zone) {
        for (const Cidr& cidr : zone.cidrs) {
          if (!is_everywhere(cidr)) continue;
          report.add(zone.name.span, "zone " + in_ticks(zone.name.text) + " holds " + in_ticks(to_text(cidr)))
              .under("that is a large part of the internet")
              .hint("write the blocks that are meant; without any, the rule needs no zone");
          return;
        }
      });
}

void session_idle_over_absolute(const SetView& set, Report& report) {
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::Session>(block.body, [&](const tree::Session& session) {
        if (!session.idle || !session.absolute || *session.idle < *session.absolute) return;
        report.add(session.span, "a session ends after " + duration_to_text(*session.absolute) + ", idle or not")
            .under("`idle " + duration_to_text(*session.idle) + "` never comes first")
            .hint("make `idle` the shorter one, or leave it out");
      });
}

constexpr auto table = std::to_array<Rule>({
    {{"lockout-missing", Group::security, Level::warning, "wrong passwords that nobody counts"}, lockout_missing},
    {{"lockout-weak", Group::security, Level::error, "a lockout that allows more than 100 wrong passwords"},
     lockout_weak},
    {{"lockout-per-ip-only", Group::security, Level::warning, "a lockout that counts addresses only"},
     lockout_per_ip_only},
    {{"lockout-never-ends", Group::security, Level::info,
      "a lockout by name that anybody can cause and only the host ends"},
     lockout_never_ends},
    {{"lockout-exempts-everyone", Group::security, Level::error,
      "a lockout that does not count for most of the internet"},
     lockout_exempts_everyone},
    {{"zone-everywhere", Group::security, Level::error, "a zone that is most of the internet"},
     nullptr,
     zone_everywhere},
    {{"session-idle-over-absolute", Group::security, Level::warning, "an idle limit that never comes first"},
     nullptr,
     session_idle_over_absolute},
});

}  // namespace

std::span<const Rule> guard_rules() { return table; }

}  // namespace writ::lint
