// What the command answers beside decisions: connections of organizations, facts as data, what each phase made, and how it looks on a terminal.
#include "tests/unit/cli/place.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;

namespace {

const std::string companies = R"(writ 1
client console : spa { organizations require }
attributes { user.level : int 0..9? }
tenant saas {
  connection people : database
  connection alpha_idp : oidc { domains "alpha.example" }
  client shop : spa { connections people }
  use console { connections people, alpha_idp }
  allow login
  deny login "low" unless has user.level and user.level > 3
  organization alpha "Alpha Ltd" {
    connections people, alpha_idp
    joins on login via alpha_idp
    use console { connections alpha_idp }
  }
}
)";

}  // namespace

TEST_CASE("connections say what of the question is not there, or does not fit") {
  const Place place;
  place.write("p.writ", companies);
  const auto said = [&](const std::string& flags) {
    const Ran ran = place.run("writ connections p.writ --tenant saas " + flags);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(said("--client console") ==
        "writ: organization_required: client `console` is entered through an organization; say which by "
        "--organization\n");
  CHECK(said("--client shop --organization alpha") ==
        "writ: organization_not_allowed: client `shop` takes no organization; leave --organization out\n");
  CHECK(said("--client console --organization alpa") ==
        "writ: organization_unknown: tenant `saas` has no organization `alpa`, did you mean `alpha`?\n");
  CHECK(place.run("writ connections p.writ --tenant saas --client shop --email ann").err ==
        "no home realm: `ann` has no domain; an address is written ada@acme.com\n");
  CHECK(place.run("writ connections p.writ --tenant saas --client shop --email ann@nowhere.example").err ==
        "no home realm: none of them claims the domain of ann@nowhere.example\n");
  CHECK(place.run("writ connections p.writ --tenant saas --client console --organization alpha").out ==
        "alpha_idp  oidc            enterprise\n");
}

TEST_CASE("connections as data name what they are, where an address leads, and the fault") {
  const Place place;
  place.write("p.writ", companies);
  const std::string ask = "writ connections --format json p.writ --tenant saas --client console ";
  const auto offer = nlohmann::json::parse(place.run(ask + "--organization alpha --email ann@alpha.example").out);
  CHECK(offer["fault"].is_null());
  REQUIRE(offer["connections"].size() == 1);
  CHECK(offer["connections"][0]["id"] == "alpha_idp");
  CHECK(offer["connections"][0]["strategy"] == "oidc");
  CHECK(offer["connections"][0]["family"] == "enterprise");
  CHECK(offer["home_realm"] == "alpha_idp");
  const Ran none = place.run(ask);
  CHECK(none.code == 2);
  const auto fault = nlohmann::json::parse(none.out);
  CHECK(fault["fault"] == "organization_required");
  CHECK(fault["connections"].empty());
  CHECK(fault["home_realm"].is_null());
}

TEST_CASE("facts as data: where each is required, optional, and needed by a tenant") {
  const Place place;
  place.write("p.writ", companies);
  const auto named = [](const nlohmann::json& list, const std::string& name) {
    const auto found = std::ranges::find_if(list, [&](const auto& one) { return one["fact"] == name; });
    REQUIRE(found != list.end());
    return *found;
  };
  const auto all = nlohmann::json::parse(place.run("writ facts --format json").out);
  const auto created = named(all, "user.created");
  CHECK(created["type"] == "time");
  CHECK(created["required"] ==
        nlohmann::json::array({"login", "password_change", "password_reset", "refresh", "access"}));
  CHECK(created["optional"].empty());
  CHECK(created["needed"].empty());
  CHECK(created["note"].is_null());
  CHECK(named(all, "user.blocked")["note"].get<std::string>().find("user_blocked") != std::string::npos);

  const auto login =
      nlohmann::json::parse(place.run("writ facts --format json p.writ --tenant saas --action login").out);
  CHECK(named(login, "user.blocked")["needed"] == nlohmann::json::array({"login"}));
  CHECK(named(login, "user.created")["needed"].empty());
  const auto level = named(login, "user.level");
  CHECK(level["type"] == "int 0..9");
  CHECK(level["optional"] == nlohmann::json::array({"login"}));
  CHECK(level["note"] == "declared by the policy");

  // An action has the facts it can be asked with, and no others.
  const auto m2m = nlohmann::json::parse(place.run("writ facts --format json --action m2m").out);
  CHECK(std::ranges::none_of(m2m, [](const auto& one) { return one["fact"] == "user.created"; }));
  for (const std::string verb : {"writ facts", "writ dump p.writ"}) {
    const Ran wrong = place.run(verb + " --action logn");
    CHECK(wrong.code == 2);
    CHECK(wrong.err == "writ: there is no action `logn`, did you mean `login`?\n");
    CHECK(place.run(verb + " --action xyzzy").err ==
          "writ: there is no action `xyzzy`; the actions are login, signup, password_change, password_reset, refresh, "
          "m2m, access\n");
  }
}

TEST_CASE("the model shows organizations, attributes of the policy, words of rules and passwords") {
  const Place place;
  place.write("p.writ", R"(writ 1
platform { floor password baseline { length 10..64 } }
attributes { user.level : int 0..9? }
tenant acme {
  connection users : database { password mine }
  password mine { length 12.. }
  client shop : spa { connections users; organizations allow }
  organization alpha { connections users }
  allow login
  deny login "low" unless has user.level and user.level > 3 message "come back" note "see the plan"
  require mfa or reauthenticate within 5m
}
)");
  const Ran model = place.run("writ dump --model p.writ");
  INFO(model.out << model.err);
  REQUIRE(model.code == 0);
  for (const char* line : {"  organization alpha\n", "    mentions user.level\n", "    message: come back\n",
                           "    note: see the plan\n", "password of connection users: length 12.."})
    CHECK(model.out.find(line) != std::string::npos);
  CHECK(model.out.find("fact.int user.level") != std::string::npos);
  // Of one action, its rules; of another tenant, nothing.
  CHECK(place.run("writ dump --model --action signup p.writ").out.find("rule acme/deny low") == std::string::npos);
}

TEST_CASE("what machine code is made of names the action of each shape") {
  const Place place;
  place.write("p.writ", companies);
  const Ran ir = place.run("writ dump --ir --action login p.writ");
  if (ir.err.find("no machine code") != std::string::npos) {
    CHECK(ir.code != 0);
    return;
  }
  CHECK(ir.code == 0);
  CHECK(ir.out.starts_with("; login of saas\n"));
  CHECK(ir.out.find("@writ_shape") != std::string::npos);
  CHECK(ir.out.find("; signup of saas") == std::string::npos);
}

TEST_CASE("a limit without a name near it is told the names; a lowered one holds") {
  const Place place;
  place.write("p.writ", policy);
  const Ran none = place.run("writ check --limit zzzzzzzzzz=1 p.writ");
  CHECK(none.code == 2);
  CHECK(none.err.find("there is no limit `zzzzzzzzzz`; the limits are ") != std::string::npos);
  CHECK(none.err.find("files") != std::string::npos);
  CHECK(place.run("writ check --limit tokens=5 p.writ").code == 3);
  CHECK(place.run("writ check --limit tokens=500 p.writ").code == 0);
}

TEST_CASE("tests as data say what passed, what failed and what is not proved") {
  const Place place;
  place.write("p.writ", policy + R"(
extend tenant acme { deny login "nobody" when "nobody" in user.groups }
test "staff" {
  login to acme.shop via users { user.groups = ["staff"] }
  expect allow
}
test "others" {
  login to acme.shop via users
  expect deny by "nobody"
}
prove "never" { login to acme.shop allowed implies "staff" in user.groups }
)");
  const Ran ran = place.run("writ test --format json p.writ");
  CHECK(ran.code == 4);
  const auto whole = nlohmann::json::parse(ran.out);
  CHECK(whole["passed"] == 1);
  CHECK(whole["failed"] == 1);
  CHECK(whole["tests"][0]["passed"] == true);
  CHECK(whole["tests"][0]["failures"].empty());
  CHECK(whole["tests"][1]["failures"][0]["expected"] == "deny by \"nobody\"");
  CHECK(whole["tests"][1]["failures"][0]["got"] == "deny by no_allow");
  CHECK(whole["tests"][1]["failures"][0]["asked"] == "login to acme.shop via users");
  CHECK(whole["proves"][0]["status"] == "not_proved");
  const Ran verbose = place.run("writ test --verbose p.writ");
  CHECK(verbose.out.find("✓ staff  p.writ:9:6\n") != std::string::npos);
}

TEST_CASE("a terminal gets colours and lines as wide as it is") {
  const Place place;
  if (place.run("command -v script").code != 0) return;  // no terminal to be had
  const auto widest = [&](const std::string& columns) {
    const Ran ran = place.run("TERM=xterm script -qec 'stty cols " + columns + "; writ explain E0301' /dev/null");
    REQUIRE(ran.code == 0);
    CHECK(ran.out.find("\x1b[1mE0301 unguarded optional\x1b[0m") != std::string::npos);
    std::istringstream lines(ran.out.substr(0, ran.out.find("wrong:")));
    std::size_t most = 0;
    for (std::string line; std::getline(lines, line);)
      if (line.find('\x1b') == std::string::npos)
        most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(
                                  line, [](unsigned char c) { return c >= ' ' && (c & 0xc0u) != 0x80u; })));
    return most;
  };
  const std::size_t narrow = widest("50"), wide = widest("200");
  CHECK(narrow <= 50);
  CHECK(narrow > 30);
  CHECK(wide > 80);
  CHECK(wide <= 100);
  CHECK(widest("20") > 22);  // narrower than 40 nothing can be read, so it wraps there
  CHECK(place.run("TERM=dumb script -qec 'writ explain E0301' /dev/null").out.find('\x1b') == std::string::npos);
}

TEST_CASE("the declarations of tenants are JSON that says what a template, a shared client and the platform come to") {
  const Place place;
  place.write("p.writ", R"(writ 1
attributes { tenant.tier : one of free, gold }
platform {
  floor password baseline { length 12..; reject common }
  lockout { 10 attempts per identifier; block 15m }
  deny login "embargo" when request.ip in 192.0.2.0/24
}
client portal : spa { callbacks "https://portal.example/callback" }
template b2b(company: string) {
  tenant.tier = gold
  connection people : database { password { length 15.. } }
  connection sso : oidc { domains company }
  use portal { connections sso }
  allow login on sso
}
tenant globex "Globex" from b2b("globex.example")
tenant initech from b2b("initech.example") { session { idle 30m } }
)");
  const Ran ran = place.run("writ dump --declarations p.writ");
  REQUIRE(ran.code == 0);
  const auto all = nlohmann::json::parse(ran.out);
  CHECK(all["version"] == 1);
  REQUIRE(all["tenants"].size() == 2);
  const auto& globex = all["tenants"][0];
  CHECK(globex["id"] == "globex");
  CHECK(globex["title"] == "Globex");
  CHECK(globex["place"] == "p.writ:16:8");
  CHECK(globex["attributes"]["tenant.tier"] == "gold");
  REQUIRE(globex["clients"].size() == 1);
  const auto& portal = globex["clients"][0];
  CHECK(portal["type"] == "spa");
  CHECK(portal["grants"] == nlohmann::json::array({"authorization_code"}));
  CHECK(portal["connections"] == nlohmann::json::array({"sso"}));
  CHECK(portal["callbacks"][0] == "https://portal.example/callback");
  CHECK(portal["session"]["idle"].is_null());
  CHECK(all["tenants"][1]["clients"][0]["session"]["idle"] == "30m");
  REQUIRE(globex["connections"].size() == 2);
  const auto& people = globex["connections"][0];
  CHECK(people["family"] == "database");
  REQUIRE(people["password"].size() == 2);
  CHECK(people["password"][0]["origin"].get<std::string>().find("globex") == 0);
  CHECK(!globex["connections"][1].contains("password"));
  CHECK(globex["connections"][1]["domains"][0] == "globex.example");
  CHECK(globex["lockouts"][0]["per"] == "identifier");
  CHECK(globex["lockouts"][0]["block"] == "15m");
  REQUIRE(globex["rules"].size() == 2);
  CHECK(globex["rules"][0]["id"] == "platform/deny embargo");
  CHECK(globex["rules"][0]["actions"][0] == "login");
  CHECK(nlohmann::json::parse(place.run("writ dump --declarations --tenant initech p.writ").out)["tenants"].size() ==
        1);
  CHECK(place.run("writ dump --declarations --tenant nobody p.writ").code == 2);
}
