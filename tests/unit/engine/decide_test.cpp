// Decisions: effects, masks, would_be, names, traces; facts set and unset; nothing allocated.
#include "runtime/engine/places.h"
#include "tests/unit/engine/allocations.h"
#include "tests/unit/engine/world.h"

#include <atomic>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;

namespace {

// Booleans of a request stand for what fires, so that a test can say which rules do.
constexpr std::string_view switchboard = R"(shape login
%0 = fact.bool user.email_verified
%1 = fact.bool user.mfa_enrolled
%2 = fact.bool session.mfa
%3 = has request.device_known
%4 = has request.impossible_travel
%5 = has session.acr
%6 = has request.country
%7 = has user.email
entry %2
entry %7 connection 0
entry %7 connection 1
allow %0
deny %1
require %3 entry 0
require %4 entry 1
require %6 entry 2
report deny %5
)";

NamedRequest switches() {
  auto r = login();
  r.facts["user.mfa_enrolled"] = false;
  r.facts["user.email_verified"] = false;
  r.facts["session.mfa"] = false;
  r.facts["user.email"] = std::string("a@b.c");
  return r;
}

std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> result;
  for (const auto& reason : reasons) result.push_back(reason.id);
  return result;
}
using Ids = std::vector<std::string>;

Engine& with_switchboard(Engine& engine) {
  auto b = acme();
  b.program(Action::login, switchboard);
  REQUIRE(engine.put({b.build(7)}) == "");
  return engine;
}

}  // namespace

TEST_CASE("effects and their reasons") {
  Engine engine;
  with_switchboard(engine);
  auto r = switches();
  auto e = explain(engine, r);
  CHECK(e.effect == Effect::deny);
  CHECK(e.because == Because::no_allow);
  CHECK(e.reasons.empty());
  CHECK(e.detail.empty());

  r.facts["user.email_verified"] = true;
  e = explain(engine, r);
  CHECK(e.effect == Effect::allow);
  CHECK(ids(e.reasons) == Ids{"acme/allow 0"});
  CHECK(e.session.idle == 30 * minute);
  CHECK(e.obligations.empty());
  CHECK(e.would_be == Effect::allow);

  r.facts["session.acr"] = std::string("x");
  e = explain(engine, r);
  CHECK(e.effect == Effect::allow);
  CHECK(e.would_be == Effect::deny);
  CHECK(ids(e.reports) == Ids{"acme/deny 5"});
  CHECK(ids(e.reasons) == Ids{"acme/allow 0"});

  r.facts["request.device_known"] = true;
  e = explain(engine, r);
  CHECK(e.effect == Effect::challenge);
  CHECK(ids(e.reasons) == Ids{"acme/require 2"});
  CHECK(e.obligations == Ids{"entry 0"});
  CHECK(e.session.idle == -1);

  r.facts["session.mfa"] = true, r.facts["session.mfa_age"] = std::int64_t{1};
  CHECK(explain(engine, r).effect == Effect::allow);

  r.facts["request.impossible_travel"] = true, r.facts["request.country"] = std::string("DE");
  e = explain(engine, r);
  CHECK(e.effect == Effect::deny);
  CHECK(e.because == Because::conflicting_obligations);
  CHECK(ids(e.reasons) == Ids{"acme/require 3", "acme/require 4"});

  r.facts["user.mfa_enrolled"] = true;
  e = explain(engine, r);
  CHECK(e.because == Because::rules);
  CHECK(ids(e.reasons) == Ids{"acme/deny 1"});
  CHECK(e.reasons[0].place == "acme.writ:2");
  CHECK(e.version == 7);
  CHECK(e.revision.size() == 64);
}

TEST_CASE("masks and revision") {
  Engine engine;
  with_switchboard(engine);
  auto r = switches();
  r.facts["user.email_verified"] = true, r.facts["request.device_known"] = true,
  r.facts["session.acr"] = std::string("x");
  const auto d = decide(engine, r);
  CHECK(d.fired == std::array<std::uint64_t, 2>{0b100101, 0});
  CHECK(d.unsatisfied == 0b1);
  CHECK_FALSE(d.wide);
  CHECK(d.version == 7);
  const auto part = engine.part("acme");
  std::uint64_t revision = 0;
  for (std::size_t i = 0; i < 8; ++i) revision = revision << 8 | part->hash[i];
  CHECK(d.revision == revision);
  r.facts["user.mfa_enrolled"] = true;
  CHECK(decide(engine, r).unsatisfied == 0);
  r.client = "nobody";
  CHECK(decide(engine, r).revision == revision);  // a fault says whose it is, too
}

TEST_CASE("many rules: the effect is always computed over all of them") {
  std::string text = "shape login\n%0 = and\n%1 = or\n";
  for (int i = 0; i < 70; ++i) text += i == 69 ? "entry %1\n" : "entry %0\n";
  for (int i = 0; i < 150; ++i) text += "allow %0\n";
  for (int i = 0; i < 70; ++i) text += "require %0 entry " + std::to_string(i) + "\n";
  Engine engine;
  auto b = acme();
  b.program(Action::login, text);
  REQUIRE(engine.put({b.build()}) == "");
  auto d = decide(engine, login());
  CHECK(d.wide);
  CHECK(d.effect == Effect::challenge);
  CHECK(d.unsatisfied == 0);
  CHECK(d.fired[1] == ~std::uint64_t{0});
  CHECK(explain(engine, login()).obligations == Ids{"entry 69"});
  text += "deny %0\n";
  b.program(Action::login, text);
  REQUIRE(engine.put({b.build()}) == "");
  CHECK(decide(engine, login()).effect == Effect::deny);
  CHECK(ids(explain(engine, login()).reasons) == Ids{"acme/deny 220"});
}

TEST_CASE("the mask of entries has a bit for the last of the sixty-four") {
  std::string text = "shape login\n%0 = and\n%1 = or\n";
  for (int i = 0; i < 64; ++i) text += i == 63 || i == 0 ? "entry %1\n" : "entry %0\n";
  text += "allow %0\n";
  for (int i = 0; i < 64; ++i) text += "require %0 entry " + std::to_string(i) + "\n";
  Engine engine;
  auto b = acme();
  b.program(Action::login, text);
  REQUIRE(engine.put({b.build()}) == "");
  const auto d = decide(engine, login());
  CHECK_FALSE(d.wide);
  CHECK(d.unsatisfied == (std::uint64_t{1} << 63 | 1));
}

TEST_CASE("one text with two meanings is listed once and judged twice") {
  Engine engine;
  auto b = acme();
  auto& program = b.program(
      Action::login,
      "shape login\n%0 = and\n%1 = or\nentry %0\nentry %1\nallow %0\nrequire %0 entry 0\nrequire %0 entry 1\n");
  program.entries = {"mfa within limit", "mfa within limit"};
  REQUIRE(engine.put({b.build()}) == "");
  const auto e = explain(engine, login());
  CHECK(e.effect == Effect::challenge);
  CHECK(ids(e.reasons) == Ids{"acme/require 2"});
  CHECK(e.obligations == Ids{"mfa within limit"});
}

TEST_CASE("the trace is in source order, with alternatives of requires that fired") {
  Engine engine;
  auto b = acme();
  auto& program = b.program(Action::login, switchboard);
  for (auto& info : program.rules) info.source_order = 100 - info.source_order;
  REQUIRE(engine.put({b.build()}) == "");
  auto r = switches();
  r.facts["request.device_known"] = true;
  Request request;
  engine.bind(r, request);
  const auto trace = engine.trace(request);
  REQUIRE(trace.size() == 6);
  CHECK(trace[0].id == "acme/deny 5");
  CHECK(trace[0].report);
  CHECK_FALSE(trace[0].fired);
  CHECK(trace[3].id == "acme/require 2");
  CHECK(trace[3].fired);
  CHECK(trace[3].leaves.size() == 1);
  CHECK(trace[3].leaves[0].outcome);
  CHECK(trace[3].alternatives == std::vector<std::pair<std::string, bool>>{{"alternative", false}});
  CHECK(trace[2].alternatives.empty());
}

TEST_CASE("of a set that cannot be set, the one before it is not what is decided by") {
  Engine engine;
  auto b = acme();
  program::Attribute declared;
  declared.name = "user.tags";
  declared.type = TypeKind::string_set;
  declared.optional = mask_of(Action::login);
  b.part.attributes = {declared};
  b.program(Action::login, R"(shape login
$0 string
%0 = const.string $0
%1 = fact.set user.groups
%2 = set.has %1 %0
allow %2
)",
            {std::string("admin")});
  PartBuilder plain("plain");
  plain.connection("users", "database");
  plain.client("web", ClientType::web, {0}).callbacks = {"https://plain.com/callback"};
  plain.program(Action::login, "shape login\n" + std::string(allow_always));
  REQUIRE(engine.put({b.build(), plain.build()}) == "");
  Request request;
  const auto begin = [&](std::string_view tenant) {
    engine.start(request, Action::login, tenant, "web", "users");
    request.set(*find_builtin("user.blocked"), false).set(*find_builtin("attempts.by_identifier"), std::int64_t{0});
  };
  const auto groups = *find_builtin("user.groups"), country = *find_builtin("request.country");
  const std::vector<std::string_view> admin = {"admin"}, broken = {"admin", "\xff"}, many(4'097, "admin");
  for (const auto& wrong : {broken, many}) {
    begin("acme");
    request.set(groups, admin).set(groups, wrong);
    CHECK(engine.decide(request).fault == Fault::invalid_request);
    request.unset(groups);
    CHECK(engine.decide(request).fault == Fault::invalid_request);  // it is asked for
    request.set(groups, admin);
    CHECK(engine.decide(request).effect == Effect::allow);
  }
  // While another fact is wrong, which is then mended.
  begin("acme");
  request.set(country, std::string_view("nowhere")).set(groups, admin);
  CHECK(engine.decide(request).fault == Fault::invalid_request);
  request.set(country, std::string_view("DE"));
  CHECK(engine.decide(request).effect == Effect::allow);
  // A tenant's own set is nobody else's fact.
  begin("acme");
  const auto tags = *engine.fact("acme", "user.tags");
  request.set(groups, admin).set(tags, admin);
  CHECK(engine.decide(request).effect == Effect::allow);
  begin("plain");
  CHECK(engine.decide(request).effect == Effect::allow);
  request.set(tags, admin);
  CHECK(engine.decide(request).fault == Fault::invalid_request);
}

TEST_CASE("where memory ends while a request is made, nothing of it is asked") {
  Engine engine;
  auto b = acme();
  std::string rules = "shape login\n%0 = and\n%1 = or\nallow %0\n";
  for (int i = 0; i < 200; ++i) rules += "deny %1\n";
  b.program(Action::login, rules);
  REQUIRE(engine.put({b.build()}) == "");
  const auto groups = *find_builtin("user.groups"), country = *find_builtin("request.country");
  const std::vector<std::string_view> admin = {"admin"}, most(4'096, "dev");
  Request request;
  const auto begin = [&] {
    engine.start(request, Action::login, "acme", "web", "users");
    request.set(*find_builtin("user.blocked"), false).set(*find_builtin("attempts.by_identifier"), std::int64_t{0});
  };
  const auto fails = [&](auto&& made) {
    fails_at = 1;
    CHECK_THROWS_AS(made(), std::bad_alloc);
    CHECK(fails_at == 0);
    CHECK(engine.decide(request).fault == Fault::not_ready);
    request.set(groups, admin);
    CHECK(engine.decide(request).fault == Fault::not_ready);
    begin();
    CHECK(engine.decide(request).effect == Effect::allow);
  };
  fails(begin);  // where so many rules are marked
  request.set(groups, admin);
  CHECK(engine.decide(request).effect == Effect::allow);
  fails([&] { request.set(groups, most); });
  request.set(groups, admin);
  fails([&] { request.set(country, std::string_view("nowhere")); });
}

TEST_CASE("facts by id: set, set again, mended, unset, forgotten") {
  Engine engine;
  auto b = acme();
  b.program(Action::login, R"(shape login
$0 string
%0 = const.string $0
%1 = fact.set user.groups
%2 = set.has %1 %0
%3 = fact.string user.email
%4 = eq.string %3 %0
allow %2
deny %4
)",
            {std::string("admin")});
  REQUIRE(engine.put({b.build()}) == "");
  Request request;
  const auto begin = [&] {
    engine.start(request, Action::login, "acme", "web", "users");
    request.set(*find_builtin("user.blocked"), false).set(*find_builtin("attempts.by_identifier"), std::int64_t{0});
  };
  const auto groups = *find_builtin("user.groups"), email = *find_builtin("user.email");
  const std::vector<std::string_view> admin = {"dev", "admin"}, nobody = {"dev"}, none;
  begin();
  CHECK(engine.decide(request).fault == Fault::invalid_request);
  request.set(groups, admin);
  CHECK(engine.decide(request).effect == Effect::allow);
  for (int i = 0; i < 1'000; ++i) request.set(groups, i % 2 == 0 ? nobody : admin);
  CHECK(engine.decide(request).effect == Effect::allow);
  request.set(groups, none);
  CHECK(engine.decide(request).because == Because::no_allow);
  request.set(groups, admin).set(email, std::string_view("admin"));
  CHECK(engine.decide(request).because == Because::rules);
  request.unset(email);
  CHECK(engine.decide(request).effect == Effect::allow);
  request.set(email, true);
  CHECK(engine.decide(request).fault == Fault::invalid_request);
  request.set(email, std::string_view("\xff"));
  CHECK(engine.decide(request).fault == Fault::invalid_request);
  request.set(email, std::string_view("x"));
  CHECK(engine.decide(request).effect == Effect::allow);
  request.set(static_cast<FactId>(60'000), true).unset(static_cast<FactId>(60'000)).unset(*find_builtin("client"));
  CHECK(engine.decide(request).fault == Fault::invalid_request);
  begin();
  request.set(groups, admin);
  CHECK(engine.decide(request).effect == Effect::allow);
  begin();
  CHECK(engine.decide(request).fault == Fault::invalid_request);
}

TEST_CASE("a decision allocates nothing") {
  Engine engine;
  auto b = acme();
  b.part.hosts.clear();
  b.program(Action::login, R"(shape login
$0 glob
$1 strings
$2 window
$3 cidrs
%0 = fact.string user.email
%1 = lower %0
%2 = glob %1 $0
%3 = email.domain %0
%4 = in.strings %3 $1
%5 = fact.set user.groups
%6 = each %5 0 %9
%7 = element 0
%8 = contains %1 %7
%9 = any %6 %8
%10 = fact.int request.time
%11 = in.window %10 $2
%12 = fact.ip request.ip
%13 = in.cidrs %12 $3
%14 = and %2 %4 %9 %11 %13
entry %14
allow %14
require %14 entry 0
)",
            {program::Glob{"a*@*"}, std::vector<std::string>{"b.c"},
             program::Window{0, 1'440, 0x7f, "UTC", {{INT64_MIN, 0}}}, std::vector{*parse_cidr("10.0.0.0/8")}});
  PartBuilder other("other");
  other.part.hosts = {"other.example"};
  REQUIRE(engine.put({b.build(), other.build()}) == "");
  auto named = login();
  named.facts["user.email"] = std::string("Ann@B.C");
  named.facts["user.groups"] = StringSet{"x", "NN", "nn"};
  named.facts["request.host"] = std::string("unclaimed.example");
  Request request;
  engine.bind(named, request);
  const auto count = [&](auto&& f) {
    const auto before = allocations;
    f();
    return allocations - before;
  };
  Decision decision;
  CHECK(count([&] { decision = engine.decide(request); }) == 0);
  CHECK(decision.effect == Effect::allow);
  CHECK(count([&] { decision = engine.interpret(request); }) == 0);
  CHECK(count([&] { decision = engine.attempt(request); }) == 0);
  CHECK(count([&] { CHECK_NOTHROW(engine.native(request)); }) < 10);  // Catch's own
  // filling one by places neither, once they are found
  static constexpr std::array<Places::Wanted, 1> wanted = {{{"user.email"}}};
  Places places(wanted);
  const std::string_view groups[] = {"x", "nn"};
  const auto fill = [&] {
    engine.start(request, Action::login, "acme", "web", "users");
    places.follow(request);
    request.set(places[0], "ann@b.c").set(fact("user.groups"), groups).set(fact("user.blocked"), false);
    request.set(fact("request.ip"), Ip{}).set(fact("request.time"), std::int64_t{0});
  };
  fill();
  CHECK(count(fill) == 0);
  // a bound request is used again without growing
  CHECK(count([&] { engine.bind(named, request); }) == 0);
  named.client = "nobody";
  CHECK(count([&] {
          engine.bind(named, request);
          decision = engine.decide(request);
        }) == 0);
  CHECK(decision.fault == Fault::unknown_client);
}

namespace {

// Machine code that a test switches on.
struct FakeSource final : CodeSource {
  std::atomic<bool> ready{false};
  std::atomic<int> wanted{0};
  std::string refused;
  std::weak_ptr<const void> owner;
  static void deny_all(const program::Frame*, const program::Outcome*) {}
  void want(std::shared_ptr<const program::Shape>) override { ++wanted; }
  std::optional<Code> find(const program::ShapeKey&) override {
    if (!ready) return std::nullopt;
    auto keeper = owner.lock();
    if (!keeper) owner = keeper = std::make_shared<const int>(1);
    return Code{&deny_all, keeper};
  }
  void wait_idle() override { ready = true; }
  std::string refusal() const override { return refused; }
};

}  // namespace

TEST_CASE("machine code is taken when it is there, kept while it may run, and never used by `interpret`") {
  const auto source = std::make_shared<FakeSource>();
  auto engine = std::make_unique<Engine>(source, Tier::automatic);
  auto second = acme();
  second.part.id = second.part.name = "second";
  second.part.hosts.clear();
  REQUIRE(engine->put({acme().build(), second.build()}) == "");
  CHECK(source->wanted ==
        static_cast<int>(action_count) + 1);  // and the passwords of its database  // equal shapes are one
  Request request;
  const auto named = login();
  engine->bind(named, request);
  CHECK(engine->decide(request).effect == Effect::allow);
  CHECK_FALSE(engine->native(request));
  source->ready = true;
  CHECK(engine->native(request)->effect == Effect::deny);
  CHECK(engine->decide(request).effect == Effect::deny);
  CHECK(engine->interpret(request).effect == Effect::allow);
  engine->remove_tenant("acme");
  engine->remove_tenant("second");
  CHECK(engine->reclaim() == 1);
  CHECK_FALSE(source->owner.expired());  // the request is still bound to its tenant
  request = Request();
  CHECK(engine->reclaim() == 0);
  CHECK(source->owner.expired());
}

TEST_CASE("tiers") {
  const auto source = std::make_shared<FakeSource>();
  Engine waiting(source, Tier::native);
  REQUIRE(waiting.put({acme().build()}) == "");
  CHECK(decide(waiting, login()).effect == Effect::deny);
  Engine interpreting(source, Tier::interpret);
  REQUIRE(interpreting.put({acme().build()}) == "");
  CHECK(decide(interpreting, login()).effect == Effect::allow);
  const auto refusing = std::make_shared<FakeSource>();
  refusing->refused = "no executable memory";
  refusing->ready = true;
  Engine without(refusing, Tier::native);
  REQUIRE(without.put({acme().build()}) == "");
  CHECK(decide(without, login()).effect == Effect::allow);
  CHECK(refusing->wanted == 0);
}
