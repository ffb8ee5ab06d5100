// Rules of a policy that cannot do what they say: over all requests that their tenant's clients and connections make possible (reason.h). A rule of
// a template is told when it is so for every tenant that has it.
#include "compiler/lint/reason.h"
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

constexpr std::size_t most_compared =
    64;  // rules of one effect and action: beyond, comparing all pairs costs more than it tells

std::string named(const model::Rule& rule) {
  return rule.name.empty()
             ? "this " + std::string(rule_effect_names[static_cast<std::size_t>(rule.effect)])
             : std::string(rule_effect_names[static_cast<std::size_t>(rule.effect)]) + " " + in_ticks(rule.name);
}

template <class Action>
void each_action(const model::Rule& rule, Action&& action) {
  for (std::size_t i = 0; i < action_count; ++i)
    if ((rule.actions & mask_of(static_cast<writ::Action>(i))) != 0) action(static_cast<writ::Action>(i));
}

// Whether some request of one of the rule's actions can make `all` come out true; nothing when there is nobody to ask.
template <class Formulas>
std::optional<bool> anywhere(Reasoner& reasoner, const model::Rule& rule, Formulas&& formulas) {
  bool asked = false, found = false;
  each_action(rule, [&](writ::Action action) {
    const std::vector<FormulaId> all = formulas(action);
    for (const Cell& cell : reasoner.cells(action)) {
      asked = true;
      found = found || reasoner.maybe(cell, all);
      if (found) return;
    }
  });
  return asked ? std::optional(found) : std::nullopt;
}

// Reports at every rule for which `is_wrong` is true in all tenants that have it.
template <class IsWrong, class Tell>
void each_rule(const TenantView& tenant, Report& report, IsWrong&& is_wrong, Tell&& tell) {
  Reasoner& reasoner = reason(tenant);
  for (std::size_t i = 0; i < tenant.model->rules.size(); ++i) {
    const model::Rule& rule = tenant.model->rules[i];
    const std::optional<bool> wrong = is_wrong(reasoner, i, rule);
    if (!wrong) continue;
    if (!*wrong)
      report.clear(rule.span);
    else if (!report.told(rule.span))
      tell(i, rule);
  }
}

void never_fires(const TenantView& tenant, Report& report) {
  each_rule(
      tenant, report,
      [](Reasoner& reasoner, std::size_t i, const model::Rule& rule) -> std::optional<bool> {
        const auto found = anywhere(reasoner, rule, [&](Action) { return std::vector{reasoner.condition(i)}; });
        return found ? std::optional(!*found) : std::nullopt;
      },
      [&](std::size_t, const model::Rule& rule) {
        report.add(rule.span, named(rule) + " never fires")
            .under("no request makes its condition true")
            .hint("two of its parts exclude each other, or the place it stands in does");
      });
}

void always_denied(const TenantView& tenant, Report& report) {
  each_rule(
      tenant, report,
      [](Reasoner& reasoner, std::size_t i, const model::Rule& rule) -> std::optional<bool> {
        if (rule.effect != RuleEffect::allow || rule.report) return std::nullopt;
        const auto fires = anywhere(reasoner, rule, [&](Action) { return std::vector{reasoner.condition(i)}; });
        if (!fires || !*fires) return std::nullopt;  // never-fires
        bool nobody = false;                         // tenant-locked-out tells it of everybody
        each_action(rule, [&](Action action) { nobody = nobody || !reasoner.anybody(action); });
        if (nobody) return std::nullopt;
        return !*anywhere(reasoner, rule,
                          [&](Action action) { return std::vector{reasoner.condition(i), reasoner.undenied(action)}; });
      },
      [&](std::size_t, const model::Rule& rule) {
        report.add(rule.span, named(rule) + " lets nobody in")
            .under("whenever it fires, a deny fires too")
            .hint("narrow the deny, or delete this rule");
      });
}

// `a` fires wherever `b` does, for every action of b.
bool covers(Reasoner& reasoner, std::size_t a, std::size_t b, const model::Rule& rule) {
  const auto beyond = anywhere(
      reasoner, rule, [&](Action) { return std::vector{reasoner.condition(b), reasoner.not_(reasoner.condition(a))}; });
  return beyond && !*beyond;
}

void redundant_allow(const TenantView& tenant, Report& report) {
  Reasoner& reasoner = reason(tenant);
  const auto& rules = tenant.model->rules;
  std::vector<std::size_t> allows;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (rules[i].effect == RuleEffect::allow && !rules[i].report) allows.push_back(i);
  for (const std::size_t b : allows) {
    std::optional<std::size_t> by;
    if (allows.size() <= most_compared)
      for (const std::size_t a : allows) {
        const bool more_actions = (rules[b].actions & ~rules[a].actions) == 0;
        if (a == b || !more_actions || !covers(reasoner, a, b, rules[b])) continue;
        const bool each_other = rules[a].actions == rules[b].actions && covers(reasoner, b, a, rules[a]);
        if (each_other && a > b) continue;  // of two alike the first stands
        by = a;
        break;
      }
    if (!by) {
      report.clear(rules[b].span);
      continue;
    }
    if (report.told(rules[b].span)) continue;
    const auto fires = anywhere(reasoner, rules[b], [&](Action) { return std::vector{reasoner.condition(b)}; });
    if (!fires || !*fires) continue;  // never-fires
    report.add(rules[b].span, named(rules[b]) + " allows nothing that is not allowed without it")
        .at(rules[*by].span, "this fires whenever it does")
        .fix("delete it", rules[b].span, "");
  }
}

void always_satisfied(const TenantView& tenant, Report& report) {
  each_rule(
      tenant, report,
      [](Reasoner& reasoner, std::size_t i, const model::Rule& rule) -> std::optional<bool> {
        if (rule.effect != RuleEffect::require) return std::nullopt;
        const auto fires = anywhere(reasoner, rule, [&](Action) { return std::vector{reasoner.condition(i)}; });
        if (!fires || !*fires) return std::nullopt;
        return !*anywhere(reasoner, rule, [&](Action) {
          std::vector<FormulaId> all = {reasoner.condition(i)};
          for (const auto& one : rule.alternatives) all.push_back(reasoner.not_(reasoner.of(one.satisfied)));
          return all;
        });
      },
      [&](std::size_t, const model::Rule& rule) {
        report.add(rule.span, named(rule) + " never asks for anything")
            .under("whoever it is about has done it already")
            .hint("its condition says what it asks for: leave that out of the condition");
      });
}

// A deny that says no to everybody: its author meant some.
void denies_everybody(const TenantView& tenant, Report& report) {
  each_rule(
      tenant, report,
      [](Reasoner& reasoner, std::size_t i, const model::Rule& rule) -> std::optional<bool> {
        if (rule.effect != RuleEffect::deny || rule.report) return std::nullopt;
        // Plainly unconditional is how one closes an action; what is looked for is a condition that looks like one.
        const bool plain = reasoner.condition(i) == FormulaId::true_;
        if (plain) return std::nullopt;
        const auto passes =
            anywhere(reasoner, rule, [&](Action) { return std::vector{reasoner.not_(reasoner.condition(i))}; });
        return passes ? std::optional(!*passes) : std::nullopt;
      },
      [&](std::size_t, const model::Rule& rule) {
        report.add(rule.span, named(rule) + " denies everybody")
            .under("every request makes its condition true")
            .hint("`a != x or a != y` is always so: one of the two differs; `not in [x, y]` was meant");
      });
}

// A tenant's own deny of what nothing allows.
void nothing_to_deny(const TenantView& tenant, Report& report) {
  each_rule(
      tenant, report,
      [&](Reasoner& reasoner, std::size_t, const model::Rule& rule) -> std::optional<bool> {
        const bool floor = rule.id.starts_with("platform/") || rule.id.starts_with("client.");
        if (rule.effect != RuleEffect::deny || rule.report || floor) return std::nullopt;
        bool allowed = false;
        each_action(rule,
                    [&](Action action) { allowed = allowed || !reasoner.rules(RuleEffect::allow, action).empty(); });
        return !allowed;
      },
      [&](std::size_t, const model::Rule& rule) {
        report.add(rule.span, named(rule) + " denies what nothing allows")
            .under("what no rule allows is denied anyway")
            .fix("delete it", rule.span, "");
      });
}

constexpr auto table = std::to_array<Rule>({
    {{"never-fires", Group::reachability, Level::warning, "a rule whose condition no request makes true"}, never_fires},
    {{"allow-always-denied", Group::reachability, Level::warning, "an allow that a deny always takes back"},
     always_denied},
    {{"redundant-allow", Group::reachability, Level::info, "an allow that another one covers"}, redundant_allow},
    {{"require-always-satisfied", Group::reachability, Level::warning, "a require of what is already so"},
     always_satisfied},
    {{"denies-everybody", Group::reachability, Level::warning, "a deny whose condition is always true"},
     denies_everybody},
    {{"nothing-to-deny", Group::reachability, Level::info, "a deny of what nothing allows"}, nothing_to_deny},
});

}  // namespace

std::span<const Rule> rule_rules() { return table; }

}  // namespace writ::lint
