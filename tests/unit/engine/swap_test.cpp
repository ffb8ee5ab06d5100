// Tenants that come, change and go: what is refused leaves what served; readers see one version or the other, never a mixture.
#include "runtime/engine/table.h"
#include "tests/unit/engine/world.h"

#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;

namespace {

PartBuilder small(std::string id) {
  PartBuilder b(std::move(id));
  b.connection("users", "database");
  b.client("web", ClientType::web, {0});
  b.program(Action::login, "shape login\n%0 = and\nallow %0\n");
  return b;
}

NamedRequest login_to(std::string tenant) {
  NamedRequest r;
  r.tenant = std::move(tenant);
  r.client = "web";
  r.connection = "users";
  r.facts["user.blocked"] = false;
  return r;
}

}  // namespace

TEST_CASE("put, replace, remove") {
  Engine engine;
  CHECK(engine.tenants().empty());
  CHECK(decide(engine, login_to("a")).fault == Fault::not_ready);
  REQUIRE(engine.put({small("b").build(), small("a").build()}) == "");
  CHECK(engine.tenants() == std::vector<std::string>{"a", "b"});
  CHECK(decide(engine, login_to("a")).effect == Effect::allow);
  REQUIRE(engine.put({small("a").build(9)}) == "");
  CHECK(decide(engine, login_to("a")).version == 9);
  CHECK(decide(engine, login_to("b")).version == 1);
  CHECK(engine.remove_tenant("a"));
  CHECK_FALSE(engine.remove_tenant("a"));
  CHECK(engine.part("a") == nullptr);
  CHECK(decide(engine, login_to("a")).fault == Fault::unknown_tenant);
  CHECK(decide(engine, login_to("b")).effect == Effect::allow);
  CHECK(engine.put({}) == "");
}

TEST_CASE("a request keeps the version it was started with") {
  Engine engine;
  REQUIRE(engine.put({small("a").build(1)}) == "");
  const auto named = login_to("a");
  Request request;
  engine.bind(named, request);
  REQUIRE(engine.put({small("a").build(2)}) == "");
  CHECK(engine.decide(request).version == 1);
  engine.remove_tenant("a");
  CHECK(engine.decide(request).version == 1);
  engine.bind(named, request);
  CHECK(engine.decide(request).fault == Fault::not_ready);
}

TEST_CASE("what is refused leaves what served") {
  Engine engine;
  REQUIRE(engine.put({small("a").build()}) == "");
  const auto refused = [&](auto&& change) {
    auto b = small("a");
    auto part = (change(b), b.build(2));
    const auto why = engine.put({small("new").build(), part});
    CHECK(engine.part("new") == nullptr);
    CHECK(decide(engine, login_to("a")).version == 1);
    return why;
  };
  CHECK(refused([](auto& b) { b.part.clients[0].connections = {7}; }) ==
        "tenant `a`: structure: a client names a connection that does not exist");
  CHECK(refused([](auto& b) { b.client("web"); }).find("two things have one id") != std::string::npos);
  CHECK(refused([](auto& b) { b.program(Action::login, "shape login\nallow %0\n"); }).find("rule 0") !=
        std::string::npos);
  CHECK(refused([](auto& b) { b.program(Action::login, "shape m2m\n"); }) ==
        "tenant `a`: login: the shape is of another action");
  CHECK(refused([](auto& b) { b.program(Action::login, "shape login\n$0 string\n"); }).find("the row is shorter") !=
        std::string::npos);
  CHECK(refused([](auto& b) {
          b.program(Action::login, "shape login\n%0 = fact.bool #47\n");
        }).find("does not exist") != std::string::npos);
  CHECK(refused([](auto& b) {
          b.program(Action::login, "shape login\n$0 regex\n", {program::Regex{"("}});
        }).find("does not compile") != std::string::npos);
  CHECK(refused([](auto& b) { b.part.programs[0].rules[0].trace[0].children = {0}; }).find("trace") !=
        std::string::npos);
  CHECK(refused([](auto& b) { b.part.hosts = {""}; }).find("host") != std::string::npos);
  auto part = small("a").build();
  part.hash[0] ^= 1;
  CHECK(engine.put({part}) == "tenant `a`: the hash is not the part's");
  CHECK(engine.put({small("c").build(), small("c").build()}) == "tenant `c` is there twice");
}

TEST_CASE("a program whose patterns could take seconds is refused, and none that they cannot") {
  const std::string once = "shape login\n$0 {0}\n%0 = fact.string user.username\n%1 = {0} %0 $0\nallow %1\n";
  const std::string of_each =
      "shape login\n$0 {0}\n%0 = fact.set user.groups\n%1 = each %0 0 %4\n%2 = element 0\n%3 = {0} %2 $0\n"
      "%4 = any %1 %3\nallow %4\n";
  const auto put = [](std::string text, std::string_view op, const program::Constant& constant) {
    for (auto at = text.find("{0}"); at != std::string::npos; at = text.find("{0}")) text.replace(at, 3, op);
    Engine engine;
    auto b = small("a");
    b.program(Action::login, text, {constant});
    return engine.put({b.build()});
  };
  const program::Regex letters{"\\pL{3}"};  // some 3,600 steps
  CHECK(put(once, "regex", letters) == "");
  CHECK(put(of_each, "regex", program::Regex{"a+b"}) == "");
  CHECK(put(of_each, "regex", letters).find("take over 65,536 steps") != std::string::npos);
  // A glob has 1,024 bytes at most: three of the longest are over it, where they have a `?` between two `*`.
  const std::string three =
      "shape login\n$0 {0}\n%0 = fact.set user.groups\n%1 = each %0 0 %7\n%2 = element 0\n%3 = {0} %2 $0\n"
      "%4 = {0} %2 $0\n%5 = {0} %2 $0\n%6 = or %3 %4 %5\n%7 = any %1 %6\nallow %7\n";
  CHECK(put(of_each, "glob", program::Glob{"*" + std::string(1'000, '?') + "*"}) == "");
  CHECK(put(three, "glob", program::Glob{"*" + std::string(1'000, 'a') + "*"}) == "");
  CHECK(put(three, "glob", program::Glob{std::string(500, '?') + "*" + std::string(500, '?')}) == "");
  CHECK(put(three, "glob", program::Glob{"*" + std::string(1'000, '?') + "*"}).find("take over 65,536 steps") !=
        std::string::npos);
}

TEST_CASE("hosts and issuers belong to one tenant of the set") {
  const auto claiming = [](std::string id, std::vector<std::string> hosts, std::vector<std::string> issuers = {}) {
    auto b = small(std::move(id));
    b.part.hosts = std::move(hosts);
    b.part.issuers = std::move(issuers);
    return b.build();
  };
  Engine engine;
  REQUIRE(engine.put({claiming("a", {"a.example", "login.a.example"}, {"https://a"})}) == "");
  CHECK(engine.put({claiming("b", {"a.example"})}) == "tenant `b`: host `a.example` belongs to tenant `a`");
  for (const char* other : {"a.EXAMPLE", "a.example.", "a.example:443", ""})
    CHECK(engine.put({claiming("b", {other})}) == "tenant `b`: structure: a host is no domain name in lower case");
  CHECK(engine.put({claiming("b", {}, {"https://a"})}) == "tenant `b`: issuer `https://a` belongs to tenant `a`");
  CHECK(engine.put({claiming("b", {}, {"https://A"})}) == "");
  CHECK(engine.put({claiming("c", {"x"}), claiming("d", {"x"})}) == "tenant `d`: host `x` belongs to tenant `c`");
  // a host moves when both change together
  CHECK(engine.put({claiming("b", {"a.example"}), claiming("a", {"new.example"})}) == "");
  CHECK(engine.put({claiming("a", {"a.example"})}) == "tenant `a`: host `a.example` belongs to tenant `b`");
  CHECK(engine.remove_tenant("b"));
  CHECK(engine.put({claiming("a", {"a.example"})}) == "");
}

TEST_CASE("equal shapes are one object however many tenants have them") {
  Engine engine;
  std::vector<program::Part> parts;
  for (int i = 0; i < 50; ++i) parts.push_back(small("t" + std::to_string(i)).build());
  const auto refused = engine.put(std::move(parts));
  REQUIRE(refused == "");
  CHECK(engine.part("t0")->programs[0].shape == engine.part("t49")->programs[0].shape);
}

TEST_CASE("many tenants, found and replaced") {
  Engine engine;
  std::vector<program::Part> parts;
  for (int i = 0; i < 3'000; ++i) parts.push_back(small("t" + std::to_string(i)).build());
  const auto refused = engine.put(std::move(parts));
  REQUIRE(refused == "");
  CHECK(engine.tenants().size() == 3'000);
  for (int i = 0; i < 3'000; i += 7) REQUIRE(engine.put({small("t" + std::to_string(i)).build(2)}) == "");
  for (int i = 0; i < 3'000; ++i)
    CHECK(decide(engine, login_to("t" + std::to_string(i))).version == (i % 7 == 0 ? 2u : 1u));
}

// Two versions that differ in everything a mixture would show: the order of clients and connections, the row, the program, the lockouts.
// One allows by its only rule; the other denies by its second. A host of another tenant comes and goes meanwhile.
TEST_CASE("decisions of two versions never mix") {
  auto one = small("flip");
  one.program(Action::login, "shape login\n$0 bits\n%0 = client\n%1 = in.bits %0 $0\nallow %1\n", {program::Bits{{0}}});
  PartBuilder two("flip");
  two.connection("spare", "saml");
  two.connection("users", "database");
  two.client("spare", ClientType::web, {});
  two.client("web", ClientType::web, {1});
  two.program(Action::login,
              "shape login\n$0 bits\n$1 bits\n%0 = client\n%1 = in.bits %0 $0\n%2 = connection\n%3 = in.bits %2 "
              "$1\nallow %1\ndeny %3\n",
              {program::Bits{{1}}, program::Bits{{1}}});
  const auto first = one.build(1), second = two.build(2);
  auto host = small("host");
  const auto without = host.build();
  host.part.hosts = {"h.example"};
  const auto with = host.build();

  Engine engine;
  REQUIRE(engine.put({first, without}) == "");
  const auto revision = [](const program::Part& part) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = value << 8 | part.hash[i];
    return value;
  };
  const std::uint64_t revisions[] = {0, revision(first), revision(second)};
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0}, seen_one{0}, seen_two{0};
  const auto read = [&] {
    auto named = login_to("flip");
    Request request;
    while (!stop) {
      named.facts["request.host"] = std::string("h.example");
      engine.bind(named, request);
      for (int again = 0; again < 2; ++again) {
        const auto d = engine.decide(request);
        const bool fits = (d.version == 1 || d.version == 2) && d.revision == revisions[d.version] &&
                          (d.fault == Fault::tenant_mismatch ||
                           (d.version == 1 ? d.effect == Effect::allow && d.fired[0] == 1
                                           : d.effect == Effect::deny && d.fault == Fault::none && d.fired[0] == 3));
        if (!fits) ++torn;
        ++(d.version == 1 ? seen_one : seen_two);
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(read);
  for (int i = 0; i < 2'000 || (i < 200'000 && (seen_one == 0 || seen_two == 0)); ++i) {
    if (!engine.put({i % 2 == 0 ? second : first}).empty()) ++torn;
    if (i % 10 == 0 && !engine.put({i % 20 == 0 ? with : without}).empty()) ++torn;
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  CHECK(torn == 0);
  CHECK(seen_one > 0);
  CHECK(seen_two > 0);
}

TEST_CASE("what is replaced is freed once nobody reads it") {
  Engine engine;
  REQUIRE(engine.put({small("a").build(1)}) == "");
  std::weak_ptr<const program::Part> old = engine.part("a");
  {
    Request request;
    const auto named = login_to("a");
    engine.bind(named, request);
    REQUIRE(engine.put({small("a").build(2)}) == "");
    CHECK(engine.reclaim() == 1);
    CHECK_FALSE(old.expired());
    CHECK(engine.decide(request).version == 1);
    engine.bind(named, request);
    CHECK_FALSE(old.expired());  // nobody has looked yet
    CHECK(engine.reclaim() == 0);
    CHECK(old.expired());
  }
  old = engine.part("a");
  engine.remove_tenant("a");
  CHECK(old.expired());  // nobody was asking
}

TEST_CASE("SipHash-1-3 spreads what a sender chooses") {
  CHECK(engine::keyed_hash({}, "") ==
        15'130'871'412'783'076'140u);  // the published value of SipHash-1-3 for no key and no text
  const engine::HashKey key{1, 2}, other{1, 3};
  CHECK(engine::keyed_hash(key, "acme") == engine::keyed_hash(key, "acme"));
  CHECK(engine::keyed_hash(key, "acme") != engine::keyed_hash(other, "acme"));
  CHECK(engine::keyed_hash(key, "") != engine::keyed_hash(key, std::string_view("\0", 1)));
  CHECK(engine::keyed_hash(key, "12345678") != engine::keyed_hash(key, "123456780"));
  const auto a = engine::random_key(), b = engine::random_key();
  CHECK((a.low != b.low || a.high != b.high));
}
