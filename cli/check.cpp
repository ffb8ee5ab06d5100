// `writ check`: every mistake of a policy set, its place, and what to do about it.
#include "cli/limits.h"
#include "cli/pipeline.h"
#include "cli/verb.h"
#include "compiler/check/bodies.h"
#include "compiler/load/forget.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::vector<std::string> paths, limits;
  Format format = Format::pretty;
};

// With --format json the diagnostics are what was asked for, so they are data and go to standard output.
int check(const Options& options, Console& console) {
  Limits limits;
  if (const std::string problem = lower_limits(options.limits, limits); !problem.empty()) {
    console.err("writ: " + safe(problem) + "\n");
    return exit_usage;
  }
  Pipeline pipeline;
  pipeline.loaded = load(options.paths, limits);
  Diagnostics& diagnostics = pipeline.loaded.diagnostics;
  if (!diagnostics.has_errors())
    pipeline.policy = check_policy(pipeline.loaded.order, pipeline.loaded.sources, limits, diagnostics,
                                   {.body = [&](Span declaration) { forget_body(pipeline.loaded, declaration); },
                                    .bodies = [&](FileId file) { forget_bodies(pipeline.loaded, file); },
                                    .tenant = forget_meaning});
  const bool wrong = diagnostics.has_errors();
  if (options.format == Format::json) {
    console.out(render(pipeline, options.format, false));
  } else {
    console.err(render(pipeline, options.format, console.colored_err()));
    if (!wrong)
      console.out(fmt::format("ok: {}, {}\n", counted(pipeline.files(), "file"),
                              counted(pipeline.policy.tenants.size(), "tenant")));
  }
  return wrong ? exit_policy_errors : exit_ok;
}

}  // namespace

void declare_check(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("check", "find every mistake in a policy");
  verb->add_option("PATH", options->paths, "files, folders, or - for standard input")->required();
  verb->add_option("--limit", options->limits, "lower a limit of the compiler, for a stranger's policy: files=100")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
  add_format(*verb, options->format);
  add_examples(*verb, {"writ check my-policy", "writ check --format json my-policy | jq '.[].code'"});
  runs(*verb, invocation, [options, &invocation] { return check(*options, invocation.console); });
}

}  // namespace writ::cli
