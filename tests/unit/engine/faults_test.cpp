// Every fault: reachable, in its order against every other, each of its causes, and named in words.
#include "tests/unit/engine/world.h"

#include <functional>
#include <set>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;

namespace {

struct Situation {
  NamedRequest request = login();
  bool empty = false, stale = false;
};

// One way to break a login, the knobs it turns, and the fault it makes.
struct Break {
  Fault fault;
  std::set<std::string> knobs;
  std::function<void(Situation&)> make;
};

const std::vector<Break>& breaks() {
  static const std::vector<Break> all = {
      {Fault::not_ready, {"set"}, [](Situation& s) { s.empty = true; }},
      {Fault::stale, {"stale"}, [](Situation& s) { s.stale = true; }},
      {Fault::invalid_request, {"asn"}, [](Situation& s) { s.request.facts["request.asn"] = std::int64_t{-1}; }},
      {Fault::unknown_tenant, {"tenant"}, [](Situation& s) { s.request.tenant = "nobody"; }},
      {Fault::invalid_request, {"missing", "blocked"}, [](Situation& s) { s.request.facts.erase("user.blocked"); }},
      {Fault::tenant_mismatch,
       {"host"},
       [](Situation& s) { s.request.facts["request.host"] = std::string("elsewhere"); }},
      {Fault::unknown_client, {"client"}, [](Situation& s) { s.request.client = "nobody"; }},
      {Fault::organization_unknown, {"organization"}, [](Situation& s) { s.request.organization = "nobody"; }},
      {Fault::organization_required, {"client", "organization"}, [](Situation& s) { s.request.client = "strict"; }},
      {Fault::organization_not_allowed,
       {"client", "organization"},
       [](Situation& s) { s.request.client = "plain", s.request.organization = "coke"; }},
      {Fault::not_a_member,
       {"organization"},
       [](Situation& s) {
         s.request.organization = "coke", s.request.facts["user.organizations"] = StringSet{"pepsi"};
       }},
      {Fault::unknown_connection, {"connection"}, [](Situation& s) { s.request.connection = "nothing"; }},
      {Fault::connection_not_enabled, {"connection"}, [](Situation& s) { s.request.connection = "other"; }},
      {Fault::action_not_supported, {"client"}, [](Situation& s) { s.request.client = "machine"; }},
      {Fault::grant_not_allowed, {"grant"}, [](Situation& s) { s.request.facts["grant"] = grant("device_code"); }},
      {Fault::callback_not_allowed,
       {"redirect"},
       [](Situation& s) { s.request.facts["request.redirect_uri"] = std::string("https://acme.com/Callback"); }},
      {Fault::user_blocked, {"blocked"}, [](Situation& s) { s.request.facts["user.blocked"] = true; }},
      {Fault::locked_out,
       {"attempts"},
       [](Situation& s) { s.request.facts["attempts.by_identifier"] = std::int64_t{10}; }},
  };
  return all;
}

Fault fault_of(const Situation& situation, bool attempt = false) {
  Engine engine;
  if (!situation.empty) REQUIRE(engine.put({acme().build()}) == "");
  engine.set_stale(situation.stale);
  Request request;
  engine.bind(situation.request, request);
  const auto decision = attempt ? engine.attempt(request) : engine.decide(request);
  if (decision.fault != Fault::none) {
    CHECK(decision.effect == Effect::deny);
    CHECK(decision.would_be == Effect::deny);
    CHECK(decision.because == Because::fault);
    CHECK(decision.fired == std::array<std::uint64_t, 2>{});
    const auto explanation = engine.explain(request, decision);
    CHECK_FALSE(explanation.detail.empty());
    CHECK(explanation.reasons.empty());
    if (!attempt) CHECK(engine.trace(request).empty());
  } else {
    CHECK(decision.effect == Effect::allow);
  }
  return decision.fault;
}

Fault fault_after(const std::function<void(NamedRequest&)>& change, Action action = Action::login) {
  Situation situation;
  situation.request = ask(action);
  change(situation.request);
  return fault_of(situation);
}

}  // namespace

TEST_CASE("a login without fault is allowed") { CHECK(fault_of({}) == Fault::none); }

TEST_CASE("every fault can be reached") {
  std::set<Fault> seen = {Fault::none};
  for (const auto& one : breaks()) {
    Situation situation;
    one.make(situation);
    INFO(fault_names[static_cast<std::size_t>(one.fault)]);
    CHECK(fault_of(situation) == one.fault);
    seen.insert(one.fault);
  }
  CHECK(seen.size() == fault_names.size());
}

TEST_CASE("of two faults the first is the decision's") {
  const auto& all = breaks();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const bool apart =
          std::ranges::none_of(all[i].knobs, [&](const auto& knob) { return all[j].knobs.contains(knob); });
      if (!apart) continue;
      Situation situation;
      all[j].make(situation);
      all[i].make(situation);
      INFO(fault_names[static_cast<std::size_t>(all[i].fault)] << " and "
                                                               << fault_names[static_cast<std::size_t>(all[j].fault)]);
      CHECK(fault_of(situation) == all[i].fault);
    }
}

TEST_CASE("a request never started is not ready") {
  Engine engine;
  REQUIRE(engine.put({acme().build()}) == "");
  CHECK(engine.decide(Request()).fault == Fault::not_ready);
  CHECK_FALSE(engine.native(Request()));
}

TEST_CASE("invalid requests") {
  const auto invalid = [](const std::function<void(NamedRequest&)>& change, Action action = Action::login) {
    return fault_after(change, action) == Fault::invalid_request;
  };
  CHECK(invalid([](auto& r) { r.facts["user.email"] = std::string("\xff"); }));
  CHECK(invalid([](auto& r) { r.facts["user.groups"] = StringSet{"a", "\xc3"}; }));
  CHECK(invalid([](auto& r) { r.facts["user.email"] = std::string(4'097, 'a'); }));
  CHECK_FALSE(invalid([](auto& r) { r.facts["user.email"] = std::string(4'096, 'a'); }));
  CHECK(invalid([](auto& r) { r.tenant = "\xff"; }));
  CHECK(invalid([](auto& r) { r.client = std::string(4'097, 'a'); }));
  CHECK(invalid([](auto& r) { r.connection = "\xff"; }));
  CHECK(invalid([](auto& r) { r.organization = "\xff"; }));
  CHECK(invalid([](auto& r) { r.facts["grant"] = std::int64_t{9}; }));
  CHECK(invalid([](auto& r) { r.facts["grant"] = std::string("authorization_code"); }));
  CHECK(invalid([](auto& r) { r.facts["request.ip_reputation"] = std::int64_t{3}; }));
  CHECK(invalid([](auto& r) { r.facts["session.age"] = std::int64_t{-1}; }));
  CHECK(invalid([](auto& r) { r.facts["user.logins"] = true; }));
  CHECK(invalid([](auto& r) { r.facts["user.email"] = StringSet{"a"}; }));
  CHECK(invalid([](auto& r) { r.facts["user.groups"] = std::string("a"); }));
  CHECK(invalid([](auto& r) { r.facts["user.unknown"] = true; }));
  CHECK(invalid([](auto& r) { r.facts["client"] = std::string("web"); }));
  CHECK(invalid([](auto& r) { r.facts["session.mfa"] = true; }));
  CHECK(invalid([](auto& r) { r.facts["session.mfa_age"] = std::int64_t{5}; }));
  CHECK(invalid([](auto& r) { r.facts["session.mfa"] = false, r.facts["session.mfa_age"] = std::int64_t{5}; }));
  CHECK_FALSE(invalid([](auto& r) { r.facts["session.mfa"] = true, r.facts["session.mfa_age"] = std::int64_t{5}; }));
  CHECK_FALSE(invalid([](auto& r) { r.facts["session.mfa"] = false; }));
  CHECK(invalid([](auto& r) { r.facts["user.email_verified"] = true; }));
  CHECK_FALSE(invalid([](auto& r) { r.facts["user.email_verified"] = false; }));
  CHECK_FALSE(
      invalid([](auto& r) { r.facts["user.email_verified"] = true, r.facts["user.email"] = std::string("a@b"); }));
  CHECK(invalid([](auto& r) { r.connection.reset(); }));
  CHECK(invalid([](auto& r) { r.facts.erase("attempts.by_identifier"); }));
  CHECK(invalid([](auto& r) { r.client = "full", r.facts["user.id"] = std::string("u"); }, Action::m2m));
  CHECK(invalid([](auto& r) { r.client = "full", r.connection = "users"; }, Action::m2m));
  CHECK(invalid([](auto& r) { r.connection = "users"; }, Action::access));
  CHECK(invalid([](auto& r) { r.facts["session.mfa"] = false; }, Action::signup));
  // broken strings are judged before the tenant, unknown facts after it
  CHECK(invalid([](auto& r) { r.tenant = "nobody", r.facts["user.unknown"] = std::string("\xff"); }));
  CHECK(fault_after([](auto& r) { r.tenant = "nobody", r.facts["user.unknown"] = true; }) == Fault::unknown_tenant);
}

TEST_CASE("declared attributes are judged by their declaration") {
  auto b = acme();
  program::Attribute risk{"request.risk", TypeKind::integer, 0, all_actions, 0, 100, {}};
  program::Attribute tier{"user.tier", TypeKind::enumeration, mask_of(Action::login), 0, INT64_MIN,
                          INT64_MAX,   {"low", "high"}};
  b.part.attributes = {risk, tier};
  b.part.programs[0].required.push_back(static_cast<FactId>(builtin_facts.size() + 1));
  Engine engine;
  REQUIRE(engine.put({b.build()}) == "");
  auto r = login();
  CHECK(explain(engine, r).detail == "required fact `user.tier` is missing");
  r.facts["user.tier"] = std::int64_t{1};
  CHECK(decide(engine, r).effect == Effect::allow);
  r.facts["request.risk"] = std::int64_t{101};
  CHECK(explain(engine, r).detail == "fact `request.risk` is 101, outside its range 0..100");
  r.facts["request.risk"] = std::int64_t{100};
  r.facts["user.tier"] = std::int64_t{2};
  CHECK(explain(engine, r).detail == "fact `user.tier` is value 2, and there are 0 to 1");
  auto m = ask(Action::m2m);
  m.client = "full";
  CHECK(decide(engine, m).fault == Fault::none);
  m.facts["user.tier"] = std::int64_t{0};
  CHECK(explain(engine, m).detail == "fact `user.tier` does not exist for m2m");
  CHECK(engine.required_facts("acme", Action::login) ==
        std::vector<std::string>{"attempts.by_identifier", "user.blocked", "user.tier"});
  CHECK(engine.required_facts("nobody", Action::login).empty());
  CHECK(index(*engine.fact("acme", "user.tier")) == builtin_facts.size() + 1);
  CHECK_FALSE(engine.fact("acme", "user.nothing"));
}

TEST_CASE("hosts and issuers") {
  auto first = acme();
  PartBuilder second("second"), third("third");
  for (auto* b : {&second, &third}) {
    b->connection("users", "database");
    b->client("web", ClientType::web, {0});
    b->program(Action::login, "shape login\n%0 = and\nallow %0\n");
    b->program(Action::access, "shape access\n%0 = and\nallow %0\n");
  }
  second.part.issuers = {"https://second.example"};
  Engine engine;
  REQUIRE(engine.put({first.build(), second.build(), third.build()}) == "");
  const auto login_to = [&](std::string tenant, std::string host) {
    NamedRequest r;
    r.tenant = std::move(tenant);
    r.client = "web";
    r.connection = "users";
    r.facts["user.blocked"] = false;
    r.facts["request.host"] = std::move(host);
    return decide(engine, r).fault;
  };
  CHECK(login_to("third", "login.acme.com") == Fault::tenant_mismatch);
  CHECK(login_to("third", "nobody.example") == Fault::none);
  // What could be a spelling of acme's name is no host at all.
  for (const std::string& other : {std::string("LOGIN.acme.com"),
                                   std::string("login.acme.com."),
                                   std::string("login.acme.com:8443"),
                                   std::string("login.acme.com.:8443"),
                                   std::string("login.acme.com.."),
                                   std::string("login..acme.com"),
                                   std::string(".login.acme.com"),
                                   std::string("user@login.acme.com"),
                                   std::string(" login.acme.com"),
                                   std::string("login.acme.com "),
                                   std::string("login.acme.com\n"),
                                   std::string("login.acme.com%2e"),
                                   std::string("login\0.acme.com", 15),
                                   std::string("login.acme\u3002com"),
                                   std::string("[::1]"),
                                   std::string("."),
                                   std::string(""),
                                   std::string("-a.example"),
                                   std::string("a-.example"),
                                   std::string(64, 'a') + ".example",
                                   std::string(4'000, 'a')}) {
    INFO(other);
    CHECK(login_to("third", other) == Fault::invalid_request);
    CHECK(login_to("acme", other) == Fault::invalid_request);
  }
  const auto token_for = [&](std::string tenant, std::optional<std::string> issuer) {
    NamedRequest r;
    r.action = Action::access;
    r.tenant = std::move(tenant);
    r.client = "web";
    r.facts["user.blocked"] = false;
    if (issuer) r.facts["token.issuer"] = *issuer;
    return decide(engine, r).fault;
  };
  CHECK(token_for("second", "https://second.example") == Fault::none);
  CHECK(token_for("second", "https://second.example/") == Fault::tenant_mismatch);
  CHECK(token_for("second", std::nullopt) == Fault::invalid_request);
  CHECK(token_for("third", "https://second.example") == Fault::tenant_mismatch);
  CHECK(token_for("third", "https://other.example") == Fault::none);
  CHECK(token_for("third", std::nullopt) == Fault::none);
  // what is no longer claimed is free
  second.part.issuers = {};
  REQUIRE(engine.put({second.build()}) == "");
  CHECK(token_for("third", "https://second.example") == Fault::none);
}

TEST_CASE("organizations: members, and joining on login") {
  auto b = acme();
  b.organization("joins", {users, staff}).members_required = false;
  auto& via = b.organization("via", {users, staff});
  via.members_required = false, via.joins_via = {staff};
  Engine engine;
  REQUIRE(engine.put({b.build()}) == "");
  const auto asks = [&](Action action, std::string organization, std::string connection) {
    auto r = ask(action);
    r.client = "full";
    r.organization = std::move(organization);
    if (r.connection) r.connection = std::move(connection);
    if (r.facts.contains("user.organizations")) r.facts["user.organizations"] = StringSet{"pepsi"};
    return decide(engine, r).fault;
  };
  using enum Action;
  CHECK(asks(login, "coke", "users") == Fault::not_a_member);
  CHECK(asks(signup, "coke", "users") == Fault::none);
  CHECK(asks(m2m, "coke", "") == Fault::none);
  CHECK(asks(login, "joins", "users") == Fault::none);
  CHECK(asks(refresh, "joins", "users") == Fault::not_a_member);
  CHECK(asks(password_change, "joins", "users") == Fault::not_a_member);
  CHECK(asks(access, "joins", "") == Fault::not_a_member);
  CHECK(asks(login, "via", "staff") == Fault::none);
  CHECK(asks(login, "via", "users") == Fault::not_a_member);
  CHECK(asks(refresh, "via", "staff") == Fault::not_a_member);
  auto r = ask(login);
  r.organization = "coke";
  r.facts.erase("user.organizations");
  CHECK(explain(engine, r).detail == "required fact `user.organizations` is missing");
  r.organization = "joins";
  CHECK(decide(engine, r).fault == Fault::none);
  auto strict = ask(m2m);
  strict.client = "strict";
  CHECK(decide(engine, strict).fault == Fault::grant_not_allowed);  // not organization_required
}

TEST_CASE("an organization narrows connections") {
  auto b = acme();
  auto& narrow = b.organization("narrow", {users, staff});
  narrow.uses.push_back({0, true, {staff}, {}});
  narrow.uses.push_back({4, false, {}, {}});
  Engine engine;
  REQUIRE(engine.put({b.build()}) == "");
  const auto asks = [&](std::string client, std::string connection) {
    auto r = login();
    r.client = std::move(client);
    r.connection = std::move(connection);
    r.organization = "narrow";
    r.facts["user.organizations"] = StringSet{"narrow"};
    return explain(engine, r);
  };
  CHECK(asks("web", "staff").fault == Fault::none);
  CHECK(asks("web", "users").detail == "connection `users` is not enabled for client `web` in organization `narrow`");
  CHECK(asks("full", "users").fault == Fault::none);
  CHECK(asks("full", "code").fault == Fault::connection_not_enabled);
}

TEST_CASE("actions and grants") {
  using enum Action;
  CHECK(fault_after([](auto& r) { r.connection = "staff"; }, password_change) == Fault::action_not_supported);
  CHECK(fault_after([](auto& r) { r.connection = "code"; }, password_reset) == Fault::action_not_supported);
  CHECK(fault_after([](auto&) {}, password_reset) == Fault::none);
  CHECK(fault_after([](auto& r) { r.connection = "staff"; }, signup) == Fault::action_not_supported);
  CHECK(fault_after([](auto&) {}, signup) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "machine"; }, m2m) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "full"; }, m2m) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "web"; }, m2m) == Fault::grant_not_allowed);
  CHECK(fault_after([](auto& r) { r.client = "machine"; }, access) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "machine"; }, refresh) == Fault::action_not_supported);
  CHECK(fault_after([](auto& r) { r.client = "web"; }, refresh) == Fault::grant_not_allowed);
  CHECK(fault_after([](auto& r) { r.client = "full"; }, refresh) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts["grant"] = grant("authorization_code"); }, refresh) ==
        Fault::grant_not_allowed);
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts["grant"] = grant("refresh_token"); }, refresh) ==
        Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts["grant"] = grant("refresh_token"); }, m2m) ==
        Fault::grant_not_allowed);
  CHECK(fault_after([](auto& r) { r.facts.erase("grant"), r.facts.erase("request.redirect_uri"); }) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts["grant"] = grant("authorization_code"); }) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts["grant"] = grant("refresh_token"); }) ==
        Fault::grant_not_allowed);  // that is `refresh`
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts["grant"] = grant("client_credentials"); }) ==
        Fault::grant_not_allowed);
  // A login that tells none needs a client that has one for it.
  CHECK(fault_after([](auto& r) { r.client = "full", r.facts.erase("grant"); }) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "jobs", r.facts.erase("grant"); }) == Fault::grant_not_allowed);
  CHECK(fault_after([](auto& r) { r.client = "jobs"; }, refresh) == Fault::none);
  CHECK(fault_after([](auto& r) { r.client = "jobs"; }, m2m) == Fault::none);
}

TEST_CASE("an e-mail address has a domain or no `@`") {
  for (const std::string& email :
       {std::string("a@"), std::string("a@evil.example."), std::string("a@evil..example"), std::string("a@.example"),
        std::string("a@evil.example "), std::string("a@evil\u3002example"), std::string("a@b@"),
        std::string("a@evil.example\n"), std::string("a@[192.0.2.1]"), std::string("a@evil.example>")}) {
    INFO(email);
    CHECK(fault_after([&](auto& r) { r.facts["user.email"] = email; }) == Fault::invalid_request);
  }
  for (const char* email :
       {"a@acme.com", "A@ACME.com", "a@b@acme.com", "@localhost", "nobody", "", "J\u00d6rg@xn--9ca.example"}) {
    INFO(email);
    CHECK(fault_after([&](auto& r) { r.facts["user.email"] = std::string(email); }) == Fault::none);
  }
}

TEST_CASE("a country is two upper-case letters, or the request is none") {
  for (const auto* country : {"de", "De", "D", "DEU", "", "D1", "Ä"}) {
    INFO(country);
    CHECK(fault_after([&](auto& r) { r.facts["request.country"] = std::string(country); }) == Fault::invalid_request);
  }
  CHECK(fault_after([](auto& r) { r.facts["request.country"] = std::string("DE"); }) == Fault::none);
  CHECK(fault_after([](auto& r) { r.facts["request.country"] = std::string("ZZ"); }) == Fault::none);
}

TEST_CASE("lockouts") {
  using enum program::Lockout::Counter;
  auto b = acme();
  b.part.lockouts = {{by_ip, 100, 15 * minute, 60 * minute, {*parse_cidr("10.9.0.0/16")}, -1},
                     {by_identifier_ip, 3, -1, -1, {}, static_cast<std::int32_t>(code)}};
  Engine engine;
  REQUIRE(engine.put({b.build()}) == "");
  CHECK(engine.required_facts("acme", Action::login) == std::vector<std::string>{"attempts.by_identifier_ip",
                                                                                 "attempts.by_ip", "request.ip",
                                                                                 "request.time", "user.blocked"});
  const auto now = *parse_time("2026-11-24T12:00Z");
  const auto locked = [&](std::string connection, std::int64_t by_ip_count, std::int64_t pair_count,
                          std::optional<std::int64_t> last, std::string ip = "10.0.0.1") {
    auto r = login();
    r.facts["attempts.by_ip"] = by_ip_count;
    r.facts["attempts.by_identifier_ip"] = pair_count;
    r.facts["request.ip"] = *parse_ip(ip);
    r.connection = std::move(connection);
    if (last) r.facts["attempts.last_failed"] = now - *last;
    const auto fault = decide(engine, r).fault;
    CHECK((fault == Fault::none || fault == Fault::locked_out));
    return fault == Fault::locked_out;
  };
  CHECK_FALSE(locked("users", 99, 0, std::nullopt));
  CHECK(locked("users", 100, 0, std::nullopt));
  CHECK(locked("users", 100, 0, 15 * minute - 1));
  CHECK_FALSE(locked("users", 100, 0, 15 * minute));
  CHECK(locked("users", 100, 0, -5));  // a clock that ran back
  CHECK_FALSE(locked("users", 100, 0, std::nullopt, "10.9.1.1"));
  CHECK_FALSE(locked("users", 0, 3, std::nullopt));
  CHECK(locked("code", 0, 3, std::nullopt));
  CHECK(locked("code", 0, 3, std::nullopt, "10.9.1.1"));  // an exemption is from its own lockout only
  CHECK_FALSE(locked("code", 0, 2, std::nullopt));
  CHECK_FALSE(locked("staff", 1'000, 1'000, std::nullopt));
}

TEST_CASE("an attempt asks for structure and lockout alone") {
  NamedRequest r;
  r.tenant = "acme";
  r.client = "web";
  r.connection = "users";
  Situation s;
  s.request = r;
  CHECK(fault_of(s, true) == Fault::invalid_request);  // the counter
  s.request.facts["attempts.by_identifier"] = std::int64_t{9};
  CHECK(fault_of(s, true) == Fault::none);
  s.request.organization = "coke";  // membership is not judged
  CHECK(fault_of(s, true) == Fault::none);
  s.request.facts["attempts.by_identifier"] = std::int64_t{10};
  CHECK(fault_of(s, true) == Fault::locked_out);
  s.request.facts["user.blocked"] = true;
  CHECK(fault_of(s, true) == Fault::user_blocked);
  s.request.client = "nobody";
  CHECK(fault_of(s, true) == Fault::unknown_client);
  // what a rule alone counts is not asked for
  Engine engine;
  auto b = acme();
  b.program(Action::login, "shape login\n%0 = fact.int attempts.by_ip\n%1 = ge.int %0 %0\nallow %1\n");
  REQUIRE(engine.put({b.build()}) == "");
  r.facts["attempts.by_identifier"] = std::int64_t{0};
  Request request;
  engine.bind(r, request);
  CHECK(engine.attempt(request).effect == Effect::allow);
  CHECK(engine.decide(request).fault == Fault::invalid_request);
  s.request = ask(Action::signup);
  CHECK(fault_of(s, true) == Fault::invalid_request);
}

TEST_CASE("faults are named in words") {
  Engine engine;
  REQUIRE(engine.put({acme().build()}) == "");
  const auto detail = [&](const std::function<void(NamedRequest&)>& change, Action action = Action::login) {
    auto r = ask(action);
    change(r);
    return explain(engine, r).detail;
  };
  CHECK(detail([](auto& r) { r.client = "x"; }) == "client `x` is not a client of `acme`");
  CHECK(detail([](auto& r) { r.tenant = "x"; }) == "there is no tenant `x`");
  CHECK(detail([](auto& r) { r.facts.erase("user.blocked"); }) == "required fact `user.blocked` is missing");
  CHECK(detail([](auto& r) { r.facts["user.email"] = true; }) == "fact `user.email` is of another type");
  CHECK(detail([](auto& r) { r.facts["user.colour"] = true; }) == "fact `user.colour` does not exist or is broken");
  CHECK(detail([](auto& r) { r.facts["request.host"] = std::string("x"); }) == "host `x` is not one of `acme`");
  CHECK(detail([](auto& r) { r.connection = "staff"; }, Action::password_reset) ==
        "password_reset needs a database connection, which `staff` is not");
  CHECK(detail([](auto& r) { r.facts["grant"] = grant("ciba"); }) ==
        "grant `ciba` is not allowed for login of client `web`");
  CHECK(detail([](auto& r) { r.client = "jobs", r.facts.erase("grant"); }) == "client `jobs` has no grant of a login");
  CHECK(detail([](auto& r) { r.facts["user.groups"] = StringSet(33, std::string(4'096, 'g')); }) ==
        "fact `user.groups` has more than 4,096 strings, or they have more than 131,072 bytes");
}

TEST_CASE("a set has at most 4,096 strings, and looking one up in a large set finds what a walk finds") {
  Engine engine;
  auto b = acme();
  b.program(Action::login,
            "shape login\n%0 = fact.set user.groups\n%1 = fact.string user.username\n%2 = set.has %0 %1\nallow %2\n");
  REQUIRE(engine.put({b.build()}) == "");
  for (const std::size_t count : {std::size_t{16}, std::size_t{17}, std::size_t{1'000}, max_set_items}) {
    auto r = login();
    StringSet groups;
    for (std::size_t i = 0; i < count; ++i) groups.push_back("g" + std::to_string(i * 7919 % count));
    r.facts["user.groups"] = groups;
    for (const auto* name : {"g0", "g1", "g9", "g15", "h", "", "g", "g99999"}) {
      r.facts["user.username"] = std::string(name);
      const bool there = std::ranges::find(groups, name) != groups.end();
      INFO(count << " " << name);
      CHECK(decide(engine, r).effect == (there ? Effect::allow : Effect::deny));
    }
    groups.resize(max_set_items + 1, "x");
    r.facts["user.groups"] = groups;
    CHECK(decide(engine, r).fault == Fault::invalid_request);
  }
}

TEST_CASE("the strings of a set have at most 131,072 bytes") {
  Engine engine;
  REQUIRE(engine.put({acme().build()}) == "");
  auto r = login();
  StringSet groups(31, std::string(4'096, 'g'));
  groups.push_back(std::string(4'095, 'g'));
  groups.push_back("g");
  r.facts["user.groups"] = groups;
  CHECK(decide(engine, r).fault == Fault::none);
  groups.push_back("g");
  r.facts["user.groups"] = groups;
  CHECK(decide(engine, r).fault == Fault::invalid_request);
  Request request;
  engine.bind(r, request);
  const std::vector<std::string_view> views(groups.begin(), groups.end());
  CHECK(engine.decide(request.set(fact("user.groups"), views)).fault == Fault::invalid_request);
  CHECK(engine.decide(request.set(fact("user.groups"), std::span(views).first(33))).fault == Fault::none);
}
