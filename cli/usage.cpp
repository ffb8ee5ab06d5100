// CLI11 says "Could not convert: --format = yaml"; whoever typed it wants to know what there is instead. The kinds of errors that people make are
// worded here, the others keep CLI11's sentence.
#include "cli/usage.h"

#include "cli/console.h"
#include "compiler/diagnostics/diagnostics.h"
#include "runtime/program/facts.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

const CLI::App* verb_of(const CLI::App& app, const std::vector<std::string>& words) {
  for (const std::string& word : words)
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
      if (verb->get_name() == word) return verb;
  return nullptr;
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

// A word too many, or a flag that is none.
std::string unexpected(const CLI::App& app, const CLI::App* verb, const std::vector<std::string>& words,
                       std::string_view what) {
  const auto flags = flags_of(app, verb);
  const auto own = flags_of(app, nullptr);
  for (const std::string& word : words) {
    if (verb != nullptr && word == verb->get_name()) break;
    const std::string flag = word.substr(0, word.find('='));
    if (word.starts_with('-') && std::ranges::find(flags, flag) != flags.end() &&
        std::ranges::find(own, flag) == own.end())
      return fmt::format("`{}` stands behind the verb, as in `writ {} {}`", safe(flag), verb->get_name(), safe(flag));
  }
  for (const std::string& word : words) {
    const std::string flag = word.substr(0, word.find('='));
    if (word.size() > 1 && word.starts_with('-') && std::ranges::find(flags, flag) == flags.end())
      return fmt::format("there is no flag `{}`{}", safe(flag), did_you_mean(flag, flags));
  }
  return fmt::format("`{}` is one word too many", safe(what.substr(std::min(what.rfind(": "), what.size() - 2) + 2)));
}

// "Could not convert: --format = yaml"
std::string not_a_value(std::string_view what) {
  const auto flag_at = what.find("--"), equals = what.find(" = ");
  if (flag_at == std::string_view::npos || equals == std::string_view::npos) return std::string(what);
  const std::string_view flag = what.substr(flag_at, equals - flag_at), value = what.substr(equals + 3);
  const auto values = values_of(flag);
  if (values.empty()) return fmt::format("`{}` cannot be `{}`", flag, safe(value));
  return fmt::format("`{}` is {}, not `{}`", flag, listed(values), safe(value));
}

std::string sentence(const CLI::App& app, const CLI::App* verb, const std::vector<std::string>& words,
                     const CLI::ParseError& wrong) {
  const std::string what = wrong.what();
  const int kind = wrong.get_exit_code();
  const auto is = [kind](CLI::ExitCodes code) { return kind == static_cast<int>(code); };
  if (is(CLI::ExitCodes::ValidationError) && what.starts_with("SHELL: "))
    return fmt::format("`SHELL` is {}, not `{}`", listed(values_of("SHELL")), safe(words.back()));
  constexpr std::string_view required = " is required";
  if (is(CLI::ExitCodes::ExtrasError)) return unexpected(app, verb, words, what);
  if (is(CLI::ExitCodes::ConversionError)) return not_a_value(what);
  if (is(CLI::ExitCodes::RequiredError) && verb == nullptr)
    return "which verb? `writ check my-policy` finds every mistake in a policy";
  if (is(CLI::ExitCodes::RequiredError) && what.ends_with(required))
    return what.substr(0, what.size() - required.size()) + " is missing";
  return what;
}

}  // namespace

std::vector<std::string> values_of(std::string_view flag) {
  if (flag == "--format") return {"pretty", "json"};
  if (flag == "--color") return {"auto", "always", "never"};
  if (flag == "--engine") return {"interpret", "jit", "both"};
  if (flag == "--to") return {"allow", "challenge", "deny"};
  if (flag == "SHELL") return {"bash", "zsh", "fish"};
  if (flag == "--action") return {action_names.begin(), action_names.end()};
  return {};
}

std::string usage_problem(const CLI::App& app, const std::vector<std::string>& words, const CLI::ParseError& wrong) {
  const CLI::App* verb = verb_of(app, words);
  const std::string who = verb == nullptr ? "writ" : "writ " + verb->get_name();
  const std::string what = sentence(app, verb, words, wrong);
  return fmt::format("{}: {}{} see `{} --help`\n", who, what, what.ends_with('?') ? "" : ";", who);
}

}  // namespace writ::cli
