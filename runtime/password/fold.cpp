#include "runtime/password/fold.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <openssl/crypto.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

namespace writ::password {

namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

constexpr std::uint64_t each_byte = 0x0101'0101'0101'0101;

// Of eight bytes at a time: whether all are ASCII, and such in lower case. In a byte's highest bit: that it is `A` or above,
// and that it is above `Z`; a sum of seven bits does not reach its neighbour.
bool is_ascii(std::uint64_t eight) { return (eight & each_byte * 0x80) == 0; }
std::uint64_t to_lower(std::uint64_t eight) {
  const auto from_a = eight + each_byte * (0x80 - 'A'), above_z = eight + each_byte * (0x7f - 'Z');
  return eight | ((from_a ^ above_z) & each_byte * 0x80) >> 2;
}

// UTF-16 of a password; cleansed when it ends.
class Units {
 public:
  Units() = default;
  ~Units() { OPENSSL_cleanse(units_.data(), units_.size() * sizeof(UChar)); }
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;
  UChar* data() { return units_.data(); }
  static constexpr std::int32_t room = 2'048;

 private:
  std::array<UChar, room> units_{};
};

}  // namespace

std::size_t fold(std::string_view text, std::span<char> room) noexcept {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto* const to = reinterpret_cast<std::uint8_t*>(room.data());
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = bytes[at];
    if (std::uint64_t eight = 0; text.size() - at >= sizeof eight) {
      std::memcpy(&eight, bytes + at, sizeof eight);
      if (is_ascii(eight)) {
        eight = to_lower(eight);
        std::memcpy(to + size, &eight, sizeof eight);
        size += sizeof eight;
        at += sizeof eight;
        continue;
      }
    }
    if (c < 128) {
      to[size++] = static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      ++at;
    } else {
      U8_NEXT_UNSAFE(bytes, at, c);
      c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
      U8_APPEND_UNSAFE(to, size, c);
    }
  }
  return size;
}

std::string fold(std::string_view text) {
  std::string result(text.size() + text.size() / 2 + 1, 0);
  result.resize(fold(text, std::span(result)));
  return result;
}

std::optional<std::size_t> normalize(std::string_view text, std::span<char> room) noexcept {
  if (is_ascii(text)) {  // NFKC leaves it alone
    if (text.size() > room.size()) return std::nullopt;
    std::ranges::copy(text, room.begin());
    return text.size();
  }
  UErrorCode error = U_ZERO_ERROR;
  const auto* const nfkc = unorm2_getNFKCInstance(&error);
  Units from, to;
  std::int32_t length = 0, written = 0;
  u_strFromUTF8(from.data(), Units::room, &length, text.data(), static_cast<std::int32_t>(text.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  length = unorm2_normalize(nfkc, from.data(), length, to.data(), Units::room, &error);
  if (U_FAILURE(error)) return std::nullopt;
  u_strToUTF8(room.data(), static_cast<std::int32_t>(room.size()), &written, to.data(), length, &error);
  if (U_FAILURE(error)) return std::nullopt;
  return static_cast<std::size_t>(written);
}

}  // namespace writ::password
