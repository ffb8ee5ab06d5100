// All on folded UTF-8: a code point's bytes begin at no other place than a code point, so what is found bytewise is found.
#include "runtime/password/personal.h"

#include "runtime/password/fold.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace writ::password {

namespace {

class Folded {
 public:
  explicit Folded(std::string_view text) : size_(fold(cut(text), bytes_)) {}
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  static std::string_view cut(std::string_view text) {
    if (text.size() <= longest_value) return text;
    auto end = longest_value;
    while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
  }
  std::array<char, longest_value + longest_value / 2 + 1> bytes_;  // as much of it as `fold` writes
  std::size_t size_;
};

bool has(std::string_view password, std::string_view word) {
  const auto points =
      std::ranges::count_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return static_cast<std::size_t>(points) >= shortest_word && password.find(word) != std::string_view::npos;
}

bool any_word(std::string_view password, std::string_view value) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(value.data());
  std::size_t begin = 0;
  for (std::size_t at = 0; at < value.size();) {
    const auto here = at;
    UChar32 c = bytes[at];
    if (c < 128)
      ++at;
    else
      U8_NEXT_UNSAFE(bytes, at, c);
    if (u_isalnum(c) != 0) continue;
    if (has(password, value.substr(begin, here - begin))) return true;
    begin = at;
  }
  return has(password, value.substr(begin));
}

bool is_personal(std::string_view password, std::string_view value) {
  const Folded folded(value);
  const auto whole = folded.view();
  return has(password, whole) || has(password, whole.substr(0, whole.rfind('@'))) || any_word(password, whole);
}

}  // namespace

bool contains(std::string_view folded_password, std::string_view value) noexcept {
  return !value.empty() && folded_password.find(Folded(value).view()) != std::string_view::npos;
}

bool is_personal(std::string_view folded_password, std::span<const std::string_view> values) noexcept {
  return std::ranges::any_of(values, [&](std::string_view value) { return is_personal(folded_password, value); });
}

}  // namespace writ::password
