// Text as it is compared where case says nothing, and text in the form that NFKC gives it. Both by ICU, without its locales.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace writ::password {

// Unicode's simple case folding, code point by code point. Folding makes a text at most half as long again.
std::string fold(std::string_view text);
// The same into `room`, which has at least half as many bytes again; how many were written. For passwords, whose bytes must
// not lie about: whoever gives the room cleanses it.
std::size_t fold(std::string_view text, std::span<char> room) noexcept;

// NFKC of valid UTF-8 into `room`; nothing when it does not fit. For passwords, as above.
std::optional<std::size_t> normalize(std::string_view text, std::span<char> room) noexcept;

}  // namespace writ::password
