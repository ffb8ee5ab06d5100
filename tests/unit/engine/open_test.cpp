// Bundles served: opened, applied, overridden by hand; whatever is refused leaves what served; one tenant's broken part touches no other.
#include "tests/unit/engine/served.h"

#include <atomic>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::served;

TEST_CASE("before the first bundle nothing is ready; afterwards tenants are loaded when they are asked") {
  Engine engine;
  CHECK(fault(engine, "acme") == Fault::not_ready);
  CHECK_FALSE(engine.metrics().ready);
  const auto done = engine.open(signed_by_us(platform()), opening());
  INFO(text_of(done.problem));
  REQUIRE(done.ok());
  CHECK(engine.metrics().ready);
  CHECK(engine.metrics().tenants == 3);
  CHECK(engine.metrics().loaded == 0);
  CHECK(allows(engine, "acme", "acme.example"));
  CHECK_FALSE(allows(engine, "acme", "bolt.example"));
  CHECK(engine.metrics().loaded == 1);
  CHECK(engine.metrics().loaded_late == 1);
  CHECK(fault(engine, "nobody") == Fault::unknown_tenant);
  CHECK(engine.tenants() == std::vector<std::string>{"acme", "bolt", "rich"});
  CHECK(engine.connections("rich", "admin", std::nullopt, std::nullopt).connections.size() == 2);
  CHECK(engine.metrics().loaded == 2);
}

TEST_CASE("a tenant is found by its host and by its issuer, loaded or not") {
  Engine engine;
  std::string tenant;
  CHECK_FALSE(engine.tenant_of(ClaimKind::host, "acme.login.example", tenant));
  REQUIRE(engine.open(signed_by_us(platform()), opening()).ok());
  CHECK(engine.tenant_of(ClaimKind::host, "acme.login.example", tenant));
  CHECK(tenant == "acme");
  CHECK(engine.tenant_of(ClaimKind::issuer, "https://issuer.rich.example", tenant));
  CHECK(tenant == "rich");
  CHECK_FALSE(engine.tenant_of(ClaimKind::host, "https://issuer.rich.example", tenant));
  CHECK(engine.metrics().loaded == 0);
  // another tenant's host is refused without loading that tenant
  auto asked = login("rich", "x.example");
  asked.client = "admin";
  asked.facts["token.issuer"] = std::string("https://issuer.rich.example");
  asked.facts["attempts.by_ip"] = std::int64_t{0};
  asked.facts["request.ip"] = *parse_ip("192.0.2.1");
  asked.facts["request.time"] = now;
  asked.facts["request.host"] = std::string("acme.login.example");
  CHECK(decide(engine, asked).fault == Fault::tenant_mismatch);
  asked.facts["request.host"] = std::string("free.login.example");
  CHECK(decide(engine, asked).fault != Fault::tenant_mismatch);
  CHECK(engine.metrics().loaded == 1);
}

TEST_CASE("whatever is refused leaves what served, and says why") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us(platform(), 5), opening()).ok());
  const auto refused = [&](const std::shared_ptr<const Bundle>& bundle, const Opening& how) {
    const auto done = engine.open(bundle, how);
    CHECK_FALSE(done.ok());
    CHECK(allows(engine, "acme", "acme.example"));
    CHECK(decide(engine, login("acme", "acme.example")).version == 5);
    CHECK(engine.metrics().version == 5);
    CHECK(engine.metrics().last_refusal == text_of(done.problem));
    return done.problem.reason;
  };
  CHECK(refused(open(bytes_of({}, manifest(6))), opening()) == bundle::Reason::is_unsigned);
  CHECK(refused(signed_by_us({}, 6), opening({2})) == bundle::Reason::untrusted_key);
  CHECK(refused(signed_by_us({}, 4), opening()) == bundle::Reason::lower_version);
  CHECK(refused(signed_by_us({}, 5), opening()) == bundle::Reason::version_reused);
  auto old = manifest(6);
  old.expires = now;
  CHECK(refused(open(bytes_of({}, old, {&key(0)})), opening()) == bundle::Reason::expired);
  CHECK(engine.open("/nowhere/all.writb", opening()).problem.reason == bundle::Reason::unreadable);
  CHECK(engine.metrics().refused == 6);
  CHECK(engine.open(signed_by_us(platform(), 5), opening()).ok());  // the same again is no other
}

TEST_CASE("a rollback leads back, and the way is recorded") {
  support::Folder folder;
  auto how = opening();
  how.state = folder("seen");
  const auto one = signed_by_us(tenants(2, 1), 1), two = signed_by_us(tenants(2, 2), 2);
  {
    Engine engine;
    REQUIRE(engine.open(one, how).ok());
    REQUIRE(engine.open(two, how).ok());
    CHECK(allows(engine, "t1", "v2.example"));
    CHECK(engine.open(one, how).problem.reason == bundle::Reason::lower_version);
  }
  Engine engine;  // another process, later
  CHECK(engine.open(one, how).problem.reason == bundle::Reason::lower_version);
  CHECK(fault(engine, "t1") == Fault::not_ready);
  Rollback back{"production", 2, 1, one->root(), {}};
  back.signatures.push_back(key(0).sign(back.message()).value());
  how.rollback = back;
  REQUIRE(engine.open(one, how).ok());
  CHECK(allows(engine, "t1", "v1.example"));
  CHECK(engine.open(two, how).problem.reason == bundle::Reason::lower_version);
}

TEST_CASE("deltas are laid over what serves") {
  Engine engine;
  const auto before = signed_by_us(tenants(20, 1), 1);
  CHECK(engine.apply({}, opening()).problem.reason == bundle::Reason::wrong_base);
  REQUIRE(engine.open(before, opening()).ok());
  auto parts = tenants(20, 1);
  parts[3] = tenant(3, 2);
  parts.erase(parts.begin() + 5);
  parts.push_back(tenant(77, 2));
  const auto after = signed_by_us(parts, 2);
  for (const std::size_t asked : {3, 4, 5}) CHECK(allows(engine, "t" + std::to_string(asked), "v1.example"));
  const auto delta = make_delta(*before, *after);
  REQUIRE(engine.apply(delta, opening()).ok());
  CHECK(allows(engine, "t3", "v2.example"));
  CHECK(allows(engine, "t4", "v1.example"));
  CHECK(fault(engine, "t5") == Fault::unknown_tenant);
  CHECK(allows(engine, "t77", "v2.example"));
  CHECK(engine.metrics().root == to_hex(after->root()));
  CHECK(engine.apply(delta, opening()).problem.reason == bundle::Reason::wrong_base);
  CHECK(engine.apply(std::span(delta).first(delta.size() / 2), opening()).problem.reason == bundle::Reason::truncated);
  CHECK(allows(engine, "t3", "v2.example"));
  // tenants that were asked are ready at once, and of the others none is
  CHECK(engine.metrics().loaded == 3);
}

TEST_CASE("what was put by hand stays until its tenant changes in a bundle") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us(tenants(5, 1), 1), opening()).ok());
  REQUIRE(engine.put_tenant(tenant(1, 9)) == "");
  REQUIRE(engine.put_tenant(plain("mine", "mine.example")) == "");
  CHECK(engine.remove_tenant("t2"));
  CHECK_FALSE(engine.remove_tenant("t2"));
  CHECK(engine.metrics().tenants == 5);
  CHECK(engine.metrics().overridden == 3);
  const auto by_hand = [&] {
    CHECK(allows(engine, "t1", "v9.example"));
    CHECK(engine.revision("t1")->from == Revision::From::put);
    CHECK(fault(engine, "t2") == Fault::unknown_tenant);
    CHECK(allows(engine, "mine", "mine.example"));
  };
  by_hand();
  auto parts = tenants(5, 1);
  parts[3] = tenant(3, 2);
  REQUIRE(engine.open(signed_by_us(parts, 2), opening()).ok());
  by_hand();
  CHECK(allows(engine, "t3", "v2.example"));
  CHECK(engine.revision("t3")->from == Revision::From::bundle);
  REQUIRE(engine.open(signed_by_us(tenants(5, 3), 3), opening()).ok());
  CHECK(allows(engine, "t1", "v3.example"));
  CHECK(allows(engine, "t2", "v3.example"));
  CHECK(allows(engine, "mine", "mine.example"));
  CHECK(engine.metrics().overridden == 1);
  CHECK(engine.restore_tenant("mine") == "");
  CHECK(fault(engine, "mine") == Fault::unknown_tenant);
  CHECK(engine.restore_tenant("mine") == "tenant `mine` was neither put nor removed by hand");
  CHECK(engine.remove_tenant("t4"));
  CHECK(engine.restore_tenant("t4") == "");
  CHECK(allows(engine, "t4", "v3.example"));
}

TEST_CASE("one part of a bundle is put by hand") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us(tenants(3, 1), 1), opening()).ok());
  const auto other = signed_by_us(tenants(3, 2), 2);
  CHECK(!engine.put_tenant(other, "t1"));
  CHECK(engine.put_tenant(other, "t9").reason == bundle::Reason::missing_part);
  CHECK(!engine.put_tenant(other, "t0"));
  CHECK(engine.metrics().bundles_alive == 2);
  CHECK(allows(engine, "t1", "v2.example"));
  CHECK(allows(engine, "t2", "v1.example"));
}

TEST_CASE("hosts of a bundle belong to its tenants, whatever is put by hand") {
  const auto claiming = [](const std::string& id, const std::string& host) {
    auto part = plain(id, id + ".example");
    part.hosts = {host};
    part.hash = program::hash_of(part);
    return part;
  };
  Engine engine;
  REQUIRE(engine.open(signed_by_us({claiming("a", "a.host"), claiming("b", "b.host")}, 1), opening()).ok());
  CHECK(engine.put_tenant(claiming("c", "a.host")) == "tenant `c`: host `a.host` belongs to tenant `a`");
  // a gives its host away
  REQUIRE(engine.put_tenant(claiming("a", "other.host")) == "");
  REQUIRE(engine.put_tenant(claiming("c", "a.host")) == "");
  std::string tenant;
  CHECK((engine.tenant_of(ClaimKind::host, "a.host", tenant) && tenant == "c"));
  CHECK((engine.tenant_of(ClaimKind::host, "other.host", tenant) && tenant == "a"));
  CHECK(engine.restore_tenant("a") == "`a.host` of tenant `a` belongs to tenant `c` now");
  CHECK(engine.remove_tenant("c"));
  CHECK(engine.restore_tenant("a") == "");
  CHECK((engine.tenant_of(ClaimKind::host, "a.host", tenant) && tenant == "a"));
  CHECK_FALSE(engine.tenant_of(ClaimKind::host, "other.host", tenant));
  // what the next bundle gives to another goes
  REQUIRE(engine.put_tenant(claiming("mine", "mine.host")) == "");
  REQUIRE(engine.open(signed_by_us({claiming("a", "a.host"), claiming("b", "mine.host")}, 2), opening()).ok());
  CHECK(fault(engine, "mine") == Fault::unknown_tenant);
  CHECK((engine.tenant_of(ClaimKind::host, "mine.host", tenant) && tenant == "b"));
}

TEST_CASE("tenants put before there was a bundle give way to it, and others stay") {
  Engine engine;
  REQUIRE(engine.put({tenant(1, 9), plain("mine", "mine.example")}) == "");
  REQUIRE(engine.open(signed_by_us(tenants(3, 1), 1), opening()).ok());
  CHECK(allows(engine, "t1", "v1.example"));
  CHECK(allows(engine, "mine", "mine.example"));
  std::string found;
  CHECK((engine.tenant_of(ClaimKind::host, "mine.login.example", found) && found == "mine"));
  CHECK((engine.tenant_of(ClaimKind::host, "t1.login.example", found) && found == "t1"));
}

// ---------------------------------------------------------------- one tenant's trouble

TEST_CASE("a part that is damaged refuses its tenant and no other") {
  Engine engine;
  REQUIRE(engine.open(open(damaged(bytes_of(tenants(3, 1), manifest(1), {&key(0)}), "t1")), opening()).ok());
  for (int again = 0; again < 3; ++again) {
    CHECK(fault(engine, "t1", "v1.example") == Fault::not_ready);
    CHECK(allows(engine, "t0", "v1.example"));
    CHECK(allows(engine, "t2", "v1.example"));
  }
  CHECK(engine.metrics().broken == 1);
  CHECK_FALSE(engine.revision("t1"));
  CHECK(engine.connections("t1", "web", std::nullopt, std::nullopt).fault == Fault::not_ready);
  PasswordRequest asked;
  asked.tenant = "t1";
  asked.connection = "users";
  CHECK(engine.check_password(Secret("x"), asked).fault == PasswordFault::not_ready);
  REQUIRE(engine.open(signed_by_us(tenants(3, 2), 2), opening()).ok());
  CHECK(allows(engine, "t1", "v2.example"));
}

TEST_CASE("a part that comes damaged leaves what served its tenant; the others go on to the new one") {
  for (const bool was_asked : {true, false}) {
    Engine engine;
    REQUIRE(engine.open(signed_by_us(tenants(3, 1), 1), opening()).ok());
    if (was_asked) CHECK(allows(engine, "t1", "v1.example"));
    const auto done = engine.open(open(damaged(bytes_of(tenants(4, 2), manifest(2), {&key(0)}), "t1")), opening());
    REQUIRE(done.ok());
    REQUIRE(done.broken.size() == 1);
    CHECK(done.broken[0].tenant == "t1");
    CHECK(done.broken[0].why.reason == bundle::Reason::damaged);
    CHECK(done.broken[0].kept);
    CHECK(allows(engine, "t1", "v1.example"));
    CHECK(engine.revision("t1")->from == Revision::From::kept);
    CHECK(engine.revision("t1")->version == 1);
    CHECK(allows(engine, "t0", "v2.example"));
    CHECK(allows(engine, "t3", "v2.example"));
    std::string found;
    CHECK((engine.tenant_of(ClaimKind::host, "t1.login.example", found) && found == "t1"));
    // the same parts, whole this time
    REQUIRE(engine.open(signed_by_us(tenants(4, 2), 3), opening()).ok());
    CHECK(allows(engine, "t1", "v2.example"));
    CHECK(engine.metrics().overridden == 0);
  }
}

TEST_CASE("what cannot serve and whose host is another's by now does not stay") {
  const auto claiming = [](const std::string& id, const std::string& host, const std::string& domain) {
    auto part = plain(id, domain);
    part.hosts = {host};
    part.hash = program::hash_of(part);
    return part;
  };
  Engine engine;
  REQUIRE(engine
              .open(signed_by_us({claiming("a", "x.host", "a.example"), claiming("b", "y.host", "b.example")}, 1),
                    opening())
              .ok());
  CHECK(allows(engine, "a", "a.example"));
  const auto moved =
      bytes_of({claiming("a", "y.host", "a2.example"), claiming("b", "x.host", "b2.example")}, manifest(2), {&key(0)});
  const auto done = engine.open(open(damaged(moved, "a")), opening());
  REQUIRE(done.broken.size() == 1);
  CHECK_FALSE(done.broken[0].kept);
  CHECK(fault(engine, "a", "a.example") == Fault::not_ready);
  CHECK(allows(engine, "b", "b2.example"));
}

// ---------------------------------------------------------------- what it is to be asked

TEST_CASE("a bundle that decides otherwise than it says is refused by name") {
  const auto sample = [](const std::string& tenant, const std::string& domain, Effect effect) {
    return bundle::Sample{login(tenant, domain), effect, Fault::none};
  };
  const std::vector<bundle::Sample> right = {sample("t0", "v1.example", Effect::allow),
                                             sample("t1", "v2.example", Effect::deny)};
  auto wrong = right;
  wrong.push_back(sample("t2", "v1.example", Effect::deny));
  const auto made = [](const std::vector<bundle::Sample>& samples, std::uint64_t version) {
    return bytes_of(tenants(3, 1), manifest(version), {&key(0)}, samples);
  };
  support::Folder folder;
  auto how = opening();
  how.state = folder("seen");
  how.self_test = std::chrono::seconds(10);
  Engine engine;
  const auto done = engine.open(open(made(right, 1)), how);
  REQUIRE(done.ok());
  CHECK(done.tested == 2);
  CHECK(engine.metrics().loaded == 0);
  CHECK(engine.metrics().bundles_alive == 1);
  const auto refused = engine.open(open(made(wrong, 2)), how);
  CHECK(refused.problem.reason == bundle::Reason::test_failed);
  CHECK(refused.problem.detail == "login to t2.web via users is to be deny and is allow");
  CHECK(engine.metrics().version == 1);
  CHECK(allows(engine, "t1", "v1.example"));
  // what was refused is not on record: the version may come again, whole
  CHECK(engine.open(open(made(right, 2)), how).ok());
  // a broken part is not asked, and refuses nobody else
  const auto broken = engine.open(open(damaged(made(right, 3), "t0")), how);
  CHECK(broken.ok());
  CHECK(broken.tested == 1);
  how.self_test = std::chrono::milliseconds(0);
  CHECK(engine.open(open(made(wrong, 4)), how).ok());
}

// ---------------------------------------------------------------- time

namespace {
std::atomic<std::int64_t> told{now};
}

TEST_CASE("past its expiry and the grace it is stale; a clock that is set back makes it serve again") {
  auto made = manifest(1);
  made.expires = now + 1'000;
  auto how = opening();
  how.clock = [] { return told.load(); };
  how.grace = std::chrono::microseconds(500);
  Engine engine;
  told = now;
  REQUIRE(engine.open(open(bytes_of(tenants(2, 1), made, {&key(0)})), how).ok());
  const auto at = [&](std::int64_t time) {
    told = time;
    return fault(engine, "t1", "v1.example");
  };
  CHECK(at(now + 1'499) == Fault::none);
  CHECK(at(now + 1'500) == Fault::stale);
  CHECK(engine.metrics().stale);
  CHECK(engine.connections("t1", "web", std::nullopt, std::nullopt).fault == Fault::stale);
  CHECK(at(INT64_MAX) == Fault::stale);
  CHECK(at(0) == Fault::none);
  CHECK(at(INT64_MIN) == Fault::none);
  told = now + 2'000;
  made.version = 2;
  CHECK(engine.open(open(bytes_of(tenants(2, 2), made, {&key(0)})), how).problem.reason == bundle::Reason::expired);
  made.expires = INT64_MAX;
  REQUIRE(engine.open(open(bytes_of(tenants(2, 2), made, {&key(0)})), how).ok());
  CHECK(fault(engine, "t1", "v2.example") == Fault::none);
}

TEST_CASE("who is started again in the grace goes on with what was served, and with nothing else") {
  support::Folder folder;
  auto made = manifest(1);
  made.expires = now + 1'000;
  const auto one = open(bytes_of(tenants(2, 1), made, {&key(0)},
                                 {bundle::Sample{login("t1", "v1.example"), Effect::allow, Fault::none}}));
  auto how = opening();
  how.clock = [] { return told.load(); };
  how.grace = std::chrono::microseconds(500);
  how.state = folder("seen");
  told = now + 1'200;
  CHECK(Engine().open(one, how).problem.reason == bundle::Reason::expired);  // it was never served here
  told = now;
  REQUIRE(Engine().open(one, how).ok());
  told = now + 1'200;
  Engine again;
  REQUIRE(again.open(one, how).ok());
  CHECK(allows(again, "t1", "v1.example"));
  made.version = 2;
  CHECK(again.open(open(bytes_of(tenants(2, 2), made, {&key(0)})), how).problem.reason == bundle::Reason::expired);
  told = now + 1'500;
  CHECK(fault(again, "t1", "v1.example") == Fault::stale);
  CHECK(Engine().open(one, how).problem.reason == bundle::Reason::expired);
}

TEST_CASE("what is replaced is let go, and who keeps it is counted") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us(tenants(10, 1), 1), opening()).ok());
  const auto alive = [&] { return std::pair(engine.metrics().bundles_alive, engine.metrics().parts_alive); };
  CHECK(alive() == std::pair<std::int64_t, std::int64_t>(1, 0));
  {
    Request request;
    const auto asked = login("t1", "v1.example");
    engine.bind(asked, request);
    CHECK(alive() == std::pair<std::int64_t, std::int64_t>(1, 1));
    REQUIRE(engine.open(signed_by_us(tenants(10, 2), 2), opening()).ok());
    CHECK(alive() == std::pair<std::int64_t, std::int64_t>(2, 2));
    CHECK(engine.decide(request).version == 1);
    engine.reclaim();
    CHECK(alive() == std::pair<std::int64_t, std::int64_t>(2, 2));
  }
  engine.reclaim();
  CHECK(alive() == std::pair<std::int64_t, std::int64_t>(1, 1));
  CHECK(engine.remove_tenant("t1"));
  CHECK(alive() == std::pair<std::int64_t, std::int64_t>(1, 0));
}

TEST_CASE("what people read of a tenant is read from its bundle once more") {
  Engine engine;
  const auto bundle = signed_by_us({plain("acme", "acme.example"), rich()});
  REQUIRE(engine.open(bundle, opening()).ok());
  const auto asked = login("acme", "acme.example");
  Request request;
  engine.bind(asked, request);
  const auto decision = engine.decide(request);
  REQUIRE(decision.effect == Effect::allow);
  const auto explained = [&] { return engine.explain(request, decision); };
  const auto offered = [&] { return engine.connections("acme", "web", std::nullopt, std::nullopt); };

  // Its names are damaged after it was loaded: decisions have no need of them.
  auto& byte = const_cast<std::byte&>(bundle->cold(bundle->find("acme").value())[40]);
  byte ^= std::byte{1};
  CHECK(engine.decide(request).effect == Effect::allow);
  CHECK(allows(engine, "acme", "acme.example"));
  CHECK(explained().effect == Effect::allow);
  CHECK(explained().reasons.empty());
  CHECK(explained().detail == "tenant `acme` cannot be read from its bundle any more");
  CHECK(explained().revision == engine.revision("acme")->hash);
  CHECK(engine.trace(request).empty());
  CHECK(offered().fault == Fault::not_ready);
  CHECK(engine.part("acme") == nullptr);
  CHECK(engine.put_organization("acme", {}) ==
        "the organization could not be put: tenant `acme` cannot be read from its bundle any more");

  byte ^= std::byte{1};
  CHECK(explained().reasons.size() == 1);
  CHECK(explained().detail.empty());
  CHECK(engine.trace(request).size() == 1);
  CHECK(offered().connections.size() == 1);
  CHECK(engine.part("acme")->hash == plain("acme", "acme.example").hash);
  byte ^= std::byte{1};  // what was read a moment ago is still held
  CHECK(explained().reasons.size() == 1);
  byte ^= std::byte{1};
}

TEST_CASE("parts that were read once more are held for a while, and go with their tenant") {
  Engine engine;
  REQUIRE(engine.open(signed_by_us(tenants(200, 1)), opening()).ok());
  for (std::size_t i = 0; i < 200; ++i) {
    const auto part = engine.part("t" + std::to_string(i));
    REQUIRE(part);
    CHECK(part->id == "t" + std::to_string(i));
    CHECK(engine.part("t" + std::to_string(i)) == part);
  }
  CHECK(engine.metrics().parts_alive == 200);
  REQUIRE(engine.open(signed_by_us(tenants(200, 2), 2), opening()).ok());
  engine.reclaim();
  CHECK(engine.metrics().parts_alive == 200);
  CHECK(engine.metrics().bundles_alive == 1);
}
