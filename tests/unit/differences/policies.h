// Two policies as text, compiled and compared.
#pragma once

#include "compiler/check/check.h"
#include "compiler/diff/diff.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"

#include <deque>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

namespace writ::differences {

struct Compiled {
  SourceSet sources;
  std::deque<tree::Tree> trees;
  Engine engine;

  explicit Compiled(const std::string& text) {
    Diagnostics diagnostics;
    trees.push_back(parse(sources, sources.add("p.writ", text), {}, diagnostics));
    const tree::Tree* order[] = {&trees.front()};
    const auto policy = check_policy(order, sources, {}, diagnostics);
    INFO(text << render_pretty(diagnostics.sorted(), sources, {}));
    REQUIRE_FALSE(diagnostics.has_errors());
    std::vector<program::Part> parts;
    for (const auto& tenant : policy.tenants) parts.push_back(lower_tenant(tenant, sources));
    const auto refused = engine.put(std::move(parts));
    REQUIRE(refused.empty());
  }
};

inline std::vector<diff::TenantDiff> compare(const std::string& before, const std::string& after,
                                             const diff::Options& options = {}) {
  const Compiled was(before), is(after);
  const PasswordLists lists;
  auto found = diff::differences({was.engine, is.engine, lists}, options);
  // Whatever is found is decided so by both.
  for (const auto& tenant : found)
    for (const auto& witness : tenant.witnesses) {
      const auto decide = [&](const Engine& engine) {
        Request bound;
        engine.bind(witness.request, bound);
        return engine.interpret(bound).effect;
      };
      CHECK(decide(was.engine) == witness.direction.from);
      CHECK(decide(is.engine) == witness.direction.to);
    }
  return found;
}

}  // namespace writ::differences
