// The two meanings agree: oracle, interpreter and machine code, on over a million generated decisions, with attempts,
// offers and properties.
//
//   WRIT_AGREE_SEED=N       the policy and requests of one seed; a failure prints it, and the smallest policy and request that still fail
//   WRIT_AGREE_POLICIES=N   so many policies instead
//   WRIT_AGREE_REQUESTS=N   so many requests of each instead of 3,500; of one seed, 20,000, which are those of any run and more
//   WRIT_AGREE_SECONDS=N    ever new policies for so long; ./dev agree runs several such processes
//   WRIT_AGREE_FIRST=N      from this seed on
//   WRIT_AGREE_THREADS=N    on so many threads; every other one has machine code without LLVM's optimiser
#include "tests/agree/run.h"

#include <cstdlib>
#include <iostream>
#include <thread>

#include <catch2/catch.hpp>

namespace {

using namespace writ;

constexpr std::size_t policies_by_default = 300;  // over a million decisions

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("oracle, interpreter and machine code agree on generated policies and requests") {
  const bool one = std::getenv("WRIT_AGREE_SEED") != nullptr;
  agree::Work work;
  work.first = one ? from_environment("WRIT_AGREE_SEED", 0) : from_environment("WRIT_AGREE_FIRST", 1);
  work.policies = one ? 1 : from_environment("WRIT_AGREE_POLICIES", policies_by_default);
  work.requests = from_environment("WRIT_AGREE_REQUESTS", one ? 20'000 : work.requests);
  work.seconds = static_cast<double>(from_environment("WRIT_AGREE_SECONDS", 0));
  work.threads = static_cast<unsigned>(
      one ? 1 : from_environment("WRIT_AGREE_THREADS", std::max(2u, std::thread::hardware_concurrency())));
  agree::Tally tally;
  agree::run(work, tally);
  for (const auto& failure : tally.failures) FAIL_CHECK(failure);
  std::cout << tally.summary() << "; seeds from " << work.first << " on\n";
  if (!tally.failures.empty() || tally.policies < policies_by_default) return;

  // The mix: every effect often, faults at most in two of five, every fault and reason, and every part of the language.
  CHECK(tally.decisions >= 1'000'000);
  CHECK(tally.refused == 0);
  for (const auto& effect : tally.effects) CHECK(effect * 50 > tally.decisions);
  CHECK((tally.decisions - tally.faults[0]) * 5 < tally.decisions * 2);
  for (std::size_t i = 0; i < because_names.size(); ++i) {
    INFO(because_names[i]);
    CHECK(tally.becauses[i] > 0);
  }
  for (std::size_t i = 0; i < fault_names.size(); ++i) {
    INFO(fault_names[i]);
    CHECK(tally.faults[i] > 0);
  }
  CHECK(tally.coverage.missing() == std::vector<std::string>{});
}
