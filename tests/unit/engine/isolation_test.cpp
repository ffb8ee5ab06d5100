// What one tenant is asked never reaches another one's rules, connections or strings: whatever else is served beside it, and whatever of the other is
// named in the request, the answers are the same to the letter.
#include "tests/unit/engine/served.h"

#include <random>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::served;

namespace {

// Every string of the tenant has `mark` in it, and its rules look at everything.
program::Part marked(const std::string& mark) {
  PartBuilder made(mark);
  made.connection(mark + "-users", "database").domains = {mark + ".example"};
  made.connection(mark + "-staff", "saml").domains = {mark + "-staff.example"};
  made.part.connections[1].name = mark + " name of staff";
  made.client(mark + "-web", ClientType::web, {0, 1}).callbacks = {"https://" + mark + ".example/back"};
  made.client(mark + "-spa", ClientType::spa, {1});
  auto& organization = made.organization(mark + "-north", {0, 1});
  organization.title = mark + " title";
  made.part.clients[0].usage = OrganizationUsage::allow;
  made.part.hosts = {mark + ".login.example"};
  made.part.issuers = {"https://" + mark + ".issuer"};
  program::Attribute attribute;
  attribute.name = "user." + mark;
  attribute.type = TypeKind::string;
  attribute.optional = all_actions;
  made.part.attributes.push_back(attribute);
  made.program(
      Action::login,
      "shape login\n$0 string\n$1 string\n%0 = fact.string user.email\n%1 = email.domain %0\n"
      "%2 = const.string $0\n%3 = eq.string %1 %2\n%4 = const.string $1\n%5 = eq.string %0 %4\nallow %3\ndeny %5\n",
      {mark + ".example", "root@" + mark + ".example"});
  return made.build(0);
}

// Values of both tenants and of nobody.
NamedRequest any(std::mt19937& random, const std::string& tenant) {
  const auto pick = [&](std::vector<std::string> list) { return list[random() % list.size()]; };
  const auto mark = [&] { return pick({"aaa", "aaa", "aaa", "aaa", "aaa", "bbb", "ccc"}); };
  NamedRequest asked;
  asked.tenant = tenant;
  asked.client = mark() + pick({"-web", "-spa"});
  if (random() % 8 != 0) asked.connection = mark() + pick({"-users", "-staff"});
  if (random() % 3 == 0) asked.organization = mark() + "-north";
  asked.facts["user.blocked"] = random() % 8 == 0;
  if (random() % 8 != 0) asked.facts["user.email"] = pick({"ada@", "root@"}) + mark() + ".example";
  if (random() % 3 == 0) asked.facts["request.redirect_uri"] = "https://" + mark() + ".example/back";
  if (random() % 3 == 0) asked.facts["user.organizations"] = StringSet{mark() + "-north"};
  if (random() % 2 == 0) asked.facts["token.issuer"] = "https://" + tenant + ".issuer";
  if (random() % 5 == 0) asked.facts["user." + mark()] = std::string("x");
  return asked;
}

bool names(const NamedRequest& asked, std::string_view mark) {
  auto all = asked.client + asked.connection.value_or("") + asked.organization.value_or("");
  for (const auto& [name, value] : asked.facts) {
    all += name;
    if (const auto* text = std::get_if<std::string>(&value)) all += *text;
    if (const auto* set = std::get_if<StringSet>(&value))
      for (const auto& one : *set) all += one;
  }
  return all.find(mark) != std::string::npos;
}

std::string answer(const Engine& engine, const NamedRequest& named) {
  Request request;
  engine.bind(named, request);
  const auto decision = engine.decide(request);
  const auto said = engine.explain(request, decision);
  std::string text = std::to_string(static_cast<int>(said.effect)) + " " +
                     std::to_string(static_cast<int>(said.fault)) + " " + said.detail + " " + said.revision + " " +
                     std::to_string(decision.fired[0]);
  for (const auto& reason : said.reasons) text += " " + reason.id + reason.text + reason.place;
  for (const auto& entry : engine.trace(request)) {
    text += " " + entry.id + entry.text;
    for (const auto& leaf : entry.leaves) text += leaf.text;
  }
  const auto offer = engine.connections(named.tenant, named.client, named.organization, "ada@bbb-staff.example");
  text += " " + std::to_string(static_cast<int>(offer.fault)) + offer.home_realm.value_or("-");
  for (const auto& one : offer.connections) text += " " + one.id + one.name;
  for (const auto& fact : engine.required_facts(named.tenant, Action::login)) text += " " + fact;
  text += engine.fact(named.tenant, "user.bbb") ? " known" : " unknown";
  return text;
}

}  // namespace

TEST_CASE("answers of a tenant are the same to the letter, whoever is served beside it") {
  Engine alone, beside;
  REQUIRE(alone.open(signed_by_us({marked("aaa")}, 1), opening()).ok());
  REQUIRE(beside.open(signed_by_us({marked("aaa"), marked("bbb"), marked("ccc")}, 1), opening()).ok());
  std::mt19937 random(3);
  std::size_t allowed = 0, leaked = 0, none_of_b = 0;
  for (int i = 0; i < 4'000; ++i) {
    if (i == 1'000) REQUIRE(beside.put_tenant(marked("ccc")) == "");
    if (i == 2'000) CHECK(beside.remove_tenant("bbb"));
    if (i == 3'000) CHECK(beside.restore_tenant("bbb") == "");
    if (i % 100 == 0) decide(beside, any(random, "bbb"));  // whoever else is asked between
    const auto asked = any(random, "aaa");
    none_of_b += names(asked, "bbb") ? 0 : 1;
    const auto here = answer(alone, asked), there = answer(beside, asked);
    REQUIRE(here == there);
    allowed += decide(beside, asked).effect == Effect::allow ? 1 : 0;
    // what names another tenant in the answer was in the question
    const bool asked_for_b = names(asked, "bbb");
    leaked += !asked_for_b && there.find("bbb") != std::string::npos ? 1 : 0;
  }
  CHECK(allowed > 100);
  CHECK(leaked == 0);
  CHECK(none_of_b > 500);
}

TEST_CASE("another tenant's host and issuer are refused without a word of whose they are") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us({marked("aaa"), plain("free", "free.example")}, 1), opening()).ok());
  auto asked = login("free", "free.example");
  for (const auto& [fact, value] :
       {std::pair("request.host", "aaa.login.example"), std::pair("token.issuer", "https://aaa.issuer")}) {
    auto one = asked;
    one.facts[fact] = std::string(value);
    Request request;
    engine.bind(one, request);
    const auto said = engine.explain(request, engine.decide(request));
    CHECK(said.fault == Fault::tenant_mismatch);
    CHECK(said.detail.find("tenant `aaa`") == std::string::npos);
  }
}
