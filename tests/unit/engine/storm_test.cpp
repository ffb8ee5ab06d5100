// Bundles, deltas and tenants that come while others decide: no decision mixes two revisions, no host is ever free for a moment, and what was
// replaced is gone when the last who reads it is.
#include "tests/unit/engine/served.h"

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::served;

namespace {

constexpr std::size_t count = 40;

// Two revisions of a tenant that differ in everything a mixture would show: the order of clients and connections, rows, programs. The even one
// allows by its only rule, the odd one denies by its second.
program::Part flip(std::size_t number, bool odd) {
  const auto id = "t" + std::to_string(number);
  PartBuilder made(id);
  if (odd) made.connection("spare", "saml");
  made.connection("users", "database");
  if (odd) made.client("spare", ClientType::web, {});
  made.client("web", ClientType::web, {odd ? 1u : 0u});
  made.part.hosts = {id + (odd ? ".odd" : ".even") + ".example", id + ".login.example"};
  if (odd)
    made.program(Action::login,
                 "shape login\n$0 bits\n$1 bits\n%0 = client\n%1 = in.bits %0 $0\n%2 = connection\n%3 = in.bits %2 "
                 "$1\nallow %1\ndeny %3\n",
                 {program::Bits{{1}}, program::Bits{{1}}});
  else
    made.program(Action::login, "shape login\n$0 bits\n%0 = client\n%1 = in.bits %0 $0\nallow %1\n",
                 {program::Bits{{0}}});
  return made.build(0);
}

std::uint64_t revision_of(const program::Part& part) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | part.hash[i];
  return value;
}

struct Storm {
  Engine engine;
  std::vector<std::array<std::uint64_t, 2>> revisions;
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> torn{0}, open_hosts{0}, asked{0}, wrong{0};
  std::array<std::atomic<std::uint64_t>, 2> seen{};

  Storm() {
    for (std::size_t i = 0; i < count; ++i)
      revisions.push_back({revision_of(flip(i, false)), revision_of(flip(i, true))});
  }

  std::shared_ptr<const Bundle> bundle(std::uint64_t version) const {
    std::vector<program::Part> parts;
    for (std::size_t i = 0; i < count; ++i) parts.push_back(flip(i, (version + i) % 2 == 1));
    PartBuilder free("free");  // has no host of its own
    free.connection("users", "database");
    free.client("web", ClientType::web, {0});
    parts.push_back(free.build(0));
    return signed_by_us(parts, version);
  }

  void read(unsigned seed) {
    std::mt19937 random(seed);
    Request request;
    while (!stop) {
      const auto number = random() % count;
      auto named = login("t" + std::to_string(number), "x.example");
      named.facts["request.host"] = "t" + std::to_string(number) + ".login.example";
      engine.bind(named, request);
      for (int again = 0; again < 2; ++again) {
        const auto decision = engine.decide(request);
        const bool odd = decision.revision == revisions[number][1];
        const bool known = odd || decision.revision == revisions[number][0];
        const bool fits = odd ? decision.effect == Effect::deny && decision.fired[0] == 3
                              : decision.effect == Effect::allow && decision.fired[0] == 1;
        if (decision.fault == Fault::unknown_tenant) continue;  // removed for a moment
        if (decision.fault != Fault::none || !known || !fits) ++torn;
        ++seen[odd];
      }
      // a host that every revision of its tenant has is never anybody else's
      auto other = login("free", "x.example");
      other.facts["request.host"] = "t" + std::to_string(1 + number % (count - 1)) + ".login.example";
      engine.bind(other, request);
      if (engine.decide(request).fault != Fault::tenant_mismatch) ++open_hosts;
      asked += 3;
    }
  }
};

}  // namespace

TEST_CASE("a storm of bundles, deltas and tenants tears no decision, and what it replaces is freed") {
  Storm storm;
  std::vector<std::shared_ptr<const Bundle>> bundles;
  for (std::uint64_t version = 1; version <= 60; ++version) bundles.push_back(storm.bundle(version));
  REQUIRE(storm.engine.open(bundles[0], opening()).ok());
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < 3; ++i) readers.emplace_back([&storm, i] { storm.read(i + 1); });
  std::mt19937 random(7);
  std::size_t refused = 0;
  for (std::size_t i = 1; i < bundles.size(); ++i) {
    const auto done = i % 2 == 0 ? storm.engine.open(bundles[i], opening())
                                 : storm.engine.apply(make_delta(*bundles[i - 1], *bundles[i]), opening());
    refused += done.ok() ? 0 : 1;
    bundles[i - 1] = nullptr;
    for (int swaps = 0; swaps < 30; ++swaps) {
      const auto number = random() % count;
      switch (random() % 5) {
      case 0:  // of the last one nobody asks for the host
        storm.engine.remove_tenant("t0");
        break;
      case 1: static_cast<void>(storm.engine.restore_tenant("t" + std::to_string(number))); break;
      default: refused += storm.engine.put_tenant(flip(number, random() % 2 == 1)).empty() ? 0 : 1;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (int waited = 0; waited < 10'000 && storm.asked < 3'000; ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  storm.stop = true;
  for (auto& reader : readers) reader.join();
  CHECK(storm.engine.reclaim() == 0);
  CHECK(refused == 0);
  CHECK(storm.torn == 0);
  CHECK(storm.open_hosts == 0);
  CHECK(storm.seen[0] > 0);
  CHECK(storm.seen[1] > 0);
  const auto metrics = storm.engine.metrics();
  CHECK(metrics.opened == 60);
  CHECK(metrics.bundles_alive == 1);
  CHECK(metrics.parts_alive == static_cast<std::int64_t>(metrics.loaded));
  bundles.clear();
}

TEST_CASE("the same tenant asked for the first time by many at once is loaded, and one of them published") {
  for (int round = 0; round < 20; ++round) {
    Engine engine;
    REQUIRE(engine.open(signed_by_us(tenants(4, 1), 1), opening()).ok());
    std::atomic<int> ready{0}, allowed{0};
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i)
      askers.emplace_back([&] {
        ++ready;
        while (ready < 4) std::this_thread::yield();
        for (const auto* id : {"t0", "t1", "t2", "t3"})
          if (allows(engine, id, "v1.example")) ++allowed;
      });
    for (auto& asker : askers) asker.join();
    CHECK(allowed == 16);
    CHECK(engine.metrics().loaded == 4);
    CHECK(engine.metrics().parts_alive == 4);
  }
}
