// `writ test`: the `test` blocks of a policy, each question decided and held against what is expected. Proofs are listed as not proved: nothing
// here can prove, and saying nothing would read as if it had.
#include "cli/files.h"
#include "cli/lists.h"
#include "cli/pipeline.h"
#include "cli/test_report.h"
#include "cli/verb.h"
#include "cli/watch.h"
#include "compiler/syntax/in_parallel.h"
#include "compiler/testing/workers.h"
#include "runtime/engine/password_lists.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fnmatch.h>

namespace writ::cli {

namespace {

enum class Form : std::uint8_t { pretty, json, junit };

struct Options {
  std::vector<std::string> paths;
  std::string filter, breached;
  std::string lcov;
  std::vector<std::string> thresholds;
  bool strict = false, verbose = false, update = false, accept_looser = false;
  bool coverage = false, mutate = false, watch = false;
  std::size_t mutate_limit = 1'000;
  unsigned jobs = 0;
  Form form = Form::pretty;
};

bool wanted(const Options& options, const std::string& name) {
  return options.filter.empty() || ::fnmatch(options.filter.c_str(), name.c_str(), 0) == 0;
}

// The tests that are wanted, by their place in the policy.
std::vector<std::size_t> chosen(const Options& options, const model::Policy& policy) {
  std::vector<std::size_t> tests;
  for (std::size_t i = 0; i < policy.tests.size(); ++i)
    if (wanted(options, policy.tests[i]->name.text)) tests.push_back(i);
  return tests;
}

// Runs them; `coverable`, where coverage is measured, gets a meter for each thread.
std::vector<testing::Result> run(const testing::Subject& subject, const std::vector<std::size_t>& tests,
                                 const Options& options, Console& console,
                                 const testing::Coverable* coverable = nullptr,
                                 std::vector<std::unique_ptr<testing::Meter>>* meters = nullptr) {
  std::vector<testing::Result> results(tests.size());
  Progress progress(console, "testing:", tests.size());
  const auto threads = testing::threads_of(tests.size(), options.jobs);
  std::vector<std::unique_ptr<testing::Runner>> runners(threads);
  std::vector<std::unique_ptr<testing::Meter>> measured(threads);
  const auto run_one = [&](std::size_t i, std::size_t thread) {
    if (!runners[thread]) {
      runners[thread] = std::make_unique<testing::Runner>(subject);
      if (coverable != nullptr) measured[thread] = std::make_unique<testing::Meter>(*coverable, subject);
    }
    results[i] = runners[thread]->run(tests[i], measured[thread].get());
    if (thread == 0) progress.step();
  };
  in_parallel(tests.size(), run_one, threads);
  for (auto& meter : measured)
    if (meter) meters->push_back(std::move(meter));
  return results;
}

Mutations mutate(const testing::Subject& subject, const std::vector<std::size_t>& tests, const Options& options,
                 Console& console) {
  Mutations mutations;
  mutations.all = testing::mutants(subject.policy, subject.sources);
  const std::size_t total = mutations.all.size(), count = std::min(total, options.mutate_limit);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * total / count);  // spread over the source
  Progress progress(console, "mutants:", count);
  mutations.judged = testing::judge(subject, mutations.all, chosen, tests, options.jobs, [&] { progress.step(); });
  return mutations;
}

std::vector<testing::Taken> taken(const TestReport& report, const model::Policy& policy,
                                  const std::vector<std::size_t>& tests) {
  std::vector<testing::Taken> list;
  for (std::size_t i = 0; i < tests.size(); ++i)
    list.push_back({policy.tests[tests[i]]->name.span.file, report.tests[i].name, report.tests[i].place,
                    report.tests[i].snapshots});
  return list;
}

int exit_code(const TestReport& report, const Options& options) {
  const bool refused = std::ranges::any_of(report.snapshots, [&](const testing::Change& one) {
    return !report.updating || (one.kind == testing::Change::Kind::looser && !options.accept_looser);
  });
  if (report.failed() > 0 || refused || report.short_of_thresholds()) return exit_check_failed;
  return options.strict && !report.proves.empty() ? exit_not_proved : exit_ok;
}

// Once through everything. `watch`, where there is one, is told of the files that were read.
int test_once(const Options& options, const Thresholds& thresholds, Console& console, Watch* watch) {
  Pipeline pipeline;
  const int built =
      build(options.paths, {.format = options.form == Form::json ? Format::json : Format::pretty}, console, pipeline);
  if (watch != nullptr) {
    std::vector<std::string> files;
    for (const auto* tree : pipeline.loaded.order) files.push_back(pipeline.loaded.sources.name(tree->file));
    if (const auto wrong = watch->add(files); !wrong.empty()) return fail(console, wrong);
  }
  if (built != exit_ok) return built;
  PasswordLists lists;
  if (const auto wrong = lists.open(common_list_to_open({}), options.breached); !wrong.empty())
    return fail(console, wrong);
  testing::Snapshots snapshots;
  if (const auto wrong = snapshots.read(pipeline.loaded.sources, pipeline.loaded.order); !wrong.empty())
    return fail(console, wrong);

  const testing::Subject subject{pipeline.policy, pipeline.loaded.sources, *pipeline.engine, lists, snapshots};
  const auto tests = chosen(options, pipeline.policy);
  std::optional<testing::Coverable> coverable;
  std::vector<std::unique_ptr<testing::Meter>> meters;
  if (options.coverage) coverable.emplace(pipeline.policy, pipeline.loaded.sources, pipeline.loaded.order);
  TestReport report;
  report.thresholds = thresholds;
  report.tests = run(subject, tests, options, console, coverable ? &*coverable : nullptr, &meters);
  for (const tree::ProveDecl* prove : pipeline.policy.proves)
    if (wanted(options, prove->name.text))
      report.proves.emplace_back(prove->name.text, pipeline.loaded.sources.place(prove->name.span));
  if (!options.filter.empty() && report.tests.empty() && report.proves.empty()) {
    console.err(fmt::format("writ: no test matches `{}`\n", safe(options.filter)));
    return exit_usage;
  }

  const bool whole = options.filter.empty();
  report.updating = options.update;
  if (options.update) {
    report.snapshots = snapshots.update(taken(report, pipeline.policy, tests), whole, options.accept_looser);
    if (const auto wrong = snapshots.write(); !wrong.empty()) return fail(console, wrong);
    report.tests = run(subject, tests, options, console);  // against what is recorded now
  } else {
    report.snapshots = snapshots.unasked(taken(report, pipeline.policy, tests), whole);
  }
  if (coverable) report.coverage = testing::coverage(*coverable, meters);
  if (!options.lcov.empty())
    if (const auto wrong = write_file(options.lcov, testing::lcov(*report.coverage, pipeline.loaded.sources));
        !wrong.empty())
      return fail(console, wrong);
  if (options.mutate && report.failed() == 0) report.mutations = mutate(subject, tests, options, console);
  switch (options.form) {
  case Form::pretty: print(report, options.verbose, console); break;
  case Form::json: console.out(json(report)); break;
  case Form::junit: console.out(junit(report)); break;
  }
  if (options.form == Form::pretty && report.tests.empty() && report.proves.empty())
    console.err(
        "writ: there is no test here; one is written `test \"who gets in\" { login to acme.shop expect allow }`\n");
  if (options.mutate && !report.mutations)
    console.err("writ: mutants are made of a policy whose tests pass; these do not\n");
  return exit_code(report, options);
}

int test(Options options, Console& console) {
  Thresholds thresholds;
  if (const auto wrong = thresholds.read(options.thresholds); !wrong.empty()) return fail(console, wrong, exit_usage);
  if (thresholds.asks_for("mutants") && !options.mutate)
    return fail(console, "`--threshold mutants=…` is of what `--mutate` counts; give that, too", exit_usage);
  if (!options.lcov.empty() || (thresholds.any() && !options.mutate)) options.coverage = true;
  if (!options.watch) return test_once(options, thresholds, console, nullptr);

  if (std::ranges::find(options.paths, "-") != options.paths.end())
    return fail(console, "standard input is read once; `--watch` is for files and folders", exit_usage);
  for (const auto& path : options.paths) {
    std::error_code failed;
    if (!std::filesystem::exists(path, failed))
      return fail(console, fmt::format("there is no file or folder `{}` to watch", path), exit_usage);
  }
  Watch watch;
  for (;;) {
    if (const auto wrong = watch.add(options.paths); !wrong.empty()) return fail(console, wrong);
    const int code = test_once(options, thresholds, console, &watch);
    console.err(fmt::format("watching {}; interrupt to end\n", counted(watch.folders(), "folder")));
    console.finish();
    if (!watch.wait()) return code;
  }
}

}  // namespace

void declare_test(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("test", "run the test blocks of a policy");
  verb->add_option("PATH", options->paths, "files, folders, or - for standard input")->required();
  verb->add_option("--filter", options->filter, "only tests and proofs whose name matches")->type_name("GLOB");
  verb->add_option("--breached", options->breached, "list of breached passwords, made by `writ breached build`")
      ->type_name("FILE");
  auto* update = verb->add_flag("--update", options->update, "record what `expect snapshot` sees, beside the policy");
  verb->add_flag("--accept-looser", options->accept_looser, "with --update: record less protection than before, too")
      ->needs(update);
  verb->add_flag("--coverage", options->coverage, "say which rules, conditions and declarations the tests exercise");
  verb->add_flag("--mutate", options->mutate, "change the policy, one thing at a time, and say what no test notices");
  verb->add_option("--mutate-limit", options->mutate_limit, "how many changes are tried, spread over the source")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}).description(""))
      ->capture_default_str();
  verb->add_option("--threshold", options->thresholds,
                   "exit with 4 below N in a hundred; N, or rules=N, conditions=N, declarations=N, mutants=N")
      ->type_name("N")
      ->allow_extra_args(false);
  verb->add_option("--lcov", options->lcov, "write the coverage to a file that LCOV and its relatives read")
      ->type_name("FILE");
  verb->add_flag("--watch", options->watch, "run again whenever a file of the policy changes");
  verb->add_option("-j,--jobs", options->jobs, "how many tests run at once; without it as many as there are cores")
      ->type_name("N");
  verb->add_flag("--strict", options->strict, "exit with 7 when a proof is not proved");
  verb->add_flag("-v,--verbose", options->verbose, "list the tests that pass, too");
  static const std::map<std::string, Form> forms = {
      {"pretty", Form::pretty}, {"json", Form::json}, {"junit", Form::junit}};
  verb->add_option("--format", options->form, "pretty, for people, json, or junit, for CI")
      ->type_name("FORM")
      ->transform(CLI::Transformer(forms).description(""))
      ->default_str("pretty");
  add_examples(*verb, {"writ test my-policy", "writ test --filter '*admin*' -v my-policy",
                       "writ test --coverage --threshold rules=50 my-policy", "writ test --mutate my-policy",
                       "writ test --format junit my-policy > tests.xml"});
  runs(*verb, invocation, [options, &invocation] { return test(*options, invocation.console); });
}

}  // namespace writ::cli
