// `writ lint`: what is allowed and seldom meant. Findings are what was asked for, so they are data.
#include "compiler/lint/lint.h"

#include "cli/files.h"
#include "cli/lint_scope.h"
#include "cli/pipeline.h"
#include "cli/reports.h"
#include "cli/verb.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::vector<std::string> paths, only;
  ReportForm form = ReportForm::pretty;
  std::string config, baseline, write_baseline, since;
  std::optional<Severity> fail_level;
  bool rules = false;
};

// `writ lint --rules`
int list_rules(Console& console) {
  std::string text;
  for (const lint::RuleRow& row : lint::rules())
    text += fmt::format("{} {} {}  {}\n", padded(row.id, 28), padded(lint::name_of(row.group), 12),
                        padded(lint::name_of(row.level), 7), row.title);
  console.out(text);
  return exit_ok;
}

// That `id`, given to --only, is no rule, and which may have been meant.
std::string no_such_rule(std::string_view id) {
  std::vector<std::string_view> known;
  for (const lint::RuleRow& row : lint::rules()) known.push_back(row.id);
  const std::string_view near = nearest_name(id, known);
  return fmt::format("there is no rule `{}`{}", safe(id),
                     near.empty() ? "; `writ lint --rules` lists them" : fmt::format(", did you mean `{}`?", near));
}

std::string counts(std::span<const Notice> notices, std::size_t files) {
  std::array<std::size_t, 3> of{};
  for (const Notice& one : notices) ++of[static_cast<std::size_t>(one.severity)];
  std::string text;
  const auto add = [&](std::size_t count, std::string_view one, std::string_view many) {
    if (count > 0) text += (text.empty() ? "" : ", ") + counted(count, one, many);
  };
  add(of[0], "error", "errors");
  add(of[1], "warning", "warnings");
  add(of[2], "info", "infos");
  return text + " in " + counted(files, "file") + "\n";
}

// Where GitHub wants the whole of it: a file it names.
void write_summary(const std::string& summary, Console& console) {
  const char* file = std::getenv("GITHUB_STEP_SUMMARY");
  if (summary.empty() || file == nullptr || *file == '\0') return;
  std::ofstream out(file, std::ios::app | std::ios::binary);
  out << summary;
  if (!out) console.err("writ: the job summary could not be written\n");
}

int code_of(std::span<const Notice> notices, Severity fail_level) {
  const auto any = [&](Severity severity) {
    return std::ranges::any_of(notices, [&](const Notice& one) { return one.severity == severity; });
  };
  if (any(Severity::error)) return exit_policy_errors;
  if (fail_level >= Severity::warning && any(Severity::warning)) return exit_warnings;
  if (fail_level >= Severity::info && any(Severity::info)) return exit_warnings;
  return exit_ok;
}

// What is left out, and by what.
struct LeftOut {
  LintConfig config;
  Baseline baseline;
  Changed changed;
};

// A mistake of the command line or of what it names; exit_ok when there is none.
int read_left_out(const Options& options, LeftOut& out, Console& console) {
  for (const std::string& id : options.only)
    if (lint::find_rule(id) == nullptr) return fail(console, no_such_rule(id), exit_usage);
  if (const std::string wrong = read_lint_config(options.config, options.paths, out.config); !wrong.empty())
    return fail(console, wrong, exit_usage);
  if (!options.baseline.empty())
    if (const std::string wrong = read_baseline(options.baseline, out.baseline); !wrong.empty())
      return fail(console, wrong, exit_usage);
  if (!options.since.empty())
    if (const std::string wrong = changed_since(options.since, options.paths.front(), out.changed); !wrong.empty())
      return fail(console, wrong, exit_usage);
  return exit_ok;
}

lint::LevelOf levels_of(const Options& options, const LintConfig& config) {
  return [&options, &config, relative = std::map<std::string, std::string, std::less<>>()](
             const lint::RuleRow& row, std::string_view file) mutable {
    if (!options.only.empty() && std::ranges::find(options.only, row.id) == options.only.end()) return lint::Level::off;
    if (config.config.folders.empty() && config.config.everywhere.rules.empty() && options.only.empty() &&
        !config.config.everywhere.all && config.config.everywhere.groups == decltype(config.config.everywhere.groups){})
      return row.level;
    auto found = relative.find(file);
    if (found == relative.end()) found = relative.emplace(std::string(file), config.relative(file)).first;
    const lint::Level level = config.config.level_of(row, found->second);
    return options.only.empty() ? level : std::max(level, lint::Level::info);
  };
}

// Those that neither the baseline knows nor an unchanged file holds. Errors of the policy always stay.
void leave_out(const Options& options, const LeftOut& out, const SourceSet& sources, std::vector<Notice>& notices,
               std::vector<std::string>& fingerprints, Console& console) {
  std::set<std::string> met;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < notices.size(); ++i) {
    const bool of_policy = notices[i].what->code != Code{};
    const Span span = notices[i].what->span;
    const bool known = out.baseline.known.contains(fingerprints[i]);
    if (known) met.insert(fingerprints[i]);
    const bool unchanged = !options.since.empty() && span.known() && !out.changed.holds(sources.name(span.file));
    if (!of_policy && (known || unchanged)) continue;
    if (kept != i) {
      notices[kept] = std::move(notices[i]);
      fingerprints[kept] = std::move(fingerprints[i]);
    }
    ++kept;
  }
  notices.resize(kept);
  fingerprints.resize(kept);
  if (const std::size_t gone = out.baseline.known.size() - met.size(); gone > 0)
    console.err(fmt::format("writ: {} of the baseline {} gone; `--write-baseline {}` forgets {}\n",
                            counted(gone, "finding"), gone == 1 ? "is" : "are", safe(options.baseline),
                            gone == 1 ? "it" : "them"));
}

int write_baseline(const Options& options, const std::vector<lint::Finding>& findings, const SourceSet& sources,
                   Console& console) {
  std::vector<Notice> notices;
  for (const lint::Finding& one : findings) notices.push_back(lint::notice_of(one));
  const std::string text = baseline_text(notices, fingerprints_of(notices, sources), sources);
  if (const auto problem = write_file(options.write_baseline, text); !problem.empty()) return fail(console, problem);
  console.err(fmt::format("writ: {} in {}\n", counted(findings.size(), "finding"), safe(options.write_baseline)));
  return exit_ok;
}

int lint_paths(const Options& options, Console& console) {
  if (options.rules) return list_rules(console);
  if (options.paths.empty()) {
    console.err("writ lint: PATH is missing; see `writ lint --help`\n");
    return exit_usage;
  }
  LeftOut out;
  if (const int wrong = read_left_out(options, out, console); wrong != exit_ok) return wrong;
  Pipeline pipeline;
  pipeline.loaded = load(options.paths);
  Diagnostics& diagnostics = pipeline.loaded.diagnostics;
  if (!diagnostics.has_errors())
    pipeline.policy = check_policy(pipeline.loaded.order, pipeline.loaded.sources, Limits{}, diagnostics);

  std::vector<FileId> files;
  for (const tree::Tree* tree : pipeline.loaded.order) files.push_back(tree->file);
  const std::vector<Diagnostic> errors = diagnostics.sorted(files);
  std::vector<lint::Finding> findings;
  if (!diagnostics.has_errors()) {
    findings =
        lint::lint(pipeline.policy, pipeline.loaded.order, pipeline.loaded.sources, levels_of(options, out.config));
  }
  std::vector<Notice> notices;
  for (const Diagnostic& one : errors) notices.push_back(notice_of(one));
  for (const lint::Finding& one : findings) notices.push_back(lint::notice_of(one));
  std::vector<std::string> fingerprints = fingerprints_of(notices, pipeline.loaded.sources);
  if (!options.write_baseline.empty() && errors.empty())
    return write_baseline(options, findings, pipeline.loaded.sources, console);
  leave_out(options, out, pipeline.loaded.sources, notices, fingerprints, console);
  const ReportText text =
      report(options.form, {notices, fingerprints, pipeline.loaded.sources, files, "writ lint", console.colored_out()});
  console.out(text.data);
  console.err(text.remark);
  write_summary(text.summary, console);
  if (options.form == ReportForm::pretty || options.form == ReportForm::compact) {
    if (!notices.empty())
      console.err(counts(notices, files.size()));
    else if (options.form == ReportForm::pretty)
      console.out(fmt::format("nothing found: {}, {}\n", counted(files.size(), "file"),
                              counted(pipeline.policy.tenants.size(), "tenant")));
  }
  return code_of(notices, options.fail_level.value_or(out.config.config.fail_level.value_or(Severity::error)));
}

}  // namespace

void declare_lint(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("lint", "find what is allowed and seldom meant");
  verb->add_option("PATH", options->paths, "files, folders, or - for standard input");
  verb->add_option("--only", options->only, "ask these rules alone")->type_name("RULE")->allow_extra_args(false);
  verb->add_option("--config", options->config, "the writ.toml to read, not the nearest one")->type_name("FILE");
  verb->add_option("--baseline", options->baseline, "leave out the findings that this file knows")->type_name("FILE");
  verb->add_option("--write-baseline", options->write_baseline, "write all findings there, for --baseline")
      ->type_name("FILE");
  verb->add_option("--since", options->since, "only of files that changed since this revision of git")
      ->type_name("REV");
  verb->add_flag("--rules", options->rules, "list the rules");
  static const std::map<std::string, Severity> levels = {
      {"error", Severity::error}, {"warning", Severity::warning}, {"info", Severity::info}};
  verb->add_option("--fail-level", options->fail_level,
                   "from which level on findings are a failure: error, warning or info")
      ->type_name("LEVEL")
      ->transform(CLI::Transformer(levels).description(""));
  verb->add_option("--format", options->form, "pretty, compact, json, sarif, junit, github or gitlab")
      ->type_name("FORM")
      ->transform(CLI::Transformer(report_forms()).description(""))
      ->default_str("pretty");
  add_examples(*verb, {"writ lint my-policy", "writ lint --fail-level warning --format github my-policy",
                       "writ lint --since origin/main my-policy", "writ lint --format sarif my-policy > writ.sarif",
                       "writ explain lockout-missing"});
  runs(*verb, invocation, [options, &invocation] { return lint_paths(*options, invocation.console); });
}

}  // namespace writ::cli
