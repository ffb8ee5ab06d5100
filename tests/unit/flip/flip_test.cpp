// What would have to be otherwise, on programs small enough to know the answer: bounds that are hit are said, large lists cost little, ties
// are in order, and instants are exact to the microsecond. Generated policies are tried in tests/agree/flip_test.cpp.
#include "runtime/flip/candidates.h"
#include "runtime/flip/constants.h"
#include "tests/support/part_builder.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace {

using namespace writ;

constexpr std::int64_t minute = 60'000'000, hour = 60 * minute, day = 24 * hour;

struct World {
  Engine engine;
  NamedRequest request;

  World(std::string_view shape, const std::vector<program::Constant>& constants,
        std::vector<program::Lockout> lockouts = {}) {
    PartBuilder acme("acme");
    acme.connection("users", "database");
    acme.connection("staff", "saml");
    acme.client("web", ClientType::web, {0, 1});
    acme.part.lockouts = std::move(lockouts);
    acme.program(Action::login, shape, constants);
    REQUIRE(engine.put({acme.build()}).empty());
    request.tenant = "acme";
    request.client = "web";
    request.connection = "users";
    request.facts["user.blocked"] = false;
  }
  World& with(const char* fact, Value value) {
    request.facts.insert_or_assign(fact, std::move(value));
    return *this;
  }
  flip::Changes changes(flip::Wanted wanted, std::size_t limit = flip::most_asked) const {
    return flip::find_changes(engine, request, wanted, limit);
  }
};

std::vector<std::string> texts(const flip::Changes& changes) {
  std::vector<std::string> list;
  for (const auto& proposal : changes.proposals) {
    std::string text;
    for (const auto& change : proposal.changes) text += (text.empty() ? "" : ", ") + change.text();
    list.push_back(text);
  }
  return list;
}

using Texts = std::vector<std::string>;

std::int64_t time(const char* text) { return *parse_time(text); }

}  // namespace

TEST_CASE("what is not found when the work ends is not told as none") {
  World world(
      "shape login\n%0 = fact.bool user.email_verified\n%1 = fact.bool user.mfa_enrolled\n%2 = and %0 %1\nallow %2\n",
      {});
  world.with("user.email_verified", false).with("user.mfa_enrolled", false).with("user.email", std::string("a@b.c"));
  const auto whole = world.changes(flip::Wanted::allow);
  CHECK(texts(whole) == Texts{"user.email_verified = true, user.mfa_enrolled = true"});
  CHECK(whole.complete);
  for (std::size_t limit = 0; limit < whole.asked; ++limit) {
    const auto some = world.changes(flip::Wanted::allow, limit);
    CHECK(some.asked <= limit + some.proposals.size());
    CHECK(some.complete == !some.proposals.empty());
  }
}

TEST_CASE("a change of four facts is not found, and that is said of all values") {
  World world(
      "shape login\n%0 = fact.bool user.email_verified\n%1 = fact.bool user.mfa_enrolled\n%2 = has request.country\n"
      "%3 = has user.username\n%4 = and %0 %1 %2 %3\nallow %4\n",
      {});
  world.with("user.email_verified", false).with("user.mfa_enrolled", false).with("user.email", std::string("a@b.c"));
  const auto found = world.changes(flip::Wanted::allow);
  CHECK(found.proposals.empty());
  CHECK(found.complete);
  CHECK(found.unasked.empty());
}

TEST_CASE("of a long list only values that rules tell apart are tried") {
  std::vector<std::string> countries;
  for (char a = 'A'; a <= 'J'; ++a)
    for (char b = 'A'; b <= 'Y'; ++b) countries.push_back({a, b});
  World world(
      "shape login\n$0 strings\n%0 = fact.string request.country\n%1 = in.strings %0 $0\n%2 = has request.country\n"
      "%3 = and %1 %2\n%4 = not %3\nallow %4\n",
      {countries});
  world.with("request.country", std::string("AA"));
  const auto part = world.engine.part("acme");
  const auto merged = flip::dials_of(*part, world.request), all = flip::dials_of(*part, world.request, false);
  const auto values = [](const flip::Dials& dials) {
    return std::ranges::find(dials.list, "request.country", &flip::Dial::name)->values.size();
  };
  CHECK(values(merged) == 2);  // another country, and none
  CHECK(values(all) == flip::most_values);
  CHECK(all.cut);
  CHECK(!merged.cut);
  CHECK(texts(world.changes(flip::Wanted::allow)) == Texts{"request.country = \"ZZ\""});
}

TEST_CASE("ties are in the documented order, one proposal for each set of facts, three at most") {
  World world("shape login\n$0 integer\n$1 bits\n$2 cidrs\n%0 = fact.int user.logins\n%1 = const.int $0\n%2 = lt.int "
              "%0 %1\n%3 = connection\n"
              "%4 = in.bits %3 $1\n%5 = fact.ip request.ip\n%6 = in.cidrs %5 $2\n%7 = fact.bool session.mfa\n%8 = or "
              "%2 %4 %6 %7\nallow %8\n",
              {std::int64_t{3}, program::Bits{{1}}, std::vector{*parse_cidr("10.0.0.0/8")}});
  world.with("user.logins", std::int64_t{7}).with("request.ip", *parse_ip("192.0.2.1")).with("session.mfa", false);
  const auto found = world.changes(flip::Wanted::allow);
  CHECK(texts(found) == Texts{"connection = staff", "request.ip = 10.0.0.0", "user.logins = 2"});
  world.request.connection = "staff";
  CHECK(world.changes(flip::Wanted::allow).unasked == "it is decided so already");
  world.request.client = "gone";
  CHECK(world.changes(flip::Wanted::allow).unasked == "no other value of a fact mends the fault unknown_client");
}

TEST_CASE("decisions of more rules than a mask holds are searched by their names") {
  std::string shape =
      "shape login\n%0 = fact.bool user.mfa_enrolled\n%1 = fact.bool user.email_verified\n%2 = and\nallow %2\n";
  for (int i = 0; i < 140; ++i) shape += "deny %0\n";
  shape += "deny %1\n";
  World world(shape, {});
  world.with("user.mfa_enrolled", true).with("user.email_verified", true).with("user.email", std::string("a@b.c"));
  CHECK(texts(world.changes(flip::Wanted::allow)) == Texts{"user.email_verified = false, user.mfa_enrolled = false"});
}

TEST_CASE("a fact that is unsound alone comes with the other, and a fault is never proposed") {
  World world("shape login\n%0 = fact.bool session.mfa\n%1 = and\nentry %0\nallow %1\nrequire %1 entry 0\n", {});
  world.with("session.mfa", false);
  const auto found = world.changes(flip::Wanted::allow);
  CHECK(texts(found) == Texts{"session.mfa = true, session.mfa_age = 0s"});
  const auto denied = world.changes(flip::Wanted::deny);
  CHECK(denied.proposals.empty());  // user.blocked = true would be one
  CHECK(denied.complete);
}

TEST_CASE("an age turns a microsecond after its limit, and time ends with the years") {
  World world(
      "shape login\n$0 integer\n%0 = fact.int session.mfa_age\n%1 = const.int $0\n%2 = le.int %0 %1\nallow %2\n",
      {15 * minute});
  world.with("session.mfa", true).with("session.mfa_age", 4 * minute).with("request.time", time("2026-03-27T09:00Z"));
  const auto found = flip::find_boundaries(world.engine, world.request, 1);
  REQUIRE(found.problem.empty());
  REQUIRE(found.turns.size() == 1);
  CHECK(found.turns[0].at == time("2026-03-27T09:11:00.000001Z"));
  CHECK(found.turns[0].before == Effect::allow);
  CHECK(found.turns[0].after == Effect::deny);
  CHECK(found.until == time("2026-03-28T09:00Z"));
  world.with("request.time", time("9999-12-31T23:59Z"));
  CHECK(flip::find_boundaries(world.engine, world.request, 9).until == bounds_of(TypeKind::time).high);
  CHECK(!flip::find_boundaries(world.engine, world.request, 0).problem.empty());
  CHECK(!flip::find_boundaries(world.engine, world.request, flip::most_days + 1).problem.empty());
  world.request.facts.erase("request.time");
  CHECK(flip::find_boundaries(world.engine, world.request, 1).problem.find("request.time") != std::string::npos);
}

TEST_CASE("more windows than can be looked at shorten the time, and that is said") {
  std::string slots = "shape login\n", nodes = "%0 = fact.int request.time\n", any = "or";
  std::vector<program::Constant> constants;
  for (std::uint16_t i = 0; i < 300; ++i) {
    const auto number = std::to_string(i), node = std::to_string(i + 1);
    slots += "$" + number + " window\n";
    nodes += "%" + node + " = in.window %0 $" + number + "\n";
    any += " %" + node;
    constants.emplace_back(program::Window{i, static_cast<std::uint16_t>(i + 60), 0x7f, "UTC", {{INT64_MIN, 0}}});
  }
  World world(slots + nodes + "%301 = " + any + "\nallow %301\n", constants);
  world.with("request.time", time("2026-03-27T12:00Z"));
  const auto found = flip::find_boundaries(world.engine, world.request, flip::most_days);
  CHECK(!found.complete);
  CHECK(found.until > found.from + 100 * day);
  CHECK(found.until < found.from + flip::most_days * day);
  CHECK(found.turns.front().at == time("2026-03-28T00:00Z"));
  CHECK(flip::find_boundaries(world.engine, world.request, 7).complete);
}

TEST_CASE("a lock opens and closes to the microsecond") {
  program::Lockout lockout;
  lockout.attempts = 5;
  lockout.block = 15 * minute;
  World world("shape login\n%0 = and\nallow %0\n", {}, {lockout});
  world.with("attempts.by_identifier", std::int64_t{5}).with("request.time", time("2026-03-27T12:00Z"));
  world.with("attempts.last_failed", time("2026-03-27T11:50Z"));
  const auto found = flip::find_boundaries(world.engine, world.request, 1);
  REQUIRE(found.turns.size() == 1);
  CHECK(found.turns[0].at == time("2026-03-27T12:05Z"));
  CHECK(found.turns[0].fault_before == Fault::locked_out);
  CHECK(texts(world.changes(flip::Wanted::allow)) ==
        Texts{"connection = staff", "request.time = 2026-03-27T12:05:00Z", "attempts.by_identifier = 4"});
}

TEST_CASE("values are written as a policy writes them") {
  CHECK(flip::value_text(true, TypeKind::boolean, {}) == "true");
  CHECK(flip::value_text(std::int64_t{-3}, TypeKind::integer, {}) == "-3");
  CHECK(flip::value_text(15 * minute, TypeKind::duration, {}) == "15m");
  CHECK(flip::value_text(std::int64_t{0}, TypeKind::time, {}) == "1970-01-01T00:00:00Z");
  CHECK(flip::value_text(std::int64_t{1}, TypeKind::enumeration, {"low", "high"}) == "high");
  CHECK(flip::value_text(std::string("a\"\\\n"), TypeKind::string, {}) == R"("a\"\\\n")");
  CHECK(flip::value_text(std::string("staff"), TypeKind::connection, {}) == "staff");
  CHECK(flip::value_text(*parse_ip("10.0.0.1"), TypeKind::ip, {}) == "10.0.0.1");
  CHECK(flip::value_text(StringSet{"a", "b"}, TypeKind::string_set, {}) == R"(["a", "b"])");
}

TEST_CASE("facts of another type are a fault, here as everywhere") {
  World world("shape login\n%0 = fact.bool session.mfa\nallow %0\n", {});
  world.with("session.mfa", true).with("session.mfa_age", true).with("request.time", time("2026-03-27T12:00Z"));
  CHECK(flip::find_boundaries(world.engine, world.request, 1).problem == "fact `session.mfa_age` is of another type");
  CHECK(!world.changes(flip::Wanted::allow).unasked.empty());
  world.with("request.time", std::string("now"));
  CHECK(!flip::find_boundaries(world.engine, world.request, 1).problem.empty());
  world.engine.set_stale(true);
  world.with("request.time", time("2026-03-27T12:00Z"));
  CHECK(flip::find_boundaries(world.engine, world.request, 1).turns.empty());
  CHECK(!world.changes(flip::Wanted::allow).unasked.empty());
}

TEST_CASE("a program so large that not every value can be looked at is searched in part, and that is said") {
  std::string slots = "shape login\n",
              nodes = "%0 = fact.int user.logins\n%1 = fact.int request.asn\n%2 = and\nallow %2\n";
  std::vector<program::Constant> constants;
  std::size_t node = 3;
  const auto name = [](char sign, std::size_t number) { return sign + std::to_string(number); };
  for (std::size_t i = 0; i < 6'000; ++i, node += 3) {
    slots += name('$', i) + " integer\n";
    constants.emplace_back(static_cast<std::int64_t>(i) * 7);
    nodes += name('%', node) + " = const.int " + name('$', i) + "\n" + name('%', node + 1) + " = eq.int %0 " +
             name('%', node) + "\n" + name('%', node + 2) + " = and " + name('%', node + 1) + "\ndeny " +
             name('%', node + 2) + "\n";
  }
  World world(slots + nodes, constants);
  world.with("user.logins", std::int64_t{0});
  const auto found = world.changes(flip::Wanted::allow);
  CHECK(texts(found) == Texts{"user.logins = 1"});  // the nearest is among those looked at
  CHECK(found.complete);
  CHECK(flip::dials_of(*world.engine.part("acme"), world.request).cut);
}
