// That the comparison can fail: every part of an answer that is wrong is named; an engine that decides by a slightly
// different policy is found by generated requests, and what it does wrong shrinks to a few lines that are a golden.
#include "tests/agree/generate.h"
#include "tests/agree/properties.h"
#include "tests/agree/requests.h"
#include "tests/agree/run.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using namespace writ::agree;

const std::string sample = R"(writ 1
tenant acme {
  connection users : database
  client shop : spa { connections users }
  allow login, refresh "come in"
  deny login "banned" when "banned" in user.roles
  require mfa within 15m or verify_email "fresh" unless "trusted" in user.roles
  report deny login "old" when request.user_agent contains "MSIE"
}
)";

NamedRequest login(const std::string& role) {
  NamedRequest request{Action::login, "acme", "shop", "users", {}, {}};
  request.facts = {{"user.blocked", false},
                   {"user.roles", StringSet{role}},
                   {"user.email_verified", false},
                   {"session.mfa", false},
                   {"request.user_agent", std::string("MSIE 6")}};
  return request;
}

std::string seen_with(const std::function<void(Seen&)>& spoil) {
  const auto prepared = prepare({sample}, nullptr);
  REQUIRE(prepared->problems == "");
  auto seen = ask(*prepared, login("x"), true);
  spoil(seen);
  return difference(*prepared, login("x"), seen, true);
}

void forget_others(Seen& seen) {
  for (auto* const other : {&seen.by_machine, &seen.by_default, &seen.prepared, &seen.prepared_interpreted})
    other->reset();
}

// The oracle reads the text, the engine what `twist` makes of it.
std::unique_ptr<Case> twisted(const std::string& text, const std::string& from, const std::string& to) {
  std::string other = text;
  for (auto at = other.find(from); at != std::string::npos; at = other.find(from, at + to.size()))
    other.replace(at, from.size(), to);
  auto prepared = prepare({text}, nullptr);
  const auto wrong = prepare({other}, nullptr);
  if (!wrong->problems.empty()) prepared->problems = wrong->problems;
  std::swap(prepared->engine, wrong->engine);
  return prepared;
}

struct Twist {
  std::string from, to;
};

// The first generated policy and request for which the twist shows.
Failure find(const Twist& twist) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const auto made = generate_policy(random);
    const auto prepared = twisted(made.text, twist.from, twist.to);
    if (!prepared->problems.empty()) continue;
    const auto surface = surface_of(*prepared);
    for (int i = 0; i < 1'000; ++i) {
      const auto request = generate_request(surface, random);
      if (!difference(*prepared, request, false).empty()) return {made.text, request};
    }
  }
  return {};
}

}  // namespace

TEST_CASE("the comparison names every part of an answer that differs") {
  CHECK(seen_with([](Seen&) {}) == "");
  const auto says = [](const std::string& what, const std::function<void(Seen&)>& spoil) {
    INFO(what);
    CHECK(seen_with(spoil).starts_with(what));
  };
  says("effect:", [](Seen& seen) { seen.explanation.effect = Effect::allow; });
  says("would_be:", [](Seen& seen) { seen.explanation.would_be = Effect::allow; });
  says("fault:", [](Seen& seen) { seen.explanation.fault = Fault::stale; });
  says("because:", [](Seen& seen) { seen.explanation.because = Because::no_allow; });
  says("reasons:", [](Seen& seen) { seen.explanation.reasons.clear(); });
  says("reports:", [](Seen& seen) { seen.explanation.reports.clear(); });
  says("obligations:", [](Seen& seen) { seen.explanation.obligations[0] += "!"; });
  says("decision's effect:", [](Seen& seen) { seen.decision.effect = Effect::allow, forget_others(seen); });
  says("decision's fault:", [](Seen& seen) { seen.decision.fault = Fault::stale, forget_others(seen); });
  says("decision's rules:", [](Seen& seen) { seen.fired.pop_back(); });
  says("decision's obligations:", [](Seen& seen) { seen.obligations.clear(); });
  says("machine code:", [](Seen& seen) { seen.by_machine = seen.decision, seen.by_machine->version = 7; });
  says("decide:", [](Seen& seen) { seen.by_default->fired[1] ^= 1; });
  says("prepared:", [](Seen& seen) { seen.prepared->unsatisfied ^= 1; });
  says("prepared and interpreted:", [](Seen& seen) { seen.prepared_interpreted->unsatisfied ^= 1; });
  says("trace ids:", [](Seen& seen) { std::swap(seen.trace[0], seen.trace[1]); });
  says("fired ", [](Seen& seen) { seen.trace[0].fired = !seen.trace[0].fired; });
  says("leaves of ", [](Seen& seen) { seen.trace[1].leaves[0].outcome = !seen.trace[1].leaves[0].outcome; });
  says("alternatives of ",
       [](Seen& seen) { seen.trace[2].alternatives[0].second = !seen.trace[2].alternatives[0].second; });
}

TEST_CASE("an engine that decides by a slightly different policy is found, and shrinks to a golden") {
  const std::vector<Twist> twists = {{" <= ", " < "},
                                     {" starts with ", " ends with "},
                                     {"any ", "all "},
                                     {" not in ", " in "},
                                     {" == ", " != "},
                                     {"joins on login", "members required"},
                                     {" per ip", " per identifier"},
                                     {"report ", ""}};
  for (const auto& twist : twists) {
    INFO(twist.from << " → " << twist.to);
    const auto found = find(twist);
    REQUIRE(!found.text.empty());
    const auto differs = [&](const std::string& text, const NamedRequest& request) {
      const auto prepared = twisted(text, twist.from, twist.to);
      return prepared->problems.empty() ? kind(difference(*prepared, request, false)) : "";
    };
    const auto wanted = differs(found.text, found.request);
    const auto still = [&](const std::string& text, const NamedRequest& request) {
      return differs(text, request) == wanted;
    };
    const auto smallest = shrink(found, still, 3'600);  // until nothing more goes: the clock has no say here
    INFO(smallest.text << to_text(smallest.request));
    CHECK(still(smallest.text, smallest.request));
    CHECK(smallest.text.find(twist.from) != std::string::npos);
    CHECK(std::ranges::count(smallest.text, '\n') <= 24);
    CHECK(smallest.request.facts.size() <= 8);
    CHECK(golden(smallest).find(smallest.text) != std::string::npos);
  }
}

TEST_CASE("what did not hold between two policies would be seen") {
  const std::vector<NamedRequest> requests = {login("x"), login("banned")};
  CHECK(broken_property({sample}, {"extend tenant acme {\n  deny login\n}\n"}, requests, 1) == "");
  CHECK(broken_property({sample}, {"extend tenant acme {\n  allow login\n  deny signup\n}\n"}, requests, 1) == "");
  // An allow in place of a deny does let somebody in, where nobody was let in before.
  std::string nobody = sample;
  nobody.erase(nobody.find("  allow"), nobody.find("  deny") - nobody.find("  allow"));
  CHECK(broken_property({nobody}, {"extend tenant acme {\n  allow login\n}\n"}, requests, 1)
            .starts_with("deny: it lets somebody in"));
  CHECK(broken_property({sample}, {"extend tenant nobody {\n  deny login\n}\n"}, requests, 1)
            .starts_with("deny: with one more it does not check"));
  CHECK(broken_property({"writ 1\ntenant"}, {}, requests, 1).starts_with("check:"));
}

TEST_CASE("a failure is printed as a golden, with the oracle's answer") {
  const auto text = golden({sample, login("banned")});
  CHECK(text.starts_with("//// writ eval --format json policy.writ request.json"));
  CHECK(text.find("\n" + sample + "//// file request.json\n{\"action\":\"login\"") != std::string::npos);
  CHECK(text.ends_with(
      "//// expect 0\n"
      R"({"effect":"deny","because":"rules","fault":null,"reasons":[{"id":"acme/deny banned"}],"obligations":[],)"
      R"("reports":[{"id":"acme/deny old"}],"would_be":"deny"})"
      "\n"));
  CHECK(golden({sample, login("\xff")}).starts_with("// JSON cannot say this request"));
}
