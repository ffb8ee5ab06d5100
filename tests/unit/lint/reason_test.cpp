// The search for "can it be?" has bounds: conditions that would take it for ever end in "maybe", soon and on any stack.
#include "compiler/check/check.h"
#include "compiler/lint/lint.h"
#include "compiler/syntax/syntax.h"

#include <chrono>

#include <catch2/catch.hpp>

using namespace writ;

namespace {

std::vector<std::string> rules_tripped(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const tree::Tree tree = parse(sources, sources.add("policy.writ", text), Limits{}, diagnostics);
  const tree::Tree* trees[] = {&tree};
  const model::Policy policy = check_policy(trees, sources, Limits{}, diagnostics);
  INFO(render_pretty(diagnostics.sorted(), sources, {}));
  REQUIRE(!diagnostics.has_errors());
  std::vector<std::string> ids;
  for (const auto& finding : lint::lint(policy, trees, sources)) ids.emplace_back(finding.rule->id);
  return ids;
}

std::string policy_of(const std::string& rules) {
  return "writ 1\ntenant acme {\n  connection staff : saml\n  client app : web { connections staff; callbacks "
         "\"https://a.example/\" }\n  allow login\n" +
         rules + "}\n";
}

}  // namespace

TEST_CASE("conditions of many forks end in maybe, and quickly") {
  std::string both = "  deny login \"deep\" when user.logins > 5";
  for (int i = 0; i < 4'000; ++i)
    both += " and (user.logins < " + std::to_string(3 + i % 2) + " or \"g" + std::to_string(i) + "\" in user.groups)";
  const auto begin = std::chrono::steady_clock::now();
  CHECK(rules_tripped(policy_of(both + "\n")).empty());
  std::string nested = "user.email_verified";
  for (int i = 0; i < 100; ++i) nested = "(not (" + nested + ") or \"g" + std::to_string(i) + "\" in user.groups)";
  CHECK(rules_tripped(policy_of("  deny login \"nested\" when " + nested + "\n")).empty());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("what is not understood is free, and claims nothing") {
  CHECK(rules_tripped(policy_of("  deny login \"x\" when user.id matches /^a.*b$/ and user.id matches /^c.*d$/\n"))
            .empty());
  CHECK(rules_tripped(
            policy_of("  deny login \"x\" when request.time in 08:00..09:00 \"Europe/Paris\" and request.time in "
                      "10:00..11:00 \"Europe/Paris\"\n"))
            .empty());
  CHECK(rules_tripped(policy_of("  deny login \"x\" when request.ip in 10.0.0.0/8 and request.ip in 192.0.2.0/24\n"))
            .empty());
  CHECK(rules_tripped(policy_of("  deny login \"x\" when user.id == \"a\" and user.id == \"b\"\n")) ==
        std::vector<std::string>{"never-fires"});
}
