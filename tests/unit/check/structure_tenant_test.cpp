// A tenant's structure: clients, connections, organizations, settings, discovery, attributes, templates, rules in force.
#include "compiler/check/bodies.h"
#include "tests/unit/check/structure_support.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using test::check_files;
using test::Checked;
using test::codes_of;

constexpr std::int64_t minute = 60'000'000;

std::vector<std::string> ids(const model::Tenant& tenant) {
  std::vector<std::string> list;
  for (const auto& rule : tenant.rules) list.push_back(rule.id);
  return list;
}

}  // namespace

TEST_CASE("records are in the order of wire ids and point at one another") {
  test::Checked checked;
  test::check_files(checked, {R"(
    client portal : web { grants authorization_code, client_credentials; callbacks "https://a", "https://b"; lifetimes { access_token 1h }; organizations allow }
    tenant acme "Acme" {
      id "acme-corp"
      connection zulu : database { id "a1"; signup closed }
      connection alpha : waad { domains "a.example"; issuer "https://i"; settings { tenant_id = "x"; common_endpoint = true } }
      use portal { connections zulu, alpha }
      client worker : m2m
      branding { logo "l"; colors primary "#fff" }
      features beta
      organization o "Org" { connections alpha; joins on login via alpha; use portal { connections alpha } }
      allow login, m2m
    })"});
  CHECK(checked.pretty() == "");
  const auto& part = checked.tenant("acme").structure;
  CHECK(part.id == "acme-corp");
  REQUIRE(part.connections.size() == 2);
  CHECK(part.connections[0].name == "zulu");
  CHECK_FALSE(part.connections[0].signup_open);
  CHECK_FALSE(part.connections[1].signup_open);
  CHECK(part.connections[1].settings ==
        std::vector<std::pair<std::string, std::string>>{{"tenant_id", "x"}, {"common_endpoint", "true"}});
  REQUIRE(part.clients.size() == 2);
  CHECK(part.clients[0].connections == std::vector<std::uint32_t>{0, 1});
  CHECK(part.clients[0].callbacks.size() == 2);
  CHECK(part.clients[0].access_token == 60 * minute);
  CHECK(part.clients[0].usage == OrganizationUsage::allow);
  CHECK(part.clients[1].grants == 1u << *index_of(grant_names, "client_credentials"));
  REQUIRE(part.organizations.size() == 1);
  CHECK(part.organizations[0].title == "Org");
  CHECK_FALSE(part.organizations[0].members_required);
  CHECK(part.organizations[0].joins_via == std::vector<std::uint32_t>{1});
  REQUIRE(part.organizations[0].uses.size() == 1);
  CHECK(part.organizations[0].uses[0].narrows);
}

TEST_CASE("settings of a connection are the text of literals, words, names and arguments") {
  test::Checked checked;
  test::check_files(checked, {R"(
    template kept(title: string, wait: duration) {
      let least = 2
      connection staff : saml {
        settings {
          sign = true; retries = 3; wait = wait; from = 2026-01-01T00:00:00Z; gateway = 203.0.113.7; net = 10.0.0.0/8
          title = title; least = least; form = post
        }
      }
      allow login
    }
    tenant acme from kept("Acme", 15m))"});
  CHECK(checked.pretty() == "");
  const auto& part = checked.tenant("acme").structure;
  REQUIRE(part.connections.size() == 1);
  CHECK(part.connections[0].settings == std::vector<std::pair<std::string, std::string>>{
                                            {"sign", "true"},
                                            {"retries", "3"},
                                            {"wait", "15m"},
                                            {"from", "2026-01-01T00:00:00Z"},
                                            {"gateway", "203.0.113.7"},
                                            {"net", "10.0.0.0/8"},
                                            {"title", "Acme"},
                                            {"least", "2"},
                                            {"form", "post"},
                                        });
}

TEST_CASE("a template that nobody uses is checked with arguments of its parameters' types") {
  const auto checked_with = [](const std::string& parameters) {
    test::Checked checked;
    test::check_files(checked, {"template b2b(" + parameters + R"() {
      connection users : database
      client shop : spa { connections users }
      allow login when open and user.logins < most and user.id in several and user.id != one
      require mfa within quick
    })"});
    return checked.codes();
  };
  CHECK(checked_with("one: string, most: int, open: bool, quick: duration, several: list of string").empty());
  // What no argument could make right is told without one.
  CHECK(checked_with("one: string, most: int, open: int, quick: duration, several: list of string") == "E0303");
  CHECK(checked_with("one: string, most: bool, open: bool, quick: duration, several: list of string") == "E0302");
}

TEST_CASE("owners of rules are the blocks that hold them") {
  test::Checked checked;
  test::check_files(checked, {R"(
    platform { deny login "p" }
    client portal : spa { deny login "c" }
    template t() { deny login "t" }
    tenant acme from t() {
      connection users : database { deny login "x" }
      use portal { connections users; deny login "u" }
      client own : spa { connections users; deny login "o" }
      organization org { connections users; deny login "g"; use own { deny login "gu" } }
      deny login "a"
    }
    extend tenant acme { deny login "e" })"});
  CHECK(checked.pretty() == "");
  CHECK(ids(checked.tenant("acme")) ==
        std::vector<std::string>{"platform/deny p", "client.portal/deny c", "acme/deny t",
                                 "acme.connection.users/deny x", "acme.use.portal/deny u", "acme.client.own/deny o",
                                 "acme.organization.org/deny g", "acme.organization.org.use.own/deny gu", "acme/deny a",
                                 "acme/deny e"});
}

TEST_CASE("a shared client's rules bind only those that use it") {
  test::Checked checked;
  test::check_files(checked, {"client portal : spa { deny login \"c\" } tenant a { connection u : database\n use "
                              "portal { connections u } } tenant b {}"});
  CHECK(ids(checked.tenant("a")).size() == 1);
  CHECK(ids(checked.tenant("b")).empty());
}

TEST_CASE("a floor does not allow and names no tenant's things") {
  CHECK(codes_of("platform { allow login }") == "E0402");
  CHECK(codes_of("client c : spa { allow login }") == "E0402");
  CHECK(codes_of("platform {} platform {}") == "E0401");
  CHECK(codes_of("client c : spa { connections users }") == "E0414");
  CHECK(codes_of("platform { deny login on users }") == "E0224");
  CHECK(codes_of("platform { deny login when connection == users } tenant a { connection users : database }") ==
        "E0224");
  CHECK(codes_of("client c : spa { deny login when connection.family == social and user.emial }") == "E0221");
}

TEST_CASE("the limit of database connections is exact and per client") {
  const auto policy = [](int databases) {
    std::string text = "platform { limit database connections per client = 3 } tenant acme { connection s : saml\n",
                list = "s";
    for (int i = 0; i < databases; ++i)
      text += "connection d" + std::to_string(i) + " : database\n", list += ", d" + std::to_string(i);
    return text + "client shop : spa { connections " + list + " } }";
  };
  CHECK(codes_of(policy(3)) == "");
  CHECK(codes_of(policy(4)) == "E0403");
}

TEST_CASE("discovery is ambiguous only where both connections are enabled") {
  const std::string two =
      "connection a : saml { domains \"x.example\" }\n connection b : oidc { domains \"x.example\" }\n";
  CHECK(codes_of("tenant t { " + two + "client c : spa { connections a } }") == "");
  CHECK(codes_of("tenant t { " + two + "client c : spa { connections a, b } }") == "E0404");
  CHECK(codes_of("tenant t { " + two + "client c : spa { connections a, b; discover \"x.example\" via b } }") == "");
  CHECK(codes_of("tenant t { " + two +
                 "client c : spa { connections a, b; organizations allow; discover \"x.example\" via b }\n "
                 "organization o { connections a, b } }") == "");
  CHECK(codes_of("tenant t { connection a : saml { domains \"x.example\" }\n connection u : database\n client c : spa "
                 "{ connections a, u } }") == "");
  CHECK(codes_of("tenant t { " + two + "client c : spa { connections a, b; discover \"y.example\" via b } }") ==
        "E0404 E0411");
  CHECK(codes_of("tenant t { " + two + "client c : spa { connections a; discover \"x.example\" via b } }") == "E0410");
  CHECK(codes_of("tenant t { " + two +
                 "connection d : oidc { domains \"x.example\" }\n client c : spa { connections a, b, d; organizations "
                 "allow; discover \"x.example\" via d }\n organization o { connections a, b } }") == "E0404");
  CHECK(
      codes_of(
          "tenant t { " + two +
          "connection d : oidc { domains \"x.example\" }\n client c : spa { connections a, b, d; organizations allow; "
          "discover \"x.example\" via d }\n organization o { connections a, b; discover \"x.example\" via a } }") ==
      "");
}

TEST_CASE("organizations choose among what their tenant has") {
  const std::string start =
      "tenant t { connection a : saml\n connection b : oidc\n client c : spa { connections a; organizations allow }\n";
  CHECK(codes_of(start + "organization o { connections a; joins on login via b } }") == "E0410");
  CHECK(codes_of(start + "organization o { connections a, b; use c { connections b } } }") == "E0410");
  CHECK(codes_of(start + "organization o { connections a; use d { connections a } } }") == "E0201");
  CHECK(codes_of(start + "organization o { connections x } }") == "E0201");
  CHECK(codes_of(start + "organization o { connections a; members required; joins on login } }") == "E0407");
}

TEST_CASE("the strictest session wins") {
  test::Checked checked;
  test::check_files(checked, {"platform { session { idle 2h; absolute 24h } } tenant t { session { idle 3h; absolute "
                              "12h }\n client c : spa { session { idle 30m } }\n client d : spa }"});
  CHECK(checked.pretty() == "");
  const auto& clients = checked.tenant("t").structure.clients;
  CHECK(clients[0].session.idle == 30 * minute);
  CHECK(clients[0].session.absolute == 12 * 60 * minute);
  CHECK(clients[1].session.idle == 120 * minute);
}

TEST_CASE("lockouts of platform, tenant and connection all apply") {
  test::Checked checked;
  test::check_files(checked, {"platform { lockout { 100 attempts per ip } } tenant t { lockout { 10 attempts per "
                              "identifier and ip within 15m; block 5m; exempt 10.0.0.0/8 }\n"
                              "connection a : database { lockout { 3 attempts per identifier } } }"});
  CHECK(checked.pretty() == "");
  const auto& lockouts = checked.tenant("t").structure.lockouts;
  REQUIRE(lockouts.size() == 3);
  CHECK(lockouts[0].counter == program::Lockout::Counter::by_ip);
  CHECK(lockouts[0].block == -1);
  CHECK(lockouts[1].counter == program::Lockout::Counter::by_identifier_ip);
  CHECK(lockouts[1].within == 15 * minute);
  CHECK(lockouts[1].block == 5 * minute);
  CHECK(lockouts[1].exempt.size() == 1);
  CHECK(lockouts[2].connection == 0);
  CHECK(codes_of("platform { lockout { 0 attempts per ip } }") == "E0413");
  CHECK(codes_of("platform { lockout { 1 attempts per ip within 5m; block 5m } }") == "");
  CHECK(codes_of("platform { lockout { 1 attempts per ip within 5m; block 301s } }") == "E0413");
}

TEST_CASE("attributes: the platform's by name, then the tenant's own by name") {
  test::Checked checked;
  test::check_files(checked, {"attributes { user.z : string? user.b : int 0..3 } tenant t { attributes { request.y : "
                              "bool\n request.a : bool? } } tenant u {}"});
  CHECK(checked.pretty() == "");
  std::vector<std::string> names;
  for (const auto& one : checked.tenant("t").structure.attributes) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"user.b", "user.z", "request.a", "request.y"});
  CHECK(checked.tenant("u").structure.attributes.size() == 2);
  const auto& b = checked.policy.attributes[0];
  CHECK(b.required == (all_actions & ~mask_of(Action::m2m)));
  CHECK(b.optional == 0);
  CHECK(codes_of("attributes { department : string }") == "E0408");
  CHECK(codes_of("attributes { user.net : cidr }") == "E0408");
  CHECK(codes_of("tenant t { attributes { tenant.x : string } }") == "E0408");
}

TEST_CASE("tenant attributes are set once by every tenant that must") {
  const std::string schema = "attributes { tenant.tier : one of free, gold\n tenant.level : int 0..9? }\n";
  CHECK(codes_of(schema + "tenant t { tenant.tier = gold }") == "");
  CHECK(codes_of(schema + "tenant t {}") == "E0409");
  CHECK(codes_of(schema + "tenant t { tenant.tier = gold\n tenant.tier = free }") == "E0407");
  CHECK(codes_of(schema + "tenant t { tenant.tier = gold\n tenant.teir = free }") == "E0201");
  CHECK(codes_of(schema + "template p(l: int) { tenant.tier = free\n tenant.level = l } tenant t from p(3)") == "");
}

TEST_CASE("templates take literals of their parameters' types") {
  const std::string shape =
      "template s(d: string, n: int 0..9, l: list of string) { connection c : oidc { domains d }\n client k : spa { "
      "connections c }\n allow login when user.logins > n and (user.email else \"\") in l }\n";
  CHECK(codes_of(shape) == "");  // nobody uses it: tried with whichever arguments
  CHECK(codes_of(shape + "tenant t from s(\"x.example\", 3, [\"a\"])") == "");
  CHECK(codes_of(shape + "tenant t from s(\"x.example\", 3)") == "E0601");
  CHECK(codes_of(shape + "tenant t from s(\"x.example\", 12, [\"a\"])") == "E0602");
  CHECK(codes_of(shape + "tenant t from s(\"x.example\", 3, \"a\")") == "E0602");
  CHECK(codes_of("template s() { allow login when user.emial }") == "E0221");
  CHECK(codes_of("template s() { connection a : saml { domains \"X\" } }") == "E0405");
}

TEST_CASE("domains are lower-case A-labels") {
  for (const auto* good : {"a.example", "xn--bcher-kva.example", "a-b.example", "localhost"})
    CHECK(codes_of(std::string("tenant t { connection a : saml { domains \"") + good + "\" } }") == "");
  for (const auto* bad : {"A.example",
                          "b\xc3\xbc"
                          "cher.example",
                          "a..example", "-a.example", "a-.example", "", "a_b.example", "*.example", "a.example."})
    CHECK(codes_of(std::string("tenant t { connection a : saml { domains \"") + bad + "\" } }") == "E0405");
}

TEST_CASE("limits just under and just over") {
  Limits limits;
  limits.connections_per_tenant = 2;
  limits.rules_per_tenant = 2;
  limits.attributes = 2;
  CHECK(codes_of("tenant t { connection a : saml\n connection b : saml }", limits) == "");
  CHECK(codes_of("tenant t { connection a : saml\n connection b : saml\n connection c : saml }", limits) == "E0920");
  CHECK(codes_of("tenant t { deny login \"1\"\n deny login \"2\"\n deny signup \"3\" }", limits) == "");
  CHECK(codes_of("tenant t { deny login \"1\"\n deny login \"2\"\n deny login \"3\" }", limits) == "E0920");
  CHECK(codes_of("attributes { user.a : bool\n user.b : bool }", limits) == "");
  CHECK(codes_of("attributes { user.a : bool\n user.b : bool\n user.c : bool }", limits) == "E0920");
  CHECK(codes_of("attributes { user.a : bool\n user.b : bool } tenant t { attributes { user.c : bool } }", limits) ==
        "E0920");
}

TEST_CASE("a tenant's rule is never taken for the floor's: no two owners read alike") {
  CHECK(codes_of("tenant platform { connection u : database }") == "E0205");
  test::Checked checked;
  test::check_files(checked, {R"(
    client portal : web
    tenant "client.portal" { connection u : database; use portal { connections u; deny login } deny login }
    tenant acme { connection "u/deny x" : database { deny login "y" } connection u : database { deny login "x/deny y" } })"});
  INFO(checked.pretty());
  REQUIRE(checked.codes().empty());
  REQUIRE(checked.tenant("client.portal").rules.size() == 2);
  CHECK(checked.tenant("client.portal").rules[1].id.starts_with("client%2Eportal/deny~"));
  REQUIRE(checked.tenant("acme").rules.size() == 2);
  CHECK(checked.tenant("acme").rules[0].id == "acme.connection.u%2Fdeny x/deny y");
  CHECK(checked.tenant("acme").rules[1].id == "acme.connection.u/deny x/deny y");
}

TEST_CASE("what is written twice is one rule only where it means the same") {
  const std::string body = "connection u : database\n allow login\n";
  const std::string denies = "deny login when (user.username else \"\") == who\n";
  const std::string from = "template t(who: string) { " + body + denies + "}\n";
  CHECK(codes_of(from + "tenant a from t(\"eve\") { let who = \"bob\"\n" + denies + "}") == "E0208");
  CHECK(codes_of(from + "tenant a from t(\"eve\") { let who = \"eve\"\n" + denies + "allow login }").empty());
  const std::string within = "require mfa within limit\n";
  CHECK(codes_of("template t(limit: duration) { " + body + within + "}\ntenant a from t(5m) { let limit = 5h\n" +
                 within + "}") == "E0208");
}

TEST_CASE("the floor may ask for what each tenant sets") {
  const std::string floor =
      "attributes { tenant.size : int 0..10? }\nplatform { deny login when (tenant.size else 0) > 5 }\n";
  CHECK(codes_of(floor + "client portal : web { deny login when has tenant.size and tenant.size > 5 }\n"
                         "tenant a { tenant.size = 7\n connection u : database\n use portal { connections u }\n allow "
                         "login }\ntenant b { allow login }")
            .empty());
}

// Whoever needs no trees may free what of them is large while the rest is checked.
TEST_CASE("bodies of tenants are not read again once they are said to be checked") {
  const std::vector<std::string> texts = {
      R"(platform { require mfa "administrators" when "admin" in user.roles }
         template b2b(domain: string) { connection c : saml { domains domain } allow login on c })",
      R"(tenant a { let long = user.logins > 3 allow login when long message "a long message, in the tree alone" }
         tenant b from b2b("b.example")
         extend tenant d { deny login "x" when user.logins > 5 })",
      "tenant d { allow login }",
      R"(tenant c { connection s : saml client k : web { connections s } allow login }
         test "t" { login to c.k via s expect allow })"};
  Checked kept, freed;
  check_files(kept, texts);
  REQUIRE(kept.diagnostics.empty());
  std::vector<FileId> files;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto file = freed.sources.add("f" + std::to_string(i) + ".writ", "writ 1\n" + texts[i]);
    freed.order.push_back(&freed.trees.emplace_back(parse(freed.sources, file, {}, freed.diagnostics)));
  }
  std::size_t forgotten = 0;
  const auto forget = [&](Span declaration) {
    for (auto& one : freed.trees[static_cast<std::size_t>(declaration.file)].declarations) {
      auto* const tenant = std::get_if<tree::TenantDecl>(&one);
      auto* const extend = std::get_if<tree::ExtendTenantDecl>(&one);
      if (tenant != nullptr && tenant->span == declaration) tenant->items.clear(), ++forgotten;
      if (extend != nullptr && extend->span == declaration) extend->items.clear(), ++forgotten;
    }
  };
  const auto forget_file = [&](FileId file) {
    files.push_back(file);
    freed.trees[static_cast<std::size_t>(file)].expressions.clear();
  };
  freed.policy = check_policy(freed.order, freed.sources, {}, freed.diagnostics,
                              {.body = forget, .bodies = forget_file, .tenant = {}});
  CHECK(forgotten == 5);
  CHECK(freed.diagnostics.empty());
  std::ranges::sort(files);
  CHECK(files == std::vector{FileId{1}, FileId{2}});  // not where the platform is, or a test
  REQUIRE(freed.policy.tenants.size() == kept.policy.tenants.size());
  for (std::size_t i = 0; i < kept.policy.tenants.size(); ++i) {
    const auto &left = kept.policy.tenants[i].rules, &right = freed.policy.tenants[i].rules;
    REQUIRE(left.size() == right.size());
    for (std::size_t r = 0; r < left.size(); ++r) {
      CHECK(left[r].id == right[r].id);
      CHECK(left[r].text == right[r].text);
      CHECK(left[r].message == right[r].message);
    }
  }
}

// Nor its rules: where tests name them, after the tests.
TEST_CASE("each tenant passes once it is checked, and what its rules said is not read again") {
  const std::string tenants = "tenant b { connection s : saml client k : web { connections s } allow login \"all\" }\n"
                              "tenant a { connection s : saml client k : web { connections s } allow login \"all\" }\n";
  for (const std::string tests : {"", "test \"t\" { login to a.k via s expect allow by \"all\" }\n"}) {
    Checked one;
    const auto file = one.sources.add("f.writ", "writ 1\n" + tenants + tests);
    one.order.push_back(&one.trees.emplace_back(parse(one.sources, file, {}, one.diagnostics)));
    std::vector<std::string> passed;
    const auto forget = [&](model::Tenant& tenant, bool sound) {
      CHECK(sound);
      passed.push_back(tenant.structure.name);
      CHECK(tenant.rules.size() == 1);
      forget_meaning(tenant);
    };
    one.policy =
        check_policy(one.order, one.sources, {}, one.diagnostics, {.body = {}, .bodies = {}, .tenant = forget});
    CHECK(one.diagnostics.empty());
    std::ranges::sort(passed);
    CHECK(passed == std::vector<std::string>{"a", "b"});
    REQUIRE(one.policy.tenants.size() == 2);
    CHECK(one.policy.tenants[0].structure.clients.size() == 1);
    CHECK(one.policy.tenants[0].rules.empty());
  }
}

// Tenants are checked beside each other; what is said does not depend on which was first.
TEST_CASE("mistakes of many tenants are told in the same words each time") {
  std::string text = "platform { require mfa when \"admin\" in user.roles }\n";
  for (int i = 0; i < 600; ++i) {
    const auto number = std::to_string(i);
    text += "tenant t" + number + " { hosts \"h" + std::to_string(i / 2) + ".example\"\n";
    text += "  connection staff : saml { domains \"d.example\" }\n";
    text += i % 3 == 0 ? "  allow login on staf\n" : "  allow login on staff when user.emial == \"x\"\n";
    text += "}\n";
  }
  const auto told = [&text] {
    Checked checked;
    check_files(checked, {text});
    return render_json(checked.diagnostics.sorted(), checked.sources);
  };
  const auto first = told();
  CHECK(first.find("staf") != std::string::npos);
  CHECK(first.find("belongs to another tenant") != std::string::npos);
  for (int i = 0; i < 5; ++i) CHECK(told() == first);
}
