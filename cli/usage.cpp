// CLI11 says "Could not convert: --format = yaml"; whoever typed it wants to know what there is instead. The kinds of errors that people make are
// worded here, the others keep CLI11's sentence.
#include "cli/usage.h"

#include "cli/console.h"
#include "compiler/diagnostics/diagnostics.h"
#include "runtime/program/facts.h"
#include "runtime/program/password_facts.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

const CLI::App* sub_of(const CLI::App& app, const std::string& word) {
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    if (verb->get_name() == word) return verb;
  return nullptr;
}

// The verb that the words are for, and how it is written: `breached build` is one.
struct Chosen {
  const CLI::App* verb = nullptr;
  std::string name = "writ";
};
Chosen verb_of(const CLI::App& app, const std::vector<std::string>& words) {
  Chosen chosen;
  for (const std::string& word : words) {
    const CLI::App* below = sub_of(chosen.verb == nullptr ? app : *chosen.verb, word);
    if (below == nullptr) continue;
    chosen.verb = below;
    chosen.name += " " + word;
  }
  return chosen;
}

std::vector<std::string> flags_of(const CLI::App& app, const CLI::App* verb) {
  std::vector<std::string> flags;
  for (const CLI::App* one : {&app, verb}) {
    if (one == nullptr) continue;
    for (const CLI::Option* option : one->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
      for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
    }
  }
  return flags;
}

std::string did_you_mean(std::string_view seen, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = nearest_name(seen, views);
  return near.empty() ? std::string() : fmt::format(", did you mean `{}`?", near);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += fmt::format("{}`{}`", i == 0 ? "" : i + 1 == names.size() ? " or " : ", ", names[i]);
  return text;
}

// A flag that is none: what it is called here, when another tool calls it so, or the nearest one.
std::string flag_meant(std::string_view seen, const std::vector<std::string>& flags) {
  struct Habit {
    std::string_view elsewhere, here;
  };
  constexpr auto habits = std::to_array<Habit>({{"--dry-run", "--diff"},
                                                {"--json", "--format json"},
                                                {"--junit", "--format junit"},
                                                {"--sarif", "--format sarif"},
                                                {"--output", "--format"},
                                                {"-f", "--format"},
                                                {"--fail-on", "--fail-level"},
                                                {"--base", "--since"},
                                                {"--cov", "--coverage"},
                                                {"--run", "--filter"},
                                                {"-k", "--filter"},
                                                {"--fix", "--write"},
                                                {"--no-color", "--color never"}});
  const auto* found = std::ranges::find(habits, seen, &Habit::elsewhere);
  if (found != habits.end() &&
      std::ranges::find(flags, std::string(found->here.substr(0, found->here.find(' ')))) != flags.end())
    return fmt::format(", did you mean `{}`?", found->here);
  return did_you_mean(seen, flags);
}

// "--tries: Value 0 not in range 1 to 100"
std::string out_of_range(std::string_view what) {
  constexpr std::string_view value = ": Value ", range = " not in range ";
  const auto flag = what.find(value), end = what.find(range);
  if (flag == std::string_view::npos || end == std::string_view::npos || end < flag) return std::string(what);
  return fmt::format("`{}` is a number from {}, not `{}`", what.substr(0, flag), what.substr(end + range.size()),
                     safe(what.substr(flag + value.size(), end - flag - value.size())));
}

// A word too many, or a flag that is none.
std::string unexpected(const CLI::App& app, const Chosen& chosen, const std::vector<std::string>& words,
                       std::string_view what) {
  const CLI::App* const verb = chosen.verb;
  const auto flags = flags_of(app, verb);
  const auto own = flags_of(app, nullptr);
  for (const std::string& word : words) {
    if (verb != nullptr && word == verb->get_name()) break;
    const std::string flag = word.substr(0, word.find('='));
    if (word.starts_with('-') && std::ranges::find(flags, flag) != flags.end() &&
        std::ranges::find(own, flag) == own.end())
      return fmt::format("`{}` stands behind the verb, as in `{} {}`", safe(flag), chosen.name, safe(flag));
  }
  for (const std::string& word : words) {
    const std::string flag = word.substr(0, word.find('='));
    if (word.size() > 1 && word.starts_with('-') && std::ranges::find(flags, flag) == flags.end())
      return fmt::format("there is no flag `{}`{}", safe(flag), flag_meant(flag, flags));
  }
  return fmt::format("`{}` is one word too many", safe(what.substr(std::min(what.rfind(": "), what.size() - 2) + 2)));
}

// "Could not convert: --format = yaml"
std::string not_a_value(std::string_view what, std::string_view verb) {
  const auto flag_at = what.find("--"), equals = what.find(" = ");
  if (flag_at == std::string_view::npos || equals == std::string_view::npos) return std::string(what);
  const std::string_view flag = what.substr(flag_at, equals - flag_at), value = what.substr(equals + 3);
  const auto values = values_of(flag, verb);
  if (values.empty()) return fmt::format("`{}` cannot be `{}`", flag, safe(value));
  return fmt::format("`{}` is {}, not `{}`", flag, listed(values), safe(value));
}

// `writ breached`, or a word that is none of its verbs.
std::string which_below(const CLI::App& verb, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const CLI::App* below : verb.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(below->get_name());
  const auto after = std::ranges::find(words, verb.get_name());
  if (words.end() - after < 2 || after[1].starts_with('-')) return fmt::format("which of {}?", listed(names));
  return fmt::format("`{}` is not {}{}", safe(after[1]), listed(names), did_you_mean(after[1], names));
}

std::string sentence(const CLI::App& app, const Chosen& chosen, const std::vector<std::string>& words,
                     const CLI::ParseError& wrong) {
  const CLI::App* const verb = chosen.verb;
  if (verb != nullptr && !verb->get_subcommands([](const CLI::App*) { return true; }).empty())
    return which_below(*verb, words);
  const std::string what = wrong.what();
  const int kind = wrong.get_exit_code();
  const auto is = [kind](CLI::ExitCodes code) { return kind == static_cast<int>(code); };
  if (is(CLI::ExitCodes::ValidationError) && what.starts_with("SHELL: "))
    return fmt::format("`SHELL` is {}, not `{}`", listed(values_of("SHELL")), safe(words.back()));
  constexpr std::string_view required = " is required";
  if (is(CLI::ExitCodes::ExtrasError)) return unexpected(app, chosen, words, what);
  if (is(CLI::ExitCodes::ConversionError)) return not_a_value(what, verb == nullptr ? std::string() : verb->get_name());
  if (is(CLI::ExitCodes::RequiredError) && verb == nullptr)
    return "which verb? `writ check my-policy` finds every mistake in a policy";
  if (is(CLI::ExitCodes::RequiredError) && what.ends_with(required))
    return what.substr(0, what.size() - required.size()) + " is missing";
  if (is(CLI::ExitCodes::ValidationError)) return out_of_range(what);
  return what;
}

}  // namespace

std::vector<std::string> values_of(std::string_view flag, std::string_view verb) {
  if (flag == "--format" && verb == "lint") return {"pretty", "compact", "json", "sarif", "junit", "github", "gitlab"};
  if (flag == "--format" && verb == "test") return {"pretty", "json", "junit"};
  if (flag == "--fail-level") return {"error", "warning", "info"};
  if (flag == "--format" && verb == "diff") return {"pretty", "json", "markdown"};
  if (flag == "--format" && verb == "matrix") return {"pretty", "json", "html", "svg"};
  if (flag == "--format" && verb == "graph") return {"svg", "html", "dot"};
  if (flag == "--format") return {"pretty", "json"};
  if (flag == "--color") return {"auto", "always", "never"};
  if (flag == "--algorithm") return {"ed25519", "ecdsa-p256"};
  if (flag == "--engine") return {"interpret", "jit", "both"};
  if (flag == "--to") return {"allow", "challenge", "deny"};
  if (flag == "SHELL") return {"bash", "zsh", "fish"};
  if (flag == "--event") return {password_event_names.begin(), password_event_names.end()};
  if (flag == "--action") return {action_names.begin(), action_names.end()};
  return {};
}

std::string empty_word(const CLI::App& app, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool ends_empty = word.starts_with("--") && word.size() > 3 && word.find('=') == word.size() - 1;
    if (!word.empty() && !ends_empty) continue;
    const std::string before = ends_empty ? word.substr(0, word.size() - 1) : i > 0 ? words[i - 1] : "";
    const std::string name = verb_of(app, words).name;
    return fmt::format("{0}: {1}; is a variable of the script not set? see `{0} --help`\n", name,
                       before.starts_with('-') ? fmt::format("behind `{}` stands nothing", safe(before))
                                               : std::string("one of the words is empty"));
  }
  return {};
}

std::string usage_problem(const CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& wrong) {
  const Chosen chosen = verb_of(app, words);
  const std::string what = sentence(app, chosen, words, wrong);
  return fmt::format("{0}: {1}{2} see `{0} --help`\n", chosen.name, what, what.ends_with('?') ? "" : ";");
}

}  // namespace writ::cli
