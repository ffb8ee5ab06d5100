// The two meanings agree: oracle, interpreter and machine code on a million generated decisions. A failure prints one number, from which WRIT_AGREE_SEED makes
// it again, and the smallest policy that still shows it. WRIT_AGREE_POLICIES asks for more policies (a thousand requests each).
#include "tests/agree/compare.h"
#include "tests/agree/generate.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

namespace {

using namespace writ;

constexpr std::size_t requests_each = 2'000;
constexpr std::uint64_t first_seed = 20'261'124;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct Tally {
  std::mutex mutex;
  std::vector<std::string> failures;
  std::atomic<std::size_t> decisions = 0;
  std::array<std::atomic<std::size_t>, 3> effects{};
  std::array<std::atomic<std::size_t>, fault_names.size()> faults{};

  void fail(std::string text) {
    const std::lock_guard lock(mutex);
    if (failures.size() < 3) failures.push_back(std::move(text));
  }
  bool enough() {
    const std::lock_guard lock(mutex);
    return failures.size() >= 3;
  }
};

void judge(std::uint64_t seed, Tally& tally) {
  const bool optimize = seed % 2 == 0;
  const auto made = agree::generate(seed, requests_each);
  const auto subject = agree::prepare(made.policy, optimize);
  const auto again = "reproduce with WRIT_AGREE_SEED=" + std::to_string(seed) + "\n";
  if (!subject->problems.empty()) return tally.fail(again + "the generated policy does not check:\n" + subject->problems + made.policy);
  for (std::size_t i = 0; i < made.requests.size(); ++i) {
    const auto differences = agree::difference(*subject, made.requests[i], i % 4 == 0);
    if (!differences.empty())
      return tally.fail(again + "request " + std::to_string(i) + ": " + agree::describe(made.requests[i]) + differences +
                        "the smallest policy:\n" + agree::shrink(made.policy, made.requests[i], optimize));
    const auto answer = subject->oracle->decide(made.requests[i]);
    ++tally.effects[static_cast<std::size_t>(answer.effect)];
    ++tally.faults[static_cast<std::size_t>(answer.fault)];
  }
  tally.decisions += made.requests.size();
}

}  // namespace

TEST_CASE("oracle, interpreter and machine code agree on generated policies and requests") {
  const bool one = std::getenv("WRIT_AGREE_SEED") != nullptr;
  const auto first = from_environment("WRIT_AGREE_SEED", first_seed);
  const auto policies = one ? 1 : from_environment("WRIT_AGREE_POLICIES", 500);
  Tally tally;
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    for (auto i = next++; i < policies && !tally.enough(); i = next++) judge(first + i, tally);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(2u, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  for (const auto& failure : tally.failures) FAIL_CHECK(failure);
  if (one || !tally.failures.empty()) return;

  CHECK(tally.decisions == policies * requests_each);
  if (policies < 100) return;
  // The mix: every effect often, faults at most two in five, and every fault that a loaded, fresh policy can have.
  for (const auto& effect : tally.effects) CHECK(effect * 50 > tally.decisions);
  CHECK((tally.decisions - tally.faults[0]) * 5 < tally.decisions * 2);
  for (std::size_t fault = 0; fault < fault_names.size(); ++fault) {
    INFO(fault_names[fault]);
    const bool reachable = fault != static_cast<std::size_t>(Fault::not_ready) && fault != static_cast<std::size_t>(Fault::stale);
    CHECK((tally.faults[fault] > 0) == reachable);
  }
}
