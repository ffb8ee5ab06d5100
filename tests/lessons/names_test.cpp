// Names and what they stand for: text that was taken for policy, two things taken for one, one thing's state taken for another's.
#include "compiler/syntax/syntax.h"
#include "tests/agree/words.h"
#include "tests/lessons/world.h"

#include <cstring>
#include <map>

using namespace writ;
using namespace writ::lessons;

namespace {

const std::vector<std::string> hostile = {"ada\" or true",
                                          "ada\" } allow login //",
                                          "*",
                                          "ad?",
                                          ".*",
                                          "/ada/",
                                          "true",
                                          "../acme",
                                          "acme/",
                                          "acme.shop",
                                          "ada\n",
                                          "ada\nallow login",
                                          "\\u{61}da",
                                          "%61da",
                                          "",
                                          " ada",
                                          std::string("ada\0", 4),
                                          "platform",
                                          "ADA"};

}  // namespace

TEST_CASE("what a request carries is data and never read as policy") {
  const World world(tenant("allow login when user.id == \"ada\" and \"ada\" in user.groups"));
  CHECK(world.effect(login({{"user.id", std::string("ada")}, {"user.groups", StringSet{"ada"}}})) == Effect::allow);
  for (const auto& text : hostile) {
    INFO(text);
    CHECK(world.effect(login({{"user.id", text}, {"user.groups", StringSet{"ada"}}})) == Effect::deny);
    CHECK(world.effect(login({{"user.id", std::string("ada")}, {"user.groups", StringSet{text}}})) == Effect::deny);
    auto request = login();
    request.tenant = text;
    CHECK(world.fault(request) == Fault::unknown_tenant);
    request = login();
    request.client = text;
    CHECK(world.fault(request) == Fault::unknown_client);
    request = login();
    request.connection = text;
    CHECK(world.fault(request) == Fault::unknown_connection);
    request = login();
    request.organization = text;
    CHECK(world.fault(request) == Fault::organization_unknown);
    CHECK(world.fault(login({{text, true}})) == Fault::invalid_request);
  }
}

TEST_CASE("what a policy quotes means the same before and after formatting") {
  for (const auto& text : hostile) {
    if (text.find('\0') != std::string::npos) continue;  // no text of a policy holds a NUL
    INFO(text);
    const std::string policy = "writ 1\n" + tenant("allow login " + agree::in_quotes(text + "#") + " when user.id == " +
                                                   agree::in_quotes(text) + " message " + agree::in_quotes(text + "#"));
    SourceSet sources;
    Diagnostics diagnostics;
    const auto tree = parse(sources, sources.add("p.writ", policy), {}, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    const std::string formatted = format(tree);
    for (const auto& one : {policy, formatted}) {
      const World world(one.substr(7));
      const auto seen = world.ask(login({{"user.id", text}}));
      REQUIRE(seen.reasons.size() == 1);
      CHECK(seen.effect == Effect::allow);
      CHECK(seen.reasons[0].name == text + "#");
      CHECK(seen.reasons[0].message == text + "#");
      CHECK(world.effect(login({{"user.id", text + "x"}})) == Effect::deny);
    }
  }
}

TEST_CASE("names that run together are not mistaken for one another") {
  const auto body = [](const std::string& client, const std::string& rule) {
    return " {\n  connection c : database\n  client " + client + " : spa { connections c }\n" + rule + "\n}\n";
  };
  const World world("tenant a" + body("bc", "allow login") + "tenant ab" + body("c", "deny login") + "tenant \"a.b\"" +
                    body("c", "allow login") + "tenant \"a/b\"" + body("c", "deny login"));
  const auto ask = [&](const std::string& tenant, const std::string& client) {
    auto request = login();
    request.tenant = tenant;
    request.client = client;
    request.connection = "c";
    return world.ask(request);
  };
  CHECK(ask("a", "bc").effect == Effect::allow);
  CHECK(ask("ab", "c").because == Because::rules);
  CHECK(ask("ab", "c").effect == Effect::deny);
  CHECK(ask("a.b", "c").effect == Effect::allow);
  CHECK(ask("a/b", "c").effect == Effect::deny);
  CHECK(ask("a.b", "c").reasons.at(0).id.starts_with("a%2Eb/"));
  CHECK(ask("a/b", "c").reasons.at(0).id.starts_with("a%2Fb/"));
  CHECK(ask("a", "c").fault == Fault::unknown_client);
  CHECK(ask("ab", "bc").fault == Fault::unknown_client);
  CHECK(ask("abc", "").fault == Fault::unknown_tenant);
  CHECK(ask("", "abc").fault == Fault::unknown_tenant);
}

TEST_CASE("one tenant's rules, things and attributes never decide for another") {
  const std::string things =
      "organization o { connections users }\nclient app : spa { connections users; organizations allow }\n";
  const World world(tenant(things + "attributes { user.level : int 0..9 }\nallow login when user.level > 5") +
                    tenant("attributes { user.level : string }\nallow login when user.level == \"high\"", "beta"));
  auto request = login({{"user.level", std::int64_t{9}}});
  CHECK(world.effect(request) == Effect::allow);
  request.tenant = "beta";
  CHECK(world.fault(request) == Fault::invalid_request);  // its fact of that name is a string
  request.facts["user.level"] = std::string("high");
  CHECK(world.effect(request) == Effect::allow);
  request.organization = "o";
  CHECK(world.fault(request) == Fault::organization_unknown);
  request.organization.reset();
  request.client = "app";
  CHECK(world.fault(request) == Fault::unknown_client);
}

TEST_CASE("a reused request keeps nothing of the one before") {
  const World world(
      "attributes { user.level : int 0..9? }\n" +
      tenant("client app : web { connections users; organizations allow; grants authorization_code, "
             "refresh_token, client_credentials }\norganization o { connections users; features beta }\n"
             "allow login, refresh when (user.level else 0) > 5 or \"beta\" in tenant.features\nallow m2m\n"
             "allow login, m2m when (request.country else \"DE\") == \"FR\"\n"
             "deny login when \"bad\" in user.groups") +
      tenant("allow login when user.email_verified", "beta"));
  std::vector<NamedRequest> all;
  const Facts facts = {{"user.level", std::int64_t{9}},
                       {"request.country", std::string("FR")},
                       {"user.groups", StringSet(40, "bad")},
                       {"user.groups", StringSet{"good"}},
                       {"user.blocked", true},
                       {"user.email_verified", false},
                       {"request.ip_reputation", std::int64_t{1}},
                       {"user.nonsense", true},
                       {"request.host", std::string("a\xff")},
                       {"session.mfa", true}};
  for (const char* tenant : {"acme", "beta", "nobody"})
    for (const char* client : {"shop", "app", "nothing"})
      for (const auto action : {Action::login, Action::refresh, Action::m2m, Action::signup})
        for (std::size_t i = 0; i <= facts.size(); ++i) {
          auto request = login(i < facts.size() ? Facts{facts[i]} : Facts{}, action);
          request.tenant = tenant;
          request.client = client;
          if (i % 3 == 1) request.organization = "o";
          if (i % 5 == 4) request.facts.erase("user.blocked");
          all.push_back(std::move(request));
        }
  Request reused;
  std::map<std::pair<Effect, Fault>, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& named = all[i * 37 % all.size()];  // an order in which neighbours differ
    Request fresh;
    world.engine().bind(named, fresh);
    world.engine().bind(named, reused);
    const auto wanted = world.engine().decide(fresh), got = world.engine().decide(reused);
    REQUIRE(std::memcmp(&wanted, &got, sizeof got) == 0);
    ++seen[{got.effect, got.fault}];
  }
  CHECK(all.size() % 37 != 0);
  CHECK(seen.size() >= 7);
}

TEST_CASE("what one block says holds in that block, however its words read elsewhere") {
  const auto client = [](const std::string& name, const std::string& group) {
    return "  client " + name + " : spa { connections users, staff; organizations allow\n    let fine = \"" + group +
           "\" in user.groups\n    allow login when fine }\n";
  };
  const World world("tenant acme {\n  connection users : database { deny login \"u\" when user.id == \"x\" }\n"
                    "  connection staff : saml\n" +
                    client("shop", "a") + client("desk", "b") +
                    "  organization o { connections users, staff; joins on login via users\n"
                    "    require mfa \"o\" }\n}\n");
  const auto ask = [&](const std::string& client_name, const std::string& group, const std::string& connection,
                       const std::string& organization = "") {
    auto request = login({{"user.groups", StringSet{group}}, {"user.id", std::string("x")}});
    request.client = client_name;
    request.connection = connection;
    if (!organization.empty()) request.organization = organization;
    return world.ask(request);
  };
  CHECK(ask("shop", "a", "staff").effect == Effect::allow);
  CHECK(ask("shop", "b", "staff").because == Because::no_allow);
  CHECK(ask("desk", "b", "staff").effect == Effect::allow);
  CHECK(ask("desk", "a", "staff").because == Because::no_allow);
  CHECK(ask("shop", "a", "users").effect == Effect::deny);
  CHECK(ask("shop", "a", "staff", "o").fault == Fault::not_a_member);  // joining is by the other connection
  CHECK(ask("shop", "a", "users", "o").effect == Effect::deny);
}

TEST_CASE("a short hash that two rules share is an error and not one rule less") {
  // Thirty-two bits: among so many rules two keys are nearly certain to be equal, and these two are then put side by side.
  constexpr int many = 220'000;
  std::string text = "writ 1\ntenant acme {\n";
  for (int i = 0; i < many; ++i) text += "deny login when user.logins == " + std::to_string(i) + "\n";
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("p.writ", text + "}\n"), {}, diagnostics);
  REQUIRE(diagnostics.empty());
  std::map<std::string, std::string> first;
  std::string twice;
  for (const auto& item : std::get<tree::TenantDecl>(tree.declarations.at(0)).items) {
    const auto& rule = std::get<tree::Rule>(item);
    const auto [found, fresh] = first.try_emplace(rule_key(tree, rule), canonical(tree, rule));
    if (!fresh) twice = found->second + "\n" + canonical(tree, rule);
  }
  REQUIRE_FALSE(twice.empty());
  const auto made = agree::prepare({"writ 1\n" + tenant("allow login\n" + twice)}, nullptr);
  INFO(made->problems);
  CHECK(made->problems.find("two different rules of one block are `deny~") != std::string::npos);
}
