// The passwords that people choose most: a ranked list, looked up in a file that is made once and mapped. A password is common
// when the whole of it, in lower case, is in the list, in lower case: what Auth0's dictionary and Keycloak's denylist ask.
//
// Lower case is Unicode's simple mapping, code point by code point, and of İ what JavaScript and Java make of it.
//
// The file: a header, with a SHA-256 of all else; where the text of each entry ends, by rank; a table of ranks by
// hash; the entries' text. An entry that an earlier one equals in lower case keeps its rank and has no text.
#pragma once

#include "runtime/password/digest.h"
#include "runtime/password/mapped.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace writ::password {

inline constexpr std::size_t longest_common = 255;  // bytes in lower case; a longer line of a source is an error
inline constexpr std::uint32_t most_common = 10'000'000;

class CommonList {
 public:
  // Of a file, or of bytes that outlive it, from an address that 4 divides. Says what is wrong, or nothing.
  std::string open(const std::string& path);
  std::string open(std::span<const std::uint8_t> bytes);

  bool is_open() const { return !ends_.empty(); }
  std::uint32_t entries() const { return static_cast<std::uint32_t>(ends_.size()); }
  // Its rank, from 1; 0: it is in no place, or the list is not open. Any number of threads at a time.
  std::uint32_t rank(std::string_view password) const noexcept;

 private:
  std::string read(std::span<const std::uint8_t> bytes);
  std::string_view entry(std::uint32_t rank) const;

  Mapped file_;
  std::span<const std::uint32_t> ends_, table_;
  std::string_view text_;
  std::uint32_t probes_ = 0;
};

struct CommonMade {
  std::string problem;  // with its line; then nothing was written
  std::uint32_t entries = 0;
  std::uint64_t bytes = 0;
};
// From a list of one password a line, the most common first, of which the first `top` are taken; lines that begin with `#!comment`
// and empty ones are none. The file appears whole or not at all.
CommonMade make_common(std::string_view list, std::uint32_t top, const std::string& path);

// In lower case, into `room`; nothing when it does not fit.
std::optional<std::string_view> to_lower(std::string_view text, std::span<char> room) noexcept;

}  // namespace writ::password
