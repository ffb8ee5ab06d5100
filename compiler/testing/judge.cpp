// Judging mutants. Each thread has an engine of its own with the tenants that the tests ask; a mutant replaces those of them that it
// changes, the tests that ask these are run until one fails, and what was there comes back.
#include "compiler/lower/lower.h"
#include "compiler/syntax/in_parallel.h"
#include "compiler/testing/mutants.h"
#include "compiler/testing/workers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace writ::testing {

namespace {

class Judge {
 public:
  Judge(const Subject& subject, const std::vector<std::size_t>& tests,
        const std::vector<std::set<std::uint32_t>>& asked)
      : subject_(subject),
        tests_(tests),
        asked_(asked),
        runner_({subject.policy, subject.sources, engine_, subject.lists, subject.snapshots}) {
    std::set<std::uint32_t> tenants;
    for (const auto test : tests) tenants.insert(asked[test].begin(), asked[test].end());
    std::vector<program::Part> parts;
    for (const auto tenant : tenants) {
      parts.push_back(lower_tenant(subject.policy.tenants[tenant], subject.sources));
      originals_.emplace(tenant, parts.back());
    }
    engine_.put(std::move(parts));
  }

  Judged judge(const Mutant& mutant, std::size_t number) {
    std::vector<program::Part> parts, before;
    bool asked = false;
    for (const auto tenant : mutant.tenants) {
      const auto original = originals_.find(tenant);
      if (original == originals_.end()) continue;
      asked = true;
      model::Tenant changed = subject_.policy.tenants[tenant];
      mutant.edit(changed);
      auto part = lower_tenant(changed, subject_.sources);
      if (part.hash == original->second.hash) continue;
      parts.push_back(std::move(part));
      before.push_back(original->second);
    }
    if (!asked) return {number, Fate::unasked, {}};
    if (parts.empty()) return {number, Fate::same, {}};
    if (!engine_.put(std::move(parts)).empty()) return {number, Fate::same, {}};  // no program that could serve
    Judged judged{number, Fate::survived, {}};
    for (const auto test : tests_) {
      const bool concerned =
          std::ranges::any_of(mutant.tenants, [&](std::uint32_t tenant) { return asked_[test].contains(tenant); });
      if (!concerned || runner_.passes(test)) continue;
      judged = {number, Fate::killed, subject_.policy.tests[test]->name.text};
      break;
    }
    engine_.put(std::move(before));
    return judged;
  }

 private:
  const Subject& subject_;
  const std::vector<std::size_t>& tests_;
  const std::vector<std::set<std::uint32_t>>& asked_;
  Engine engine_{nullptr, Tier::interpret};
  std::map<std::uint32_t, program::Part> originals_;
  Runner runner_;
};

}  // namespace

std::vector<std::set<std::uint32_t>> tenants_of_tests(const model::Policy& policy) {
  std::map<std::string_view, std::uint32_t> by_name;
  for (std::uint32_t i = 0; i < policy.tenants.size(); ++i) by_name.try_emplace(policy.tenants[i].structure.name, i);
  std::vector<std::set<std::uint32_t>> asked(policy.tests.size());
  for (std::size_t i = 0; i < policy.tests.size(); ++i)
    for (const auto& step : policy.tests[i]->steps) {
      const auto note = [&](const tree::Name& name) {
        if (const auto found = by_name.find(name.text); found != by_name.end()) asked[i].insert(found->second);
      };
      if (const auto* question = std::get_if<tree::Question>(&step))
        for (const auto& target : question->cells.to) note(target.tenant);
      else if (const auto* line = std::get_if<tree::PasswordLine>(&step))
        note(line->tenant);
    }
  return asked;
}

std::vector<Judged> judge(const Subject& subject, const std::vector<Mutant>& all,
                          const std::vector<std::size_t>& chosen, const std::vector<std::size_t>& tests, unsigned jobs,
                          const std::function<void()>& step) {
  const auto asked = tenants_of_tests(subject.policy);
  std::vector<Judged> judged(chosen.size());
  std::vector<std::unique_ptr<Judge>> judges(threads_of(chosen.size(), jobs));
  const auto judge_one = [&](std::size_t i, std::size_t thread) {
    auto& judge = judges[thread];
    if (!judge) judge = std::make_unique<Judge>(subject, tests, asked);
    judged[i] = judge->judge(all[chosen[i]], chosen[i]);
    if (thread == 0) step();
  };
  in_parallel(chosen.size(), judge_one, judges.size());
  return judged;
}

}  // namespace writ::testing
