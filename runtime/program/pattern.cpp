// RE2 builds its automaton while it matches and forgets it when its memory is used up, so a small budget costs nothing with the patterns
// people write, and bounds what ten thousand patterns and a hostile text can take together. The budget also bounds the pattern itself: one
// that repeats a large class of characters hundreds of times does not compile in the largest.
#include "runtime/program/pattern.h"

#include <algorithm>
#include <array>

#include <re2/re2.h>

namespace writ::program {

std::shared_ptr<const re2::RE2> compile_pattern(std::string_view text, std::string& error) {
  constexpr std::array<std::int64_t, 3> budgets = {64 << 10, 512 << 10, 4 << 20};
  for (const auto budget : budgets) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(budget);
    auto pattern = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (pattern->ok()) return pattern;
    error = pattern->error();
    if (pattern->error_code() != re2::RE2::ErrorPatternTooLarge) return nullptr;
  }
  error = "the pattern is too large: repeat less, or smaller classes of characters";
  return nullptr;
}

std::size_t steps_of(const re2::RE2& pattern) { return static_cast<std::size_t>(pattern.ProgramSize()); }

std::size_t memory_of(const re2::RE2& pattern) { return static_cast<std::size_t>(pattern.options().max_mem()); }

std::size_t steps_of_glob(std::string_view pattern) {
  std::size_t most = 0;
  for (auto star = pattern.find('*'); star != std::string_view::npos;) {
    const auto next = pattern.find('*', star + 1);
    const auto piece = pattern.substr(star + 1, next == std::string_view::npos ? 0 : next - star - 1);
    if (piece.find('?') != std::string_view::npos) most = std::max(most, piece.size());
    star = next;
  }
  return most;
}

}  // namespace writ::program
