// How one serves: before the first policy, when an update fails, on every way in. What is not certain denies, and says why.
#include "tests/lessons/world.h"
#include "tests/unit/engine/world.h"

#include <cstring>
#include <set>

using namespace writ;
using namespace writ::lessons;

namespace {

const std::string everything =
    "tenant acme {\n  hosts \"login.acme.com\"\n  issuers \"https://acme.example\"\n"
    "  connection users : database\n  connection code : email\n  connection staff : saml\n  connection spare : github\n"
    "  client shop : web { connections users, code, staff; organizations allow\n"
    "    callbacks \"https://acme.com/callback\"\n"
    "    grants authorization_code, refresh_token, device_code, ciba, token_exchange, passwordless_otp, mfa_otp, "
    "mfa_oob }\n"
    "  client strict : spa { connections users; organizations require }\n"
    "  client plain : spa { connections users }\n"
    "  organization o { connections users }\n"
    "  lockout { 10 attempts per identifier }\n"
    "  allow login, signup, password_change, password_reset, refresh, m2m, access\n}\n";

NamedRequest changed(const std::function<void(NamedRequest&)>& change, Action action = Action::login) {
  auto request = login({}, action);
  change(request);
  return request;
}

}  // namespace

TEST_CASE("every fault denies though every rule allows") {
  const World world(everything);
  REQUIRE(world.effect(login()) == Effect::allow);
  std::set<Fault> seen;
  const auto denied = [&](const NamedRequest& request) {
    const auto answer = world.ask(request);
    CHECK(answer.effect == Effect::deny);
    CHECK(answer.would_be == Effect::deny);
    CHECK(answer.because == Because::fault);
    CHECK(answer.reasons.empty());
    CHECK_FALSE(answer.session.idle >= 0);
    seen.insert(answer.fault);
  };
  denied(changed([](auto& r) { r.facts["user.id"] = std::string("\xff"); }));
  denied(changed([](auto& r) { r.tenant = "nobody"; }));
  denied(changed([](auto& r) { r.facts["request.host"] = std::string("other.example"); }));
  denied(changed([](auto& r) { r.client = "none"; }));
  denied(changed([](auto& r) { r.organization = "none"; }));
  denied(changed([](auto& r) { r.client = "strict"; }));
  denied(changed([](auto& r) { r.client = "plain", r.organization = "o"; }));
  denied(changed([](auto& r) { r.organization = "o"; }));
  denied(changed([](auto& r) { r.connection = "none"; }));
  denied(changed([](auto& r) { r.connection = "spare"; }));
  denied(changed([](auto& r) { r.connection = "staff"; }, Action::password_reset));
  denied(changed([](auto& r) { r.facts["grant"] = *index_of(grant_names, "client_credentials"); }));
  denied(changed([](auto& r) { r.facts["request.redirect_uri"] = std::string("https://evil.example"); }));
  denied(changed([](auto& r) { r.facts["user.blocked"] = true; }));
  denied(changed([](auto& r) { r.facts["attempts.by_identifier"] = std::int64_t{10}; }));
  CHECK(seen.size() == fault_names.size() - 3);  // all but none, not_ready and stale, which the next tests are about
  CHECK_FALSE(seen.contains(Fault::none));
}

TEST_CASE("before the first policy, and past its time, the answer is a deny that says so") {
  Engine engine;
  Request request;
  for (std::size_t i = 0; i < action_count; ++i) {
    engine.bind(login({}, static_cast<Action>(i)), request);
    CHECK(engine.decide(request).effect == Effect::deny);
    CHECK(engine.decide(request).fault == Fault::not_ready);
    CHECK(engine.attempt(request).fault == Fault::not_ready);
  }
  CHECK(engine.connections("acme", "shop", std::nullopt, std::nullopt).fault == Fault::not_ready);
  REQUIRE(engine.put({world::acme().build()}) == "");
  engine.set_stale(true);
  CHECK(world::decide(engine, world::login()).fault == Fault::stale);
  engine.set_stale(false);
  CHECK(world::decide(engine, world::login()).effect == Effect::allow);
  CHECK(Decision{}.effect == Effect::deny);  // so is what nobody decided
  CHECK(engine.decide(Request()).effect == Effect::deny);
}

TEST_CASE("an empty or failed update leaves what served, to the byte") {
  Engine engine;
  REQUIRE(engine.put({world::acme().build(1)}) == "");
  const auto before = world::decide(engine, world::login());
  REQUIRE(before.effect == Effect::allow);
  CHECK(engine.put({}) == "");
  auto broken = world::acme();
  broken.part.clients[0].connections = {77};
  CHECK(engine.put({broken.build(2)}) != "");
  auto forged = world::acme().build(3);
  forged.hash[5] ^= 1;
  CHECK(engine.put({forged}) != "");
  auto other = PartBuilder("other").build(1);
  CHECK(engine.put({other, forged}) != "");
  CHECK(engine.part("other") == nullptr);
  const auto after = world::decide(engine, world::login());
  CHECK(std::memcmp(&before, &after, sizeof after) == 0);
}

TEST_CASE("who is locked out is locked out by every grant, before and after the credential is checked") {
  const World world(everything);
  std::size_t tried = 0;
  for (const char* connection : {"users", "code"})
    for (std::size_t grant = 0; grant <= grant_names.size(); ++grant) {
      const auto ask = [&](std::int64_t attempts) {
        auto request = login({{"attempts.by_identifier", attempts}});
        request.connection = connection;
        if (grant < grant_names.size()) request.facts["grant"] = static_cast<std::int64_t>(grant);
        return request;
      };
      if (world.fault(ask(0)) != Fault::none) {  // refresh and client credentials are asked as other actions
        CHECK(world.fault(ask(0)) == Fault::grant_not_allowed);
        continue;
      }
      CHECK(world.fault(ask(10)) == Fault::locked_out);
      CHECK(world.attempt(ask(10)) == Fault::locked_out);
      ++tried;
    }
  CHECK(tried == 2 * (grant_names.size() - 2 + 1));
}

TEST_CASE("the attempt after the last one allowed is refused, not the one after that") {
  const World world(everything);
  for (const std::int64_t attempts : {0, 9})
    CHECK(world.fault(login({{"attempts.by_identifier", attempts}})) == Fault::none);
  for (const std::int64_t attempts : {10, 11, 255, 256, 65'536, 1'000'000'000})
    CHECK(world.fault(login({{"attempts.by_identifier", attempts}})) == Fault::locked_out);
  // A counter that is missing, or is no count, is not zero.
  auto request = login();
  request.facts.erase("attempts.by_identifier");
  CHECK(world.fault(request) == Fault::invalid_request);
  CHECK(world.attempt(request) == Fault::invalid_request);
  CHECK(world.fault(login({{"attempts.by_identifier", std::int64_t{-1}}})) == Fault::invalid_request);
  CHECK(world.fault(login({{"attempts.by_identifier", std::int64_t{1'000'000'001}}})) == Fault::invalid_request);
}

TEST_CASE("who is blocked is refused by every action that knows the user's state") {
  const World world(everything);
  for (std::size_t i = 0; i < action_count; ++i) {
    const auto action = static_cast<Action>(i);
    const auto& row = builtin_facts[index(fact("user.blocked"))];
    auto request = login({}, action);
    if (!((row.required | row.optional) & mask_of(action))) continue;
    if (action == Action::access) request.facts["token.issuer"] = std::string("https://acme.example");
    INFO(action_names[i]);
    CHECK(world.fault(request) == Fault::none);
    request.facts["user.blocked"] = true;
    CHECK(world.fault(request) == Fault::user_blocked);
    request.facts.erase("user.blocked");
    CHECK(world.fault(request) == Fault::invalid_request);
  }
}

TEST_CASE("a deny is never skipped because a fact is missing: the policy is an error or the request is") {
  std::size_t optional = 0, required = 0;
  for (const auto& fact : builtin_facts) {
    if (fact.type >= TypeKind::cidr && fact.type <= TypeKind::organization && fact.type != TypeKind::time &&
        fact.type != TypeKind::duration && fact.type != TypeKind::string_set && fact.type != TypeKind::enumeration)
      continue;
    const std::string name(fact.name);
    const std::string value = fact.type == TypeKind::boolean       ? name
                              : fact.type == TypeKind::integer     ? name + " > 3"
                              : fact.type == TypeKind::ip          ? name + " == 10.0.0.1"
                              : fact.type == TypeKind::time        ? name + " > 2026-01-01T00:00Z"
                              : fact.type == TypeKind::duration    ? name + " > 1h"
                              : fact.type == TypeKind::string_set  ? "\"x\" in " + name
                              : fact.type == TypeKind::enumeration ? name + " == " + std::string(fact.values[0])
                                                                   : name + " == \"XX\"";
    if (fact.optional & mask_of(Action::login)) {
      const auto made = agree::prepare({"writ 1\n" + tenant("allow login\ndeny login when " + value)}, nullptr);
      INFO(name << "\n" << made->problems);
      CHECK(made->problems.find("may be absent") != std::string::npos);
      ++optional;
    } else if (fact.required & mask_of(Action::login)) {
      const World world(tenant("allow login\ndeny login when " + value));
      auto request = login();
      request.facts.erase(name);
      INFO(name);
      CHECK(world.fault(request) == Fault::invalid_request);
      ++required;
    }
  }
  CHECK(optional >= 15);
  CHECK(required >= 15);
}
