// Tallying by masks: a word at a time for allow and deny, rule by rule only for the requires that fired.
#include "runtime/engine/combine.h"

#include <bit>

namespace writ::engine {

namespace {

bool meet(std::span<const std::uint64_t> left, const Words& right) {
  for (std::size_t i = 0; i < right.size(); ++i)
    if (left[i] & right[i]) return true;
  return false;
}

}  // namespace

Tally tally(const program::Shape& shape, const RuleMasks::Kinds& kinds, const Fired& fired) {
  Tally result;
  result.deny = meet(fired.rules, kinds.deny);
  result.allow = meet(fired.rules, kinds.allow);
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
