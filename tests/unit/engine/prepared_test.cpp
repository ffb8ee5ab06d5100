// A prepared request is decided as the same request by names is, whatever happened to its tenant in between; alone and in batches.
#include "runtime/engine/prepared.h"
#include "tests/unit/engine/world.h"

#include <array>
#include <cstring>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;

namespace {

bool same(const Decision& a, const Decision& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// Rules that read facts of every width: a boolean, a time, an address, a text and a set.
PartBuilder reading() {
  auto b = acme();
  b.program(Action::login, R"(shape login
$0 string
$1 cidrs
$2 string
%0 = fact.string user.email
%1 = email.domain %0
%2 = const.string $0
%3 = eq.string %1 %2
%4 = fact.ip request.ip
%5 = in.cidrs %4 $1
%6 = fact.set user.organizations
%7 = const.string $2
%8 = set.has %6 %7
%9 = and %3 %5 %8
allow %9
)",
            {std::string("acme.com"), std::vector{*parse_cidr("10.0.0.0/8")}, std::string("coke")});
  return b;
}

// A login that they allow.
NamedRequest ada() {
  auto asked = login();
  asked.facts["user.email"] = std::string("ada@acme.com");
  return asked;
}

std::vector<NamedRequest> questions() {
  std::vector<NamedRequest> all;
  const auto ask = [&](auto&& change) {
    auto r = ada();
    change(r);
    all.push_back(std::move(r));
  };
  ask([](auto&) {});
  ask([](auto& r) { r.facts["user.email"] = std::string("ada@other.example"); });
  ask([](auto& r) { r.facts["request.ip"] = *parse_ip("2001:db8::1"); });
  ask([](auto& r) { r.facts["user.organizations"] = StringSet{}; });
  ask([](auto& r) {
    StringSet many;
    for (int i = 0; i < 100; ++i) many.push_back("organization " + std::to_string(i));
    many.push_back("coke");
    r.facts["user.organizations"] = many;  // more than fits where a prepared request lies
  });
  ask([](auto& r) { r.organization = "coke"; });
  ask([](auto& r) { r.organization = "pepsi"; });
  ask([](auto& r) { r.connection = "other"; });
  ask([](auto& r) { r.connection = "nowhere"; });
  ask([](auto& r) { r.connection.reset(); });
  ask([](auto& r) { r.client = "strict"; });
  ask([](auto& r) { r.client = "nobody"; });
  ask([](auto& r) { r.tenant = "nobody"; });
  ask([](auto& r) { r.tenant = "\xff"; });
  ask([](auto& r) { r.facts["user.blocked"] = true; });
  ask([](auto& r) { r.facts.erase("user.blocked"); });
  ask([](auto& r) { r.facts["user.blocked"] = std::int64_t{0}; });
  ask([](auto& r) { r.facts["user.shoe_size"] = std::int64_t{43}; });
  ask([](auto& r) { r.facts["request.host"] = std::string("login.other.com"); });
  ask([](auto& r) { r.facts["attempts.by_identifier"] = std::int64_t{10}; });
  for (std::size_t i = 0; i < action_count; ++i) {
    all.push_back(world::ask(static_cast<Action>(i)));
  }
  return all;
}

}  // namespace

TEST_CASE("prepared, a request is decided as by names") {
  Engine engine;
  REQUIRE(engine.put({reading().build(3)}) == "");
  const auto asked = questions();
  std::vector<Prepared> prepared(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) engine.prepare(asked[i], prepared[i]);
  Request room;
  std::vector<Decision> decisions(asked.size());
  engine.decide_batch(prepared, room, decisions);
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    INFO(i);
    Request request;
    engine.bind(asked[i], request);
    const auto expected = engine.decide(request);
    const auto decision = engine.decide(prepared[i], room);
    CHECK(same(decision, expected));
    CHECK(same(decisions[i], expected));
    CHECK(same(engine.interpret(prepared[i], room), expected));
    Request again;
    engine.bind(*prepared[i].named(), again);
    CHECK(engine.explain(again, decision).detail == engine.explain(request, expected).detail);
    allowed += decision.effect == Effect::allow;
  }
  CHECK(allowed >= 7);
}

TEST_CASE("what was prepared is decided by what serves at the time") {
  Engine engine;
  REQUIRE(engine.put({reading().build(1)}) == "");
  Prepared prepared;
  engine.prepare(ada(), prepared);
  Request room;
  CHECK(engine.decide(prepared, room).effect == Effect::allow);

  SECTION("the same part of a later version") {
    REQUIRE(engine.put({reading().build(2)}) == "");
    const auto decision = engine.decide(prepared, room);
    CHECK(decision.effect == Effect::allow);
    CHECK(decision.version == 2);
  }
  SECTION("a part in which its places are others") {
    auto b = reading();
    std::swap(b.part.connections[users], b.part.connections[github]);  // what was `users` is not enabled by its place
    for (auto& client : b.part.clients) client.connections = {staff, code, github};
    b.part.organizations[0].connections = {staff, code, github};
    REQUIRE(engine.put({b.build(2)}) == "");
    const auto decision = engine.decide(prepared, room);
    CHECK(decision.effect == Effect::allow);
    CHECK(decision.version == 2);
  }
  SECTION("a part that does not have its client") {
    auto b = reading();
    b.part.clients[0].id = "web2";
    REQUIRE(engine.put({b.build(2)}) == "");
    CHECK(engine.decide(prepared, room).fault == Fault::unknown_client);
  }
  SECTION("a part whose facts are others") {
    auto b = reading();
    program::Attribute attribute;
    attribute.name = "user.level";
    attribute.type = TypeKind::integer;
    attribute.required = mask_of(Action::login);
    b.part.attributes.push_back(attribute);
    b.part.programs[static_cast<std::size_t>(Action::login)].required.push_back(
        static_cast<FactId>(builtin_facts.size()));
    REQUIRE(engine.put({b.build(2)}) == "");
    CHECK(engine.decide(prepared, room).fault == Fault::invalid_request);
  }
  SECTION("nothing") {
    REQUIRE(engine.put({PartBuilder("someone").build()}) == "");
    REQUIRE(engine.remove_tenant("acme"));
    CHECK(engine.decide(prepared, room).fault == Fault::unknown_tenant);
    CHECK(engine.interpret(prepared, room).fault == Fault::unknown_tenant);
  }
  SECTION("what has expired") {
    engine.set_stale(true);
    CHECK(engine.decide(prepared, room).fault == Fault::stale);
  }
}

TEST_CASE("a prepared request that is refused may be right later") {
  Engine engine;
  Prepared prepared;
  auto asked = ada();
  engine.prepare(asked, prepared);
  Request room;
  CHECK(engine.decide(prepared, room).fault == Fault::not_ready);
  REQUIRE(engine.put({reading().build()}) == "");
  CHECK(engine.decide(prepared, room).effect == Effect::allow);
  asked.facts["user.email"] = std::string("ada@elsewhere.example");
  engine.prepare(asked, prepared);
  CHECK(engine.decide(prepared, room).because == Because::no_allow);
}

TEST_CASE("what was never prepared is not ready, and leaves nothing of the one before") {
  Engine engine;
  REQUIRE(engine.put({reading().build()}) == "");
  std::vector<Prepared> prepared(3);
  auto asked = ada();
  engine.prepare(asked, prepared[0]);
  engine.prepare(asked, prepared[2]);
  Request room;
  std::array<Decision, 5> decisions;
  decisions.fill(Decision{});
  engine.decide_batch(prepared, room, decisions);
  CHECK(decisions[0].effect == Effect::allow);
  CHECK(decisions[1].fault == Fault::not_ready);
  CHECK(decisions[2].effect == Effect::allow);
  CHECK(decisions[3].fault == Fault::not_ready);  // there is nothing it could be of
  std::array<Decision, 1> fewer;
  engine.decide_batch(prepared, room, fewer);
  CHECK(fewer[0].effect == Effect::allow);
}

TEST_CASE("a room that decided what was prepared has nothing in it that could be asked") {
  Engine engine;
  REQUIRE(engine.put({reading().build(), PartBuilder("someone").build()}) == "");
  auto asked = ada();
  asked.facts["request.ip"] = *parse_ip("192.0.2.1");
  Prepared refused;
  engine.prepare(asked, refused);
  Request room;
  const auto allowed = ada();
  engine.bind(allowed, room);
  REQUIRE(engine.decide(room).effect == Effect::allow);
  CHECK(engine.decide(refused, room).because == Because::no_allow);
  CHECK_FALSE(room.bound());
  CHECK(engine.decide(room).fault == Fault::not_ready);
  CHECK(engine.attempt(room).fault == Fault::not_ready);
  CHECK(engine.trace(room).empty());
  room.set(fact("request.ip"), *parse_ip("10.1.2.3"));
  CHECK(engine.decide(room).fault == Fault::not_ready);
  // Nor when the tenant that it was started for is gone meanwhile, with the facts that it had.
  engine.bind(allowed, room);
  REQUIRE(engine.remove_tenant("acme"));
  CHECK(engine.decide(refused, room).fault == Fault::unknown_tenant);
  CHECK(engine.reclaim() == 0);
  engine.bind(allowed, room);
  CHECK(engine.decide(room).fault == Fault::unknown_tenant);
}

TEST_CASE("another tenant that claims a host or an issuer is heard by what was prepared before it did") {
  auto asked = ada();
  auto own = reading();
  PartBuilder other("someone");
  SECTION("a host") {
    own.part.hosts.clear();
    asked.facts["request.host"] = std::string("login.elsewhere.example");
    other.part.hosts = {"login.elsewhere.example"};
  }
  SECTION("an issuer") {
    asked = world::ask(Action::access);
    asked.facts["token.issuer"] = std::string("https://elsewhere.example/");
    other.part.issuers = {"https://elsewhere.example/"};
  }
  Engine engine;
  REQUIRE(engine.put({own.build()}) == "");
  Prepared prepared;
  engine.prepare(asked, prepared);
  Request room;
  CHECK(engine.decide(prepared, room).effect == Effect::allow);
  REQUIRE(engine.put({other.build()}) == "");
  CHECK(engine.decide(prepared, room).fault == Fault::tenant_mismatch);
}

TEST_CASE("what an organization asks for is asked of what was prepared before it did") {
  auto b = acme();
  b.part.organizations[0].members_required = false;
  Engine engine;
  REQUIRE(engine.put({b.build()}) == "");
  auto asked = login();
  asked.organization = b.part.organizations[0].id;
  asked.facts["user.organizations"] = StringSet{};
  Prepared prepared;
  engine.prepare(asked, prepared);
  Request room;
  CHECK(engine.decide(prepared, room).effect == Effect::allow);
  auto record = b.part.organizations[0];
  record.members_required = true;
  REQUIRE(engine.put_organization("acme", record).empty());
  CHECK(engine.decide(prepared, room).fault == Fault::not_a_member);
}
