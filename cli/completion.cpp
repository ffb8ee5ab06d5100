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
};

const std::vector<std::string> shells = {"bash", "zsh", "fish"};

std::vector<Flag> flags_of(const CLI::App& app) {
  std::vector<Flag> flags;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      flags.push_back({"--" + name, option->get_description(), values_of("--" + name), option->get_expected_max() > 0});
  return flags;
}

std::vector<VerbTable> table_of(const CLI::App& app) {
  std::vector<VerbTable> table;
  const std::vector<Flag> everywhere = flags_of(app);
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    table.push_back({verb->get_name(), verb->get_description(), flags_of(*verb)});
    for (const Flag& flag : everywhere)
      if (flag.name == "--color") table.back().flags.push_back(flag);
  }
  return table;
}

template <typename List, typename Text>
std::string joined(const List& list, const Text& text) {
  std::string result;
  for (const auto& one : list) result += (result.empty() ? "" : " ") + text(one);
  return result;
}
std::string words(const std::vector<std::string>& list) {
  return joined(list, [](const std::string& one) { return one; });
}

std::string bash(const std::vector<VerbTable>& table) {
  std::string cases, values;
  for (const VerbTable& verb : table)
    cases += fmt::format("    {}) words='{}' ;;\n", verb.name,
                         joined(verb.flags, [](const Flag& flag) { return flag.name; }));
  for (const char* flag : {"--format", "--color", "--engine", "--action"})
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
  case $previous in
{}  esac
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi
}}
complete -o filenames -F _writ writ
)sh",
                     joined(table, [](const VerbTable& verb) { return verb.name; }), values, cases);
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

std::string zsh(const std::vector<VerbTable>& table) {
  std::string verbs, cases;
  for (const VerbTable& verb : table) {
    verbs += fmt::format("    '{}:{}'\n", verb.name, zsh_text(verb.description));
    cases += fmt::format("    {}) _arguments", verb.name);
    for (const Flag& flag : verb.flags) {
      const std::string value =
          flag.values.empty() ? (flag.takes_value ? ":value:" : "") : fmt::format(":value:({})", words(flag.values));
      cases += fmt::format(" '{}[{}]{}'", flag.name, zsh_text(flag.description), value);
    }
    cases += verb.name == "completion" ? fmt::format(" '1:shell:({})' ;;\n", words(shells)) : " '*:file:_files' ;;\n";
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

std::string fish(const std::vector<VerbTable>& table) {
  std::string text = "# fish: writ completion fish > ~/.config/fish/completions/writ.fish\n";
  for (const VerbTable& verb : table) {
    text += fmt::format("complete -c writ -n __fish_use_subcommand -f -a {} -d '{}'\n", verb.name,
                        fish_text(verb.description));
    for (const Flag& flag : verb.flags) {
      const std::string value =
          flag.values.empty() ? (flag.takes_value ? " -x" : "") : fmt::format(" -x -a '{}'", words(flag.values));
      text += fmt::format("complete -c writ -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n", verb.name,
                          flag.name.substr(2), value, fish_text(flag.description));
    }
  }
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
  verb->callback([shell, &app, &invocation] {
    invocation.job = [shell, &app, &invocation] { return completion(app, *shell, invocation.console); };
  });
}

}  // namespace writ::cli
