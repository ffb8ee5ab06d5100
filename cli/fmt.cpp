// `writ fmt`: the one layout of a policy. A file that does not parse is left alone, and before a file is written its new text is parsed and
// formatted again: a formatter that would change its own output is a mistake of ours, and then nothing is written.
#include "cli/files.h"
#include "cli/pipeline.h"
#include "cli/unified.h"
#include "cli/verb.h"
#include "compiler/syntax/syntax.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::vector<std::string> paths;
  bool check = false, diff = false, write = false;
};

bool is_stable(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const FileId file = sources.add("formatted", text);
  const tree::Tree again = parse(sources, file, Limits{}, diagnostics);
  return !diagnostics.has_errors() && format(again) == text;
}

// One file; the exit code it asks for.
int one(const tree::Tree& tree, const SourceSet& sources, const Options& options, Console& console) {
  const std::string& name = sources.name(tree.file);
  const std::string_view before = sources.text(tree.file);
  const std::string after = format(tree);
  if (after.size() > Limits{}.file_bytes) {
    console.err(
        fmt::format("writ: `{}` has {} bytes when it is laid out, and a file has at most {}; nothing is written\n"
                    "  split it and use `import`\n",
                    safe(name), after.size(), Limits{}.file_bytes));
    return exit_policy_errors;
  }
  if (!is_stable(after)) {
    console.err(
        fmt::format("writ: the formatter does not agree with itself about `{}`; nothing is written\n", safe(name)));
    return exit_failure;
  }
  const bool changed = before != after;
  if (options.diff) console.out(unified_diff(name, before, after));
  if (options.check) {
    if (changed) console.err(fmt::format("{} is not formatted\n", safe(name)));
    return changed ? exit_check_failed : exit_ok;
  }
  if (options.write && name != "<stdin>") {
    if (!changed) return exit_ok;
    const std::string problem = replace_file(name, after);
    if (!problem.empty()) console.err("writ: " + safe(problem) + "\n");
    return problem.empty() ? exit_ok : exit_failure;
  }
  if (!options.diff) console.out(after);
  return exit_ok;
}

int fmt_files(const Options& options, Console& console) {
  Pipeline pipeline;
  const std::vector<std::string> paths = options.paths.empty() ? std::vector<std::string>{"-"} : options.paths;
  pipeline.loaded = load(paths, Limits{}, Imports::leave);
  if (pipeline.loaded.diagnostics.has_errors()) {
    console.err(render(pipeline, Format::pretty, console.colored_err()));
    return exit_policy_errors;
  }
  int code = exit_ok;
  for (const tree::Tree* tree : pipeline.loaded.order) {
    const int asked = one(*tree, pipeline.loaded.sources, options, console);
    if (code == exit_ok || asked == exit_failure) code = asked;
  }
  if (const std::size_t files = pipeline.loaded.order.size();
      files > 1 && !options.write && !options.check && !options.diff)
    console.err(fmt::format("writ: these are {} files one after the other; -w writes each where it is\n", files));
  return code;
}

}  // namespace

void declare_fmt(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("fmt", "lay policies out in the one way");
  verb->add_option("PATH", options->paths, "files, folders, or - for standard input, the default");
  verb->add_flag("--check", options->check, "write nothing; exit with 4 when a file is not formatted");
  verb->add_flag("--diff", options->diff, "show what would change");
  verb->add_flag("-w,--write", options->write, "write the files instead of standard output")->excludes("--check");
  add_examples(*verb, {"writ fmt -w my-policy", "writ fmt --check --diff my-policy", "writ fmt < draft.writ"});
  runs(*verb, invocation, [options, &invocation] { return fmt_files(*options, invocation.console); });
}

}  // namespace writ::cli
