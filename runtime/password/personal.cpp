// All on folded UTF-8: a code point's bytes begin at no other place than a code point, so what is found bytewise is found.
#include "runtime/password/personal.h"

#include "runtime/password/fold.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <openssl/crypto.h>
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

std::size_t pair_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return (byte(at) * 31U + byte(at + 1)) & 1'023U;
}

bool is_word_character(UChar32 c) {
  if (c < 128) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  return u_isalnum(c) != 0;
}

}  // namespace

Search::Search(std::string_view folded_password) noexcept : password_(folded_password) {
  for (std::size_t i = 0; i + 1 < password_.size(); ++i) pairs_.set(pair_at(password_, i));
}
Search::~Search() { OPENSSL_cleanse(&pairs_, sizeof pairs_); }

bool Search::has(std::string_view word) const {
  if (word.size() < shortest_word || word.size() > password_.size()) return false;
  for (std::size_t i = 0; i + 1 < word.size(); ++i)
    if (!pairs_[pair_at(word, i)]) return false;
  const auto points =
      std::ranges::count_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return static_cast<std::size_t>(points) >= shortest_word && password_.find(word) != std::string_view::npos;
}

bool Search::any_word(std::string_view value) const {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(value.data());
  std::size_t begin = 0;
  for (std::size_t at = 0; at < value.size();) {
    const auto here = at;
    UChar32 c = bytes[at];
    if (c < 128)
      ++at;
    else
      U8_NEXT_UNSAFE(bytes, at, c);
    if (is_word_character(c)) continue;
    if (has(value.substr(begin, here - begin))) return true;
    begin = at;
  }
  return has(value.substr(begin));
}

bool Search::finds_personal(std::string_view value) const noexcept {
  const Folded folded(value);
  const auto whole = folded.view();
  return has(whole) || has(whole.substr(0, whole.rfind('@'))) || any_word(whole);
}

bool Search::finds_personal(std::span<const std::string_view> values) const noexcept {
  return std::ranges::any_of(values, [&](std::string_view value) { return finds_personal(value); });
}

bool Search::finds_whole(std::string_view value) const noexcept {
  return !value.empty() && password_.find(Folded(value).view()) != std::string_view::npos;
}

}  // namespace writ::password
