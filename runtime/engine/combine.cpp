// Requires that fired, rule by rule: they are few.
#include "runtime/engine/combine.h"

#include <bit>

namespace writ::engine {

void tally_requires(const program::Shape& shape, const Kinds& kinds, const Fired& fired, Tally& result) {
  std::int32_t connection = -1;
  for (std::size_t word = 0; word < kinds.size(); ++word)
    for (auto bits = fired.rules[word] & kinds[word].require; bits != 0; bits &= bits - 1) {
      const auto& rule = shape.rules[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
      const auto& entry = shape.entries[rule.entry];
      if (!fired.entry(rule.entry)) result.unsatisfied = true;
      if (entry.use_connection < 0) continue;
      if (connection >= 0 && connection != entry.use_connection) result.conflict = true;
      connection = entry.use_connection;
    }
}

}  // namespace writ::engine
