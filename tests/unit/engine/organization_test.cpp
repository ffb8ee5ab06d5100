// One organization of a tenant is put or taken out, and everything else of the tenant stays as it serves.
#include "tests/unit/engine/served.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::served;

namespace {

// Two connections; `north` and `south` have the first. `by_number`: a rule asks which organization it is.
program::Part company(const std::string& id = "acme", bool by_number = false) {
  PartBuilder made(id);
  made.connection("staff", "saml");
  made.connection("users", "database");
  made.client("web", ClientType::web, {0, 1}).usage = OrganizationUsage::allow;
  for (const auto* name : {"north", "south"}) {
    auto& organization = made.organization(name, {0});
    organization.members_required = false;
  }
  if (by_number)
    made.program(Action::login,
                 "shape login\n$0 bits\n%0 = organization\n%1 = in.bits %0 $0\n%2 = and\nallow %2\ndeny %1\n",
                 {program::Bits{{1}}});
  else
    made.program(Action::login, "shape login\n%0 = and\nallow %0\n");
  return made.build(0);
}

Decision ask(const Engine& engine, const std::string& organization, const std::string& connection = "staff") {
  NamedRequest asked;
  asked.tenant = "acme";
  asked.client = "web";
  asked.connection = connection;
  asked.organization = organization;
  asked.facts["user.blocked"] = false;
  return decide(engine, asked);
}

program::OrganizationRecord record(const std::string& id, std::vector<std::uint32_t> connections) {
  program::OrganizationRecord made;
  made.id = made.name = id;
  made.connections = std::move(connections);
  made.members_required = false;
  return made;
}

}  // namespace

TEST_CASE("an organization is put in its place, and the others stay") {
  Engine engine;
  REQUIRE(engine.put({company()}) == "");
  const auto before = engine.revision("acme")->hash;
  CHECK(ask(engine, "north").effect == Effect::allow);
  CHECK(ask(engine, "north", "users").fault == Fault::connection_not_enabled);
  REQUIRE(engine.put_organization("acme", record("north", {1})) == "");
  CHECK(ask(engine, "north").fault == Fault::connection_not_enabled);
  CHECK(ask(engine, "north", "users").effect == Effect::allow);
  CHECK(ask(engine, "south").effect == Effect::allow);
  const auto after = engine.revision("acme")->hash;
  CHECK(after != before);
  CHECK(engine.part("acme")->hash == program::hash_of(*engine.part("acme")));
  REQUIRE(engine.put_organization("acme", record("north", {0})) == "");
  CHECK(engine.revision("acme")->hash == before);  // the same again is the same
  for (std::uint32_t i = 0; i < 10; ++i) REQUIRE(engine.put_organization("acme", record("north", {i % 2})) == "");
  engine.reclaim();
  CHECK(engine.metrics().parts_alive == 1);  // none keeps those before it
}

TEST_CASE("organizations come and go where no rule counts them") {
  Engine engine;
  REQUIRE(engine.put({company()}) == "");
  REQUIRE(engine.put_organization("acme", record("east", {0, 1})) == "");
  CHECK(ask(engine, "east", "users").effect == Effect::allow);
  CHECK(ask(engine, "south", "users").fault == Fault::connection_not_enabled);
  REQUIRE(engine.remove_organization("acme", "north") == "");
  CHECK(ask(engine, "north").fault == Fault::organization_unknown);
  CHECK(ask(engine, "south").effect == Effect::allow);
  CHECK(engine.remove_organization("acme", "north") == "tenant `acme` has no organization `north`");
}

TEST_CASE("organizations that rules name stay in their places") {
  Engine engine;
  REQUIRE(engine.put({company("acme", true)}) == "");
  CHECK(ask(engine, "north").effect == Effect::allow);
  CHECK(ask(engine, "south").because == Because::rules);
  CHECK(engine.put_organization("acme", record("east", {0})) ==
        "rules of tenant `acme` name organizations: put the tenant");
  CHECK(engine.remove_organization("acme", "north") == "rules of tenant `acme` name organizations: put the tenant");
  REQUIRE(engine.put_organization("acme", record("south", {0, 1})) == "");
  CHECK(ask(engine, "south", "users").effect == Effect::deny);
  CHECK(ask(engine, "north").effect == Effect::allow);
}

TEST_CASE("what is not right about an organization is refused, and what served serves on") {
  Engine engine;
  REQUIRE(engine.put({company()}) == "");
  CHECK(engine.put_organization("nobody", record("north", {0})) == "there is no tenant `nobody` to change");
  CHECK_THAT(engine.put_organization("acme", record("north", {7})),
             Catch::Contains("acme"));  // there is no such connection
  CHECK(ask(engine, "north").effect == Effect::allow);
}

TEST_CASE("an organization out of a bundle") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us({company(), company("other")}, 1), opening()).ok());
  auto newer = company();
  newer.organizations[0].connections = {1};
  newer.organizations[1].connections = {1};
  newer.hash = program::hash_of(newer);
  const auto bundle = signed_by_us({newer, company("other")}, 2);

  CHECK(text_of(engine.put_organization(bundle, "acme", "north")) == "none: ");
  CHECK(ask(engine, "north").fault == Fault::connection_not_enabled);
  CHECK(ask(engine, "north", "users").effect == Effect::allow);
  CHECK(ask(engine, "north", "users").version == 2);
  CHECK(ask(engine, "south").effect == Effect::allow);  // as it was
  CHECK(engine.revision("acme")->from == Revision::From::put);

  CHECK(engine.put_organization(bundle, "acme", "east").reason == bundle::Reason::missing_part);
  CHECK(engine.put_organization(bundle, "nobody", "north").reason == bundle::Reason::missing_part);
  auto moved = company();
  moved.connections[0].id = "another";
  moved.hash = program::hash_of(moved);
  CHECK(engine.put_organization(signed_by_us({moved}, 3), "acme", "north").reason == bundle::Reason::malformed);
  CHECK(ask(engine, "north", "users").effect == Effect::allow);

  CHECK(engine.restore_tenant("acme").empty());
  CHECK(ask(engine, "north").effect == Effect::allow);
}
