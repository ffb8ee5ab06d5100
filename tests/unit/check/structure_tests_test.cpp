// Tests and proofs of a policy: what they may name, set and expect; and the requests they ask.
#include "tests/unit/check/structure_support.h"

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using test::codes_of;

const std::string acme = R"(
  attributes { user.level : one of low, high
    request.risk : int 1..100 }
  tenant acme {
    id "acme-1"
    connection users : database { id "db-1" }
    client shop : spa { id "client-1"; connections users }
    client job : m2m
    allow login, m2m
    deny login "no robots" when "robot" in user.groups
    require mfa within 15m or accept("x") "fresh" when user.level == high
  }
)";

std::string steps(const std::string& text) { return codes_of(acme + "test \"t\" { " + text + " }"); }

}  // namespace

TEST_CASE("a test that is right") {
  CHECK(steps("login to acme.shop via users { user.groups = [\"robot\"]; user.level = high; without user.email; "
              "user.email_verified = false }\n"
              "expect deny by \"no robots\"\n expect would_be deny\n"
              "login to acme.shop via users { user.level = high } expect challenge mfa within 15m or accept(\"x\") by "
              "\"fresh\"\n"
              "m2m to acme.job expect allow\n"
              "login to acme.shop via users { without user.blocked } expect deny fault invalid_request") == "");
}

TEST_CASE("requests name what is there") {
  CHECK(steps("login to acme.shop expect allow") == "E0701");
  CHECK(steps("login to acme via users expect allow") == "E0701");
  CHECK(steps("m2m to acme.job via users expect allow") == "E0701");
  CHECK(steps("login to acmee.shop via users expect allow") == "E0201");
  CHECK(steps("login to acme.shop via user expect allow") == "E0201");
  CHECK(steps("login to acme.shop in org via users expect allow") == "E0201");
  CHECK(steps("signin to acme.shop via users expect allow") == "E0206");
}

TEST_CASE("facts of the action, literals of their types, each once") {
  const auto set = [](const std::string& fact) {
    return steps("login to acme.shop via users { " + fact + " } expect allow");
  };
  CHECK(set("user.emial = \"x\"") == "E0221");
  CHECK(set("user.groups = \"robot\"") == "E0702");
  CHECK(set("user.level = middle") == "E0702");
  CHECK(set("connection = users") == "E0702");
  CHECK(set("user.logins = 1; user.logins = 2") == "E0407");
  CHECK(set("request.risk = 200") == "");  // how a test asks for invalid_request
  CHECK(steps("m2m to acme.job { user.email = \"x\" } expect allow") == "E0305");
}

TEST_CASE("expectations that can come about") {
  const auto expect = [](const std::string& text) { return steps("login to acme.shop via users expect " + text); };
  CHECK(expect("deny by \"no robot\"") == "E0703");
  CHECK(expect("deny by no_allow") == "");
  CHECK(expect("allow by no_allow") == "E0703");
  CHECK(expect("allow fault locked_out") == "E0703");
  CHECK(expect("deny fault lockedout") == "E0206");
  CHECK(expect("challenge mfa") == "E0703");
}

TEST_CASE("proofs name what is there and conclude something boolean") {
  const auto prove = [](const std::string& text) {
    return codes_of("client portal : spa\n" + acme + "prove \"p\" { " + text + " }");
  };
  CHECK(prove("login to acme.shop via users allowed implies session.mfa or client == shop") == "");
  CHECK(prove("login allowed implies not user.blocked") == "");
  CHECK(prove("login allowed implies client == portal") == "");
  CHECK(prove("login to acme.shp allowed implies session.mfa") == "E0201");
  CHECK(prove("login to nobody allowed implies session.mfa") == "E0201");
  CHECK(prove("login via users allowed implies session.mfa") == "E0701");
  CHECK(prove("login to acme allowed implies user.logins") == "E0303");
  CHECK(prove("login to acme denied by \"nothing\" implies session.mfa") == "E0703");
}

TEST_CASE("a baseline request gives every required fact of its action and is consistent") {
  for (std::size_t i = 0; i < action_count; ++i) {
    const auto action = static_cast<Action>(i);
    const auto request = baseline(action);
    for (const Fact& fact : builtin_facts) {
      INFO(action_names[i] << " " << fact.name);
      if (fact.type >= TypeKind::tenant)
        CHECK_FALSE(request.facts.contains(fact.name));
      else if ((fact.required & mask_of(action)) != 0)
        CHECK(request.facts.contains(fact.name));
      else if (fact.name != "user.email")
        CHECK_FALSE(request.facts.contains(fact.name));
    }
    if (request.facts.contains("user.email_verified")) CHECK(request.facts.contains("user.email"));
  }
  CHECK(time_to_text(std::get<std::int64_t>(baseline(Action::login).facts.at("request.time"))) ==
        "2026-01-15T12:00:00Z");
}

TEST_CASE("a request carries wire names and the tenant's required attributes") {
  test::Checked checked;
  test::check_files(checked, {acme + "test \"t\" { login to acme.shop via users { user.level = high } expect allow }"});
  REQUIRE(checked.pretty() == "");
  const auto& line = std::get<tree::Question>(checked.policy.tests[0]->steps[0]);
  const auto cases = TestQuestions(checked.policy).cases(*checked.policy.test_trees[0], line, test_time);
  REQUIRE(cases.size() == 1);
  const auto& request = cases[0].request;
  CHECK(request.tenant == "acme-1");
  CHECK(request.client == "client-1");
  CHECK(request.connection == "db-1");
  CHECK(std::get<std::int64_t>(request.facts.at("user.level")) == 1);
  CHECK(std::get<std::int64_t>(request.facts.at("request.risk")) == 1);
}
