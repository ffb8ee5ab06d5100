// See run.h.
#include "tests/agree/run.h"

#include "tests/agree/generate.h"
#include "tests/agree/properties.h"
#include "tests/agree/requests.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <chrono>
#include <thread>

namespace writ::agree {

namespace {

constexpr std::size_t trace_every = 5, attempt_every = 5, offer_every = 40, property_requests = 40;

std::string again(std::uint64_t seed) { return "WRIT_AGREE_SEED=" + std::to_string(seed) + " shows it again\n"; }

std::string report(const Failure& smallest,
                   const std::function<std::string(const std::string&, const NamedRequest&)>& check) {
  return check(smallest.text, smallest.request) +
         "the smallest that still fails, to be saved as tests/golden/agree/NAME.writ:\n" + golden(smallest);
}

std::string shrunk(const Failure& failure,
                   const std::function<std::string(const std::string&, const NamedRequest&)>& check) {
  const auto wanted = kind(check(failure.text, failure.request));
  if (wanted.empty()) return "alone it does not fail:\n" + to_text(failure.request) + failure.text;
  const auto still = [&](const std::string& text, const NamedRequest& request) {
    return kind(check(text, request)) == wanted;
  };
  return report(shrink(failure, still), check);
}

void count(Tally& tally, const oracle::Answer& answer) {
  ++tally.effects[static_cast<std::size_t>(answer.effect)];
  ++tally.faults[static_cast<std::size_t>(answer.fault)];
  ++tally.becauses[static_cast<std::size_t>(answer.because)];
}

std::string broken_on(const std::vector<std::string>& files, const std::vector<std::string>& denies,
                      const std::vector<NamedRequest>& requests, std::uint64_t seed) {
  const auto broken = broken_property(files, denies, requests, seed);
  if (broken.empty() || files.size() > 1) return broken;
  for (const auto& request : requests) {
    const auto check = [&](const std::string& text, const NamedRequest& asked) {
      const auto found = broken_property({text}, denies, {asked}, seed);
      return found.starts_with("check:") ? std::string() : found;
    };
    if (!check(files[0], request).empty()) return broken + "\n" + shrunk({files[0], request}, check);
  }
  return broken;
}

}  // namespace

std::shared_ptr<CodeSource> machine_code([[maybe_unused]] bool optimize) {
#if WRIT_WITH_JIT
  JitOptions options;
  options.optimize = optimize;
  // A shape that has no code fails the comparison, so the clock must not decide which have: on a loaded machine it did.
  options.shape_time = options.total_time = std::chrono::hours(24);
  return make_jit(options);
#else
  return nullptr;
#endif
}

void Tally::fail(std::string text) {
  const std::lock_guard lock(mutex);
  if (failures.size() < 3) failures.push_back(std::move(text));
}

bool Tally::enough() {
  const std::lock_guard lock(mutex);
  return failures.size() >= 3;
}

std::string Tally::summary() const {
  const auto number = [](const auto& n) { return std::to_string(n.load()); };
  return number(decisions) + " decisions of " + number(policies) + " policies, " + number(refused) + " refused; " +
         number(effects[2]) + " allow, " + number(effects[1]) + " challenge, " + number(effects[0]) + " deny, " +
         std::to_string(decisions - faults[0]) + " of these faults; " + number(attempts) + " attempts, " +
         number(offers) + " offers";
}

std::string judge(const std::vector<std::string>& files, const std::vector<std::string>& denies,
                  const std::shared_ptr<CodeSource>& code, std::size_t requests, std::uint64_t seed, Tally& tally) {
  const auto prepared = prepare(files, code);
  if (!prepared->problems.empty()) {
    ++tally.refused;
    return "it does not check:\n" + prepared->problems;
  }
  ++tally.policies;
  const auto surface = surface_of(*prepared);
  if (surface.tenants.empty()) return "";
  Random random(~seed);
  const auto failed = [&](const std::string& found, const NamedRequest& request, auto&& compare) {
    if (files.size() > 1) return found + to_text(request);
    return found + to_text(request) +
           shrunk({files[0], request}, [&](const std::string& text, const NamedRequest& asked) {
             const auto smaller = prepare({text}, code);
             return smaller->problems.empty() ? compare(*smaller, asked) : std::string();
           });
  };
  const auto compare = [](const Case& one, const NamedRequest& asked) { return difference(one, asked, true); };
  const auto compare_attempt = [](const Case& one, const NamedRequest& asked) {
    return attempt_difference(one, asked);
  };
  std::vector<NamedRequest> some;
  for (std::size_t i = 0; i < requests; ++i) {
    const auto request = generate_request(surface, random);
    oracle::Answer answer;
    if (const auto found = difference(*prepared, request, i % trace_every == 0, &answer); !found.empty())
      return failed(found, request, compare);
    count(tally, answer);
    if (i % attempt_every == 0) {
      const auto attempt = generate_attempt(surface, random);
      for (const auto* asked : {&request, &attempt})
        if (const auto found = attempt_difference(*prepared, *asked); !found.empty())
          return failed(found, *asked, compare_attempt);
      tally.attempts += 2;
    }
    if (i % offer_every == 0) {
      if (const auto found = difference(*prepared, generate_question(surface, random)); !found.empty())
        return found + (files.size() == 1 ? files[0] : "");
      ++tally.offers;
    }
    ++tally.decisions;
    if (some.size() < property_requests) some.push_back(request);
  }
  if (auto broken = broken_on(files, denies, some, seed); !broken.empty()) return broken;
  tally.faults[static_cast<std::size_t>(Fault::not_ready)] += some.size();  // as the property `served` has just seen
  tally.faults[static_cast<std::size_t>(Fault::stale)] += some.size();
  const std::lock_guard lock(tally.mutex);
  tally.coverage.add(*prepared);
  return "";
}

void run(const Work& work, Tally& tally) {
  const auto begin = std::chrono::steady_clock::now();
  const auto late = [&] {
    return work.seconds > 0 &&
           std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() > work.seconds;
  };
  std::atomic<std::uint64_t> next = 0;
  const auto some = [&](bool optimize) {
    const auto code = machine_code(optimize);
    for (auto i = next++; (work.seconds > 0 || i < work.policies) && !late() && !tally.enough(); i = next++) {
      const auto seed = work.first + i;
      Random random(seed);
      const auto made = generate_policy(random);
      if (const auto wrong = judge({made.text}, made.denies, code, work.requests, seed, tally); !wrong.empty())
        tally.fail(again(seed) + wrong);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < work.threads; ++i) threads.emplace_back(some, (i + work.first) % 2 == 0);
  for (auto& thread : threads) thread.join();
}

}  // namespace writ::agree
