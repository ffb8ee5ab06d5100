// What one pass over a password counts: everything its length, classes, runs and sequences are judged by.
#pragma once

#include <cstdint>
#include <string_view>

namespace writ::password {

struct Classes {
  std::int64_t lower = 0, upper = 0, digits = 0, symbols = 0;
};

struct Measure {
  std::int64_t code_points = 0, utf16 = 0, bytes = 0;
  // ASCII: a-z, A-Z, 0-9, and the 33 other printable ones, the space among them (OWASP's "special characters").
  Classes ascii;
  // Unicode: Lowercase, Uppercase, Nd, and what is neither a letter nor Nd.
  Classes unicode;
  // The same for programs that look at one UTF-16 unit at a time, as Java's `char`: what lies beyond the BMP is two symbols.
  Classes by_unit;
  // Longest runs: of one code point, of one UTF-16 unit (outside the BMP neighbours differ, so there it is 1), and of ASCII
  // letters or digits each one above, or each one below, the one before. All are 0 for the empty password.
  std::int64_t repeats = 0, repeats_utf16 = 0, sequence = 0;
};

// `text` is valid UTF-8 of at most `max_password_bytes`. Allocates nothing.
Measure measure(std::string_view text) noexcept;

}  // namespace writ::password
