// Every rule over every tenant, then over the whole set; what was found in order; what comments take back.
#include "compiler/lint/lint.h"

#include "compiler/lint/rule.h"

#include <algorithm>
#include <map>

namespace writ::lint {

namespace {

// A rule at work.
struct Running {
  const Rule* rule;
  const RuleRow* row;  // in the table that stays
  Report report = {};
};

// Rules that some file wants.
std::vector<Running> wanted_rules(std::span<const tree::Tree* const> trees, const SourceSet& sources,
                                  const LevelOf& level_of) {
  std::vector<Running> running;
  for (const Rule* rule : all_rules()) {
    const RuleRow* row = find_rule(rule->row.id);
    if (std::ranges::any_of(trees,
                            [&](const auto* tree) { return level_of(*row, sources.name(tree->file)) != Level::off; }))
      running.push_back({rule, row});
  }
  return running;
}

void sort_by_place(std::span<const tree::Tree* const> trees, std::vector<Finding>& findings) {
  std::map<FileId, std::size_t> ranks;
  for (const auto* tree : trees) ranks.emplace(tree->file, ranks.size());
  std::ranges::stable_sort(findings, {}, [&](const Finding& one) {
    const auto rank = ranks.find(one.what.span.file);
    return std::tuple(rank == ranks.end() ? ranks.size() : rank->second, one.what.span.begin, one.what.span.end,
                      one.rule->id);
  });
}

}  // namespace

Notice notice_of(const Finding& finding) {
  return {severity_of(finding.level), std::string(finding.rule->id), finding.rule->title, &finding.what};
}

std::vector<Finding> lint(const model::Policy& policy, std::span<const tree::Tree* const> trees,
                          const SourceSet& sources, const LevelOf& configured) {
  const LevelOf level_of = configured ? configured : [](const RuleRow& row, std::string_view) { return row.level; };
  SetView set;
  look_at(policy, trees, sources, set);
  std::vector<Running> running = wanted_rules(trees, sources, level_of);
  for (const TenantView& tenant : set.tenants) {
    for (Running& one : running)
      if (one.rule->of_tenant != nullptr) one.rule->of_tenant(tenant, one.report);
    tenant.reasoner.reset();
  }
  for (Running& one : running)
    if (one.rule->of_set != nullptr) one.rule->of_set(set, one.report);

  std::vector<Finding> findings;
  for (Running& one : running)
    for (Diagnostic& diagnostic : one.report.take()) {
      const Level level = level_of(*one.row, sources.name(diagnostic.span.file));
      if (level != Level::off) findings.push_back({one.row, level, std::move(diagnostic)});
    }
  const auto ran = [&](const RuleRow& row, std::string_view file) { return level_of(row, file) != Level::off; };
  apply_ignores(trees, sources, ran, findings);
  for (Finding& one : findings)
    if (one.level == Level::off) one.level = level_of(*one.rule, sources.name(one.what.span.file));
  std::erase_if(findings, [](const Finding& one) { return one.level == Level::off; });
  sort_by_place(trees, findings);
  return findings;
}

}  // namespace writ::lint
