// Three opinions on generated passwords under generated policies: the interpreter, machine code, and the judge, which reads
// the checked policy. They must agree on every requirement of every connection, for each event.
//
//   WRIT_AGREE_SEED=N       the policy of one seed
//   WRIT_AGREE_POLICIES=N   so many policies instead
#include "tests/agree/case.h"
#include "tests/agree/passwords/generate.h"
#include "tests/agree/run.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using agree::Known;

// The engine's view of the same sets.
class Data : public PasswordData {
 public:
  explicit Data(const Known& known) : known_(known) {}
  std::optional<std::int64_t> common_listed() const noexcept override {
    return known_.common ? std::optional(std::ssize(*known_.common)) : std::nullopt;
  }
  std::optional<std::int64_t> common_rank(std::string_view password) const noexcept override {
    if (!known_.common) return std::nullopt;
    const auto found = std::ranges::find(*known_.common, password);
    return found == known_.common->end() ? unlisted : found - known_.common->begin() + 1;
  }
  std::optional<bool> breached(std::string_view password) const noexcept override {
    return known_.breached ? std::optional(known_.breached->contains(std::string(password))) : std::nullopt;
  }
  std::optional<std::int64_t> strength(std::string_view password,
                                       std::span<const std::string_view>) const noexcept override {
    if (!known_.strength) return std::nullopt;
    const auto found = known_.strength->find(std::string(password));
    return found == known_.strength->end() ? 0 : found->second;
  }

 private:
  const Known& known_;
};

class History : public PasswordHistory {
 public:
  explicit History(std::vector<std::string> used) : used_(std::move(used)) {}
  std::optional<std::int64_t> place(std::string_view password, std::int64_t depth) const noexcept override {
    for (std::int64_t i = 0; i < std::min(depth, std::ssize(used_)); ++i)
      if (used_[static_cast<std::size_t>(i)] == password) return i + 1;
    return never;
  }

 private:
  std::vector<std::string> used_;
};

// By requirement, as the judge has it: a length of two bounds is two for the engine.
agree::Verdicts verdicts(const PasswordReport& report) {
  agree::Verdicts verdicts;
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const auto& one = report.requirements[i];
    const auto [place, fresh] = verdicts.try_emplace({one.origin, one.text}, true);
    place->second = place->second && report.meets(i);
  }
  return verdicts;
}

struct Counts {
  std::size_t policies = 0, passwords = 0, accepted = 0, met = 0, unmet = 0, normalized = 0;
  std::vector<std::size_t> refused_by = std::vector<std::size_t>(password_check_names.size());
};

std::string shown(std::string_view password) {
  std::string text;
  for (const char c : password) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr const char* hex = "0123456789abcdef";
    if (byte >= 0x20 && byte < 0x7f)
      text += c;
    else
      text += std::string("\\x") + hex[byte >> 4] + hex[byte & 15];
  }
  return text;
}

// What the three say differently of one password; empty when nothing.
std::string difference(const agree::Case& prepared, const std::string& password, const PasswordRequest& request,
                       const model::EffectivePassword& policy, const Known& known, Counts& counts) {
  const Secret secret(password);
  const auto report = prepared.engine->interpret_password(secret, request);
  if (report.fault != PasswordFault::none)
    return "fault " + std::string(password_fault_names[static_cast<std::size_t>(report.fault)]);
  const auto mine = agree::judge(policy, password, request.event, known);
  const auto theirs = verdicts(report);
  std::string text;
  for (const auto& [requirement, met] : mine) {
    const auto found = theirs.find(requirement);
    if (found == theirs.end())
      text += "not judged: ";
    else if (found->second != met)
      text += met ? "judge: met: " : "judge: not met: ";
    else
      continue;
    text += requirement.first + ": " + requirement.second + "\n";
  }
  if (theirs.size() != mine.size()) text += "requirements are not the same\n";
  const bool accepted = std::ranges::all_of(mine, [](const auto& one) { return one.second; });
  if (accepted != report.accepted) text += "acceptance\n";
  if (prepared.by_machine) {
    const auto native = prepared.engine->native_password(secret, request);
    if (!native)
      text += "there is no machine code\n";
    else if (native->refused != report.refused || native->accepted != report.accepted ||
             native->missing != report.missing)
      text += "machine code differs\n";
  }
  ++counts.passwords;
  counts.accepted += accepted;
  counts.normalized += report.normalized;
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    ++(report.meets(i) ? counts.met : counts.unmet);
    counts.refused_by[static_cast<std::size_t>(report.requirements[i].check)] += !report.meets(i);
  }
  return text;
}

std::string one_policy(std::uint64_t seed, const std::shared_ptr<CodeSource>& code, Counts& counts) {
  agree::Random random(seed);
  const auto text = agree::password_policy(random);
  const auto prepared = agree::prepare({text}, code);
  if (!prepared->problems.empty()) return "";
  ++counts.policies;
  const auto& tenant = prepared->policy.tenants.at(0);
  for (int round = 0; round < 60; ++round) {
    const auto known = agree::known(random);
    const Data data(known);
    const History history(known.history ? *known.history : std::vector<std::string>());
    std::vector<std::string_view> profile;
    if (known.profile) profile.assign(known.profile->begin(), known.profile->end());
    const PasswordUser user{known.username, known.email, profile};
    PasswordRequest request;
    request.tenant = tenant.structure.id;
    request.event = static_cast<PasswordEvent>(random.below(3));
    request.user = known.profile ? &user : nullptr;
    request.history = known.history ? &history : nullptr;
    request.since_last_change = known.since_last_change;
    request.data = &data;
    const auto password = agree::password(random, known);
    for (const auto& policy : tenant.passwords) {
      const auto& connection = tenant.structure.connections[policy.connection];
      request.connection = connection.id;
      if (const auto wrong = difference(*prepared, password, request, policy, known, counts); !wrong.empty())
        return "WRIT_AGREE_SEED=" + std::to_string(seed) + "\n" + text + "password " + shown(password) + " for " +
               connection.name + " at " + std::string(password_event_names[static_cast<std::size_t>(request.event)]) +
               "\n" + wrong;
    }
  }
  return "";
}

}  // namespace

TEST_CASE("interpreter, machine code and judge agree on generated passwords under generated policies") {
  const char* const seed = std::getenv("WRIT_AGREE_SEED");
  const char* const wanted = std::getenv("WRIT_AGREE_POLICIES");
  const std::uint64_t policies = seed ? 1 : wanted ? std::strtoull(wanted, nullptr, 10) : 300;
  const std::uint64_t first = seed ? std::strtoull(seed, nullptr, 10) : 1;
  const auto code = agree::machine_code(false);
  Counts counts;
  for (std::uint64_t i = first; i < first + policies; ++i)
    if (const auto wrong = one_policy(i, code, counts); !wrong.empty()) FAIL(wrong);
  std::cout << counts.passwords << " passwords, " << counts.accepted << " accepted, " << counts.normalized
            << " with another normal form, under " << counts.policies << " policies; requirements met " << counts.met
            << " times, not met " << counts.unmet << " times\n";
  if (seed || policies < 300) return;
  CHECK(counts.policies * 4 > policies);  // the others contradict themselves
  CHECK(counts.accepted * 20 > counts.passwords);
  CHECK(counts.normalized > 50);
  for (std::size_t i = 0; i <= static_cast<std::size_t>(PasswordCheck::age_min); ++i) {
    INFO(password_check_names[i]);
    CHECK(counts.refused_by[i] > 20);
  }
}
