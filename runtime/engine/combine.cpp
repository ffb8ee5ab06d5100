// Tallying by masks: a word at a time for allow and deny, rule by rule only for the requires that fired.
#include "runtime/engine/combine.h"

#include <bit>

namespace writ::engine {

Tally tally(const program::Shape& shape, const RuleMasks::Kinds& kinds, const Fired& fired) {
  const auto* const rules = fired.rules.data();
  std::uint64_t deny = 0, allow = 0, require = 0;
  for (std::size_t word = 0; word < kinds.require.size(); ++word) {
    deny |= rules[word] & kinds.deny[word];
    allow |= rules[word] & kinds.allow[word];
    require |= rules[word] & kinds.require[word];
  }
  Tally result;
  result.deny = deny != 0;
  result.allow = allow != 0;
  if (require == 0) return result;
  std::int32_t connection = -1;
  for (std::size_t word = 0; word < kinds.require.size(); ++word)
    for (auto bits = fired.rules[word] & kinds.require[word]; bits != 0; bits &= bits - 1) {
      const auto& rule = shape.rules[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
      const auto& entry = shape.entries[rule.entry];
      if (!fired.entry(rule.entry)) result.unsatisfied = true;
      if (entry.use_connection < 0) continue;
      if (connection >= 0 && connection != entry.use_connection) result.conflict = true;
      connection = entry.use_connection;
    }
  return result;
}

}  // namespace writ::engine
