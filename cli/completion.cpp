// `writ completion`: what bash, zsh and fish need to complete the command, made from the same declarations that parse it.
#include "cli/usage.h"
#include "cli/verb.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Flag {
  std::string name, description;
  std::vector<std::string> values;  // of --format and the like
  bool takes_value = false;
};
struct VerbTable {
  std::string name, description;
  std::vector<Flag> flags;
  std::vector<VerbTable> below;  // `build` of `breached`
};

const std::vector<std::string> shells = {"bash", "zsh", "fish"};

std::vector<Flag> flags_of(const CLI::App& app) {
  std::vector<Flag> flags;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      flags.push_back({"--" + name, option->get_description(), values_of("--" + name, app.get_name()),
                       option->get_expected_max() > 0});
  return flags;
}

std::vector<VerbTable> verbs_of(const CLI::App& app, const std::vector<Flag>& everywhere) {
  std::vector<VerbTable> table;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    table.push_back({verb->get_name(), verb->get_description(), flags_of(*verb), verbs_of(*verb, everywhere)});
    for (const Flag& flag : everywhere)
      if (flag.name == "--color") table.back().flags.push_back(flag);
  }
  return table;
}
std::vector<VerbTable> table_of(const CLI::App& app) { return verbs_of(app, flags_of(app)); }

template <typename List, typename Text>
std::string joined(const List& list, const Text& text) {
  std::string result;
  for (const auto& one : list) result += (result.empty() ? "" : " ") + text(one);
  return result;
}
std::string words(const std::vector<std::string>& list) {
  return joined(list, [](const std::string& one) { return one; });
}

std::string names(const std::vector<VerbTable>& table) {
  return joined(table, [](const VerbTable& verb) { return verb.name; });
}

// Of a flag that takes other words here than elsewhere.
std::string own_values(const VerbTable& verb) {
  std::string text;
  for (const Flag& flag : verb.flags)
    if (!flag.values.empty() && flag.values != values_of(flag.name))
      text += fmt::format("if [ \"$previous\" = {} ]; then COMPREPLY=($(compgen -W '{}' -- \"$word\")); return; fi; ",
                          flag.name, words(flag.values));
  return text;
}

// The cases of a verb: its flags; or, where it has verbs of its own, these, and then their flags.
std::string bash_case(const VerbTable& verb) {
  if (verb.below.empty())
    return fmt::format("{}) {}words='{}' ;;", verb.name, own_values(verb),
                       joined(verb.flags, [](const Flag& flag) { return flag.name; }));
  std::string cases;
  for (const VerbTable& below : verb.below) cases += " " + bash_case(below);
  return fmt::format(
      "{0}) if [ \"$COMP_CWORD\" -eq 2 ]; then COMPREPLY=($(compgen -W '{1} --help' -- \"$word\")); return; fi\n"
      "      case ${{COMP_WORDS[2]}} in{2} esac ;;",
      verb.name, names(verb.below), cases);
}

std::string bash(const std::vector<VerbTable>& table) {
  std::string cases, values;
  for (const VerbTable& verb : table) cases += "    " + bash_case(verb) + "\n";
  for (const char* flag : {"--format", "--color", "--engine", "--action", "--event", "--fail-level"})
    values +=
        fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", flag, words(values_of(flag)));
  values += fmt::format("    completion) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", words(shells));
  return fmt::format(R"sh(# bash: source <(writ completion bash)
_writ() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  case $previous in
{}  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi
}}
complete -o filenames -F _writ writ
)sh",
                     names(table), cases, values);
}

// Inside single quotes of zsh's _arguments, `[`, `]`, `:` and quotes mean something.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'')
      result += "'\\''";
    else if (c == '[' || c == ']' || c == ':')
      result += {'\\', c};
    else
      result += c;
  }
  return result;
}

std::string zsh_case(const VerbTable& verb) {
  if (!verb.below.empty()) {
    std::string cases;
    for (const VerbTable& below : verb.below) cases += "      " + zsh_case(below);
    return fmt::format("{0}) if (( CURRENT == 2 )); then _values verb {1}; return; fi\n"
                       "      shift words; (( CURRENT-- ))\n      case $words[1] in\n{2}      esac ;;\n",
                       verb.name, names(verb.below), cases);
  }
  std::string text = verb.name + ") _arguments";
  for (const Flag& flag : verb.flags) {
    const std::string value =
        flag.values.empty() ? (flag.takes_value ? ":value:" : "") : fmt::format(":value:({})", words(flag.values));
    text += fmt::format(" '{}[{}]{}'", flag.name, zsh_text(flag.description), value);
  }
  return text +
         (verb.name == "completion" ? fmt::format(" '1:shell:({})' ;;\n", words(shells)) : " '*:file:_files' ;;\n");
}

std::string zsh(const std::vector<VerbTable>& table) {
  std::string verbs, cases;
  for (const VerbTable& verb : table) {
    verbs += fmt::format("    '{}:{}'\n", verb.name, zsh_text(verb.description));
    cases += "    " + zsh_case(verb);
  }
  return fmt::format(R"sh(#compdef writ
# zsh: writ completion zsh > "${{fpath[1]}}/_writ"
_writ() {{
  local -a verbs=(
{}  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
{}  esac
}}
_writ "$@"
)sh",
                     verbs, cases);
}

std::string fish_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

// `where` is the condition under which the verb can be typed, `then` the one under which it has been.
std::string fish_verb(const VerbTable& verb, const std::string& where, const std::string& then) {
  std::string text =
      fmt::format("complete -c writ -n '{}' -f -a {} -d '{}'\n", where, verb.name, fish_text(verb.description));
  for (const VerbTable& below : verb.below)
    text += fish_verb(below, fmt::format("{}; and not __fish_seen_subcommand_from {}", then, names(verb.below)),
                      fmt::format("{}; and __fish_seen_subcommand_from {}", then, below.name));
  if (!verb.below.empty()) return text;
  for (const Flag& flag : verb.flags) {
    const std::string value =
        flag.values.empty() ? (flag.takes_value ? " -x" : "") : fmt::format(" -x -a '{}'", words(flag.values));
    text += fmt::format("complete -c writ -n '{}' -l {}{} -d '{}'\n", then, flag.name.substr(2), value,
                        fish_text(flag.description));
  }
  return text;
}

std::string fish(const std::vector<VerbTable>& table) {
  std::string text = "# fish: writ completion fish > ~/.config/fish/completions/writ.fish\n";
  for (const VerbTable& verb : table)
    text += fish_verb(verb, "__fish_use_subcommand", "__fish_seen_subcommand_from " + verb.name);
  text += fmt::format("complete -c writ -n '__fish_seen_subcommand_from completion' -f -a '{}'\n", words(shells));
  return text;
}

int completion(const CLI::App& app, const std::string& shell, Console& console) {
  const std::vector<VerbTable> table = table_of(app);
  console.out(shell == "bash" ? bash(table) : shell == "zsh" ? zsh(table) : fish(table));
  return exit_ok;
}

}  // namespace

void declare_completion(CLI::App& app, Invocation& invocation) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "completion for a shell");
  verb->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("SHELL  bash, zsh or fish");
  add_examples(*verb,
               {"source <(writ completion bash)", "writ completion fish > ~/.config/fish/completions/writ.fish"});
  runs(*verb, invocation, [shell, &app, &invocation] { return completion(app, *shell, invocation.console); });
}

}  // namespace writ::cli
