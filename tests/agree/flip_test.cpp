// What is proposed flips the decision, and nothing smaller does: proposals for generated requests of generated policies are asked of the
// engine and of the oracle, and held against trying every set of candidate values. Boundaries are held against asking at other instants.
//
//   WRIT_FLIP_SEED=N       one policy
//   WRIT_FLIP_POLICIES=N   so many instead of 50
#include "runtime/flip/candidates.h"
#include "tests/agree/generate.h"
#include "tests/agree/requests.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using namespace writ::agree;

struct Answer {
  Effect effect{};
  Fault fault{};
  bool operator==(const Answer&) const = default;
};

Answer by_engine(const Case& prepared, const NamedRequest& request) {
  Request bound;
  prepared.engine->bind(request, bound);
  const auto decision = prepared.engine->decide(bound);
  return {decision.effect, decision.fault};
}

Answer by_oracle(const Case& prepared, const NamedRequest& request) {
  const auto answer = prepared.oracle->decide(request);
  return {answer.effect, answer.fault};
}

bool is_wanted(flip::Wanted wanted, const Answer& answer) {
  if (answer.fault != Fault::none) return false;
  if (wanted == flip::Wanted::no_allow) return answer.effect != Effect::allow;
  const auto effect = wanted == flip::Wanted::allow       ? Effect::allow
                      : wanted == flip::Wanted::challenge ? Effect::challenge
                                                          : Effect::deny;
  return answer.effect == effect;
}

// One set of changes after the other, in the documented order: by facts, then by values. Stops where `visit` says true.
struct Every {
  const flip::Dials& dials;
  std::size_t left;  // decisions that may still be asked
  std::vector<std::size_t> chosen = {};

  template <class Visit>
  bool of_size(NamedRequest& request, std::size_t size, std::size_t from, const Visit& visit) {
    if (size == 0) return values(request, 0, visit);
    for (std::size_t i = from; i < dials.list.size(); ++i) {
      chosen.push_back(i);
      const bool stop = of_size(request, size - 1, i + 1, visit);
      if (stop) return true;
      chosen.pop_back();
    }
    return false;
  }

 private:
  template <class Visit>
  bool values(NamedRequest& request, std::size_t at, const Visit& visit) {
    if (at == chosen.size()) return left == 0 || (--left, visit(request));
    const auto& dial = dials.list[chosen[at]];
    bool stop = false;
    for (std::size_t i = 0; i < dial.values.size() && !stop; ++i) {
      flip::put(request, dial.name, dial.values[i]);
      stop = values(request, at + 1, visit);
    }
    flip::put(request, dial.name, dial.now);
    return stop;
  }
};

constexpr std::size_t most_tried = 8'000;

// The facts of the first set of this size that is wanted; nothing when there is none. `ended`: all were tried.
std::optional<std::vector<std::string>> first_of_size(const Case& prepared, const flip::Dials& dials,
                                                      NamedRequest request, flip::Wanted wanted, std::size_t size,
                                                      bool& ended) {
  std::optional<std::vector<std::string>> found;
  Every every{dials, most_tried};
  every.of_size(request, size, 0, [&](const NamedRequest& changed) {
    if (!is_wanted(wanted, by_engine(prepared, changed))) return false;
    found.emplace();
    for (const auto i : every.chosen) found->push_back(dials.list[i].name);
    return true;
  });
  ended = every.left > 0;
  return found;
}

struct Count {
  std::size_t requests = 0, proposals = 0, none = 0, cut = 0, by_size[4] = {}, tried = 0, turns = 0, instants = 0;
};

std::string told(const std::string& policy, const NamedRequest& request) { return to_text(request) + "\n" + policy; }

void check_changes(const Case& prepared, const std::string& policy, const NamedRequest& request, flip::Wanted wanted,
                   Count& count) {
  const auto changes = flip::find_changes(*prepared.engine, request, wanted);
  if (!changes.unasked.empty()) return;
  ++count.requests;
  if (!changes.complete) ++count.cut;
  std::size_t size = flip::most_changes + 1;
  for (const auto& proposal : changes.proposals) {
    NamedRequest changed = request;
    std::string text;
    for (const auto& change : proposal.changes) {
      flip::put(changed, change.fact, change.to);
      text += change.text() + "; ";
    }
    INFO(text << told(policy, request));
    size = proposal.changes.size();
    CHECK(size == changes.proposals.front().changes.size());
    CHECK(is_wanted(wanted, by_engine(prepared, changed)));
    CHECK(by_engine(prepared, changed) == by_oracle(prepared, changed));
    CHECK(by_engine(prepared, changed).effect == proposal.effect);
    ++count.proposals;
  }
  if (changes.proposals.empty() && !changes.complete) return;
  ++count.by_size[size % 4];
  if (changes.proposals.empty()) ++count.none;
  // Nothing smaller, of the merged values and of all; and of this size nothing before it.
  for (const bool merged : {true, false}) {
    const auto dials = flip::dials_of(*prepared.engine->part(request.tenant), request, merged);
    for (std::size_t smaller = 1; smaller <= std::min(size, flip::most_changes); ++smaller) {
      if (smaller == size && (!merged || !changes.complete)) break;
      bool ended = false;
      const auto found = first_of_size(prepared, dials, request, wanted, smaller, ended);
      INFO("size " << smaller << " merged " << merged << "\n" << told(policy, request));
      if (ended) ++count.tried;
      if (smaller < size) {
        CHECK(!found);
        continue;
      }
      if (!ended && !found) break;
      REQUIRE(found);
      std::vector<std::string> facts;
      for (const auto& change : changes.proposals.front().changes) facts.push_back(change.fact);
      CHECK(*found == facts);
    }
  }
}

NamedRequest later(NamedRequest request, std::int64_t passed) {
  for (const char* name : {"request.time", "session.mfa_age", "session.age", "session.auth_age"})
    if (const auto found = request.facts.find(name); found != request.facts.end())
      found->second = std::get<std::int64_t>(found->second) + passed;  // never past its end: `until` is before that
  return request;
}

void check_boundaries(const Case& prepared, const std::string& policy, const NamedRequest& request, Random& random,
                      Count& count) {
  const auto boundaries = flip::find_boundaries(*prepared.engine, request, 40);
  if (!boundaries.problem.empty()) return;
  CHECK(boundaries.complete);
  const auto effect_at = [&](std::int64_t at) {
    Effect effect = by_engine(prepared, request).effect;
    for (const auto& turn : boundaries.turns)
      if (turn.at <= at) effect = turn.after;
    return effect;
  };
  std::vector<std::int64_t> instants = {boundaries.from, boundaries.until};
  for (const auto& turn : boundaries.turns) {
    instants.insert(instants.end(), {turn.at - 1, turn.at, turn.at + 1});
    CHECK(turn.before != turn.after);
    ++count.turns;
  }
  const std::int64_t minute = 60'000'000, span = boundaries.until - boundaries.from;
  for (int i = 0; i < 60; ++i) {
    const auto at = boundaries.from + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span) + 1));
    instants.insert(instants.end(), {at, at - at % (30 * minute), at - at % (30 * minute) - 1});
  }
  for (const auto at : instants) {
    if (at < boundaries.from || at > boundaries.until) continue;
    const auto answer = by_oracle(prepared, later(request, at - boundaries.from));
    INFO(time_to_text(at) << " " << told(policy, request));
    CHECK(answer.effect == effect_at(at));
    ++count.instants;
  }
}

std::size_t from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("proposed changes flip decisions, none is smaller, and boundaries are where they are said to be") {
  const bool one = std::getenv("WRIT_FLIP_SEED") != nullptr;
  const auto first = from_environment("WRIT_FLIP_SEED", 1);
  const auto policies = one ? 1 : from_environment("WRIT_FLIP_POLICIES", 140);
  Count count;
  for (std::size_t seed = first; seed < first + policies; ++seed) {
    Random random(seed);
    const auto made = generate_policy(random);
    const auto prepared = prepare({made.text}, nullptr);
    INFO("WRIT_FLIP_SEED=" << seed << "\n" << prepared->problems);
    REQUIRE(prepared->problems.empty());
    const auto surface = surface_of(*prepared);
    if (surface.tenants.empty()) continue;
    for (int i = 0; i < 6; ++i) {
      const auto request = generate_request(surface, random);
      const auto answer = by_engine(*prepared, request);
      check_changes(*prepared, made.text, request, flip::usual(answer.effect), count);
      check_changes(*prepared, made.text, request, i % 2 == 0 ? flip::Wanted::challenge : flip::Wanted::deny, count);
      check_boundaries(*prepared, made.text, request, random, count);
    }
  }
  std::cout << count.requests << " requests, " << count.proposals
            << " proposals; smallest of 1, 2, 3 facts: " << count.by_size[1] << ", " << count.by_size[2] << ", "
            << count.by_size[3] << ", none " << count.none << ", cut " << count.cut << "; " << count.tried
            << " sizes tried whole; " << count.turns << " turns, " << count.instants << " instants\n";
  if (policies < 140) return;
  CHECK(count.by_size[1] > 50);
  CHECK(count.by_size[2] > 10);
  CHECK(count.by_size[3] > 0);
  CHECK(count.none > 20);
  CHECK(count.turns > 40);
}
