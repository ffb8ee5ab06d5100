// Who vouches for a person, and for what: directories open to the world, tokens whose algorithm or audience nobody looks at, addresses that nobody
// has verified, passwords without a second factor. Asked of all requests (reason.h): told when one gets through.
#include "compiler/lint/reason.h"
#include "compiler/lint/rule.h"
#include "runtime/program/spelling.h"

#include <algorithm>

namespace writ::lint {

namespace {

// Whether a connection's issuer is a directory service's door for every directory.
Span common_endpoint(const ConnectionView& connection) {
  constexpr std::array switches = {"common_endpoint", "use_common_endpoint", "waad_common_endpoint"};
  constexpr std::array tenants = {"tenant", "tenant_id", "tenant_domain", "domain"};
  constexpr std::array everybody = {"common", "organizations", "consumers"};
  const auto one_of = [](const auto& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
  };
  const auto* settings = first<tree::Settings>(connection.body());
  if (settings != nullptr)
    for (std::size_t i = 0; i < connection.record->settings.size() && i < settings->values.size(); ++i) {
      const auto& [key, value] = connection.record->settings[i];
      if ((one_of(switches, key) && value == "true") || (one_of(tenants, key) && one_of(everybody, value)))
        return settings->values[i].first.span;
    }
  const std::string& issuer = connection.record->issuer;
  for (const char* word : everybody)
    if (issuer.find("login.microsoftonline.com/" + std::string(word)) != std::string::npos)
      if (const auto* written = first<tree::Issuer>(connection.body())) return written->span;
  return {};
}

template <class Action>
void each_client_of(const TenantView& tenant, std::uint32_t connection, Action&& action) {
  for (const ClientView& client : tenant.clients)
    if (std::ranges::find(client.record->connections, connection) != client.record->connections.end()) action(client);
}

void any_directory(const TenantView& tenant, Report& report) {
  for (const ConnectionView& connection : tenant.connections) {
    const Span span = common_endpoint(connection);
    if (!span.known()) continue;
    Reasoner& reasoner = reason(tenant);
    const FactId tid = fact("token.tid");
    const Reasoner::Known foreign{{reasoner.has(tid)}, {tid}}, none{{reasoner.not_(reasoner.has(tid))}, {}};
    bool open = false;
    each_client_of(tenant, connection.index, [&](const ClientView& client) {
      const Cell cell{Action::login, client.index, connection.index};
      open = open || reasoner.allowed(cell, foreign) || reasoner.allowed(cell, none);
    });
    if (!open)
      report.clear(span);
    else if (!report.told(span))
      report
          .add(span, "connection " + in_ticks(connection.record->name) + " takes people of any directory of the world")
          .under("a login is allowed whose `token.tid` no rule names, or that has none")
          .hint("name the directories: deny login on " + check::name_text(connection.record->name) +
                " unless has token.tid and token.tid in onboarded");
  }
}

// Whether access is allowed whatever the fact says.
bool is_open(const TenantView& tenant, FactId whatever) {
  Reasoner& reasoner = reason(tenant);
  const Reasoner::Known unheard{{}, {whatever}};
  return std::ranges::any_of(reasoner.cells(Action::access),
                             [&](const Cell& cell) { return reasoner.allowed(cell, unheard); });
}

// Of tokens of issuers that the tenant names.
void unheard_of(const TenantView& tenant, Report& report, FactId of, std::string_view message, std::string_view label,
                std::string_view help) {
  if (tenant.part().issuers.empty()) return;
  const bool open = is_open(tenant, of);
  for (const Body& body : tenant.bodies)
    each<tree::Issuers>(body, [&](const tree::Issuers& issuers) {
      if (!open)
        report.clear(issuers.span);
      else if (!report.told(issuers.span))
        report.add(issuers.span, std::string(message)).under(std::string(label)).hint(std::string(help));
    });
}

void unbound_algorithm(const TenantView& tenant, Report& report) {
  unheard_of(tenant, report, fact("token.alg"), "tokens of these issuers may be signed by any algorithm",
             "access is allowed whatever `token.alg` says",
             "bind it: deny access \"algorithm\" unless token.alg == \"RS256\"");
}

void unchecked_audience(const TenantView& tenant, Report& report) {
  unheard_of(tenant, report, fact("token.audience"), "tokens of these issuers are taken whoever they were made for",
             "access is allowed whatever `token.audience` says",
             "name the API: deny access \"audience\" unless \"https://api.example.com\" in token.audience");
}

// A tenant that names no issuer takes the tokens of any that no other tenant claims.
void unnamed_issuer(const TenantView& tenant, Report& report) {
  if (!tenant.part().issuers.empty()) return;
  const bool open = is_open(tenant, fact("token.issuer"));
  for (const model::Rule& rule : tenant.model->rules) {
    if (rule.effect != RuleEffect::allow || rule.report || (rule.actions & mask_of(Action::access)) == 0) continue;
    if (!open)
      report.clear(rule.span);
    else if (!report.told(rule.span))
      report.add(rule.span, "access is allowed with tokens of any issuer")
          .under("the tenant names no issuer, and no rule asks for one")
          .hint("name those it trusts: issuers \"https://login.example.com/\"");
  }
}

// An allow that believes an address nobody has verified, through a connection where users write their own.
void unverified_email(const TenantView& tenant, Report& report) {
  constexpr FactId email = fact("user.email"), verified = fact("user.email_verified");
  const auto& rules = tenant.model->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const model::Rule& rule = rules[i];
    const bool reads = std::ranges::find(rule.mentions, email) != rule.mentions.end();
    if (rule.effect != RuleEffect::allow || rule.report || !reads || (rule.actions & mask_of(Action::login)) == 0)
      continue;
    Reasoner& reasoner = reason(tenant);
    const FormulaId all[] = {reasoner.condition(i), reasoner.undenied(Action::login),
                             reasoner.unchallenged(Action::login)};
    const Reasoner::Known known{{reasoner.not_(reasoner.is(verified))}, {}};
    // Only where it is the address that lets in: without one that a rule names, it would not.
    const Reasoner::Known unheard{{}, {email}};
    bool open = false, rests = true;
    for (const ConnectionView& connection : tenant.connections) {
      if (connection.family() != Family::database && connection.family() != Family::social) continue;
      each_client_of(tenant, connection.index, [&](const ClientView& client) {
        const Cell cell{Action::login, client.index, connection.index};
        const FormulaId alone[] = {reasoner.condition(i)};
        open = open || reasoner.maybe(cell, all, known);
        rests = rests && !reasoner.maybe(cell, alone, unheard);
      });
    }
    if (!open || !rests)
      report.clear(rule.span);
    else if (!report.told(rule.span))
      report.add(rule.span, "this allow believes an address that nobody has verified")
          .under("who signs up writes any address they like")
          .hint("add `user.email_verified and …`, or `require verify_email`");
  }
}

// A password that is all there is.
void single_factor(const TenantView& tenant, Report& report) {
  constexpr std::int64_t least = 15;
  constexpr ActionMask setting =
      mask_of(Action::signup) | mask_of(Action::password_change) | mask_of(Action::password_reset);
  for (const auto& effective : tenant.model->passwords) {
    const ConnectionView& connection = tenant.connections[effective.connection];
    const model::PasswordRequirement* minimum = nullptr;
    for (const auto& one : effective.requirements)
      if (one.requirement.kind == tree::Requirement::Kind::length && one.requirement.low &&
          (minimum == nullptr || *one.requirement.low > *minimum->requirement.low))
        minimum = &one;
    constexpr std::int64_t least_of_all = 8;  // below: password-below-8
    if (minimum == nullptr || *minimum->requirement.low < least_of_all) continue;
    const bool is_set = std::ranges::any_of(tenant.model->rules, [](const model::Rule& rule) {
      return rule.effect == RuleEffect::allow && !rule.report && (rule.actions & setting) != 0;
    });
    if (*minimum->requirement.low >= least || !is_set) {
      report.clear(minimum->span);
      continue;
    }
    Reasoner& reasoner = reason(tenant);
    const FormulaId all[] = {reasoner.some_allow(Action::login), reasoner.undenied(Action::login),
                             reasoner.unchallenged(Action::login)};
    const Reasoner::Known alone{{reasoner.not_(reasoner.is(fact("session.mfa")))}, {fact("session.factors")}};
    bool open = false;
    each_client_of(tenant, connection.index, [&](const ClientView& client) {
      open = open || reasoner.maybe({Action::login, client.index, connection.index}, all, alone);
    });
    if (!open || report.told(minimum->span)) continue;
    report
        .add(minimum->span, "passwords of connection " + in_ticks(connection.record->name) + " may have " +
                                std::to_string(*minimum->requirement.low) + " characters and be the only factor")
        .under("15 is the least of a password alone (NIST SP 800-63B-4, 3.1.1.2)")
        .hint("ask for more, `length 15..`, or for a second factor: `require mfa`");
  }
}

constexpr auto table = std::to_array<Rule>({
    {{"any-directory", Group::security, Level::error, "a directory service's common door without a rule of who"},
     any_directory},
    {{"unbound-algorithm", Group::security, Level::warning, "tokens signed by any algorithm"}, unbound_algorithm},
    {{"unchecked-audience", Group::security, Level::warning, "tokens made for anybody"}, unchecked_audience},
    {{"unnamed-issuer", Group::security, Level::warning, "tokens of any issuer"}, unnamed_issuer},
    {{"unverified-email", Group::security, Level::warning, "an allow by an address that nobody has verified"},
     unverified_email},
    {{"password-below-15", Group::security, Level::warning,
      "a password of fewer than 15 characters that is the only factor"},
     single_factor},
});

}  // namespace

std::span<const Rule> token_rules() { return table; }

}  // namespace writ::lint
