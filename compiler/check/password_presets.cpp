// Presets of password policies: what other products and standards mean by a name. They are written in Writ, in
// policies/presets/passwords.writ, which is built in and read when the first preset is asked for.
#include "compiler/check/passwords.h"
#include "compiler/check/presets.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>

namespace writ::check {

namespace {

using Kind = tree::Requirement::Kind;

constexpr std::int64_t longest_minimum = 128;

struct Preset {
  std::string name;
  std::vector<tree::Requirement> requirements;
};

std::vector<Preset> read_presets() {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("presets", std::string(preset_text())), Limits{}, diagnostics);
  std::vector<Preset> read;
  for (const auto& declaration : tree.declarations)
    if (const auto* platform = std::get_if<tree::PlatformDecl>(&declaration))
      for (const auto& item : platform->items)
        if (const auto* password = std::get_if<tree::PasswordDecl>(&item))
          read.push_back({password->name.text, password->requirements});
  return read;
}

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = read_presets();
  return all;
}

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const auto& one : presets()) names.push_back(one.name);
  return names;
}

// auth0.good(10): the level's own minimum is replaced, as `min_length` does there.
std::optional<std::int64_t> minimum_of(Run& run, const Scope& scope, const tree::Tree& tree,
                                       const tree::PasswordPreset& preset, std::string_view name) {
  if (preset.arguments.empty()) return std::nullopt;
  const auto& expression = tree[preset.arguments.front()];
  if (!name.starts_with("auth0.") || preset.arguments.size() > 1) {
    run.diagnostics
        .add(Code::bad_preset, expression.span,
             "preset " + in_ticks(name) + " takes no " + (preset.arguments.size() > 1 ? "more arguments" : "argument"))
        .hint("only Auth0's levels take one, the minimum length: `auth0.good(10)`");
    return std::nullopt;
  }
  tree::Type wanted;
  wanted.kind = TypeKind::integer;
  Diagnostics ignored;
  const auto value = constant_of(scope, tree, preset.arguments.front(), wanted, run.sources, ignored);
  const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr;
  if (number != nullptr && *number >= 1 && *number <= longest_minimum) return *number;
  run.diagnostics
      .add(Code::bad_preset, expression.span,
           "the minimum length is a number from 1 to " + std::to_string(longest_minimum) + ", not " +
               in_ticks(run.sources.text(expression.span)))
      .hint("a number that the level itself would not ask for: `auth0.good(10)`");
  return std::nullopt;
}

}  // namespace

std::vector<tree::Requirement> expand_preset(Run& run, const Scope& scope, const tree::Tree& tree,
                                             const tree::PasswordPreset& preset) {
  const std::string name = joined(preset.path);
  std::vector<tree::Requirement> requirements;
  if (const auto found = std::ranges::find(presets(), name, &Preset::name); found != presets().end())
    requirements = found->requirements;
  for (auto& one : requirements) {  // what the policy has in its text is the preset's name
    one.span = preset.span;
    for (auto& word : one.words) word.span = preset.span;
  }
  if (requirements.empty()) {
    auto& unknown = undeclared(run, Code::bad_preset, "there is no preset", {name, preset.span, false}, preset_names());
    if (unknown.help.empty())
      unknown.hint("Auth0's levels are auth0.none, auth0.low, auth0.fair, auth0.good, auth0.excellent");
    return requirements;
  }
  if (const auto minimum = minimum_of(run, scope, tree, preset, name)) {
    const auto length =
        std::ranges::find_if(requirements, [](const auto& one) { return one.kind == Kind::length && one.low; });
    if (length != requirements.end()) length->low = *minimum;
  }
  return requirements;
}

}  // namespace writ::check
