// Places of a policy's own facts: found by name, right again after a change of the policy that moves them, and nowhere where there is none.
#include "runtime/engine/places.h"
#include "tests/unit/engine/world.h"

#include <array>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;

namespace {

constexpr std::array<std::string_view, 2> plan_words = {"free", "gold"};
constexpr std::array<Places::Wanted, 2> wanted = {{{"user.risk"}, {"user.plan", plan_words}}};

program::Attribute attribute(std::string name, TypeKind type, std::vector<std::string> values = {}) {
  program::Attribute one;
  one.name = std::move(name);
  one.type = type;
  one.optional = mask_of(Action::login);
  if (!values.empty()) one.low = 0, one.high = static_cast<std::int64_t>(values.size()) - 1;
  one.values = std::move(values);
  return one;
}

program::Part with(std::vector<program::Attribute> attributes) {
  auto b = acme();
  b.part.attributes = std::move(attributes);
  return b.build();
}

FactId declared(std::size_t place) { return static_cast<FactId>(builtin_facts.size() + place); }

}  // namespace

TEST_CASE("places follow the tenant that is asked") {
  Engine engine;
  const auto plan = attribute("user.plan", TypeKind::enumeration, {"free", "gold"});
  const auto risk = attribute("user.risk", TypeKind::integer);
  REQUIRE(engine.put({with({plan, risk})}).empty());
  Request request;
  Places places(wanted);
  const auto ask = [&](std::string_view tenant = "acme") {
    engine.start(request, Action::login, tenant, "web", "users");
    places.follow(request);
  };
  ask();
  CHECK(places[0] == declared(1));
  CHECK(places[1] == declared(0));
  CHECK(places.number(1, 1) == 1);

  SECTION("a fact that comes before them moves them, and a word that comes between moves the words") {
    const auto age = attribute("user.age", TypeKind::integer);
    REQUIRE(engine.put({with({age, attribute("user.plan", TypeKind::enumeration, {"free", "silver", "gold"}), risk})})
                .empty());
    ask();
    CHECK(places[0] == declared(2));
    CHECK(places[1] == declared(1));
    CHECK(places.number(1, 0) == 0);
    CHECK(places.number(1, 1) == 2);
  }
  SECTION("only the words changed") {
    REQUIRE(engine.put({with({attribute("user.plan", TypeKind::enumeration, {"gold", "free"}), risk})}).empty());
    ask();
    CHECK(places.number(1, 1) == 0);
  }
  SECTION("what is not there any more is an invalid request, and so is a word") {
    REQUIRE(engine.put({with({attribute("user.plan", TypeKind::enumeration, {"free", "iron"})})}).empty());
    ask();
    CHECK(places.number(1, 1) == -1);
    request.set(places[1], places.number(1, 1));
    CHECK(engine.decide(request).fault == Fault::invalid_request);
    ask();
    request.set(places[0], std::int64_t{3});
    CHECK(engine.decide(request).fault == Fault::invalid_request);
  }
  SECTION("a tenant that is not there has none") {
    ask("nobody");
    CHECK(places[0] != declared(1));
    request.set(places[0], std::int64_t{3});
    CHECK(engine.decide(request).effect == Effect::deny);
    ask();
    CHECK(places[0] == declared(1));
  }
}

TEST_CASE("times and spans are taken from any clock's precision") {
  using namespace std::chrono_literals;
  CHECK(Instant(std::chrono::sys_time<std::chrono::nanoseconds>(1'999ns)).micros == 1);
  CHECK(Instant(std::chrono::sys_time<std::chrono::nanoseconds>(-1ns)).micros == -1);
  CHECK(Elapsed(15min).micros == 15 * minute);
  CHECK(Elapsed(1'001ns).micros == 2);  // older, never younger
}

TEST_CASE("what is given is of its type") {
  STATIC_REQUIRE(std::is_convertible_v<bool, Given<bool>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<const char*, Given<bool>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<int, Given<bool>>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<Given<bool>>);
  STATIC_REQUIRE(std::is_convertible_v<std::string, Given<std::string_view>>);
}
