// `writ fix`: what messages offer to edit is edited. What changes no decision is done; what does is named, and done with --unsafe.
#include "compiler/lint/fix.h"

#include "cli/files.h"
#include "cli/lint_scope.h"
#include "cli/pipeline.h"
#include "cli/unified.h"
#include "cli/verb.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::vector<std::string> paths, only;
  std::string config;
  bool diff = false, unsafe = false;
};

std::string listed(const std::map<std::string, std::size_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", name, count > 1 ? fmt::format(" ({})", count) : "");
  return text;
}

std::size_t total(const std::map<std::string, std::size_t>& counts) {
  std::size_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

int fix_paths(const Options& options, Console& console) {
  LintConfig config;
  if (const std::string wrong = read_lint_config(options.config, options.paths, config); !wrong.empty())
    return fail(console, wrong, exit_usage);
  for (const std::string& id : options.only)
    if (lint::find_rule(id) == nullptr)
      return fail(console, fmt::format("there is no rule `{}`; `writ lint --rules` lists them", id), exit_usage);
  Pipeline pipeline;
  pipeline.loaded = load(options.paths);
  std::vector<lint::FileText> files;
  for (const tree::Tree* tree : pipeline.loaded.order)
    files.push_back({pipeline.loaded.sources.name(tree->file), std::string(pipeline.loaded.sources.text(tree->file))});
  if (files.empty()) {
    console.err(render(pipeline, Format::pretty, console.colored_err()));
    return exit_policy_errors;
  }
  lint::FixOptions fixing;
  fixing.unsafe = options.unsafe;
  fixing.level_of = [&](const lint::RuleRow& row, std::string_view file) {
    if (!options.only.empty() && std::ranges::find(options.only, row.id) == options.only.end()) return lint::Level::off;
    const lint::Level level = config.config.level_of(row, config.relative(file));
    return options.only.empty() ? level : std::max(level, lint::Level::info);
  };
  const std::vector<lint::FileText> before = files;
  const lint::Fixed fixed = lint::fix(std::move(files), Limits{}, fixing);
  console.err(fixed.problem);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const lint::FileText& file = fixed.files[i];
    const bool differs = file.text != before[i].text;
    changed += differs ? 1 : 0;
    if (options.diff) {
      if (differs) console.out(unified_diff(file.name, before[i].text, file.text));
    } else if (file.name == "<stdin>") {
      console.out(file.text);
    } else if (differs) {
      if (const std::string problem = replace_file(file.name, file.text); !problem.empty())
        return fail(console, problem);
    }
  }
  if (const std::size_t made = total(fixed.made); made > 0)
    console.err(fmt::format(
        "{} in {}: {}\n", options.diff ? counted(made, "fix to make", "fixes to make") : counted(made, "fix", "fixes"),
        counted(changed, "file"), listed(fixed.made)));
  else
    console.err(fixed.problem.empty() ? "nothing to fix\n" : "nothing was fixed: the policy has errors\n");
  if (const std::size_t left = total(fixed.unsafe); left > 0)
    console.err(fmt::format("{} more may change decisions, and --unsafe makes {}: {}\n", left,
                            left == 1 ? "it" : "them", listed(fixed.unsafe)));
  return fixed.problem.empty() ? exit_ok : exit_policy_errors;
}

}  // namespace

void declare_fix(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("fix", "follow what messages offer to edit");
  verb->add_option("PATH", options->paths, "files, folders, or - for standard input")->required();
  verb->add_flag("--diff", options->diff, "show what would change, write nothing");
  verb->add_flag("--unsafe", options->unsafe, "make edits that change decisions too, and those of errors");
  verb->add_option("--only", options->only, "of these rules alone")->type_name("RULE")->allow_extra_args(false);
  verb->add_option("--config", options->config, "the writ.toml to read, not the nearest one")->type_name("FILE");
  add_examples(*verb, {"writ fix --diff my-policy", "writ fix my-policy",
                       "writ fix --unsafe --only deny-misses-refresh my-policy"});
  runs(*verb, invocation, [options, &invocation] { return fix_paths(*options, invocation.console); });
}

}  // namespace writ::cli
