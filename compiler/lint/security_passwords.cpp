// What NIST SP 800-63B-4 (3.1.1.2) and OWASP ASVS 5.0 (6.2) ask of passwords, held against the effective policy of each database connection: what
// platform, tenant, connection and clients ask for together. A connection through which no rule lets a password be set is somebody else's.
#include "compiler/check/passwords.h"
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

using Kind = tree::Requirement::Kind;
using Requirement = model::PasswordRequirement;

constexpr ActionMask setting =
    mask_of(Action::signup) | mask_of(Action::password_change) | mask_of(Action::password_reset);

struct Policy {
  const TenantView& tenant;
  const model::EffectivePassword& effective;
  const ConnectionView& connection;

  std::string name() const { return "connection " + in_ticks(connection.record->name); }
  // Where somebody would look who wants to change what is not asked for.
  Span place() const { return connection.declared->name.span; }
  const Requirement* find(Kind kind) const {
    const auto found =
        std::ranges::find(effective.requirements, kind, [](const Requirement& one) { return one.requirement.kind; });
    return found == effective.requirements.end() ? nullptr : &*found;
  }
};

template <class Action>
void each_policy(const TenantView& tenant, Action&& action) {
  const auto sets = [](const model::Rule& rule) {
    return rule.effect == RuleEffect::allow && !rule.report && (rule.actions & setting) != 0;
  };
  if (std::ranges::none_of(tenant.model->rules, sets)) return;
  for (const auto& effective : tenant.model->passwords) {
    const ConnectionView& connection = tenant.connections[effective.connection];
    const bool enabled = std::ranges::any_of(tenant.part().clients, [&](const auto& client) {
      return std::ranges::find(client.connections, connection.index) != client.connections.end();
    });
    if (enabled) action(Policy{tenant, effective, connection});
  }
}

std::string asked(const Requirement& one) { return in_ticks(check::requirement_text(one.requirement)); }

Span own_or(const Requirement* one, Span otherwise) {
  return one != nullptr && one->span.known() ? one->span : otherwise;
}

// The requirement that asks for the longest password.
const Requirement* longest_minimum(const Policy& policy) {
  const Requirement* most = nullptr;
  for (const Requirement& one : policy.effective.requirements)
    if (one.requirement.kind == Kind::length && one.requirement.low &&
        (most == nullptr || *one.requirement.low > *most->requirement.low))
      most = &one;
  return most;
}

void below_8(const TenantView& tenant, Report& report) {
  constexpr std::int64_t least = 8;
  each_policy(tenant, [&](const Policy& policy) {
    const Requirement* minimum = longest_minimum(policy);
    if (minimum != nullptr && *minimum->requirement.low >= least) return;
    const Span span = own_or(minimum, policy.place());
    if (report.told(span)) return;
    report
        .add(span, minimum == nullptr ? "passwords of " + policy.name() + " may be of any length"
                                      : "passwords of " + policy.name() + " may have " +
                                            std::to_string(*minimum->requirement.low) + " characters")
        .under("8 is the least with a second factor, 15 without (NIST SP 800-63B-4)")
        .hint("ask for more: `length 15..`");
  });
}

void max_below_64(const TenantView& tenant, Report& report) {
  constexpr std::int64_t least = 64;
  each_policy(tenant, [&](const Policy& policy) {
    for (const Requirement& one : policy.effective.requirements) {
      if (one.requirement.kind != Kind::length || !one.requirement.high || *one.requirement.high >= least) continue;
      if (report.told(one.span)) continue;
      report
          .add(one.span, "passwords of " + policy.name() + " have at most " + std::to_string(*one.requirement.high) +
                             " characters")
          .under("64 should be permitted (NIST SP 800-63B-4; ASVS 5.0, 6.2.9)")
          .hint("who writes sentences or uses a manager needs room: `length ..128`");
    }
  });
}

void composition(const TenantView& tenant, Report& report) {
  each_policy(tenant, [&](const Policy& policy) {
    for (const Requirement& one : policy.effective.requirements) {
      const bool composes = (one.requirement.kind == Kind::classes || one.requirement.kind == Kind::at_least) &&
                            one.requirement.low.value_or(0) > 0;
      if (!composes || report.told(one.span)) continue;
      report.add(one.span, "passwords of " + policy.name() + " are composed by rule: " + asked(one))
          .under("not to be imposed (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.5)")
          .hint("length and lists do more: `length 15..` and `reject common, breached`");
    }
  });
}

void expiry(const TenantView& tenant, Report& report) {
  each_policy(tenant, [&](const Policy& policy) {
    for (const Requirement& one : policy.effective.requirements) {
      if ((one.requirement.kind != Kind::max_age && one.requirement.kind != Kind::expires_after) ||
          report.told(one.span))
        continue;
      report.add(one.span, "passwords of " + policy.name() + " are to be changed by the calendar: " + asked(one))
          .under("not to be required (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.10)")
          .hint("have a password changed when it is known to others: `reject breached`");
    }
  });
}

void unlisted(const TenantView& tenant, Report& report) {
  each_policy(tenant, [&](const Policy& policy) {
    const Span span = policy.place();
    if (policy.find(Kind::reject_common) != nullptr || policy.find(Kind::reject_breached) != nullptr) {
      report.clear(span);
      return;
    }
    if (report.told(span)) return;
    report.add(span, "passwords of " + policy.name() + " are held against no list")
        .under("\"password1\" is as good as any (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.4)")
        .hint("add `reject common, breached`");
  });
}

void never_breached(const TenantView& tenant, Report& report) {
  each_policy(tenant, [&](const Policy& policy) {
    const Requirement* common = policy.find(Kind::reject_common);
    const bool breached = policy.find(Kind::reject_breached) != nullptr;
    if (common == nullptr || breached) return;
    const Span span = own_or(common, policy.place());
    if (report.told(span)) return;
    report.add(span, "passwords of " + policy.name() + " are not held against breaches")
        .under("common ones only (ASVS 5.0, 6.2.12 wants both)")
        .hint("add `reject breached`; `writ breached build` makes the list");
  });
}

void minimum_age(const TenantView& tenant, Report& report) {
  each_policy(tenant, [&](const Policy& policy) {
    const Requirement* age = policy.find(Kind::min_age);
    if (age == nullptr || report.told(age->span)) return;
    report.add(age->span, "a password of " + policy.name() + " cannot be changed at once: " + asked(*age))
        .under("whose new password is seen by others has to wait")
        .hint("leave it out: `history` alone keeps old passwords away");
  });
}

void other_unit(const TenantView& tenant, Report& report) {
  each_policy(tenant, [&](const Policy& policy) {
    for (const Requirement& one : policy.effective.requirements) {
      const bool units = one.requirement.kind == Kind::length && one.requirement.low &&
                         one.requirement.unit != tree::Requirement::Unit::code_points;
      if (!units || one.implied || report.told(one.span)) continue;
      report.add(one.span, "the least length for " + policy.name() + " is not counted in characters: " + asked(one))
          .under("four emoji are eight of these; each code point counts one (NIST SP 800-63B-4, 3.1.1.2)")
          .hint("count code points: `length " + std::to_string(*one.requirement.low) + "..`");
    }
  });
}

constexpr auto table = std::to_array<Rule>({
    {{"password-below-8", Group::security, Level::error, "passwords of fewer than 8 characters"}, below_8},
    {{"password-max-below-64", Group::security, Level::warning, "a longest password that is too short"}, max_below_64},
    {{"password-composition", Group::security, Level::warning, "passwords composed by rule"}, composition},
    {{"password-expiry", Group::security, Level::warning, "passwords changed by the calendar"}, expiry},
    {{"password-unlisted", Group::security, Level::warning, "passwords held against no list"}, unlisted},
    {{"password-not-breached", Group::security, Level::info, "passwords not held against breaches"}, never_breached},
    {{"password-min-age", Group::security, Level::info, "a password that cannot be changed at once"}, minimum_age},
    {{"password-other-unit", Group::security, Level::info, "a least length not counted in characters"}, other_unit},
});

}  // namespace

std::span<const Rule> password_rules() { return table; }

}  // namespace writ::lint
