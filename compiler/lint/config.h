// writ.toml: which level a rule has where.
//
//   [lint]
//   fail-level = "warning"          from which level on findings are a failure
//
//   [lint.rules]                    everywhere: a rule, a group, or all
//   absence-opens = "error"
//   cost = "off"
//
//   [[lint.folder]]                 of files whose path, from the folder of writ.toml on, matches
//   path = "legacy/**"              `*` stays inside a folder, `**` does not
//   rules = { http-callback = "info" }
//
// The last folder that matches and says something wins, then [lint.rules], then the rule's own level; in one table a rule wins over its group and
// that over `all`.
#pragma once

#include "compiler/lint/lint.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace writ::lint {

class Config {
 public:
  // `file`: relative to the folder of writ.toml.
  Level level_of(const RuleRow& rule, std::string_view file) const;
  std::optional<Severity> fail_level;

  struct Levels {
    std::vector<std::pair<std::string_view, Level>> rules;  // ids of the table of rules
    std::array<std::optional<Level>, group_names.size()> groups{};
    std::optional<Level> all;
    std::optional<Level> find(const RuleRow& rule) const;
  };
  struct Folder {
    std::shared_ptr<const re2::RE2> path;
    Levels levels;
  };
  Levels everywhere;
  std::vector<Folder> folders;
};

inline constexpr std::size_t config_bytes = 65'536;
struct ConfigProblem {
  std::size_t line = 0, column = 0;  // from 1
  std::string message;
};
// Of a text of at most `config_bytes`. Never throws; what is not understood is a problem, never passed over.
Config read_config(std::string_view text, std::vector<ConfigProblem>& problems);

}  // namespace writ::lint
