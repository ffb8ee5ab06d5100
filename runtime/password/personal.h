// Whether a password says something about the person: what `reject personal` and `reject contains` ask.
//
// Values of a profile are split at everything that is neither letter nor digit, and an address also gives its part before
// the last `@`; the whole value counts too. Words of fewer than three characters say nothing. The password comes folded
// (fold.h), values are folded here: without case, code point by code point.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace writ::password {

inline constexpr std::size_t shortest_word = 3;  // code points
inline constexpr std::size_t longest_value =
    4'096;  // bytes; of a longer one only the part that is not cut is looked at

// Valid UTF-8 all of it. Allocates nothing.
bool is_personal(std::string_view folded_password, std::span<const std::string_view> values) noexcept;
// Whether the whole `value` stands in it; an empty value does not.
bool contains(std::string_view folded_password, std::string_view value) noexcept;

}  // namespace writ::password
