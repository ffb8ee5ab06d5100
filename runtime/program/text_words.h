// Several characters of a text at once, as a number of which the first character is the lowest byte.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace writ {

static_assert(std::endian::native == std::endian::little, "characters are taken several at a time");

template <class Word>
Word word_at(const void* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// All of a text of at most seven. Without a call, which copying so many would be.
inline std::uint64_t short_word(std::string_view text) noexcept {
  const auto* const at = text.data();
  const auto size = text.size();
  const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])} << 8 * i; };
  if (size >= 4)  // two words, which may lie over one another
    return word_at<std::uint32_t>(at) | std::uint64_t{word_at<std::uint32_t>(at + size - 4)} << 8 * (size - 4);
  return size == 0 ? 0 : byte(0) | byte(size / 2) | byte(size - 1);
}

// What stands behind the last whole eight.
inline std::uint64_t last_word(std::string_view text) noexcept {
  const auto left = text.size() % 8;
  if (text.size() < 8) return short_word(text);
  return left == 0 ? 0 : word_at<std::uint64_t>(text.data() + text.size() - 8) >> (64 - 8 * left);
}

}  // namespace writ
