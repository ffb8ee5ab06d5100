// The tables of all files in a row, and the rows that everybody else sees.
#include "compiler/lint/rule.h"

#include <algorithm>

namespace writ::lint {

namespace {

std::vector<RuleRow> collect() {
  std::vector<RuleRow> rows = {unused_ignore, ignore_without_reason, unknown_ignore};
  for (const Rule* rule : all_rules()) rows.push_back(rule->row);
  std::ranges::sort(rows, {}, [](const RuleRow& row) { return std::pair(row.group, row.id); });
  return rows;
}

const std::vector<RuleRow>& table() {
  static const std::vector<RuleRow> all = collect();
  return all;
}

}  // namespace

std::vector<const Rule*> all_rules() {
  std::vector<const Rule*> all;
  for (const auto table : {client_rules, password_rules, guard_rules, token_rules, text_rules, miss_rules, rule_rules,
                           way_rules, tenancy_rules, name_rules, condition_rules, said_rules, cost_rules})
    for (const Rule& rule : table()) all.push_back(&rule);
  return all;
}

std::span<const RuleRow> rules() { return table(); }

const RuleRow* find_rule(std::string_view id) {
  const auto found = std::ranges::find(table(), id, &RuleRow::id);
  return found == table().end() ? nullptr : &*found;
}

}  // namespace writ::lint
