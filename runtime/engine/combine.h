// From rules that fired to an effect (decision 0001, 25). Small and pure, so that every combination can be tested.
#pragma once

#include "runtime/engine/loaded.h"

namespace writ::engine {

// What there is among the rules that count.
struct Tally {
  bool deny = false;         // a deny fired
  bool allow = false;        // an allow fired
  bool conflict = false;     // two requires that fired ask for different connections
  bool unsatisfied = false;  // a require that fired is not satisfied
};

struct Verdict {
  Effect effect{};
  Because because{};
  bool operator==(const Verdict&) const = default;
};

constexpr Verdict combine(Tally tally) {
  if (tally.deny) return {Effect::deny, Because::rules};
  if (!tally.allow) return {Effect::deny, Because::no_allow};
  if (tally.conflict) return {Effect::deny, Because::conflicting_obligations};
  if (tally.unsatisfied) return {Effect::challenge, Because::rules};
  return {Effect::allow, Because::rules};
}

// Which rules fired and which entries are satisfied, as bits by place in the shape.
struct Fired {
  std::span<const std::uint64_t> rules, entries;
  bool rule(std::size_t place) const { return rules[place / 64] >> place % 64 & 1; }
  bool entry(std::size_t place) const { return entries[place / 64] >> place % 64 & 1; }
};

using Kinds = std::vector<RuleMasks::Kinds>;
// The requires among them that fired, one by one.
void tally_requires(const program::Shape& shape, const Kinds& kinds, const Fired& fired, Tally& tally);

// Counts the rules of `kinds`: the enforced ones for the effect, all of them for would_be. Allow and deny a word at a time; most programs have
// one, so the compiler is not to make the loop a quick one for many.
inline Tally tally(const program::Shape& shape, const Kinds& kinds, const Fired& fired) {
  const auto* rules = fired.rules.data();
  auto word = kinds.begin();
  std::uint64_t deny = 0, allow = 0, require = 0;
  const auto take = [&] {
    deny |= *rules & word->deny;
    allow |= *rules & word->allow;
    require |= *rules & word->require;
  };
  take();
  while (++word != kinds.end()) [[unlikely]] {
    ++rules;
    take();
  }
  Tally result;
  result.deny = deny != 0;
  result.allow = allow != 0;
  if (require != 0) tally_requires(shape, kinds, fired, result);
  return result;
}

}  // namespace writ::engine
