// ASCII is looked up in a table; the other code points are asked of ICU, whose properties are Unicode's, and Java's.
#include "runtime/password/measure.h"

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

void count(Classes& classes, Class which) {
  classes.lower += which == lower;
  classes.upper += which == upper;
  classes.digits += which == digit;
  classes.symbols += which == symbol;
}

// A character can be of two classes: a letter that is both cases at once does not exist, but `ª` is Lowercase and a letter.
void count_unicode(Classes& classes, UChar32 c) {
  classes.lower += u_isULowercase(c) != 0;
  classes.upper += u_isUUppercase(c) != 0;
  classes.digits += u_isdigit(c) != 0;
  classes.symbols += u_isalnum(c) == 0;
}

class Runs {
 public:
  explicit Runs(Measure& result) : result_(result) {}

  void add(UChar32 c) {
    same_ = c == last_ ? same_ + 1 : 1;
    result_.repeats = std::max(result_.repeats, same_);
    result_.repeats_utf16 = std::max(result_.repeats_utf16, c > 0xffff ? 1 : same_);
    const bool plain = c < 128 && is_alnum(c);
    const UChar32 step = plain && last_plain_ ? c - last_ : 0;
    up_ = step == 1 ? up_ + 1 : plain;
    down_ = step == -1 ? down_ + 1 : plain;
    result_.sequence = std::max({result_.sequence, up_, down_});
    last_ = c;
    last_plain_ = plain;
  }

 private:
  static bool is_alnum(UChar32 c) {
    const auto which = ascii_classes[static_cast<std::size_t>(c)];
    return which == lower || which == upper || which == digit;
  }

  Measure& result_;
  UChar32 last_ = -1;
  std::int64_t same_ = 0, up_ = 0, down_ = 0;
  bool last_plain_ = false;
};

}  // namespace

Measure measure(std::string_view text) noexcept {
  Measure result;
  result.bytes = static_cast<std::int64_t>(text.size());
  Runs runs(result);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = bytes[at];
    if (c < 128) {
      ++at;
      const auto which = ascii_classes[static_cast<std::size_t>(c)];
      count(result.ascii, which);
      count(result.unicode, which == none ? symbol : which);  // a control character is no letter and no digit
      count(result.by_unit, which == none ? symbol : which);
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
  return result;
}

}  // namespace writ::password
