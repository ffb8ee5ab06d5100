// Read by toml++, held against what there is: a rule that is misspelt here would stay on, or off, without a word.
#include "compiler/lint/config.h"

#include "compiler/check/wording.h"

#include <algorithm>

#include <re2/re2.h>
#include <toml++/toml.h>

namespace writ::lint {

namespace {

using check::in_ticks;

constexpr std::size_t most_folders = 1'000;

// A path pattern as a regular expression.
std::string pattern_of(std::string_view path) {
  std::string pattern;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.substr(i).starts_with("**/")) {
      pattern += "(?:.*/)?";
      i += 2;
    } else if (path.substr(i).starts_with("**")) {
      pattern += ".*";
      ++i;
    } else if (path[i] == '*') {
      pattern += "[^/]*";
    } else if (path[i] == '?') {
      pattern += "[^/]";
    } else {
      pattern += re2::RE2::QuoteMeta(re2::StringPiece(&path[i], 1));
    }
  }
  return pattern;
}

class Reader {
 public:
  explicit Reader(std::vector<ConfigProblem>& problems) : problems_(problems) {}

  void read(const toml::table& top, Config& config) {
    for (const auto& [key, value] : top) {
      if (key.str() != "lint") {
        unknown(key, "a writ.toml has the table", {"lint"});
      } else if (const auto* lint = value.as_table()) {
        read_lint(*lint, config);
      } else {
        problem(value, "`lint` is a table: `[lint]`");
      }
    }
  }

 private:
  void read_lint(const toml::table& lint, Config& config) {
    for (const auto& [key, value] : lint) {
      if (key.str() == "fail-level") {
        const auto level = level_of(value);
        if (level == Level::off) problem(value, "`fail-level` is error, warning or info");
        if (level && *level != Level::off) config.fail_level = severity_of(*level);
      } else if (key.str() == "rules") {
        read_rules(value, config.everywhere);
      } else if (key.str() == "folder") {
        read_folders(value, config);
      } else {
        unknown(key, "`[lint]` has", {"fail-level", "rules", "folder"});
      }
    }
  }

  void read_folders(const toml::node& value, Config& config) {
    const auto* list = value.as_array();
    if (list == nullptr || !list->is_array_of_tables()) return problem(value, "folders are written `[[lint.folder]]`");
    if (list->size() > most_folders) return problem(value, "more than " + std::to_string(most_folders) + " folders");
    for (const auto& one : *list) {
      Config::Folder folder;
      for (const auto& [key, inside] : *one.as_table()) {
        if (key.str() == "path")
          folder.path = path_of(inside);
        else if (key.str() == "rules")
          read_rules(inside, folder.levels);
        else
          unknown(key, "`[[lint.folder]]` has", {"path", "rules"});
      }
      if (folder.path == nullptr)
        problem(one, "a `[[lint.folder]]` has a `path`: path = \"legacy/**\"");
      else
        config.folders.push_back(std::move(folder));
    }
  }

  std::shared_ptr<const re2::RE2> path_of(const toml::node& value) {
    constexpr std::size_t longest = 4'096;
    const auto text = value.value<std::string>();
    if (!text || text->empty() || text->size() > longest) {
      problem(value, "a path is a text: \"legacy/**\"");
      return nullptr;
    }
    auto compiled = std::make_shared<const re2::RE2>(pattern_of(*text), re2::RE2::Quiet);
    if (compiled->ok()) return compiled;
    problem(value, "this path cannot be matched: " + compiled->error());
    return nullptr;
  }

  void read_rules(const toml::node& value, Config::Levels& levels) {
    const auto* table = value.as_table();
    if (table == nullptr) return problem(value, "rules are a table: rules = { http-callback = \"info\" }");
    for (const auto& [key, inside] : *table) {
      const auto level = level_of(inside);
      if (const auto group = index_of(group_names, key.str()))
        levels.groups[*group] = level;
      else if (key.str() == "all")
        levels.all = level;
      else if (const RuleRow* row = find_rule(key.str()); row != nullptr)
        levels.rules.emplace_back(row->id, level.value_or(row->level));
      else
        unknown(key, "there is no rule", {});
    }
  }

  std::optional<Level> level_of(const toml::node& value) {
    const auto word = value.value<std::string>();
    if (const auto level = word ? index_of(level_names, *word) : std::nullopt) return static_cast<Level>(*level);
    problem(value, "a level is \"off\", \"info\", \"warning\" or \"error\"");
    return std::nullopt;
  }

  // `choices` empty: rules, groups, all.
  void unknown(const toml::key& key, std::string_view what, std::vector<std::string_view> choices) {
    const bool rules = choices.empty();
    if (rules) {
      for (const RuleRow& row : lint::rules()) choices.push_back(row.id);
      choices.insert(choices.end(), group_names.begin(), group_names.end());
      choices.push_back("all");
    }
    const std::string_view near = nearest_name(key.str(), choices);
    std::string message(what);
    if (rules)
      message += " or group " + in_ticks(key.str());
    else
      for (const auto choice : choices) message += (choice == choices.front() ? " " : ", ") + in_ticks(choice);
    if (!rules) message += ", not " + in_ticks(key.str());
    if (!near.empty()) message += "; did you mean " + in_ticks(near) + "?";
    problems_.push_back({key.source().begin.line, key.source().begin.column, message});
  }

  void problem(const toml::node& where, std::string message) {
    problems_.push_back({where.source().begin.line, where.source().begin.column, std::move(message)});
  }

  std::vector<ConfigProblem>& problems_;
};

}  // namespace

std::optional<Level> Config::Levels::find(const RuleRow& rule) const {
  for (const auto& [id, level] : rules)
    if (id == rule.id) return level;
  if (const auto& level = groups[static_cast<std::size_t>(rule.group)]) return level;
  return all;
}

Level Config::level_of(const RuleRow& rule, std::string_view file) const {
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
    if (const auto level = folder->levels.find(rule);
        level && re2::RE2::FullMatch(re2::StringPiece(file.data(), file.size()), *folder->path))
      return *level;
  return everywhere.find(rule).value_or(rule.level);
}

Config read_config(std::string_view text, std::vector<ConfigProblem>& problems) {
  Config config;
  if (text.size() > config_bytes) {
    problems.push_back({1, 1, "larger than " + std::to_string(config_bytes) + " bytes"});
    return config;
  }
  try {
    Reader(problems).read(toml::parse(text), config);
  } catch (const toml::parse_error& wrong) {
    problems.push_back({wrong.source().begin.line, wrong.source().begin.column, std::string(wrong.description())});
  }
  return config;
}

}  // namespace writ::lint
