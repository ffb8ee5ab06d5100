// Regular expressions as the checker judges them and the engine runs them: one way to compile, so that what the one lets through the other
// can run.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace writ::program {

// What the patterns of one tenant may take together: a thousand of the usual kind, or sixteen of the largest.
inline constexpr std::size_t max_pattern_memory = 64u << 20;

// And do for each byte of a string, wherever they are asked together, where RE2 gives its automaton up and follows every branch: half a second for
// the longest string. One that is asked of each string of a set counts as many times as such a set may have longest strings.
inline constexpr std::size_t max_pattern_steps = 16'384, pattern_times_in_a_set = 32;
// So many bytes have the strings of one set of a request, together.
inline constexpr std::size_t max_set_bytes = pattern_times_in_a_set * 4'096;

// Null with the reason in `error` when it is no regular expression, or too large a one.
std::shared_ptr<const re2::RE2> compile_pattern(std::string_view text, std::string& error);

// The bound on the memory its automaton takes while matching: 64 KiB, 512 KiB or 4 MiB, by the size of the pattern.
std::size_t memory_of(const re2::RE2& pattern);
// The size of its program: what it may do for one byte, at most.
std::size_t steps_of(const re2::RE2& pattern);
// The same of a glob. A piece between two `*` that holds a `?` is tried at every byte; all others are found in one walk, which is no step.
std::size_t steps_of_glob(std::string_view pattern);

}  // namespace writ::program
