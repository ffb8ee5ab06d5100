// First match without an order. A step decides where its own condition holds and no earlier one did. Of the earlier ones only those
// are named that would have decided otherwise: where an earlier step denies, a later demand changes nothing, and what two steps ask
// for alike is asked for once (decision 0014).
#include "compiler/import/okta_plan.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::importing::okta {

namespace {

constexpr std::size_t most_steps = 300;  // each may name all before it

bool denies(const Step& step) {
  return std::ranges::any_of(step.demands, [](const Demand& one) { return one.effect.starts_with("deny"); });
}
bool asks(const Step& step, const Demand& demand) {
  return std::ranges::find(step.demands, demand) != step.demands.end();
}

// The earlier steps of which `demand`, of step `at`, must say that they do not hold.
std::vector<std::size_t> excluded(const std::vector<Step>& steps, std::size_t at, const Demand& demand) {
  std::vector<std::size_t> list;
  for (std::size_t i = 0; i < at; ++i)
    if (!denies(steps[i]) && !asks(steps[i], demand)) list.push_back(i);
  return list;
}

}  // namespace

void write_chain(Making& making, Chain chain) {
  auto& steps = chain.steps;
  const auto always = std::ranges::find(steps, "", &Step::condition);
  if (always != steps.end() && always + 1 != steps.end()) {
    for (auto one = always + 1; one != steps.end(); ++one)
      making.report.add(Outcome::approximated, one->name, "priority",
                        fmt::format("it is never reached: `{}` always holds before it; left out", always->name));
    steps.erase(always + 1, steps.end());
  }
  if (steps.size() > most_steps) {
    making.report.add(
        Outcome::not_expressible, chain.name, "priority",
        fmt::format("{} rules are asked one after the other, more than the {} that are written out; denied",
                    steps.size(), most_steps));
    steps.clear();
  }
  const bool open = (steps.empty() || !steps.back().condition.empty()) && !chain.otherwise.empty();
  std::set<std::size_t> named;
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (const auto& demand : steps[i].demands)
      for (const auto place : excluded(steps, i, demand)) named.insert(place);
  const Demand otherwise{chain.otherwise};
  if (open)
    for (const auto place : excluded(steps, steps.size(), otherwise)) named.insert(place);
  for (const auto place : named)
    steps[place].condition = making.named(steps[place].condition, steps[place].name, steps[place].name);
  const auto write = [&](std::size_t at, const Demand& demand, const std::string& name, const std::string& condition) {
    std::vector<std::string> before;
    for (const auto place : excluded(steps, at, demand)) before.push_back(steps[place].condition);
    std::string excluding;
    if (before.size() == 1) excluding = "not " + before.front();
    if (before.size() > 1) excluding = fmt::format("not ({})", fmt::join(before, " or "));
    const auto when = both(both(both(chain.scope, condition), excluding), demand.also);
    making.tenant.rules.push_back(fmt::format("{} {}{}{}{}", demand.effect, literal(making.rule_name(name)), chain.on,
                                              when.empty() ? "" : " when ", when));
  };
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (const auto& demand : steps[i].demands) write(i, demand, steps[i].name, steps[i].condition);
  if (open) write(steps.size(), otherwise, fmt::format("{}: no rule applies", chain.name), "");
}

}  // namespace writ::importing::okta
