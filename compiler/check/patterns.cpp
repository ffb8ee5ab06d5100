// What the regular expressions of a tenant take together.
#include "compiler/check/scope.h"
#include "runtime/program/pattern.h"

namespace writ::check {

UsedPattern use_pattern(const std::string& text, std::size_t times, Patterns& known, Spent& spent,
                        const Limits& limits) {
  const auto too_much = [&] {
    return spent.pattern_memory > limits.pattern_memory_per_tenant ||
           spent.pattern_steps > limits.pattern_steps_per_tenant;
  };
  if (too_much()) return {PatternUse::too_much_before, nullptr};
  const auto [found, fresh] = known.try_emplace(text);
  Pattern& pattern = found->second;
  if (fresh)
    if (const auto compiled = program::compile_pattern(text, pattern.error))
      pattern = {program::memory_of(*compiled), program::steps_of(*compiled), ""};
  if (!pattern.error.empty()) return {PatternUse::broken, &pattern};
  if (spent.counted.insert(found->first).second) spent.pattern_memory += pattern.memory;
  spent.pattern_steps += pattern.steps * times;
  return {too_much() ? PatternUse::too_much : PatternUse::fine, &pattern};
}

}  // namespace writ::check
