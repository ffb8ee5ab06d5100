// Attempts that a store counts, by the lockouts of a policy: how many credentials are looked at, what the facts say afterwards, and what happens when
// the store is away.
#include "runtime/engine/attempt.h"
#include "runtime/store/fallback.h"
#include "runtime/store/memory.h"
#include "tests/unit/engine/allocations.h"
#include "tests/unit/engine/world.h"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::world;
using program::Lockout;

namespace {

constexpr std::int64_t noon = 1'780'000'000'000'000;

Lockout lockout(Lockout::Counter counter, std::int64_t attempts, std::int64_t block = -1, std::int64_t within = -1) {
  Lockout one;
  one.counter = counter;
  one.attempts = attempts;
  one.block = block;
  one.within = within;
  return one;
}

std::unique_ptr<Engine> engine_with(std::vector<Lockout> lockouts, std::vector<std::string> required = {}) {
  auto b = acme();
  b.part.lockouts = std::move(lockouts);
  for (const auto& name : required) b.part.programs[0].required.push_back(*find_builtin(name));
  std::ranges::sort(b.part.programs[0].required);
  auto engine = std::make_unique<Engine>();
  REQUIRE(engine->put({b.build()}) == "");
  return engine;
}

struct Host {
  const Engine& engine;
  CounterStore& store;
  Request request{};

  Attempt attempt(std::string_view who, std::string_view address = "198.51.100.7", std::int64_t at = noon,
                  std::string_view connection = "users") {
    engine.start(request, Action::login, "acme", "web", connection);
    return engine.attempt(request, store,
                          {.identifier = who,
                           .ip = *parse_ip(address),
                           .time = std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(at))});
  }
  Decision login() {
    request.set(fact("user.blocked"), false).set(fact("user.organizations"), std::span<const std::string_view>());
    return engine.decide(request);
  }
};

bool allowed(const Attempt& attempt) { return attempt.decision().effect == Effect::allow; }

// A store that can be taken away.
class Fickle : public CounterStore {
 public:
  std::atomic<bool> away = false;
  std::atomic<int> asked = 0;
  MemoryStore inner{1'024};
  Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
    ++asked;
    return away ? Reservation{} : inner.reserve(rules, now);
  }
  bool commit(std::span<const CounterRule> rules, const Reservation& made, std::int64_t now) noexcept override {
    return !away && inner.commit(rules, made, now);
  }
  bool refund(std::span<const CounterRule> rules, const Reservation& made, Refund why,
              std::int64_t now) noexcept override {
    return !away && inner.refund(rules, made, why, now);
  }
  std::vector<Standing> peek(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
    return away ? std::vector<Standing>{} : inner.peek(rules, now);
  }
  bool forget(std::span<const CounterKey> keys) noexcept override { return !away && inner.forget(keys); }
};

}  // namespace

TEST_CASE("sixty-four wrong logins at once look at as many credentials as the lockout says") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 5)});
  MemoryStore store;
  std::atomic<int> looked_at = 0, locked_out = 0, ready = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i)
    threads.emplace_back([&, i] {
      Host host{*engine, store};
      ++ready;
      while (ready < 64) std::this_thread::yield();
      auto attempt = host.attempt("ann", "198.51.100." + std::to_string(i));
      if (allowed(attempt)) {
        ++looked_at;
        std::this_thread::yield();
        attempt.wrong();
      } else {
        locked_out += attempt.decision().fault == Fault::locked_out ? 1 : 0;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(looked_at == 5);
  CHECK(locked_out == 59);
}

TEST_CASE("an attempt that nobody ends is a wrong one") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 2)});
  MemoryStore store;
  Host host{*engine, store};
  { const auto first = host.attempt("ann"); }
  {
    auto second = host.attempt("ann");
    auto moved = std::move(second);
    CHECK(allowed(moved));
  }
  CHECK(host.attempt("ann").decision().fault == Fault::locked_out);
  CHECK(allowed(host.attempt("bob")));
}

TEST_CASE("who knows the password is not locked out by the attempts before") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 3)});
  MemoryStore store;
  Host host{*engine, store};
  for (int round = 0; round < 5; ++round) {
    host.attempt("ann").wrong();
    host.attempt("ann").wrong();
    auto last = host.attempt("ann");
    REQUIRE(allowed(last));
    last.right();
    last.wrong();  // of several ends the first counts
    CHECK(host.login().effect == Effect::allow);
  }
}

TEST_CASE("facts say what was counted before, and login judges as the attempt did") {
  const auto engine = engine_with(
      {lockout(Lockout::Counter::by_identifier, 3, 15 * minute), lockout(Lockout::Counter::by_ip, 4, minute)});
  MemoryStore store;
  Host host{*engine, store};
  host.attempt("ann").wrong();
  {
    auto second = host.attempt("ann", "198.51.100.7", noon + 1);
    REQUIRE(allowed(second));
    second.right();
    CHECK(host.login().effect == Effect::allow);
  }
  for (int i = 0; i < 3; ++i) host.attempt("ann", "198.51.100.8", noon + i).wrong();
  auto closed = host.attempt("ann", "198.51.100.9", noon + minute);
  CHECK(closed.decision().fault == Fault::locked_out);
  CHECK(closed.opens() >= noon + 2 + 15 * minute);
  CHECK(closed.opens() < noon + 2 + 16 * minute);
  CHECK(host.login().fault == Fault::locked_out);
  // The block over, the counter is still at its limit: one more attempt, which login does not take for locked out.
  auto open = host.attempt("ann", "198.51.100.8", noon + 17 * minute);
  REQUIRE(allowed(open));
  CHECK(host.login().effect == Effect::allow);
  open.wrong();
  CHECK(host.attempt("ann", "198.51.100.8", noon + 18 * minute).decision().fault == Fault::locked_out);
}

TEST_CASE("who is found at one address is not who is found at another, where the lockout says so") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier_ip, 1)});
  MemoryStore store;
  Host host{*engine, store};
  host.attempt("ann", "2001:db8:0:1::1").wrong();
  CHECK_FALSE(allowed(host.attempt("ann", "2001:db8:0:1::2")));  // the same household
  CHECK(allowed(host.attempt("ann", "2001:db8:0:2::1")));
  CHECK(allowed(host.attempt("bob", "2001:db8:0:1::1")));
}

TEST_CASE("an address is counted over all accounts, and its count outlasts a right password") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_ip, 3)});
  MemoryStore store;
  Host host{*engine, store};
  host.attempt("ann").wrong();
  host.attempt("bob").wrong();
  host.attempt("mallory").right();
  host.attempt("carl").wrong();
  CHECK_FALSE(allowed(host.attempt("mallory")));
  CHECK(allowed(host.attempt("ann", "198.51.100.8")));
}

TEST_CASE("exempt addresses, federated connections and other connections' lockouts are not counted") {
  auto exempt = lockout(Lockout::Counter::by_identifier, 1);
  exempt.exempt = {*parse_cidr("10.0.0.0/8")};
  auto of_code = lockout(Lockout::Counter::by_identifier, 1);
  of_code.connection = code;
  const auto engine = engine_with({exempt, of_code});
  MemoryStore store;
  Host host{*engine, store};
  for (int i = 0; i < 3; ++i) CHECK(allowed(host.attempt("ann", "10.1.2.3")));
  for (int i = 0; i < 3; ++i) CHECK(allowed(host.attempt("ann", "198.51.100.7", noon, "staff")));
  CHECK(allowed(host.attempt("ann")));
  CHECK_FALSE(allowed(host.attempt("ann")));
  CHECK(allowed(host.attempt("ann", "10.1.2.3", noon, "code")));  // another connection's account, by its own lockout
  CHECK_FALSE(allowed(host.attempt("ann", "10.1.2.3", noon, "code")));
}

TEST_CASE("what rules ask for is counted although no lockout does") {
  const auto engine = engine_with({}, {"attempts.by_ip"});
  MemoryStore store;
  Host host{*engine, store};
  host.attempt("ann").wrong();
  host.attempt("bob").wrong();
  CHECK(allowed(host.attempt("ann")));
  CHECK(host.login().effect == Effect::allow);
  host.request.unset(fact("attempts.by_ip"));
  CHECK(host.login().fault == Fault::invalid_request);
  const auto rule = [] {
    CounterRule one;
    one.attempts = INT64_MAX;
    one.within = 24 * 60 * minute;
    const auto address = counted_address(*parse_ip("198.51.100.7"));
    one.key = counter_key({"ip",
                           std::to_string(one.within),
                           "acme",
                           "",
                           {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()}});
    return one;
  }();
  CHECK(store.peek({&rule, 1}, noon + minute)[0].count == 3);
}

TEST_CASE("what the structure refuses is no attempt") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 1)});
  Fickle store;
  Host host{*engine, store};
  CHECK(host.attempt("ann", "198.51.100.7", noon, "other").decision().fault == Fault::connection_not_enabled);
  engine->start(host.request, Action::login, "nobody", "web", "users");
  CHECK(engine->attempt(host.request, store, {.identifier = "ann", .ip = Ip{}, .time = Instant{}}).decision().fault ==
        Fault::unknown_tenant);
  engine->start(host.request, Action::signup, "acme", "web", "users");
  CHECK(engine->attempt(host.request, store, {.identifier = "ann", .ip = Ip{}, .time = Instant{}}).decision().fault ==
        Fault::invalid_request);
  CHECK(store.asked == 0);
}

TEST_CASE("a store that is away opens nothing") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 8)});
  const auto shared = std::make_shared<Fickle>();
  SECTION("by itself it refuses") {
    shared->away = true;
    Host host{*engine, *shared};
    CHECK(host.attempt("ann").decision().fault == Fault::not_ready);
  }
  SECTION("with counters behind it, it lets a share through and says so") {
    std::vector<bool> told;
    static std::chrono::steady_clock::time_point now;
    now = {};
    FallbackStore store(shared, std::make_shared<MemoryStore>(1'024),
                        {.share = 0.25, .report = [&](bool away) { told.push_back(away); }, .now = [] { return now; }});
    Host host{*engine, store};
    {
      auto attempt = host.attempt("ann");
      CHECK(allowed(attempt));
      CHECK_FALSE(attempt.decision().local_counters);
      shared->away = true;
    }  // which its store does not hear of
    const int asked = shared->asked;
    for (int i = 0; i < 2; ++i) {
      auto attempt = host.attempt("ann", "198.51.100.7", noon + i);
      CHECK(allowed(attempt));
      CHECK(attempt.decision().local_counters);
    }
    const auto closed = host.attempt("ann", "198.51.100.7", noon + 3);
    CHECK(closed.decision().fault == Fault::locked_out);
    CHECK(closed.decision().local_counters);
    CHECK(shared->asked == asked + 1);  // not by every attempt
    CHECK(told == std::vector<bool>{true});
    shared->away = false;
    CHECK_FALSE(allowed(host.attempt("ann", "198.51.100.7", noon + 4)));
    now += std::chrono::seconds(2);
    auto back = host.attempt("ann", "198.51.100.7", noon + 5);
    CHECK(allowed(back));
    CHECK_FALSE(back.decision().local_counters);
    CHECK(told == std::vector<bool>{true, false});
  }
}

TEST_CASE("where memory ends in the middle of an attempt it is refused, and nothing stays reserved") {
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 2), lockout(Lockout::Counter::by_ip, 2)});
  MemoryStore store;
  Host host{*engine, store};
  { host.attempt("somebody else", "198.51.100.1").unused(); }  // what a thread and a request keep is there
  std::size_t nth = 1, refused = 0;
  for (;; ++nth) {
    REQUIRE(nth < 1'000);
    fails_at = nth;
    auto attempt = host.attempt("ann");
    const bool failed = fails_at == 0;
    fails_at = 0;
    INFO("allocation " << nth);
    if (allowed(attempt)) {
      CHECK_FALSE(failed);
      attempt.unused();
      break;
    }
    ++refused;
    CHECK(failed);
    CHECK(attempt.decision().fault == Fault::not_ready);
    CHECK(attempt.decision().effect == Effect::deny);
    // Both that are left can be made at once, while the refused one is still there.
    auto first = host.attempt("ann"), second = host.attempt("ann");
    CHECK(allowed(first));
    CHECK(allowed(second));
    first.unused();
    second.unused();
  }
  CHECK(refused >= 3);  // the rules in scope, the copy that ends it, the store's answer
}

TEST_CASE("where memory ends after an attempt was granted, it is taken back") {
  // Says of the counters what no fact can be, and that is refused with an allocation, which fails.
  class Odd : public Fickle {
   public:
    Reservation reserve(std::span<const CounterRule> rules, std::int64_t now) noexcept override {
      auto made = inner.reserve(rules, now);
      for (auto& stands : made.before) stands.last = INT64_MAX;
      fails_at = 1;
      return made;
    }
  } store;
  const auto engine = engine_with({lockout(Lockout::Counter::by_identifier, 2)});
  Host host{*engine, store};
  {
    const auto attempt = host.attempt("ann");
    CHECK(fails_at == 0);
    CHECK(attempt.decision().fault == Fault::not_ready);
    CHECK(store.inner.used() == 0);
  }
  fails_at = 0;
  CHECK(store.inner.used() == 0);
  CHECK(host.login().fault == Fault::not_ready);  // what was given to the request is not looked at any more
}

TEST_CASE("an administrator opens an account") {
  const auto engine = engine_with(
      {lockout(Lockout::Counter::by_identifier, 1), lockout(Lockout::Counter::by_identifier_ip, 1, -1, minute)});
  MemoryStore store;
  Host host{*engine, store};
  host.attempt("ann").wrong();
  REQUIRE_FALSE(allowed(host.attempt("ann")));
  REQUIRE(store.forget(counter_keys(*engine->part("acme"), "users", "ann", *parse_ip("198.51.100.7"))));
  CHECK(allowed(host.attempt("ann")));
}
