// Questions of many combinations, fixtures and the clock: what the requests are, and which of them an expectation speaks of.
#include "tests/unit/check/structure_support.h"

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using test::codes_of;

const std::string two = R"(
  tenant acme {
    id "acme-1"
    connection users : database { id "db-1" }
    connection staff : saml
    organization north { connections users, staff }
    client shop : spa { connections users, staff }
    client admin : web { connections staff }
    allow login
    deny login "n" when user.blocked
  }
  tenant globex {
    attributes { user.level : int 0..9 }
    connection staff : oidc
    client shop : spa { connections staff }
    allow login
  }
  fixture young { user.logins = 1; request.country = "DE" }
  fixture old { user.logins = 9 }
  fixture at_home { request.ip = 10.0.0.1 }
  fixture of_globex { user.level = 3 }
)";

std::string steps(const std::string& text) { return codes_of(two + "test \"t\" { " + text + " }"); }

struct Asked {
  test::Checked checked;
  const tree::Question* question = nullptr;
  std::vector<TestCase> cases;
  explicit Asked(const std::string& line) {
    test::check_files(checked, {two + "test \"t\" { " + line + " expect deny }"});
    REQUIRE(checked.pretty() == "");
    question = &std::get<tree::Question>(checked.policy.tests[0]->steps[0]);
    cases = TestQuestions(checked.policy).cases(*checked.policy.test_trees[0], *question, test_time);
  }
};

std::int64_t number(const NamedRequest& request, std::string_view fact) {
  return std::get<std::int64_t>(request.facts.find(fact)->second);
}

}  // namespace

TEST_CASE("every combination is asked once, the last list fastest") {
  const Asked asked("login to acme.shop, acme.admin in north via users, staff with young, old with at_home");
  std::vector<std::string> texts;
  for (const auto& one : asked.cases) texts.push_back(cell_text(*asked.question, one.place));
  CHECK(texts == std::vector<std::string>{"acme.shop in north via users with young with at_home",
                                          "acme.shop in north via users with old with at_home",
                                          "acme.shop in north via staff with young with at_home",
                                          "acme.shop in north via staff with old with at_home",
                                          "acme.admin in north via users with young with at_home",
                                          "acme.admin in north via users with old with at_home",
                                          "acme.admin in north via staff with young with at_home",
                                          "acme.admin in north via staff with old with at_home"});
  CHECK(asked.cases[0].request.tenant == "acme-1");
  CHECK(asked.cases[0].request.connection == "db-1");
  CHECK(asked.cases[7].request.client == "admin");
  CHECK(asked.cases[7].request.organization == "north");
  CHECK(number(asked.cases[0].request, "user.logins") == 1);
  CHECK(number(asked.cases[1].request, "user.logins") == 9);
  CHECK(asked.cases[0].request.facts.contains("request.country"));
  CHECK_FALSE(asked.cases[1].request.facts.contains("request.country"));
}

TEST_CASE("the line's own facts come after those of its fixtures") {
  const Asked asked("login to acme.shop via users with young { user.logins = 5; without request.country }");
  REQUIRE(asked.cases.size() == 1);
  CHECK(number(asked.cases[0].request, "user.logins") == 5);
  CHECK_FALSE(asked.cases[0].request.facts.contains("request.country"));
}

TEST_CASE("time goes by for a request and its session, and nothing else") {
  const Asked asked("login to acme.shop via users { session.age = 3h; session.mfa = true; session.mfa_age = 5m }");
  auto request = asked.cases[0].request;
  constexpr std::int64_t minute = 60'000'000;
  REQUIRE(travel(request, 20 * minute));
  CHECK(number(request, "request.time") == test_time + 20 * minute);
  CHECK(number(request, "session.age") == 200 * minute);
  CHECK(number(request, "session.mfa_age") == 25 * minute);
  CHECK_FALSE(request.facts.contains("session.auth_age"));
  CHECK(request.facts.at("user.created") == asked.cases[0].request.facts.at("user.created"));
  REQUIRE(travel(request, -25 * minute));
  CHECK(number(request, "session.mfa_age") == 0);
  const auto before = request;
  CHECK_FALSE(travel(request, -1));
  CHECK_FALSE(travel(request, INT64_MAX));
  CHECK(request == before);
}

TEST_CASE("an expectation speaks of what it lists") {
  const Asked asked("login to acme.shop, acme.admin via users, staff with young, old with at_home");
  const auto spoken_of = [&](const std::string& part) {
    test::Checked checked;
    test::check_files(checked, {two +
                                "test \"t\" { login to acme.shop, acme.admin via users, staff with young, old with "
                                "at_home expect deny " +
                                part + " else expect deny }"});
    const auto& expect = std::get<tree::Expect>(checked.policy.tests[0]->steps[1]);
    std::string bits;
    for (const auto& one : asked.cases) bits += speaks_of(expect.cells, *asked.question, one.place) ? '1' : '0';
    return bits;
  };
  CHECK(spoken_of("for acme.admin") == "00001111");
  CHECK(spoken_of("for acme") == "11111111");
  CHECK(spoken_of("via staff") == "00110011");
  CHECK(spoken_of("via staff with old") == "00010001");
  CHECK(spoken_of("with old, young") == "11111111");
  CHECK(spoken_of("with old with at_home") == "01010101");
  CHECK(spoken_of("with old with young") == "00000000");
  CHECK(spoken_of("") == "11111111");
}

TEST_CASE("a combination without an expectation, and an expectation without one") {
  const std::string matrix = "login to acme.shop, acme.admin via users, staff ";
  CHECK(steps(matrix + "expect deny") == "");
  CHECK(steps(matrix) == "E0704");
  CHECK(steps(matrix + "expect deny via users") == "E0704");
  CHECK(steps(matrix + "expect deny via users expect allow via staff") == "");
  CHECK(steps(matrix + "expect deny via users else expect allow") == "");
  CHECK(steps(matrix + "else expect allow expect deny via users") == "");
  CHECK(steps(matrix + "expect deny via users else expect allow for acme.shop") == "E0704");
  CHECK(steps(matrix + "expect deny else expect allow") == "E0703");
  CHECK(steps(matrix + "expect deny via users expect allow via staff else expect allow") == "E0703");
  CHECK(steps(matrix + "expect deny after 1h expect allow via staff") == "E0704");
  CHECK(steps(matrix + "expect allow via others") == "E0703");
  CHECK(steps(matrix + "expect allow for acme.others expect allow in north expect allow with young") ==
        "E0703 E0703 E0703");
}

TEST_CASE("fixtures: what they may set, and where they may be used") {
  CHECK(steps("login to acme.shop via users with young with old expect deny") == "E0407");
  CHECK(steps("login to acme.shop via users with young, young expect deny") == "E0407");
  CHECK(steps("login to acme.shop via users with nobody expect deny") == "E0201");
  CHECK(steps("login to globex.shop via staff with of_globex expect allow") == "");
  CHECK(steps("login to acme.shop via staff with of_globex expect allow") == "E0221");
  CHECK(codes_of(two + "fixture young {}") == "E0202");
  CHECK(codes_of(two + "fixture f { user.level = 3 }") == "");
  CHECK(codes_of(two + "fixture f { user.nothing = 3 }") == "E0221");
  CHECK(codes_of(two + "fixture f { user.logins = \"3\" }") == "E0702");
  CHECK(codes_of(two + "fixture f { client = shop }") == "E0702");
  CHECK(codes_of(two + "fixture f { user.logins = 3; user.logins = 4 }") == "E0407");
}

TEST_CASE("lists are of what every tenant has, each once") {
  CHECK(steps("login to acme.shop, globex.shop via staff expect allow") == "");
  CHECK(steps("login to acme.shop, globex.shop via users expect allow") == "E0201");
  CHECK(steps("login to acme.shop, acme.shop via users expect allow") == "E0407");
  CHECK(steps("login to acme.shop via users, users expect allow") == "E0407");
  CHECK(steps("login to acme.shop, globex via staff expect allow") == "E0701");
  CHECK(steps("login to acme.shop, globex.shop via staff expect deny by \"n\"") == "E0703");
  CHECK(steps("login to acme.shop, globex.shop via staff expect deny by \"n\" for acme else expect allow") == "");
}

TEST_CASE("a clock is turned where there is time to tell") {
  CHECK(steps("at 2026-03-29T01:30Z login to acme.shop via users expect allow after 90d expect allow") == "");
  CHECK(steps("login to acme.shop via users { session.age = 1h } at 2026-01-15T11:00Z expect allow") == "");
  CHECK(steps("login to acme.shop via users { session.age = 1h } at 2026-01-15T10:59Z expect allow") == "E0705");
  CHECK(steps("password \"x\" for acme.users after 1h expect accepted") == "E0705");
  CHECK(steps("at 9999-12-31T23:00Z after 1h") == "E0705");
  CHECK(steps("at 9999-12-31T23:00Z after 59m") == "");
}
