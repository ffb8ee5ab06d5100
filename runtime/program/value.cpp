// Text to values and back, and whether bytes are UTF-8; addresses are in address.cpp. Strict on purpose: a time or a duration that two
// readers could read differently (2026-2-3) is refused, because what a policy compares must be what was meant.
#include "runtime/program/value.h"

#include "runtime/program/text_words.h"

#include <algorithm>
#include <charconv>

namespace writ {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number of exactly `digits` digits, leading zeros and all.
std::optional<int> take_fixed(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(digits), is_digit))
    return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) value = value * 10 + (c - '0');
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back (Howard Hinnant's civil calendar algorithms).
std::int64_t days_of(std::int64_t year, int month, int day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

struct Date {
  std::int64_t year;
  int month, day;
};
Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2), month, static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

int days_in_month(int year, int month) {
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::string padded(std::int64_t value, std::size_t digits) {
  auto text = std::to_string(value);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

// `.` and one to nine digits, as microseconds; nothing when there is no fraction, -1 when it is malformed.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return std::nullopt;
  std::int64_t micros = 0;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (digits < 6) micros = micros * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || digits > 9) return -1;
  for (std::size_t i = digits; i < 6; ++i) micros *= 10;
  text.remove_prefix(digits);
  return micros;
}

// `Z`, or `+hh:mm`, `-hh:mm`, in microseconds east.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return std::nullopt;
  const auto hours = take_fixed(text, 2);
  const bool colon = take(text, ':');
  const auto minutes = take_fixed(text, 2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return (east ? 1 : -1) * (*hours * hour + *minutes * minute);
}

}  // namespace

// ---------------------------------------------------------------- bytes

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) text += {digits[byte >> 4], digits[byte & 15]};
  return text;
}

// ---------------------------------------------------------------- times and durations

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto year = take_fixed(text, 4);
  const bool dash1 = take(text, '-');
  const auto month = take_fixed(text, 2);
  const bool dash2 = take(text, '-');
  const auto date = take_fixed(text, 2);
  const bool t = take(text, 'T');
  const auto hours = take_fixed(text, 2);
  const bool colon = take(text, ':');
  const auto minutes = take_fixed(text, 2);
  if (!year || !dash1 || !month || !dash2 || !date || !t || !hours || !colon || !minutes) return std::nullopt;
  if (*month < 1 || *month > 12 || *date < 1 || *date > days_in_month(*year, *month) || *hours > 23 || *minutes > 59)
    return std::nullopt;
  std::int64_t micros = days_of(*year, *month, *date) * day + *hours * hour + *minutes * minute;
  if (take(text, ':')) {
    const auto seconds = take_fixed(text, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    const auto fraction = take_fraction(text).value_or(0);
    if (fraction < 0) return std::nullopt;
    micros += *seconds * second + fraction;
  }
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return micros - *offset;
}

std::string time_to_text(std::int64_t micros) {
  std::int64_t days = micros / day, rest = micros % day;
  if (rest < 0) rest += day, --days;
  const auto date = date_of(days);
  auto text = (date.year < 0 ? "-" + padded(-date.year, 4) : padded(date.year, 4)) + "-" + padded(date.month, 2) + "-" +
              padded(date.day, 2) + "T" + padded(rest / hour, 2) + ":" + padded(rest / minute % 60, 2) + ":" +
              padded(rest / second % 60, 2);
  if (const auto fraction = rest % second; fraction != 0) {
    auto digits = padded(fraction, 6);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + "Z";
}

namespace {
struct Unit {
  std::string_view name;
  std::int64_t micros;
};
// In the order they may be written. `us` is printed for what is finer than a millisecond, but not read.
constexpr std::array<Unit, 6> units = {
    {{"d", day}, {"h", hour}, {"m", minute}, {"s", second}, {"ms", 1'000}, {"us", 1}}};
}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || !is_digit(text.front())) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    const auto word = text.substr(0, std::min(text.size(), std::min(text.find_first_of("0123456789"), text.size())));
    while (next_unit < 5 && units[next_unit].name != word) ++next_unit;
    if (next_unit == 5) return std::nullopt;
    std::int64_t part = 0;
    if (__builtin_mul_overflow(value, units[next_unit].micros, &part) || __builtin_add_overflow(total, part, &total))
      return std::nullopt;
    ++next_unit;
    text.remove_prefix(word.size());
  }
  return total;
}

std::string duration_to_text(std::int64_t micros) {
  if (micros == 0) return "0s";
  std::string text = micros < 0 ? "-" : "";
  auto rest = micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  for (const auto& unit : units) {
    const auto size = static_cast<std::uint64_t>(unit.micros);
    if (rest >= size) text += std::to_string(rest / size) + std::string(unit.name);
    rest %= size;
  }
  return text;
}

// ---------------------------------------------------------------- UTF-8

// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
namespace {

constexpr std::uint64_t no_ascii = 0x8080'8080'8080'8080u;

// Most texts are short and of ASCII: two words, which may lie over one another, are most of them.
bool is_ascii(std::string_view text) {
  if (text.size() < 8) return (short_word(text) & no_ascii) == 0;
  auto all = word_at<std::uint64_t>(text.data() + text.size() - 8);
  for (std::size_t i = 0; i + 8 < text.size(); i += 8) all |= word_at<std::uint64_t>(text.data() + i);
  return (all & no_ascii) == 0;
}

}  // namespace

bool valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    if (end - at >= 8 && (word_at<std::uint64_t>(at) & no_ascii) == 0) {
      at += 8;
      continue;
    }
    const unsigned lead = *at++;
    if (lead < 0x80) continue;
    const std::ptrdiff_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || end - at < more) return false;
    const unsigned first = *at;
    if ((lead == 0xe0 && first < 0xa0) || (lead == 0xed && first > 0x9f) || (lead == 0xf0 && first < 0x90) ||
        (lead == 0xf4 && first > 0x8f))
      return false;
    for (std::ptrdiff_t i = 0; i < more; ++i, ++at)
      if ((*at & 0xc0) != 0x80) return false;
  }
  return true;
}

}  // namespace writ
