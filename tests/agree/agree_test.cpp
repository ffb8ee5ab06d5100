// The two meanings agree: oracle, interpreter and machine code, on a million generated decisions (and as many attempts and offers as fall to them).
//
//   WRIT_AGREE_SEED=N       the policy and requests of one seed; a failure prints it, with the smallest policy and request that still fail
//   WRIT_AGREE_POLICIES=N   so many policies instead
//   WRIT_AGREE_REQUESTS=N   so many requests of each instead of 2,500
//   WRIT_AGREE_FIRST=N      from this seed on
//   WRIT_AGREE_THREADS=N    on so many threads; odd ones have machine code without LLVM's optimiser
#include "tests/agree/case.h"
#include "tests/agree/properties.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

namespace {

using namespace writ;

constexpr std::size_t requests_by_default = 2'500, policies_by_default = 420;  // over a million decisions
constexpr std::uint64_t first_seed = 1;
constexpr std::size_t trace_every = 5, offers_each = 50, property_every = 8, property_requests = 100;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::shared_ptr<CodeSource> machine_code([[maybe_unused]] bool optimize) {
#if WRIT_WITH_JIT
  JitOptions options;
  options.optimize = optimize;
  return make_jit(options);
#else
  return nullptr;
#endif
}

std::size_t requests_each() {
  static const auto count = from_environment("WRIT_AGREE_REQUESTS", requests_by_default);
  return count;
}

struct Tally {
  std::mutex mutex;
  std::vector<std::string> failures;
  std::atomic<std::size_t> decisions = 0, refused = 0;
  std::array<std::atomic<std::size_t>, 3> effects{};
  std::array<std::atomic<std::size_t>, fault_names.size()> faults{};
  std::array<std::atomic<std::size_t>, because_names.size()> becauses{};

  void fail(std::string text) {
    const std::lock_guard lock(mutex);
    if (failures.size() < 3) failures.push_back(std::move(text));
  }
  bool enough() {
    const std::lock_guard lock(mutex);
    return failures.size() >= 3;
  }
};

std::string shrunk(const std::string& text, const NamedRequest& request, const std::shared_ptr<CodeSource>& code) {
  // The same kind of difference: else taking everything away would leave another one.
  const auto kind = [](const std::string& difference) { return difference.substr(0, difference.find_first_of(" :")); };
  const auto wanted = kind(agree::difference(*agree::prepare({text}, code), request, true));
  const auto still = [&](const std::string& policy, const NamedRequest& asked) {
    const auto prepared = agree::prepare({policy}, code);
    if (!prepared->problems.empty()) return false;
    const auto found = agree::difference(*prepared, asked, true);
    return !found.empty() && kind(found) == wanted;
  };
  const auto smallest = agree::shrink({text, request}, still);
  return agree::difference(*agree::prepare({smallest.text}, code), smallest.request, true) + agree::to_text(smallest.request) + smallest.text;
}

void judge(std::uint64_t seed, const std::shared_ptr<CodeSource>& code, Tally& tally) {
  agree::Random random(seed);
  const auto world = agree::generate_policy(random);
  const auto prepared = agree::prepare({world.text}, code);
  const auto again = "WRIT_AGREE_SEED=" + std::to_string(seed) + " shows it again\n";
  if (!prepared->problems.empty()) {
    ++tally.refused;
    return tally.fail(again + "the generated policy does not check:\n" + prepared->problems);
  }
  std::vector<NamedRequest> some;
  for (std::size_t i = 0; i < requests_each(); ++i) {
    const auto request = agree::generate_request(world, random);
    oracle::Answer answer;
    if (const auto found = agree::difference(*prepared, request, i % trace_every == 0, &answer); !found.empty())
      return tally.fail(again + found + agree::to_text(request) + "the smallest that still fails:\n" + shrunk(world.text, request, code));
    ++tally.effects[static_cast<std::size_t>(answer.effect)];
    ++tally.faults[static_cast<std::size_t>(answer.fault)];
    ++tally.becauses[static_cast<std::size_t>(answer.because)];
    if (some.size() < property_requests) some.push_back(request);
  }
  tally.decisions += requests_each();
  for (std::size_t i = 0; i < offers_each; ++i)
    if (const auto found = agree::difference(*prepared, agree::generate_question(world, random)); !found.empty()) return tally.fail(again + found + world.text);
  if (seed % property_every == 0)
    if (const auto broken = agree::broken_property(world, *prepared, some, random); !broken.empty()) tally.fail(again + broken);
}

void run(std::uint64_t first, std::size_t policies, Tally& tally) {
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&](bool optimize) {
    const auto code = machine_code(optimize);
    for (auto i = next++; i < policies && !tally.enough(); i = next++) judge(first + i, code, tally);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < from_environment("WRIT_AGREE_THREADS", std::max(2u, std::thread::hardware_concurrency())); ++i) threads.emplace_back(work, (i + first) % 2 == 0);
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("oracle, interpreter and machine code agree on generated policies and requests") {
  const bool one = std::getenv("WRIT_AGREE_SEED") != nullptr;
  const auto first = one ? from_environment("WRIT_AGREE_SEED", 0) : from_environment("WRIT_AGREE_FIRST", first_seed);
  const auto policies = one ? 1 : from_environment("WRIT_AGREE_POLICIES", policies_by_default);
  Tally tally;
  run(first, policies, tally);
  for (const auto& failure : tally.failures) FAIL_CHECK(failure);
  std::cout << tally.decisions << " decisions of " << policies << " policies from seed " << first << " on: " << tally.effects[2] << " allow, "
            << tally.effects[1] << " challenge, " << tally.effects[0] << " deny, " << tally.decisions - tally.faults[0] << " of these faults\n";
  if (one || !tally.failures.empty()) return;

  CHECK(tally.decisions == policies * requests_each());
  if (policies < 100) return;
  // The mix: every effect often, faults at most in two of five, and every reason and fault that a loaded, fresh policy can have.
  for (const auto& effect : tally.effects) CHECK(effect * 50 > tally.decisions);
  CHECK((tally.decisions - tally.faults[0]) * 5 < tally.decisions * 2);
  for (const auto& because : tally.becauses) CHECK(because > 0);
  for (std::size_t fault = 0; fault < fault_names.size(); ++fault) {
    INFO(fault_names[fault]);
    const bool reachable = fault != static_cast<std::size_t>(Fault::not_ready) && fault != static_cast<std::size_t>(Fault::stale);
    CHECK((tally.faults[fault] > 0) == reachable);
  }
}

TEST_CASE("a disagreement is seen and shrinks to what shows it") {
  // The engine decides by one policy, the oracle by another: only the rule that differs, and the fact it asks for, are left.
  const std::string mine = "tenant acme {\n  connection users : database\n  client shop : spa {\n    connections users\n  }\n  allow login\n  deny refresh\n";
  const std::string other = "  deny login when \"b\" in user.roles\n}\n";
  const auto pair = [&](const std::string& text) {
    auto prepared = agree::prepare({text}, nullptr);
    if (!prepared->problems.empty()) return prepared;
    auto twisted = text;
    if (const auto at = twisted.find("\"b\""); at != twisted.npos) twisted[at + 1] = 'c';
    static std::vector<std::unique_ptr<agree::Case>> kept;  // the trees of the oracle
    kept.push_back(agree::prepare({twisted}, nullptr));
    if (kept.back()->oracle) std::swap(prepared->oracle, kept.back()->oracle);
    return prepared;
  };
  NamedRequest request{Action::login, "acme", "shop", "users", {}, {}};
  request.facts = {{"user.blocked", false}, {"user.roles", StringSet{"b"}}, {"user.id", std::string("u")}, {"request.ip", Ip{}}};
  const auto still = [&](const std::string& text, const NamedRequest& asked) {
    const auto prepared = pair(text);
    return prepared->problems.empty() && agree::difference(*prepared, asked, true).starts_with("effect: oracle allow, engine deny");
  };
  REQUIRE(still("writ 1\n" + mine + other, request));
  const auto smallest = agree::shrink({"writ 1\n" + mine + other, request}, still);
  CHECK(smallest.text.find("deny refresh") == std::string::npos);
  CHECK(smallest.text.find("\"b\" in user.roles") != std::string::npos);
  CHECK(smallest.request.facts.size() == 2);
}
