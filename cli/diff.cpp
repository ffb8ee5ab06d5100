// `writ diff`: what changed between two policies, in words and in decisions.
#include "cli/bundles.h"
#include "cli/diff_report.h"
#include "cli/lists.h"
#include "cli/pipeline.h"
#include "cli/verb.h"
#include "compiler/load/pair.h"
#include "compiler/lower/lower.h"

#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

enum class DiffFormat : std::uint8_t { pretty, json, markdown };

struct Options {
  std::string before, after, since, breached;
  Believing believing;
  DiffFormat format = DiffFormat::pretty;
  std::size_t tries = diff::Options{}.tries, show = 20;
};

// A comment on a pull request of GitHub has at most 65,536 characters.
constexpr std::size_t most_markdown = 60'000;

struct Compiled {
  Pipeline pipeline;
  std::size_t tenants = 0;
};

// From a side that is loaded to an engine. Its name stands before what is wrong with it.
int compile(Loaded loaded, const std::string& name, const Options& options, Console& console, Compiled& made) {
  made.pipeline.loaded = std::move(loaded);
  auto& diagnostics = made.pipeline.loaded.diagnostics;
  if (!diagnostics.has_errors())
    made.pipeline.policy =
        check_policy(made.pipeline.loaded.order, made.pipeline.loaded.sources, Limits{}, diagnostics);
  if (diagnostics.has_errors()) {
    const auto format = options.format == DiffFormat::json ? Format::json : Format::pretty;
    if (format == Format::pretty) console.err(fmt::format("writ: `{}` has errors:\n", safe(name)));
    console.err(render(made.pipeline, format, console.colored_err()));
    return exit_policy_errors;
  }
  std::vector<program::Part> parts;
  for (const auto& tenant : made.pipeline.policy.tenants)
    parts.push_back(lower_tenant(tenant, made.pipeline.loaded.sources));
  made.tenants = parts.size();
  made.pipeline.engine = std::make_unique<Engine>(nullptr, Tier::interpret);
  if (const auto refused = made.pipeline.engine->put(std::move(parts)); !refused.empty())
    return fail(console, "the engine refuses what was compiled: " + refused);
  return exit_ok;
}

// A side by itself, for who compares with a bundle.
int compile(const std::string& path, const Options& options, Console& console, Compiled& made) {
  const auto format = options.format == DiffFormat::json ? Format::json : Format::pretty;
  const std::string paths[] = {path};
  const int code = build(paths, {.format = format, .believing = &options.believing}, console, made.pipeline);
  if (code == exit_ok) made.tenants = made.pipeline.policy.tenants.size();
  return code;
}

std::vector<std::string> lines_of(const DiffReport& report, const Engine& before, const Engine& after) {
  std::vector<std::string> lines;
  for (const auto& tenant : report.tenants) {
    auto part = after.part(tenant.id);
    if (part == nullptr) part = before.part(tenant.id);
    for (const auto& witness : tenant.witnesses) lines.push_back(diff::request_line(*part, witness));
  }
  return lines;
}

int diff_verb(Options options, Console& console) {
  Side before{options.before}, after{options.after};
  std::optional<GitRevision> revision;
  if (!options.since.empty()) {
    if (!options.after.empty())
      return fail(console, "--since compares one policy with what it was: `writ diff --since HEAD~1 my-policy`",
                  exit_usage);
    after.path = before.path = options.before.empty() ? "." : options.before;
    std::string error;
    revision = GitRevision::open(options.since, before.path, error);
    if (!revision) return fail(console, error);
    before.revision = &*revision;
  } else if (std::error_code failed;
             !options.after.empty() && options.before != "-" && !std::filesystem::exists(options.before, failed)) {
    std::string error;
    const bool known = GitRevision::open(options.before, options.after, error).has_value();
    return fail(console,
                known ? fmt::format("`{0}` is a revision and no folder: `writ diff --since {0} {1}`", options.before,
                                    options.after)
                      : fmt::format("there is no file or folder `{}`", options.before),
                known ? exit_usage : exit_policy_errors);
  } else if (options.before.empty() || options.after.empty()) {
    return fail(
        console,
        "there are two to compare: `writ diff OLD NEW`, or `writ diff --since HEAD my-policy` in a git repository",
        exit_usage);
  } else if (options.before == "-" && options.after == "-") {
    return fail(console, "OLD and NEW cannot both be `-`: there is one standard input", exit_usage);
  }
  PasswordLists lists;
  if (const auto wrong = lists.open(common_list_to_open({}), options.breached); !wrong.empty())
    return fail(console, wrong);
  DiffReport report;
  report.before = options.since.empty() ? options.before : options.since;
  report.after = after.path;
  Compiled was, is;
  std::size_t left_out = 0;
  if (options.since.empty() && (begins_as_bundle(before.path) || begins_as_bundle(after.path))) {
    if (const int code = compile(before.path, options, console, was); code != exit_ok) return code;
    if (const int code = compile(after.path, options, console, is); code != exit_ok) return code;
  } else {
    auto pair = load_pair(before, after);
    left_out = pair.left_out;
    if (const int code = compile(std::move(pair.before), report.before, options, console, was); code != exit_ok)
      return code;
    if (const int code = compile(std::move(pair.after), report.after, options, console, is); code != exit_ok)
      return code;
  }
  report.tenants_before = was.tenants + left_out;
  report.tenants_after = is.tenants + left_out;
  {
    Progress progress(console, "comparing tenants:", 2 * std::max(was.tenants, is.tenants));
    diff::Options how;
    how.tries = options.tries;
    report.tenants =
        diff::differences({*was.pipeline.engine, *is.pipeline.engine, lists}, how, [&] { progress.step(); });
  }
  report.lines = lines_of(report, *was.pipeline.engine, *is.pipeline.engine);
  switch (options.format) {
  case DiffFormat::pretty: console.out(pretty(report, console, options.show)); break;
  case DiffFormat::markdown: console.out(markdown(report, most_markdown)); break;
  case DiffFormat::json: console.out(json(report, *was.pipeline.engine, *is.pipeline.engine)); break;
  }
  return report.decisions_changed() ? exit_decisions_changed : exit_ok;
}

}  // namespace

void declare_diff(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  static const std::map<std::string, DiffFormat> formats = {
      {"pretty", DiffFormat::pretty}, {"json", DiffFormat::json}, {"markdown", DiffFormat::markdown}};
  CLI::App* verb = app.add_subcommand("diff", "what changed between two policies, in words and in decisions");
  verb->add_option("OLD", options->before,
                   "a file, a folder, - for standard input, or a bundle; with --since the policy (.)");
  verb->add_option("NEW", options->after, "the same");
  verb->add_option("--since", options->since, "compare with what a revision of git has there")->type_name("REVISION");
  verb->add_option("--tries", options->tries, "requests to try for each tenant that changed")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}).description(""))
      ->default_str("20000");
  verb->add_option("--show", options->show, "tenants to show in full (pretty)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}).description(""))
      ->default_str("20");
  verb->add_option("--breached", options->breached, "list of breached passwords, made by `writ breached build`")
      ->type_name("FILE");
  verb->add_option("--format", options->format, "pretty, json, or markdown for a pull request")
      ->type_name("FORM")
      ->transform(CLI::Transformer(formats).description(""))
      ->default_str("pretty");
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ diff my-policy my-policy", "writ diff --since HEAD my-policy",
                       "writ diff --since origin/main --format markdown my-policy > comment.md"});
  runs(*verb, invocation, [options, &invocation] { return diff_verb(*options, invocation.console); });
}

}  // namespace writ::cli
