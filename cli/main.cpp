// The command `writ`: one verb for each question one has about a policy. Every verb is a file beside this one.
//
// Data goes to standard output, messages to standard error, `-` is standard input. Exit codes are in verb.h.
#include "cli/usage.h"
#include "cli/verb.h"
#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

constexpr auto verbs = {declare_check,     declare_lint,        declare_fix,     declare_test,  declare_eval,
                        declare_explain,   declare_connections, declare_facts,   declare_diff,  declare_matrix,
                        declare_graph,     declare_fmt,         declare_dump,    declare_init,  declare_password,
                        declare_breached,  declare_common,      declare_import,  declare_build, declare_keygen,
                        declare_sign,      declare_verify,      declare_inspect, declare_apply, declare_publish,
                        declare_completion};

constexpr const char* exit_codes = "Exit codes: 0 ok; 1 input, output or internal; 2 usage; 3 the policy has errors;\n"
                                   "4 a test failed or a file is not formatted; 5 warnings (lint --fail-level);\n"
                                   "6 not an allow (--exit-decision), or a password that is refused;\n"
                                   "7 not proved (--strict); 8 a bundle is refused; 9 decisions changed (diff)\n\n"
                                   "Start with `writ init my-policy`.";

// CLI11 would only say that a subcommand is required.
bool is_unknown_verb(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty() || words[0].starts_with('-')) return false;
  const std::string& seen = words[0];
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  if (std::find(names.begin(), names.end(), seen) != names.end()) return false;
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = nearest_name(seen, views);
  const std::string meant = seen == "version" ? "--version" : std::string(near);
  std::fputs(fmt::format("writ: there is no verb `{}`{}\n", safe(seen),
                         meant.empty() ? "; see `writ --help`" : fmt::format(", did you mean `{}`?", meant))
                 .c_str(),
             stderr);
  return true;
}

// `writ help check` is `writ check --help`.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    words.resize(std::min<std::size_t>(words.size(), 1));
    words.emplace_back("--help");
  }
  // --boundaries may stand alone, so it must not take the next word, whatever that is. A number it takes.
  const auto is_number = [](const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "--boundaries") continue;
    const bool number = i + 1 < words.size() && is_number(words[i + 1]);
    words[i] += "=" + (number ? words[i + 1] : "7");
    if (number) words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  return words;
}

int run(int argc, char** argv) {
  Invocation invocation;
  CLI::App app("Writ: authentication policy for multi-tenant platforms", "writ");
  app.require_subcommand(1);
  app.set_version_flag("--version", "writ " WRIT_VERSION);
  app.footer(exit_codes);
  app.fallthrough();
  Color color = Color::automatic;
  static const std::map<std::string, Color> colors = {
      {"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};
  app.add_option("--color", color, "colour the output: auto, always or never")
      ->type_name("WHEN")
      ->transform(CLI::Transformer(colors).description(""))
      ->default_str("auto");
  for (const auto declare : verbs) declare(app, invocation);
  const std::vector<std::string> words = words_of(argc, argv);
  if (is_unknown_verb(app, words)) return exit_usage;
  if (const auto wrong = empty_word(app, words); !wrong.empty()) {
    std::fputs(wrong.c_str(), stderr);
    return exit_usage;
  }
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them from the end
  } catch (const CLI::ParseError& wrong) {
    // Help and version arrive here too, with code 0.
    if (wrong.get_exit_code() == 0) return app.exit(wrong) == 0 ? exit_ok : exit_usage;
    std::fputs(usage_problem(app, words, wrong).c_str(), stderr);
    return exit_usage;
  }
  invocation.console.set_color(color);
  const int code = invocation.job ? invocation.job() : exit_usage;
  if (!invocation.console.finish()) {
    std::fputs("writ: standard output could not be written\n", stderr);
    return exit_failure;
  }
  return code;
}

}  // namespace

void runs(CLI::App& verb, Invocation& invocation, std::function<int()> job) {
  verb.callback([&invocation, job = std::move(job)] { invocation.job = job; });
}

int fail(Console& console, const std::string& what, int code) {
  console.err("writ: " + safe(what) + "\n");
  return code;
}

void add_format(CLI::App& verb, Format& format) {
  static const std::map<std::string, Format> formats = {{"pretty", Format::pretty}, {"json", Format::json}};
  verb.add_option("--format", format, "pretty, for people, or json")
      ->type_name("FORM")
      ->transform(CLI::Transformer(formats).description(""))
      ->default_str("pretty");
}

void add_examples(CLI::App& verb, const std::vector<std::string>& lines) {
  std::string text = lines.size() == 1 ? "Example:" : "Examples:";
  for (const std::string& line : lines) text += "\n  " + line;
  verb.footer(text);
}

}  // namespace writ::cli

int main(int argc, char** argv) {
  try {
    return writ::cli::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "writ: %s\n", failure.what());
    return writ::cli::exit_failure;
  }
}
