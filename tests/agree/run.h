// From a seed to a verdict: a policy, its requests, and everything they are held to; and many seeds on several threads.
#pragma once

#include "tests/agree/coverage.h"
#include "tests/agree/shrink.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace writ::agree {

struct Tally {
  std::mutex mutex;
  std::vector<std::string> failures;  // at most three
  Coverage coverage;
  std::atomic<std::size_t> policies = 0, refused = 0, decisions = 0, attempts = 0, offers = 0;
  std::array<std::atomic<std::size_t>, effect_names.size()> effects{};
  std::array<std::atomic<std::size_t>, fault_names.size()> faults{};
  std::array<std::atomic<std::size_t>, because_names.size()> becauses{};

  void fail(std::string text);
  bool enough();
  std::string summary() const;
};

struct Work {
  std::uint64_t first = 1;
  std::size_t policies = 1, requests = 3'500;  // of each policy
  unsigned threads = 2;
  double seconds = 0;  // of which to go on with new policies; 0: `policies` of them
};
void run(const Work& work, Tally& tally);

// Asks a policy of any origin so many requests, and holds it to the properties. Says what is wrong, shrunk where it is
// one file.
std::string judge(const std::vector<std::string>& files, const std::vector<std::string>& denies,
                  const std::shared_ptr<CodeSource>& code, std::size_t requests, std::uint64_t seed, Tally& tally);

std::shared_ptr<CodeSource> machine_code(bool optimize);  // nothing in builds without it

}  // namespace writ::agree
