// What follows from the rules that fired, for requests of either kind.
#pragma once

#include "runtime/engine/combine.h"

#include <bit>
#include <cstring>

namespace writ::engine {

// By whom a program is run: by machine code where there is some, or not.
enum class By : std::uint8_t { any, interpreter };

inline Decision refused(const Loaded* loaded, Fault fault) {
  Decision decision;
  decision.fault = fault;
  if (loaded) {
    decision.revision = loaded->revision();
    decision.version = loaded->version();
  }
  return decision;
}

// The entries of the challenge: of enforced requires that fired, those not satisfied, as far as they fit the mask.
inline std::uint64_t unsatisfied(const program::Shape& shape, const Kinds& kinds, const Fired& fired) {
  std::uint64_t mask = 0;
  for (std::size_t word = 0; word < kinds.size(); ++word)
    for (auto bits = fired.rules[word] & kinds[word].require; bits != 0; bits &= bits - 1) {
      const auto entry = shape.rules[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))].entry;
      if (entry < program::mask_entries && !fired.entry(entry)) mask |= std::uint64_t{1} << entry;
    }
  return mask;
}

// `fired` has as many words of rules as a decision, at least. A copy for each caller: it is on the way of every decision.
[[gnu::always_inline]] inline Decision follow(const Loaded& loaded, const SharedShape& shared, const Fired& fired) {
  const auto& shape = *shared.shape;
  const auto& masks = shared.masks;
  const auto verdict = combine(tally(shape, masks.enforced, fired));
  Decision decision = refused(&loaded, Fault::none);
  decision.effect = verdict.effect;
  decision.because = verdict.because;
  decision.would_be = masks.reports ? combine(tally(shape, masks.all, fired)).effect : verdict.effect;
  decision.wide = masks.wide;
  std::memcpy(decision.fired.data(), fired.rules.data(), sizeof decision.fired);
  if (verdict.effect == Effect::challenge) decision.unsatisfied = unsatisfied(shape, masks.enforced, fired);
  return decision;
}

}  // namespace writ::engine
