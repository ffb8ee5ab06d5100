// What a verb of the command is: a subcommand that, once the command line is understood, leaves a job to run. One file per verb; main.cpp
// lists them.
#pragma once

#include "cli/console.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace writ::cli {

// The command's exit codes; docs/language.md and every --help rest on them.
enum Exit : int {
  exit_ok = 0,
  exit_failure = 1,  // input or output, or a mistake of ours
  exit_usage = 2,
  exit_policy_errors = 3,
  exit_check_failed = 4,       // a test failed, or a file is not formatted
  exit_warnings = 5,           // lint's, with --fail-level
  exit_not_allowed = 6,        // with --exit-decision; a password that is refused, or known from breaches
  exit_not_proved = 7,         // with --strict
  exit_refused = 8,            // a bundle that may not serve, or whose parts are not read
  exit_decisions_changed = 9,  // between two policies
};

struct Invocation {
  Console console;
  std::function<int()> job;  // what the chosen verb does; its result is the exit code
};

enum class Format : std::uint8_t { pretty, json };

// Each declares one subcommand of `app`.
void declare_check(CLI::App& app, Invocation& invocation);
void declare_lint(CLI::App& app, Invocation& invocation);
void declare_fix(CLI::App& app, Invocation& invocation);
void declare_fmt(CLI::App& app, Invocation& invocation);
void declare_eval(CLI::App& app, Invocation& invocation);
void declare_explain(CLI::App& app, Invocation& invocation);
void declare_connections(CLI::App& app, Invocation& invocation);
void declare_facts(CLI::App& app, Invocation& invocation);
void declare_test(CLI::App& app, Invocation& invocation);
void declare_dump(CLI::App& app, Invocation& invocation);
void declare_init(CLI::App& app, Invocation& invocation);
void declare_breached(CLI::App& app, Invocation& invocation);
void declare_common(CLI::App& app, Invocation& invocation);
void declare_password(CLI::App& app, Invocation& invocation);
void declare_import(CLI::App& app, Invocation& invocation);
void declare_diff(CLI::App& app, Invocation& invocation);
void declare_matrix(CLI::App& app, Invocation& invocation);
void declare_graph(CLI::App& app, Invocation& invocation);
void declare_build(CLI::App& app, Invocation& invocation);
void declare_keygen(CLI::App& app, Invocation& invocation);
void declare_sign(CLI::App& app, Invocation& invocation);
void declare_verify(CLI::App& app, Invocation& invocation);
void declare_inspect(CLI::App& app, Invocation& invocation);
void declare_apply(CLI::App& app, Invocation& invocation);
void declare_publish(CLI::App& app, Invocation& invocation);
void declare_completion(CLI::App& app, Invocation& invocation);

// What the verb does when it is the one that was chosen; its result is the exit code.
void runs(CLI::App& verb, Invocation& invocation, std::function<int()> job);
// A message of one line on standard error, and the exit code to end with.
int fail(Console& console, const std::string& what, int code = exit_failure);
// --format pretty|json, the same for all that have it.
void add_format(CLI::App& verb, Format& format);
// The lines under "Examples:" of a verb's --help.
void add_examples(CLI::App& verb, const std::vector<std::string>& lines);

}  // namespace writ::cli
