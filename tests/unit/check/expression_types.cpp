// What expressions become, and which are refused: one line of policy each.
#include "tests/unit/check/expression_bench.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::check_tests;

namespace {
std::string code_of(std::string_view condition, ActionMask actions = mask_of(Action::login)) {
  Bench bench;
  const auto checked = bench.check("allow login when " + std::string(condition), actions);
  for (const auto& error : checked.errors) UNSCOPED_INFO(error.message);
  return checked.errors.empty() ? checked.code() : checked.codes();
}
}  // namespace

TEST_CASE("comparisons take the op of their type") {
  CHECK(code_of("user.logins > 3") == "gt.int(fact.int user.logins, const.int 3)");
  CHECK(code_of("user.id == \"ada\"") == "eq.string(fact.string user.id, const.string \"ada\")");
  CHECK(code_of("user.id != \"ada\"") == "not(eq.string(fact.string user.id, const.string \"ada\"))");
  CHECK(code_of("request.ip == 10.0.0.1") == "eq.ip(fact.ip request.ip, const.ip 10.0.0.1)");
  CHECK(code_of("user.email_verified == true") == "eq.bool(fact.bool user.email_verified, const.bool true)");
  CHECK(code_of("user.level >= medium") == "ge.int(fact.int #2, const.int 1)");
  CHECK(code_of("high == user.level") == "eq.int(const.int 2, fact.int #2)");
  CHECK(code_of("user.created < 2026-01-01T00:00Z") == "lt.int(fact.int user.created, const.int 1767225600000000)");
  CHECK(code_of("user.id starts with \"a\"") == "starts.with(fact.string user.id, const.string \"a\")");
}

TEST_CASE("names are indexes in a set of bits") {
  CHECK(code_of("client == admin") == "in.bits {0}(client)");
  CHECK(code_of("admin == client") == "in.bits {0}(client)");
  CHECK(code_of("connection == \"google-oauth2\"") == "in.bits {0}(connection)");
  CHECK(code_of("connection != staff") == "not(in.bits {1}(connection))");
  CHECK(code_of("connection in [users, staff, users]") == "in.bits {1 2}(connection)");
  CHECK(code_of("connection not in []") == "not(const.bool false)");
  CHECK(code_of("connection.family == enterprise") == "eq.int(connection.family, const.int 2)");
  CHECK(code_of("client.type in [web, spa]") == "in.ints [0 2](client.type)");
  CHECK(code_of("has organization and organization == coke") ==
        "and(ge.int(organization, const.int 0), in.bits {0}(organization))");
}

TEST_CASE("constants of the tenant are known and stay leaves") {
  CHECK(code_of("tenant == acme") == "const.bool true");
  CHECK(code_of("tenant.tier == gold") == "const.bool true");
  CHECK(code_of("tenant.tier > gold") == "const.bool false");
  CHECK(code_of("has tenant.seats and tenant.seats > 3") == "and(const.bool false, const.bool false)");
  CHECK(code_of("(tenant.seats else 5) > 3") == "const.bool true");
  CHECK(code_of("\"beta\" in tenant.features") == "const.bool true");
  CHECK(code_of("\"delta\" in tenant.features") == "const.bool false");
  CHECK(code_of("\"gamma\" in tenant.features") == "in.bits {0}(organization)");
  CHECK(code_of("tenant.features contains \"gamma\"") == "in.bits {0}(organization)");
  CHECK(code_of("user.id in tenant.features") == "or(in.strings [beta](fact.string user.id), and(in.bits "
                                                 "{0}(organization), in.strings [gamma](fact.string user.id)))");
}

TEST_CASE("membership") {
  CHECK(code_of("request.ip in office") == "in.cidrs [10.0.0.0/8 203.0.113.0/24](fact.ip request.ip)");
  CHECK(code_of("request.ip not in 10.0.0.0/8") == "not(in.cidrs [10.0.0.0/8](fact.ip request.ip))");
  CHECK(code_of("request.ip in [10.0.0.0/8, 192.0.2.1]") == "in.cidrs [10.0.0.0/8 192.0.2.1/32](fact.ip request.ip)");
  CHECK(code_of("\"a\" in user.groups") == "set.has(fact.set user.groups, const.string \"a\")");
  CHECK(code_of("user.groups contains \"a\"") == "set.has(fact.set user.groups, const.string \"a\")");
  CHECK(code_of("user.id contains \"a\"") == "contains(fact.string user.id, const.string \"a\")");
  CHECK(code_of("user.logins in 1..5") ==
        "and(ge.int(fact.int user.logins, const.int 1), le.int(fact.int user.logins, const.int 5))");
  CHECK(code_of("request.time in 2026-01-01T00:00Z..2026-01-02T00:00Z") ==
        "and(ge.int(fact.int request.time, const.int 1767225600000000), lt.int(fact.int request.time, const.int "
        "1767312000000000))");
  CHECK(code_of("user.id in [\"b\", \"a\", \"b\"]") == "in.strings [a b](fact.string user.id)");
  CHECK(code_of("user.level in [high, low]") == "in.ints [0 2](fact.int #2)");
  CHECK(code_of("request.time in 22:00..06:00 \"Europe/Berlin\" on weekdays") ==
        "in.window 1320..360 Europe/Berlin 31(fact.int request.time)");
}

TEST_CASE("zones of more than addresses are asked of the request") {
  CHECK(code_of("request in office") == "in.cidrs [10.0.0.0/8 203.0.113.0/24](fact.ip request.ip)");
  const std::string inside = "or(in.cidrs [10.0.0.0/8](fact.ip request.ip), and(has request.country, in.strings "
                             "[DE](fact.string request.country)))";
  CHECK(code_of("(request in home else false)") ==
        "select.bool(or(" + inside + ", has request.country), " + inside + ", const.bool false)");
  CHECK(code_of("request in home") == "E0301");
  CHECK(code_of("request.ip in home") == "E0313");
  CHECK(code_of("request.ip in ofice") == "E0227");
}

TEST_CASE("text, functions, arithmetic, patterns, quantifiers") {
  CHECK(
      code_of("(lower(user.email) else \"\") == \"a\"") ==
      "eq.string(select.string(has user.email, lower(fact.string user.email), const.string \"\"), const.string \"a\")");
  CHECK(code_of("(email_domain(user.email) else \"\") == \"a\"") ==
        "eq.string(select.string(has.email.domain(fact.string user.email), email.domain(fact.string user.email), "
        "const.string \"\"), const.string \"a\")");
  CHECK(code_of("request.time - user.created > 90d") ==
        "gt.int(sub(fact.int request.time, fact.int user.created), const.int 7776000000000)");
  CHECK(code_of("user.logins + 1 > 3") == "gt.int(add(fact.int user.logins, const.int 1), const.int 3)");
  CHECK(code_of("user.id matches \"a*\"") == "glob \"a*\"(fact.string user.id)");
  CHECK(code_of("user.id matches /^a/") == "regex /^a/(fact.string user.id)");
  CHECK(code_of("any g in user.groups : g starts with \"x\"") ==
        "any(fact.set user.groups, starts.with(element 0, const.string \"x\"))");
  CHECK(code_of("all g in user.groups : g in user.roles") ==
        "all(fact.set user.groups, set.has(fact.set user.roles, element 0))");
}

TEST_CASE("what is refused, by code") {
  CHECK(code_of("email_verified") == "E0220");
  CHECK(code_of("user.emial == \"a\"") == "E0221");
  CHECK(code_of("client == amdin") == "E0222");
  CHECK(code_of("user.level == lowish") == "E0223");
  CHECK(code_of("tenant == globex") == "E0225");
  CHECK(code_of("upper(user.id) == \"a\"") == "E0226");
  CHECK(code_of("request.time in 08:00..18:00 \"Berlin\"") == "E0228");
  CHECK(code_of("user.logins == \"3\"") == "E0302");
  CHECK(code_of("user.groups == user.roles") == "E0304");
  CHECK(code_of("user.id") == "E0303");
  CHECK(code_of("user.id < \"b\"") == "E0304");
  CHECK(code_of("client.type < web") == "E0304");
  CHECK(code_of("session.mfa", mask_of(Action::login) | mask_of(Action::signup)) == "E0305");
  CHECK(code_of("connection == staff", mask_of(Action::m2m)) == "E0305");
  CHECK(code_of("has request.ip") == "E0306");
  CHECK(code_of("(request.user_agent else \"a\") == \"a\"") == "E0306");
  CHECK(code_of("user.score + 1 > 3") == "E0308");
  CHECK(code_of("user.logins in 10..1") == "E0310");
  CHECK(code_of("user.id matches /(/") == "E0311");
  CHECK(code_of("user.id in [\"a\", request.user_agent]") == "E0312");
  CHECK(code_of("any g in user.id : g == \"a\"") == "E0314");
  CHECK(code_of("any a in user.groups : any b in user.roles : a == b") == "E0315");
  CHECK(code_of("user.id == [\"a\"]") == "E0321");
}

TEST_CASE("the platform speaks of kinds") {
  Bench bench;
  CHECK(bench.check_in_floor("deny login when connection == staff").codes() == "E0224");
  CHECK(bench.check_in_floor("deny login when connection.family == social").codes().empty());
  CHECK(bench.check_in_floor("deny login on staff").codes() == "E0224");
}

TEST_CASE("a mistake says what is near") {
  Bench bench;
  const auto checked = bench.check("allow login when user.emial == \"a\"");
  REQUIRE(checked.errors.size() == 1);
  CHECK(checked.errors[0].message == "there is no fact `user.emial`");
  CHECK(checked.errors[0].help[0].text == "did you mean `user.email`?");
  CHECK(checked.rule.condition != model::ExprId::none);
  CHECK(checked.code() == "const.bool false");
}

TEST_CASE("a literal that what it is compared with never equals is refused") {
  const std::string domain = "(email_domain(user.email) else \"\")", lower = "lower(user.id)";
  for (const auto& never :
       std::vector<std::string>{domain + " == \"Evil.example\"", domain + " in [\"a.example\", \"B.example\"]",
                                domain + " == \"evil.example.\"", domain + " != \"@evil.example\"",
                                lower + " == \"Ada\"", "\"Ada\" == " + lower, lower + " starts with \"A\"",
                                lower + " contains \"A\"", "any g in user.groups : lower(g) == \"Staff\"",
                                std::string("has request.host and request.host == \"a.example:443\"")}) {
    INFO(never);
    CHECK(code_of(never) == "E0322");
  }
  CHECK(code_of(domain + " == \"\"").starts_with("eq.string"));
  CHECK(code_of(domain + " ends with \".example\"").starts_with("ends.with"));
  CHECK(code_of(lower + " == \"ada\"").starts_with("eq.string"));
  CHECK(code_of("user.logins == 2000000000") == "E0319");
  CHECK(code_of("user.logins < -1") == "E0319");
  CHECK(code_of("-1 < user.logins") == "E0319");
  CHECK(code_of("user.logins + 5 == 4") == "E0319");
  CHECK(code_of("user.logins < 0").starts_with("lt.int"));  // says nothing false of what it can be
  CHECK(code_of("user.id matches \"/^a/\"") == "E0311");
  CHECK(code_of("user.id matches \"^a*\"") == "E0311");
  CHECK(code_of("user.id matches \"/a/*\"").starts_with("glob"));
}

TEST_CASE("a country that no request can name is refused") {
  CHECK(code_of("has request.country and request.country == \"kp\"") == "E0412");
  CHECK(code_of("(request.country else \"\") != \"KP \"") == "E0412");
  CHECK(code_of("(request.country else \"\") in [\"DE\", \"Germany\"]") == "E0412");
  CHECK(code_of("\"de\" == (request.country else \"DE\")") == "E0412");
  CHECK(code_of("lower((request.country else \"\")) == \"kp\"").starts_with("eq.string"));
  CHECK(code_of("(request.country else \"\") == \"\"").starts_with("eq.string"));
  CHECK(code_of("(request.country else \"\") in [\"DE\", \"\"]").starts_with("in.strings"));
}

TEST_CASE("nothing is in a range of times that ends where it begins") {
  CHECK(code_of("request.time in 2026-01-01T00:00Z..2026-01-01T00:00Z") == "E0310");
  CHECK(code_of("request.time in 2026-01-01T00:00Z..2026-01-01T00:01Z").starts_with("and("));
  CHECK(code_of("user.logins in 3..3").starts_with("and("));
}
