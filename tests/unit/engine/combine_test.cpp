// The combiner: all sixteen combinations, each condition shown to matter alone (MC/DC), and the tally it stands on.
#include "runtime/engine/combine.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::engine;

namespace {

program::Shape shape_of(std::string_view text) {
  std::string error;
  const auto shape = program::read_shape(text, error);
  INFO(error);
  REQUIRE(shape);
  return *shape;
}

// allow 0 · deny 1 · require 2 (entry 0: connection 1) · require 3 (entry 1: connection 2) · require 4 (entry 2) ·
// report allow 5 · report deny 6 · report require 7 (entry 1)
const program::Shape& all_kinds() {
  static const auto shape = shape_of(R"(shape login
%0 = and
entry %0 connection 1
entry %0 connection 2
entry %0 %0
allow %0
deny %0
require %0 entry 0
require %0 entry 1
require %0 entry 2
report allow %0
report deny %0
report require %0 entry 1
)");
  return shape;
}

}  // namespace

TEST_CASE("every combination of what there is among the rules has its effect") {
  for (unsigned bits = 0; bits < 16; ++bits) {
    const Tally tally{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
    const auto verdict = combine(tally);
    const Verdict expected = tally.deny          ? Verdict{Effect::deny, Because::rules}
                             : !tally.allow      ? Verdict{Effect::deny, Because::no_allow}
                             : tally.conflict    ? Verdict{Effect::deny, Because::conflicting_obligations}
                             : tally.unsatisfied ? Verdict{Effect::challenge, Because::rules}
                                                 : Verdict{Effect::allow, Because::rules};
    CHECK(verdict == expected);
    CHECK((verdict.effect == Effect::allow) == (!tally.deny && tally.allow && !tally.conflict && !tally.unsatisfied));
  }
}

TEST_CASE("each condition decides alone") {
  const Tally allowed{false, true, false, false};
  CHECK(combine(allowed) == Verdict{Effect::allow, Because::rules});
  CHECK(combine({true, true, false, false}) == Verdict{Effect::deny, Because::rules});
  CHECK(combine({false, false, false, false}) == Verdict{Effect::deny, Because::no_allow});
  CHECK(combine({false, true, true, false}) == Verdict{Effect::deny, Because::conflicting_obligations});
  CHECK(combine({false, true, false, true}) == Verdict{Effect::challenge, Because::rules});
}

TEST_CASE("the tally, against a plain count, for every set of fired rules and satisfied entries") {
  const auto masks = masks_of(all_kinds());
  for (std::uint64_t rules = 0; rules < 256; ++rules)
    for (std::uint64_t entries = 0; entries < 8; ++entries) {
      const std::uint64_t rule_words[] = {rules, 0}, entry_words[] = {entries, 0};
      for (const bool with_reports : {false, true}) {
        Tally expected;
        std::vector<std::int32_t> connections;
        for (std::size_t i = 0; i < 8; ++i) {
          const auto& rule = all_kinds().rules[i];
          if ((rules >> i & 1) == 0 || (rule.report && !with_reports)) continue;
          expected.deny |= rule.effect == RuleEffect::deny;
          expected.allow |= rule.effect == RuleEffect::allow;
          if (rule.effect != RuleEffect::require) continue;
          expected.unsatisfied |= (entries >> rule.entry & 1) == 0;
          const auto connection = all_kinds().entries[rule.entry].use_connection;
          if (connection < 0) continue;
          for (const auto before : connections) expected.conflict |= before != connection;
          connections.push_back(connection);
        }
        const auto got = tally(all_kinds(), with_reports ? masks.all : masks.enforced, {rule_words, entry_words});
        REQUIRE(std::tuple(got.deny, got.allow, got.conflict, got.unsatisfied) ==
                std::tuple(expected.deny, expected.allow, expected.conflict, expected.unsatisfied));
      }
    }
}

TEST_CASE("rules past the first words count") {
  std::string text = "shape login\n%0 = and\n";
  for (int i = 0; i < 200; ++i) text += "allow %0\n";
  text += "deny %0\n";
  const auto shape = shape_of(text);
  const auto masks = masks_of(shape);
  Words fired(4), entries(2);
  fired[0] = 1;
  CHECK_FALSE(tally(shape, masks.enforced, {fired, entries}).deny);
  fired[200 / 64] |= std::uint64_t{1} << 200 % 64;
  CHECK(tally(shape, masks.enforced, {fired, entries}).deny);
}
