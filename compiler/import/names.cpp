// What things are called in Writ: their names, and their strategies.
#include "compiler/import/plan.h"
#include "compiler/syntax/print.h"
#include "runtime/program/facts.h"

#include <algorithm>

namespace writ::importing {

namespace {

constexpr std::size_t longest_name = 60;

}  // namespace

std::optional<std::size_t> strategy_named(std::string_view name) {
  const auto* const found = std::ranges::find(strategies, name, &Strategy::name);
  if (found == strategies.end()) return std::nullopt;
  return static_cast<std::size_t>(found - strategies.begin());
}

// `client`, `request` and the other roots of facts mean the request's in every rule.
Names::Names(std::string_view kind) : kind_(kind) {
  for (const auto& fact : builtin_facts) taken_.emplace(fact.name.substr(0, fact.name.find('.')));
}

std::string Names::make(std::string_view wire) {
  std::string name;
  for (const char c : wire.substr(0, longest_name)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9'))
      name += letter ? static_cast<char>(c | 0x20) : c;
    else if (!name.empty() && !name.ends_with('_'))
      name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = kind_ + (name.empty() ? "" : "_") + name;
  if (syntax::name_text(tree::Name{name, {}}) != name) name += "_" + kind_;
  auto made = name;
  for (std::size_t number = 2; !taken_.insert(made).second; ++number) made = name + "_" + std::to_string(number);
  return made;
}

}  // namespace writ::importing
