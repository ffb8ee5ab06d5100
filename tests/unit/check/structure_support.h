// A policy checked from its text, with everything that was said about it: what the tests of structure stand on.
#pragma once

#include "compiler/check/check.h"
#include "compiler/syntax/syntax.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

struct Checked {
  SourceSet sources;
  std::deque<tree::Tree> trees;
  std::vector<const tree::Tree*> order;
  Diagnostics diagnostics;
  model::Policy policy;

  // "E0201 E0404": the codes, in source order.
  std::string codes() const {
    std::string text;
    for (const auto& one : diagnostics.sorted()) text += (text.empty() ? "" : " ") + code_text(one.code);
    return text;
  }
  std::string pretty() const { return render_pretty(diagnostics.sorted(), sources, {}); }
  const model::Tenant& tenant(std::string_view name) const {
    for (const auto& one : policy.tenants)
      if (one.structure.name == name) return one;
    static const model::Tenant none;
    return none;
  }
};

// The files of a set, each without its `writ 1`, in source order.
inline void check_files(Checked& checked, const std::vector<std::string>& texts, const Limits& limits = {}) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto file = checked.sources.add("f" + std::to_string(i) + ".writ", "writ 1\n" + texts[i]);
    checked.order.push_back(&checked.trees.emplace_back(parse(checked.sources, file, limits, checked.diagnostics)));
  }
  checked.policy = check_policy(checked.order, checked.sources, limits, checked.diagnostics);
}

inline std::string codes_of(const std::string& text, const Limits& limits = {}) {
  Checked checked;
  check_files(checked, {text}, limits);
  return checked.codes();
}

}  // namespace writ::test
