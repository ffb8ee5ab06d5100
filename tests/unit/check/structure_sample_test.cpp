// The design's sample is the first test: it checks without a word, and its structure is what it says.
#include "tests/unit/check/structure_support.h"

#include <catch2/catch.hpp>

namespace {

using namespace writ;

constexpr const char* sample = R"writ(
attributes {
  user.department : string?
  request.risk    : int 0..100?
}

platform {
  limit database connections per client = 50
  floor password baseline {
    length 8..64
    reject common, breached, personal
    history 5
  }
  lockout { 10 attempts per identifier and ip; block 15m }
  deny login "embargoed country" unless has request.country and request.country not in ["KP", "IR"]
  require mfa "administrators" when "admin" in user.roles
}

client portal : spa {
  grants    authorization_code, refresh_token
  callbacks "https://portal.example.com/callback"
}

tenant acme "Acme Corporation" {
  connection customers : database { password strong }
  connection staff     : saml     { domains "acme.com", "acme.co.uk" }

  password strong {
    length 12..
    classes 3 of lower, upper, digit, symbol
    history 10
  }

  use portal { connections customers, staff }
  client admin : web {
    connections staff
    callbacks   "https://admin.acme.com/callback"
  }

  zone office = 10.0.0.0/8, 203.0.113.0/24

  allow login, refresh when connection == customers and user.email_verified
  allow login, refresh when connection == staff
  allow signup, password_change, password_reset on customers
  deny  login "admin console is office only" when client == admin and request.ip not in office
  require mfa within 15m "fresh second factor" when client == admin
}

template b2b(company_domain: string) {
  connection sso : oidc { domains company_domain }
  use portal { connections sso }
  allow login, refresh when connection == sso and (email_domain(user.email) else "") == company_domain
}
tenant globex  "Globex"  from b2b("globex.com")
tenant initech "Initech" from b2b("initech.com") {
  deny login "office hours" unless request.time in 08:00..18:00 "Europe/Berlin" on weekdays
}

test "the admin console is closed from outside" {
  login to acme.admin via staff { request.ip = 198.51.100.7; request.country = "DE" }
  expect deny by "admin console is office only"
}

prove "nobody reaches the admin console without a second factor" {
  login to acme.admin allowed implies session.mfa
}
)writ";

}  // namespace

TEST_CASE("the design's sample checks") {
  test::Checked checked;
  test::check_files(checked, {sample});
  CHECK(checked.pretty() == "");
  REQUIRE(checked.policy.tenants.size() == 3);

  const auto& acme = checked.tenant("acme").structure;
  CHECK(acme.title == "Acme Corporation");
  REQUIRE(acme.clients.size() == 2);
  CHECK(acme.clients[0].name == "admin");
  CHECK(acme.clients[1].name == "portal");
  CHECK(acme.clients[1].type == ClientType::spa);
  CHECK(acme.clients[1].grants == 3);
  CHECK(acme.clients[1].connections == std::vector<std::uint32_t>{0, 1});
  CHECK(acme.connections[1].domains == std::vector<std::string>{"acme.com", "acme.co.uk"});
  CHECK(acme.lockouts.size() == 1);
  CHECK(acme.attributes.size() == 2);
  CHECK(acme.attributes[0].name == "request.risk");

  const auto& globex = checked.tenant("globex").structure;
  REQUIRE(globex.connections.size() == 1);
  CHECK(globex.connections[0].domains == std::vector<std::string>{"globex.com"});
}

TEST_CASE("rules in force have owners, ids and an order") {
  test::Checked checked;
  test::check_files(checked, {sample});
  std::vector<std::string> ids;
  for (const auto& rule : checked.tenant("initech").rules) ids.push_back(rule.id);
  REQUIRE(ids.size() == 4);
  CHECK(ids[0] == "platform/deny embargoed country");
  CHECK(ids[1] == "platform/require administrators");
  CHECK(ids[2].starts_with("initech/allow~"));
  CHECK(ids[3] == "initech/deny office hours");
}

TEST_CASE("the effective password policy of a connection is everything in scope, each with who asked") {
  test::Checked checked;
  test::check_files(checked, {sample});
  const auto& passwords = checked.tenant("acme").passwords;
  REQUIRE(passwords.size() == 1);
  CHECK(passwords[0].connection == 0);
  std::vector<std::string> shown;
  for (const auto& one : passwords[0].requirements)
    if (!one.implied) shown.push_back(one.origin + " " + std::to_string(static_cast<int>(one.requirement.kind)));
  CHECK(shown == std::vector<std::string>{"acme password strong 0", "platform floor baseline 0",
                                          "acme password strong 1", "acme password strong 5",
                                          "platform floor baseline 8", "platform floor baseline 9",
                                          "platform floor baseline 10"});
}

TEST_CASE("a test's request is the baseline with what its line sets") {
  test::Checked checked;
  test::check_files(checked, {sample});
  REQUIRE(checked.policy.tests.size() == 1);
  const auto& line = std::get<tree::Question>(checked.policy.tests[0]->steps[0]);
  const auto cases = TestQuestions(checked.policy).cases(*checked.policy.test_trees[0], line, test_time);
  REQUIRE(cases.size() == 1);
  const auto& request = cases[0].request;
  CHECK(request.tenant == "acme");
  CHECK(request.connection == "staff");
  CHECK(std::get<std::string>(request.facts.at("request.country")) == "DE");
  CHECK(std::get<Ip>(request.facts.at("request.ip")) == *parse_ip("198.51.100.7"));
  CHECK(std::get<bool>(request.facts.at("user.email_verified")));
  CHECK_FALSE(request.facts.contains("session.mfa_age"));
}
