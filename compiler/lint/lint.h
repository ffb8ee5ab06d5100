// Opinions about a policy that checks: what is allowed and yet seldom meant. A rule has a name, a group, a level and a page in docs/lints/;
// it looks at the checked model and at the trees it came from, and claims no more than it can show. What it says is a Diagnostic, as the
// compiler's own messages are. `// writ-ignore RULE: reason` beside a line takes a finding back (ignores.cpp), a writ.toml sets levels
// (config.h).
#pragma once

#include "compiler/check/model.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/syntax/tree.h"

#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace writ::lint {

enum class Group : std::uint8_t { security, reachability, tenancy, clarity, cost };
inline constexpr std::array<std::string_view, 5> group_names = {"security", "reachability", "tenancy", "clarity",
                                                                "cost"};
constexpr std::string_view name_of(Group group) { return group_names[static_cast<std::size_t>(group)]; }

enum class Level : std::uint8_t { off, info, warning, error };
inline constexpr std::array<std::string_view, 4> level_names = {"off", "info", "warning", "error"};
constexpr std::string_view name_of(Level level) { return level_names[static_cast<std::size_t>(level)]; }
// Of a level that is not off.
constexpr Severity severity_of(Level level) {
  return level == Level::error ? Severity::error : level == Level::warning ? Severity::warning : Severity::info;
}

struct RuleRow {
  std::string_view id;  // "http-callback"
  Group group{};
  Level level{};           // where nothing else is configured
  std::string_view title;  // one line
};
std::span<const RuleRow> rules();  // by group, then id
const RuleRow* find_rule(std::string_view id);

struct Finding {
  const RuleRow* rule = nullptr;
  Level level{};  // never off
  Diagnostic what;
};
// The finding as it is shown; good as long as the finding is.
Notice notice_of(const Finding& finding);

// Which level a rule has in a file. Empty: each its own everywhere.
using LevelOf = std::function<Level(const RuleRow& rule, std::string_view file)>;

// What every rule finds, by file (in the order of `trees`), place and rule, without what the policy's authors ignore. `policy` is the model of
// `trees` and has no errors.
std::vector<Finding> lint(const model::Policy& policy, std::span<const tree::Tree* const> trees,
                          const SourceSet& sources, const LevelOf& level_of = {});

}  // namespace writ::lint
