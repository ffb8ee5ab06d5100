// What a rule forgets: denied at the door and let through by the refresh token, or by the API; a second factor of a kind that is none.
#include "compiler/lint/reason.h"
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

// Whether the rule rests on something that can differ between one request and the next of one person.
bool asks_the_request(const model::Rule& rule) {
  return std::ranges::any_of(rule.mentions, [](FactId one) {
    return one != fact("tenant") && one != fact("client") && one != fact("connection") && one != fact("organization");
  });
}

bool has_facts_in(const TenantView& tenant, const model::Rule& rule, Action action) {
  return std::ranges::all_of(rule.mentions, [&](FactId one) {
    const auto place = index(one);
    const ActionMask where =
        place < builtin_facts.size()
            ? static_cast<ActionMask>(builtin_facts[place].required | builtin_facts[place].optional)
            : static_cast<ActionMask>(tenant.part().attributes[place - builtin_facts.size()].required |
                                      tenant.part().attributes[place - builtin_facts.size()].optional);
    return (where & mask_of(action)) != 0;
  });
}

Span last_action(const Items& items, Span rule) {
  Span found;
  for (const auto& item : items) {
    if (const auto* one = std::get_if<tree::Rule>(&item); one != nullptr && one->span == rule && !one->actions.empty())
      return one->actions.back().span;
    std::visit(
        [&](const auto& node) {
          if constexpr (requires { node.items.front().index(); })
            if (!found.known() && node.span.begin <= rule.begin && rule.end <= node.span.end)
              found = last_action(node.items, rule);
        },
        item);
  }
  return found;
}

// The last action a rule names, to write another behind it.
Span last_action(const TenantView& tenant, Span rule) {
  std::vector<Body> bodies = tenant.bodies;
  for (const auto& platform : tenant.set->platforms) bodies.push_back({platform.tree, &platform->items});
  for (const auto& client : tenant.set->clients) bodies.push_back({client.tree, &client->items});
  for (const Body& body : bodies)
    if (body.tree->file == rule.file)
      if (const Span found = last_action(*body.items, rule); found.known()) return found;
  return {};
}

void misses(const TenantView& tenant, Report& report, Action action, std::string_view label) {
  Reasoner& reasoner = reason(tenant);
  const auto& rules = tenant.model->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const model::Rule& rule = rules[i];
    const bool at_login = rule.effect == RuleEffect::deny && !rule.report &&
                          (rule.actions & mask_of(Action::login)) != 0 && (rule.actions & mask_of(action)) == 0;
    if (!at_login || !asks_the_request(rule) || !has_facts_in(tenant, rule, action)) continue;
    const FormulaId all[] = {reasoner.some_allow(action), reasoner.undenied(action), reasoner.condition(i)};
    const bool through =
        std::ranges::any_of(reasoner.cells(action), [&](const Cell& cell) { return reasoner.maybe(cell, all); });
    if (!through) report.clear(rule.span);
    if (!through || report.told(rule.span)) continue;
    const std::string word(action_names[static_cast<std::size_t>(action)]);
    Diagnostic& what = report.add(rule.span, "who is denied a login here may still " + std::string(label))
                           .under("the deny does not speak of `" + word + "`");
    if (const Span last = last_action(tenant, rule.span); last.known())
      what.fix("deny it too: `deny login, " + word + " …`", {last.file, last.end, last.end}, ", " + word);
  }
}

void misses_refresh(const TenantView& tenant, Report& report) {
  misses(tenant, report, Action::refresh, "use a refresh token");
}
void misses_access(const TenantView& tenant, Report& report) {
  misses(tenant, report, Action::access, "use an API with a token");
}

void weak_factor(const SetView& set, Report& report) {
  constexpr std::array weak = {"sms", "email", "phone", "voice"};
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::Rule>(block.body, [&](const tree::Rule& rule) {
        for (const auto& obligation : rule.obligations) {
          if (obligation.name.text != "mfa" || obligation.arguments.empty()) continue;
          const bool all = std::ranges::all_of(obligation.arguments, [&](tree::ExprId id) {
            const auto* path = std::get_if<tree::Path>(&(*tree)[id].node);
            return path != nullptr && path->parts.size() == 1 &&
                   std::ranges::find(weak, path->parts[0].text) != weak.end();
          });
          if (!all) continue;
          report.add(obligation.span, "this second factor is a message: " + in_ticks(set.text(obligation.span)))
              .under("who has the number, or the mailbox, has the factor")
              .hint("take `mfa(webauthn, otp)`");
        }
      });
}

constexpr auto table = std::to_array<Rule>({
    {{"deny-misses-refresh", Group::security, Level::warning, "a deny at the door that a refresh token walks past"},
     misses_refresh},
    {{"deny-misses-access", Group::security, Level::info, "a deny at the door that a token for an API walks past"},
     misses_access},
    {{"weak-factor", Group::security, Level::info, "a second factor that is a message"}, nullptr, weak_factor},
});

}  // namespace

std::span<const Rule> miss_rules() { return table; }

}  // namespace writ::lint
