// Whether a password says something about the person: what `reject personal` and `reject contains` ask.
//
// Values of a profile are split at everything that is neither letter nor digit, and an address also gives its part before
// the last `@`; the whole value counts too. Words of fewer than three characters say nothing. The password comes folded
// (fold.h), values are folded here: without case, code point by code point.
#pragma once

#include <bitset>
#include <cstddef>
#include <span>
#include <string_view>

namespace writ::password {

inline constexpr std::size_t shortest_word = 3;  // code points
inline constexpr std::size_t longest_value =
    4'096;  // bytes; of a longer one only the part that is not cut is looked at

// A folded password that values are looked for in. It borrows the text, and allocates nothing. All is valid UTF-8.
class Search {
 public:
  explicit Search(std::string_view folded_password) noexcept;
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  // What it keeps of the password is cleansed.
  ~Search();

  bool finds_personal(std::string_view value) const noexcept;
  bool finds_personal(std::span<const std::string_view> values) const noexcept;
  // Whether the whole `value` stands in it; an empty value does not.
  bool finds_whole(std::string_view value) const noexcept;

 private:
  bool has(std::string_view word) const;
  bool any_word(std::string_view value) const;

  std::string_view password_;
  std::bitset<1'024>
      pairs_;  // of neighbouring bytes, by a hash: a word with a pair that is not among them is not there
};

}  // namespace writ::password
