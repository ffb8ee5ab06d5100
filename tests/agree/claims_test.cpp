// What lint claims is so: policies made by chance are linted and asked, and no request may show otherwise. A rule that never fires does not fire, who
// cannot sign in is not allowed, what is required and always satisfied challenges nobody. The claims are made on purpose by some rules that
// are put beside the generated ones, so that each is made often.
#include "compiler/lint/lint.h"
#include "tests/agree/case.h"
#include "tests/agree/generate.h"
#include "tests/agree/random.h"
#include "tests/agree/requests.h"
#include "tests/agree/surface.h"

#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::agree;

namespace {

// A tenant whose rules exclude one another now and then.
std::string narrow_tenant(Random& random) {
  const std::vector<std::string> some = {"user.logins > 5",
                                         "user.logins < 3",
                                         "user.email_verified",
                                         "not user.email_verified",
                                         "\"a\" in user.groups",
                                         "\"b\" in user.groups",
                                         "session.mfa",
                                         "user.mfa_enrolled",
                                         "client == web",
                                         "connection == two",
                                         "connection.family == social",
                                         "user.id == \"ann\"",
                                         "user.id in [\"bob\", \"eve\"]",
                                         "user.id starts with \"b\"",
                                         "user.blocked",
                                         "(request.asn else 7) > 5",
                                         "has request.country",
                                         "not has request.country"};
  const auto condition = [&] {
    std::string text = random.pick(some);
    for (std::size_t i = random.below(4); i > 0; --i)
      text += (random.chance(65) ? " and " : " or ") + std::string(random.chance(25) ? "not " : "") + "(" +
              random.pick(some) + ")";
    return text;
  };
  std::string text = "tenant narrow {\n  connection one : database\n  connection two : google_oauth2\n"
                     "  client web : web { connections one, two }\n  client spa : spa { connections one }\n";
  for (std::size_t i = random.below(3) + 1; i > 0; --i)
    text += "  allow login \"a" + std::to_string(i) + "\" when " + condition() + "\n";
  for (std::size_t i = random.below(4); i > 0; --i)
    text += "  deny login \"d" + std::to_string(i) + "\" when " + condition() + "\n";
  text += "  require mfa \"m\" when " + condition() + "\n  require verify_email \"v\" when " + condition() + "\n}\n";
  return text;
}

struct Claims {
  std::set<std::string> never, always, satisfied, taken_back;  // ids of rules
  std::set<std::string> closed_tenants, closed_clients, closed_connections;
};

Claims claims_of(const Case& prepared, std::map<std::string, std::size_t>& made) {
  std::vector<const tree::Tree*> trees;
  for (const auto& tree : prepared.trees) trees.push_back(&tree);
  Claims claims;
  for (const auto& finding : lint::lint(prepared.policy, trees, prepared.sources)) {
    ++made[std::string(finding.rule->id)];
    const auto rules = [&](std::set<std::string>& into) {
      for (const auto& tenant : prepared.policy.tenants)
        for (const auto& rule : tenant.rules)
          if (rule.span == finding.what.span) into.insert(tenant.structure.id + " " + rule.id);
    };
    const std::string name(prepared.sources.text(finding.what.span));
    if (finding.rule->id == "never-fires") rules(claims.never);
    if (finding.rule->id == "denies-everybody") rules(claims.always);
    if (finding.rule->id == "require-always-satisfied") rules(claims.satisfied);
    if (finding.rule->id == "allow-always-denied") rules(claims.taken_back);
    if (name != "narrow" && name != "web" && name != "spa" && name != "one" && name != "two") continue;
    if (finding.rule->id == "tenant-locked-out") claims.closed_tenants.insert(name);
    if (finding.rule->id == "client-without-way-in") claims.closed_clients.insert(name);
    if (finding.rule->id == "connection-without-way-in") claims.closed_connections.insert(name);
  }
  return claims;
}

std::string broken(const Claims& claims, const Case& prepared, const NamedRequest& request) {
  const Seen seen = ask(prepared, request, true);
  if (seen.explanation.fault != Fault::none) return "";
  const auto id = [&](const std::string& rule) { return request.tenant + " " + rule; };
  const bool in = seen.explanation.effect != Effect::deny && request.action == Action::login;
  for (const TraceEntry& entry : seen.trace) {
    if (entry.fired && claims.never.contains(id(entry.id))) return entry.id + " fired";
    if (!entry.fired && claims.always.contains(id(entry.id))) return entry.id + " did not fire";
    if (entry.fired && claims.taken_back.contains(id(entry.id)) && in) return entry.id + " let somebody in";
    const auto open = [&] {
      return std::ranges::none_of(entry.alternatives, [](const auto& one) { return one.second; });
    };
    if (entry.fired && claims.satisfied.contains(id(entry.id)) && open()) return entry.id + " asked for something";
  }
  if (!in || request.tenant != "narrow") return "";
  if (claims.closed_tenants.contains("narrow")) return "somebody signs in to the tenant";
  if (claims.closed_clients.contains(request.client)) return "somebody signs in to client " + request.client;
  if (request.connection && claims.closed_connections.contains(*request.connection))
    return "somebody signs in through it";
  return "";
}

}  // namespace

TEST_CASE("no request shows that a claim of lint is wrong") {
  constexpr std::size_t policies = 250, requests = 250;
  std::map<std::string, std::size_t> made;
  for (std::uint64_t seed = 1; seed <= policies; ++seed) {
    Random random(seed);
    std::string text = seed % 5 == 0 ? generate_policy(random).text : "writ 1\n";
    text += narrow_tenant(random);
    const auto prepared = prepare({text}, nullptr);
    if (!prepared->problems.empty()) continue;  // a generated tenant of that name, or too much
    const Claims claims = claims_of(*prepared, made);
    const Surface surface = surface_of(*prepared);
    for (std::size_t i = 0; i < requests; ++i) {
      const NamedRequest request = generate_request(surface, random);
      const std::string wrong = broken(claims, *prepared, request);
      if (wrong.empty()) continue;
      FAIL_CHECK("seed " << seed << ": " << wrong << "\n" << to_text(request) << "\n" << text);
      break;
    }
  }
  std::string counts;
  for (const auto& [rule, count] : made) counts += rule + " " + std::to_string(count) + "\n";
  INFO(counts);
  for (const char* rule : {"never-fires", "require-always-satisfied", "denies-everybody", "allow-always-denied",
                           "tenant-locked-out", "client-without-way-in", "connection-without-way-in"}) {
    INFO(rule);
    CHECK(made[rule] > 0);
  }
}
