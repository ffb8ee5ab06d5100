// What a rule does not say to those it is about: a name to find it by, a sentence for the user. Opinions of a house, so one of them is off until
// a writ.toml turns it on.
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

template <class Action>
void each_deny(const SetView& set, Action&& action) {
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree))
      each<tree::Rule>(block.body, [&](const tree::Rule& rule) {
        if (rule.effect == RuleEffect::deny) action(rule);
      });
}

void deny_without_name(const SetView& set, Report& report) {
  each_deny(set, [&](const tree::Rule& rule) {
    if (rule.name) return;
    report.add(rule.span, "this deny has no name")
        .under("decisions and tests know it by eight digits of its text, which change with it")
        .hint("for example: deny " + rule.actions.front().text + " \"office only\" …");
  });
}

void deny_without_message(const SetView& set, Report& report) {
  each_deny(set, [&](const tree::Rule& rule) {
    if (rule.message || rule.report) return;
    report.add(rule.span, "this deny has nothing to say to the user")
        .hint("for example: message \"The back office can be reached from the office only.\"");
  });
}

// Two names of one tenant's block that differ in case or blanks: tests and logs will take the one for the other.
void names_alike(const SetView& set, Report& report) {
  const auto plain = [](std::string_view name) {
    std::string text;
    for (const char c : name)
      if (c != ' ' && c != '-' && c != '_' && c != '.')
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
  };
  for (const auto* tree : set.trees)
    for (const BlockOf& block : blocks_of(*tree)) {
      std::map<std::string, const tree::Text*> seen;
      each<tree::Rule>(block.body, [&](const tree::Rule& rule) {
        if (!rule.name) return;
        const auto [first, fresh] = seen.emplace(plain(rule.name->text), &*rule.name);
        if (fresh || first->second->text == rule.name->text) return;
        report
            .add(rule.name->span,
                 "two rules are called " + in_ticks(first->second->text) + " and " + in_ticks(rule.name->text))
            .at(first->second->span, "the other one")
            .hint("give one of them a name that is heard apart");
      });
    }
}

constexpr auto table = std::to_array<Rule>({
    {{"deny-without-name", Group::clarity, Level::info, "a deny without a name"}, nullptr, deny_without_name},
    {{"deny-without-message", Group::clarity, Level::off, "a deny that says nothing to the user"},
     nullptr,
     deny_without_message},
    {{"names-alike", Group::clarity, Level::warning, "two rules whose names differ in case or blanks"},
     nullptr,
     names_alike},
});

}  // namespace

std::span<const Rule> said_rules() { return table; }

}  // namespace writ::lint
