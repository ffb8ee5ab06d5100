// Several tenants as one policy set: what all of them ask for becomes the floor, what three or more have but for its constants a
// template, and what is nobody else's stays where it is.
#include "compiler/import/auth0.h"
#include "compiler/import/plan.h"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace writ::importing;

namespace {

Tenant tenant(const std::string& name, const std::string& domain, std::vector<std::string> rules) {
  Tenant made;
  made.name = made.wire = name;
  made.title = "The " + name;
  made.origin = "a test";
  Connection staff;
  staff.name = staff.wire = "staff";
  staff.origin = name + "/staff.json";
  staff.strategy = strategy_named("saml").value();
  staff.domains = {domain};
  made.connections.push_back(staff);
  Client shop;
  shop.name = shop.wire = "shop";
  shop.origin = name + "/shop.json";
  shop.type = writ::ClientType::web;
  shop.callbacks = {"https://shop." + domain + "/callback"};
  shop.connections = {0};
  made.clients.push_back(shop);
  made.rules = std::move(rules);
  return made;
}
std::string text_of(const WrittenSet& set, const std::string& name) {
  const auto found = std::ranges::find(set.files, name, &File::name);
  return found == set.files.end() ? "no file " + name : found->text;
}
bool has(const WrittenSet& set, const std::string& file, std::string_view text) {
  const auto all = text_of(set, file);
  UNSCOPED_INFO(text << "\nin " << file << ":\n" << all << set.problem);
  return all.find(text) != std::string::npos;
}
const std::string allow = "allow login, refresh", mfa = "require mfa \"always\"",
                  throttle = "lockout {\n100 attempts per ip within 1d\n}";

}  // namespace

TEST_CASE("three tenants that differ in texts are one template") {
  const auto set = write_set({tenant("acme", "acme.example", {allow}), tenant("globex", "globex.example", {allow}),
                              tenant("initech", "initech.example", {allow})});
  CHECK(set.problem.empty());
  CHECK(set.templates == std::vector<std::pair<std::string, std::size_t>>{{"customer", 3}});
  CHECK(has(set, "templates.writ", "template customer(domain: string, callback: string) {"));
  CHECK(has(set, "templates.writ", "domains domain"));
  CHECK(
      has(set, "globex.writ",
          "tenant globex \"The globex\" from customer(\"globex.example\", \"https://shop.globex.example/callback\")"));
}

TEST_CASE("two tenants, or tenants that differ otherwise, are written out") {
  const auto two = write_set({tenant("acme", "acme.example", {allow}), tenant("globex", "globex.example", {allow})});
  CHECK(two.problem.empty());
  CHECK(two.templates.empty());
  CHECK(has(two, "acme.writ", "connection staff : saml"));
  auto other = tenant("initech", "initech.example", {allow});
  other.connections[0].signup_open = false;
  const auto three = write_set(
      {tenant("acme", "acme.example", {allow}), tenant("globex", "globex.example", {allow}), std::move(other)});
  CHECK(three.problem.empty());
  CHECK(three.templates.empty());
}

TEST_CASE("ids, numbers and lists are parameters, each of its type") {
  const auto make = [](const char* name, int tries, const char* pause, std::vector<std::string> callbacks) {
    auto made = tenant(name, std::string(name) + ".example",
                       {allow, "deny login \"often\" when user.logins > " + std::to_string(tries * 100) +
                                   " or (user.email else \"\") in [\"a@" + name + ".example\"]"});
    made.clients[0].wire = std::string(name) + "-shop";
    made.clients[0].lifetimes = {{"access_token", tries * 60}};
    made.clients[0].callbacks = std::move(callbacks);
    made.connections.push_back(made.connections[0]);
    auto& users = made.connections.back();
    users.name = users.wire = "users";
    users.strategy = strategy_named("database").value();
    users.domains.clear();
    users.statements = {
        "password auth0.good(" + std::to_string(tries) + ")", "password {\nhistory " + std::to_string(tries) + "\n}",
        "lockout { " + std::to_string(tries) + " attempts per identifier and ip; block " + pause + " }"};
    return made;
  };
  const auto set = write_set({make("acme", 10, "15m", {"https://a.example/1"}),
                              make("globex", 11, "1h", {"https://b.example/1", "https://b.example/2"}),
                              make("initech", 12, "30d", {"https://c.example/1"})});
  CHECK(set.problem.empty());
  CHECK(set.templates == std::vector<std::pair<std::string, std::size_t>>{{"customer", 3}});
  for (const auto* text :
       {"tries: int", "block_time: duration", "client_id: string", "callbacks: list of string", "id client_id",
        "block block_time", "access_token access_token_time", "callbacks callbacks", "user.logins > number",
        "in listed", "history password_history", "auth0.good(password_length)", "tries attempts per"})
    CHECK(has(set, "templates.writ", text));
  CHECK(has(set, "globex.writ", "[\"https://b.example/1\", \"https://b.example/2\"]"));
  CHECK(has(set, "globex.writ", "\"globex-shop\""));
}

TEST_CASE("tenants whose things have names of their own are alike by what the things are") {
  const auto make = [](const std::string& name, std::vector<std::string> rules) {
    auto made = tenant(name, name + ".example", std::move(rules));
    made.clients[0].name = name + "_shop";
    made.clients[0].wire = name + "-shop";
    made.connections[0].name = made.connections[0].wire = name + "_staff";
    return made;
  };
  const auto rules = [](const std::string& name) {
    return std::vector<std::string>{allow, "deny refresh \"not here\" on " + name + "_staff",
                                    "deny signup \"not there\" when client in [" + name +
                                        "_shop] and connection == " + name + "_staff"};
  };
  const auto set =
      write_set({make("acme", rules("acme")), make("globex", rules("globex")), make("initech", rules("initech"))});
  CHECK(set.problem.empty());
  CHECK(set.templates == std::vector<std::pair<std::string, std::size_t>>{{"customer", 3}});
  for (const auto* text : {"connection saml_connection : saml", "id connection_id", "client web_client : web",
                           "on saml_connection", "client in [web_client] and connection == saml_connection"})
    CHECK(has(set, "templates.writ", text));
  CHECK(has(set, "acme.writ", "\"acme_staff\""));
  // Where a name may mean something else nothing is renamed, or a word of the tenant's requests would be another.
  const auto with_word = [&](const std::string& name) {
    auto more = rules(name);
    more.push_back("deny login \"level\" when user.level == " + name + "_shop");
    auto made = make(name, more);
    made.preamble = {"attributes {\nuser.level : one of " + name + "_shop, none\n}"};
    return made;
  };
  const auto three = write_set({with_word("acme"), with_word("globex"), with_word("initech")});
  CHECK(three.problem.empty());
  CHECK(three.templates.empty());
}

TEST_CASE("what no parameter may stand for keeps its tenants written out, and others their template") {
  std::vector<Tenant> tenants;
  for (const auto* name : {"acme", "globex", "initech"}) {
    tenants.push_back(
        tenant(name, std::string(name) + ".example", {allow, "deny refresh \"" + std::string(name) + "\""}));
    tenants.push_back(tenant(std::string(name) + "2", std::string(name) + "2.example", {allow}));
  }
  const auto set = write_set(std::move(tenants));
  CHECK(set.problem.empty());
  CHECK(set.templates == std::vector<std::pair<std::string, std::size_t>>{{"customer", 3}});
  CHECK(has(set, "acme.writ", "connection staff : saml"));
  CHECK(has(set, "acme2.writ", "from customer("));
}

TEST_CASE("what was left out of a tenant is said in its file, whatever its template says") {
  std::vector<Tenant> tenants;
  for (const auto* name : {"acme", "globex", "initech"})
    tenants.push_back(tenant(name, std::string(name) + ".example", {allow}));
  tenants[1].comments = {"Not translated: rule \u201cR\u201d (rules/r.json). See what it denies or asks for."};
  tenants[2].clients[0].comments = {grant_left_out("implicit")};
  const auto set = write_set(std::move(tenants));
  CHECK(set.templates.size() == 1);
  CHECK(has(set, "globex.writ", "// Not translated: rule \u201cR\u201d (rules/r.json)."));
  CHECK(has(set, "initech.writ", "// Grant left out: implicit (shop)."));
  CHECK_FALSE(has(set, "acme.writ", "// Grant left out"));
}

TEST_CASE("what every tenant asks for is the floor, unless it names something of the tenant") {
  const std::string named = "deny login \"here\" when client == shop",
                    zoned = "deny login \"there\" when request in office";
  const auto make = [&](const char* name, std::vector<std::string> more) {
    auto rules = std::vector<std::string>{allow, mfa, throttle, named, zoned};
    rules.insert(rules.end(), more.begin(), more.end());
    auto made = tenant(name, std::string(name) + ".example", std::move(rules));
    made.zones = {"zone office = 10.0.0.0/8"};
    return made;
  };
  const auto set = write_set({make("acme", {"deny refresh \"only acme\""}), make("globex", {})});
  CHECK(set.problem.empty());
  CHECK(set.floor == 2);
  CHECK(has(set, "platform.writ", "require mfa \"always\""));
  CHECK(has(set, "platform.writ", "100 attempts per ip within 1d"));
  CHECK_FALSE(has(set, "acme.writ", "require mfa"));
  for (const auto* kept : {"\"here\"", "\"there\"", "\"only acme\"", "allow login, refresh", "zone office"})
    CHECK(has(set, "acme.writ", kept));
  CHECK_FALSE(has(write_set({make("acme", {})}), "platform.writ", "platform {"));
}

TEST_CASE("attributes of two tenants do not meet, and a tenant with many databases raises the limit once") {
  auto a = tenant("acme", "acme.example", {allow, "deny login \"risky\" when user.risk == high"});
  a.preamble = {"attributes {\nuser.risk : one of low, high\n}"};
  auto b = a;
  b.name = b.wire = "globex";
  b.preamble = {"attributes {\nuser.risk : one of low, medium, high\n}"};
  a.most_databases = 60;
  b.most_databases = 70;
  const auto set = write_set({a, b});
  CHECK(set.problem.empty());
  CHECK(has(set, "platform.writ", "limit database connections per client = 70"));
  CHECK(has(set, "globex.writ", "one of low, medium, high"));
}

TEST_CASE("tenants of one name get names of their own") {
  const auto set = write_set({tenant("acme", "a.example", {allow}), tenant("acme", "b.example", {allow}),
                              tenant("platform", "c.example", {allow})});
  CHECK(set.problem.empty());
  CHECK(set.files.size() >= 3);
}
