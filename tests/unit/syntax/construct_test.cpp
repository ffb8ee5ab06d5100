// Every declaration, item and line of tests and proofs, by what the tree holds of it.
#include "tests/unit/syntax/support.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

// A statement of a tenant (or of the client, connection … around it) and what the formatter makes of it.
void round_trip(const std::string& text) {
  const Parsed parsed(text);
  INFO(text << parsed.rendered());
  REQUIRE(parsed.diagnostics.empty());
  CHECK(format(parsed.tree) == text);
}

constexpr std::int64_t minute = 60'000'000, hour = 60 * minute, day = 24 * hour;

}  // namespace

TEST_CASE("declarations of the top") {
  round_trip("writ 1\nimport \"other.writ\"\n");
  round_trip("writ 1\nattributes {\n  user.a : bool?\n  user.b : one of low, high\n  x.y.z : set of string\n  x.n : "
             "int -5..5?\n  x.i : ip\n}\n");
  round_trip("writ 1\nplatform {\n  limit database connections per client = 50\n}\n");
  round_trip("writ 1\nclient portal : spa\n");
  round_trip("writ 1\ntenant \"acme-corp\" \"Acme\" from b2b(\"x\", [\"a\", \"b\"], 15m) {\n  allow login\n}\n");
  round_trip("writ 1\nextend tenant acme {\n  deny login\n}\n");
  round_trip("writ 1\ntemplate b2b(p: string, q: list of string, r: int 0..9, s: duration) {\n  allow login\n}\n");
  round_trip("writ 1\ntemplate none() { allow login }\n");
  round_trip("writ 1\nlet vips = [\"a\", \"b\"]\n");
  round_trip("writ 1\nobligation compliant satisfied when device.compliant else false\n");
}

TEST_CASE("rules") {
  round_trip(in_tenant("  allow login, refresh"));
  round_trip(in_tenant("  report deny login \"n\" on a, \"b-c\" when x unless y"));
  round_trip(in_tenant(
      "  require mfa within 15m or mfa(otp, webauthn) or step_up(\"a\") for login, refresh \"n\" on a when x"));
  round_trip(in_tenant("  deny login \"n\"\n    message \"m\"\n    note \"k\""));
  const Parsed parsed(
      in_tenant("  require mfa(otp) within idle or use_connection(x) \"n\" for login, signup message \"m\""));
  REQUIRE(parsed.diagnostics.empty());
  const auto& rule = std::get<tree::Rule>(items(parsed)[0]);
  CHECK(rule.obligations.size() == 2);
  CHECK(rule.actions.size() == 2);
  CHECK(canonical(parsed.tree, rule.obligations[0]) == "mfa(otp) within idle");
  CHECK(canonical(parsed.tree, rule) ==
        "require mfa(otp) within idle or use_connection(x) for login, signup \"n\" message \"m\"");
}

TEST_CASE("settings of tenants and of the platform") {
  round_trip(in_tenant("  session { idle 30m; absolute 12h }"));
  round_trip(in_tenant("  lockout { 10 attempts per identifier within 1h; block 15m; exempt 10.0.0.0/8, 192.0.2.1 }"));
  round_trip(in_tenant("  lockout { 3 attempts per ip }"));
  round_trip(in_tenant("  zone z = 10.0.0.0/8, 2001:db8::/32, 192.0.2.1, country \"DE\", asn 64512"));
  round_trip(in_tenant("  branding { logo \"l\"; colors primary \"#000000\", background \"#ffffff\" }"));
  round_trip(in_tenant("  features a, \"b-c\""));
  round_trip(
      in_tenant("  id \"wire\"\n  hosts \"a.example\", \"b.example\"\n  issuers \"https://x/\"\n  tenant.tier = gold"));
  const Parsed parsed(
      in_tenant("  lockout { 10 attempts per identifier and ip within 1h; block 15m }\n  session { absolute 1d }"));
  REQUIRE(parsed.diagnostics.empty());
  const auto& lockout = std::get<tree::LockoutDecl>(items(parsed)[0]);
  CHECK(lockout.attempts == 10);
  CHECK(lockout.per == tree::LockoutDecl::Per::identifier_and_ip);
  CHECK(lockout.within == hour);
  CHECK(lockout.block == 15 * minute);
  CHECK(std::get<tree::Session>(items(parsed)[1]).absolute == day);
}

TEST_CASE("clients, connections, use, organizations") {
  round_trip(in_tenant(
      "  client c : web {\n    id \"w\"\n    connections a, b\n    grants authorization_code\n    callbacks \"u\"\n"
      "    origins \"o\"\n    lifetimes { access_token 1h; refresh_token 30d; id_token 10h }\n    organizations "
      "require\n"
      "    discover \"a.example\" via a\n    require mfa\n  }"));
  round_trip(
      in_tenant("  connection c : oidc {\n    domains \"a.example\"\n    issuer \"https://i/\"\n    signup closed\n"
                "    settings { tenant_id = \"t\"; common_endpoint = true }\n    allow login\n  }"));
  round_trip(in_tenant("  connection c : database { signup open }\n  use portal\n  use portal { connections a }"));
  round_trip(in_tenant("  organization o \"O\" {\n    connections a\n    domains \"o.example\"\n    members required\n "
                       "   use c { connections a }\n  }"));
  round_trip(
      in_tenant("  organization o {\n    joins on login via a, b\n  }\n  organization p {\n    joins on login\n  }"));
}

TEST_CASE("passwords") {
  round_trip(
      "writ 1\nplatform {\n  floor password p {\n    length 8..64\n    length 12.. utf16\n    length ..72 bytes\n"
      "    classes 3 of lower, upper, digit, symbol unicode\n    at least 2 digits ascii\n    max repeats 2\n    no "
      "sequences 3\n"
      "    history 10\n    min age 1d\n    max age 90d\n    reject common top 3000, breached, personal\n    reject "
      "words [\"acme\", \"x\"]\n"
      "    reject contains username, email\n    reject matches /^a\\/b+$/\n    strength >= 3\n    expires after 90d\n  "
      "}\n}\n");
  round_trip(in_tenant(
      "  password a : b { length 12.. }\n  password c = auth0.good(8)\n  password d = nist.sp800_63b_4\n  password a"));
  const Parsed parsed(in_tenant("  connection c : database { password { length 12.. } }\n  password auth0.good(8)"));
  REQUIRE(parsed.diagnostics.empty());
  const auto& inline_one = std::get<tree::PasswordDecl>(std::get<tree::ConnectionDecl>(items(parsed)[0]).items[0]);
  CHECK(inline_one.name.text.empty());
  CHECK(inline_one.requirements[0].low == 12);
  CHECK_FALSE(inline_one.requirements[0].high.has_value());
  const auto& use = std::get<tree::PasswordUse>(items(parsed)[1]);
  CHECK(use.name.text == "auth0.good");
  CHECK(use.preset->path.size() == 2);
  CHECK(use.preset->arguments.size() == 1);
}

TEST_CASE("tests and proofs") {
  round_trip(
      "writ 1\ntest \"t\" {\n  login to \"acme-corp\".admin in coke via staff { request.ip = 1.2.3.4; without "
      "request.country }\n"
      "  expect challenge mfa within 15m or accept(\"t\"), verify_email by \"n\", no_allow\n  expect would_be deny\n"
      "  refresh to acme.\"x y\"\n  expect deny fault locked_out\n  m2m to acme\n  expect challenge\n  signup to "
      "acme\n  expect allow\n}\n");
  round_trip("writ 1\nprove \"p\" {\n  login to acme.admin in o via x denied by \"n\" implies a or b\n  login to acme "
             "allowed implies session.mfa\n"
             "  access allowed implies a\n}\n");
  const Parsed parsed("writ 1\ntest \"t\" { login to acme.admin in coke via staff expect deny by no_allow expect "
                      "challenge refresh to a expect allow }\n");
  INFO(parsed.rendered());
  REQUIRE(parsed.diagnostics.empty());
  const auto& test = std::get<tree::TestDecl>(parsed.tree.declarations[0]);
  REQUIRE(test.steps.size() == 5);
  const auto& asked = std::get<tree::Question>(test.steps[0]);
  CHECK(asked.cells.in[0].text == "coke");
  CHECK(asked.cells.via[0].text == "staff");
  CHECK(std::get<tree::Expect>(test.steps[1]).by[0].text == "no_allow");
}

TEST_CASE("tests of many combinations, with fixtures and a clock") {
  round_trip(
      "writ 1\nfixture office { request.ip = 10.0.0.1; without request.country }\nfixture nothing {}\n"
      "test \"t\" {\n  at 2026-03-29T01:30Z\n  login to acme.admin, \"a-b\".\"x y\" in coke, pepsi via staff "
      "with office, away with young { user.logins = 1 }\n  expect deny by \"n\" for acme.admin in coke via staff with "
      "away\n"
      "  expect challenge via others\n  expect challenge mfa within 15m with office with young\n  expect snapshot\n"
      "  after 20m\n  expect challenge\n  else expect challenge\n  else expect would_be deny\n}\n");
  const Parsed parsed("writ 1\ntest \"t\" { login to a.b expect challenge else expect allow after 1h expect deny at "
                      "2026-01-01T00:00Z expect challenge via x to expect allow }\n");
  INFO(parsed.rendered());
  CHECK(parsed.codes() == "E0101");  // `to` behind `via`
  const Parsed whole("writ 1\ntest \"t\" { login to a.b expect challenge else expect allow after 1h expect deny }\n");
  const auto& test = std::get<tree::TestDecl>(whole.tree.declarations[0]);
  REQUIRE(test.steps.size() == 5);
  CHECK(std::get<tree::Expect>(test.steps[2]).rest);
  CHECK(std::get<tree::Clock>(test.steps[3]).micros == 3'600'000'000);
  CHECK(Parsed("writ 1\ntest \"t\" { at 2026-01-01T00:00Z expect allow }\n").codes() == "E0101");
  CHECK(Parsed("writ 1\ntest \"t\" { login to a.b expect snapshot by \"n\" }\n").codes() == "E0101");
  CHECK(Parsed("writ 1\ntest \"t\" { password \"x\" for a.b else expect accepted }\n").codes() == "E0101");
  CHECK(Parsed("writ 1\ntest \"t\" { password \"x\" for a.b expect accepted via c }\n").codes() == "E0101");
}

TEST_CASE("statements may stand in one line, with or without semicolons") {
  CHECK(Parsed("writ 1; tenant a { allow login; deny signup; }; tenant b {}").codes() == "E0101");
  CHECK(Parsed("writ 1 tenant a { allow login deny signup } tenant b {}").codes().empty());
  CHECK(Parsed("writ 1\ntenant a { allow login; deny signup; }; tenant b {};").codes().empty());
}

TEST_CASE("soft words are names wherever a name is expected, hard words behind a dot") {
  round_trip(in_tenant(
      "  connection connection : database\n  client when_ : web {\n    connections connection, tenant, allow\n  }\n"
      "  let message = user.when + tenant.not.in - user.matches\n  allow login on connection, deny when message == "
      "session"));
  round_trip("writ 1\ntemplate t(host: string, issuer: string) {\n  hosts host\n  issuers issuer\n}\n");
  for (const char* hard : {"and", "or", "not", "in", "has", "else", "when", "unless", "on", "any", "all", "true",
                           "false", "matches", "starts", "ends", "contains", "with"}) {
    INFO(hard);
    CHECK(Parsed(in_tenant("  connection " + std::string(hard) + " : database")).codes() == "E0101");
    CHECK(Parsed(in_tenant("  connection \"" + std::string(hard) + "\" : database")).codes().empty());
  }
}

TEST_CASE("keys of rules") {
  const Parsed parsed(in_tenant("  allow login\n  deny login \"office only\"\n  allow  login // same\n  allow signup"));
  REQUIRE(parsed.diagnostics.empty());
  const auto key = [&](std::size_t i) { return rule_key(parsed.tree, std::get<tree::Rule>(items(parsed)[i])); };
  CHECK(key(0) == "allow~bc27fd94");
  CHECK(key(1) == "deny office only");
  CHECK(key(2) == key(0));
  CHECK(key(3) != key(0));
}
