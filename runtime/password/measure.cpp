// ASCII is looked up in a table; the other code points are asked of ICU, whose properties are Unicode's, and Java's.
#include "runtime/password/measure.h"

#include "runtime/program/password_facts.h"

#include <algorithm>
#include <array>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace writ::password {

namespace {

enum Class : std::uint8_t { none, lower, upper, digit, symbol };

constexpr std::array<Class, 128> ascii_classes = [] {
  std::array<Class, 128> table{};
  for (int c = 0; c < 128; ++c)
    table[static_cast<std::size_t>(c)] = c >= 'a' && c <= 'z'   ? lower
                                         : c >= 'A' && c <= 'Z' ? upper
                                         : c >= '0' && c <= '9' ? digit
                                         : c >= ' ' && c <= '~' ? symbol
                                                                : none;
  return table;
}();

// How many ASCII characters of each class: five counts in one word, each of as many bits as the longest password needs.
class AsciiCounts {
 public:
  void add(UChar32 c) { counts_ += std::uint64_t{1} << bits * ascii_classes[static_cast<std::size_t>(c)]; }

  // A control character is of no class; for Unicode it is neither a letter nor a digit.
  void put(Measure& result) const {
    result.ascii = {of(lower), of(upper), of(digit), of(symbol)};
    for (auto* const classes : {&result.unicode, &result.by_unit}) {
      classes->lower += of(lower);
      classes->upper += of(upper);
      classes->digits += of(digit);
      classes->symbols += of(symbol) + of(none);
    }
  }

 private:
  static constexpr unsigned bits = 12;
  static_assert(max_password_bytes < 1 << bits && (symbol + 1) * bits <= 64);
  std::int64_t of(Class which) const { return static_cast<std::int64_t>(counts_ >> bits * which & ((1U << bits) - 1)); }
  std::uint64_t counts_ = 0;
};

// A character can be of two classes: a letter that is both cases at once does not exist, but `ª` is Lowercase and a letter.
void count_unicode(Classes& classes, UChar32 c) {
  classes.lower += u_isULowercase(c) != 0;
  classes.upper += u_isUUppercase(c) != 0;
  classes.digits += u_isdigit(c) != 0;
  classes.symbols += u_isalnum(c) == 0;
}

class Runs {
 public:
  void add(UChar32 c) {
    same_ = c == last_ ? same_ + 1 : 1;
    repeats_ = std::max(repeats_, same_);
    repeats_utf16_ = std::max(repeats_utf16_, c > 0xffff ? 1 : same_);
    const bool plain = c < 128 && is_alnum(c);
    const UChar32 step = plain && last_plain_ ? c - last_ : 0;
    up_ = step == 1 ? up_ + 1 : plain;
    down_ = step == -1 ? down_ + 1 : plain;
    sequence_ = std::max({sequence_, up_, down_});
    last_ = c;
    last_plain_ = plain;
  }
  void put(Measure& result) const {
    result.repeats = repeats_;
    result.repeats_utf16 = repeats_utf16_;
    result.sequence = sequence_;
  }

 private:
  static bool is_alnum(UChar32 c) {
    const auto which = ascii_classes[static_cast<std::size_t>(c)];
    return which == lower || which == upper || which == digit;
  }

  UChar32 last_ = -1;
  std::int32_t same_ = 0, up_ = 0, down_ = 0;
  std::int32_t repeats_ = 0, repeats_utf16_ = 0, sequence_ = 0;
  bool last_plain_ = false;
};

}  // namespace

Measure measure(std::string_view text) noexcept {
  Measure result;
  result.bytes = static_cast<std::int64_t>(text.size());
  AsciiCounts ascii;
  Runs runs;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = bytes[at];
    if (c < 128) {
      ++at;
      ascii.add(c);
    } else {
      U8_NEXT_UNSAFE(bytes, at, c);
      count_unicode(result.unicode, c);
      if (c > 0xffff)
        result.by_unit.symbols += 2;
      else
        count_unicode(result.by_unit, c);
    }
    ++result.code_points;
    result.utf16 += c > 0xffff ? 2 : 1;
    runs.add(c);
  }
  ascii.put(result);
  runs.put(result);
  return result;
}

}  // namespace writ::password
