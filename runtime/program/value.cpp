// Text to values and back, and whether bytes are UTF-8. Strict on purpose: an address, a block, a time or a duration that two readers
// could read differently (010.0.0.1, 10.0.0.0/08, 2026-2-3) is refused, because what a policy compares must be what was meant.
#include "runtime/program/value.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace writ {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A decimal number of at most `digits` digits without leading zeros, at the front of `text`, which is moved past it.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  std::size_t size = 0;
  unsigned value = 0;
  while (size < text.size() && size < digits && is_digit(text[size]))
    value = value * 10 + static_cast<unsigned>(text[size++] - '0');
  if (size == 0 || (size > 1 && text[0] == '0')) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

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

// One pass. At most three digits a part, and no zero before others.
std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
  std::array<std::uint8_t, 4> bytes{};
  unsigned value = 0, digits = 0;
  std::size_t part = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(c)) - '0';
    if (digit <= 9) {
      if (digits != 0 && value == 0) return std::nullopt;
      value = value * 10 + digit;
      if (++digits > 3) return std::nullopt;
    } else {
      if (c != '.' || digits == 0 || value > 255 || part == 3) return std::nullopt;
      bytes[part++] = static_cast<std::uint8_t>(value);
      value = digits = 0;
    }
  }
  if (part != 3 || digits == 0 || value > 255) return std::nullopt;
  bytes[3] = static_cast<std::uint8_t>(value);
  return bytes;
}

// One side of `::`, or the whole address: groups of one to four hexadecimal digits, the last two perhaps as a dotted quad.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text, bool may_end_in_v4) {
  std::vector<std::uint16_t> groups;
  if (text.empty()) return groups;
  while (true) {
    const auto end = text.find(':');
    const auto word = text.substr(0, end);
    if (end == std::string_view::npos && may_end_in_v4 && word.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(word);
      if (!v4) return std::nullopt;
      groups.push_back(static_cast<std::uint16_t>((*v4)[0] << 8 | (*v4)[1]));
      groups.push_back(static_cast<std::uint16_t>((*v4)[2] << 8 | (*v4)[3]));
      return groups;
    }
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
    if (word.empty() || word.size() > 4 || error != std::errc{} || stop != word.data() + word.size())
      return std::nullopt;
    groups.push_back(static_cast<std::uint16_t>(value));
    if (end == std::string_view::npos) return groups;
    if (groups.size() == 8) return std::nullopt;
    text.remove_prefix(end + 1);
  }
}

std::optional<Ip> parse_v6(std::string_view text) {
  const auto gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto left = parse_groups(text.substr(0, gap), !has_gap);
  const auto right = has_gap ? parse_groups(text.substr(gap + 2), true) : std::vector<std::uint16_t>{};
  if (!left || !right) return std::nullopt;
  const auto given = left->size() + right->size();
  if (has_gap ? given > 7 : given != 8) return std::nullopt;
  Ip ip;
  const auto put = [&](std::size_t group, std::uint16_t value) {
    ip.bytes[group * 2] = static_cast<std::uint8_t>(value >> 8);
    ip.bytes[group * 2 + 1] = static_cast<std::uint8_t>(value);
  };
  for (std::size_t i = 0; i < left->size(); ++i) put(i, (*left)[i]);
  for (std::size_t i = 0; i < right->size(); ++i) put(8 - right->size() + i, (*right)[i]);
  return ip;
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

// ---------------------------------------------------------------- addresses

bool Ip::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin()); }

std::optional<Ip> parse_ip(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  const auto v4 = parse_v4(text);
  if (!v4) return std::nullopt;
  Ip ip;
  std::ranges::copy(v4_prefix, ip.bytes.begin());
  std::ranges::copy(*v4, ip.bytes.begin() + 12);
  return ip;
}

// RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`.
std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) text += {digits[byte >> 4], digits[byte & 15]};
  return text;
}

std::string to_text(const Ip& ip) {
  std::string text;
  if (ip.is_v4()) {
    for (std::size_t i = 12; i < 16; ++i) text += (i > 12 ? "." : "") + std::to_string(ip.bytes[i]);
    return text;
  }
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(ip.bytes[i * 2] << 8 | ip.bytes[i * 2 + 1]);
  std::size_t gap = 8, gap_size = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t size = 0;
    while (i + size < 8 && groups[i + size] == 0) ++size;
    if (size > gap_size) gap = i, gap_size = size;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 8> hex{};
    text.append(hex.data(), std::to_chars(hex.data(), hex.data() + hex.size(), groups[i], 16).ptr);
  }
  return text;
}

bool Cidr::contains(const Ip& ip) const {
  const std::size_t whole = bits / 8u;
  if (!std::equal(ip.bytes.begin(), ip.bytes.begin() + static_cast<std::ptrdiff_t>(whole), base.bytes.begin()))
    return false;
  const unsigned rest = bits % 8u;
  return rest == 0 || ((ip.bytes[whole] ^ base.bytes[whole]) >> (8 - rest)) == 0;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const auto ip = parse_ip(address);
  if (!ip) return std::nullopt;
  Cidr cidr{*ip, 128};
  if (slash == std::string_view::npos) return cidr;
  auto rest = text.substr(slash + 1);
  const auto number = take_number(rest, 3);
  const bool dotted = address.find(':') == std::string_view::npos;
  if (!number || !rest.empty() || *number > (dotted ? 32u : 128u)) return std::nullopt;
  cidr.bits = static_cast<std::uint8_t>(*number + (dotted ? 96u : 0u));
  for (std::size_t bit = cidr.bits; bit < 128; ++bit)
    cidr.base.bytes[bit / 8] = static_cast<std::uint8_t>(cidr.base.bytes[bit / 8] & ~(0x80u >> bit % 8));
  return cidr;
}

std::string to_text(const Cidr& cidr) {
  const bool v4 = cidr.base.is_v4() && cidr.bits >= 96;
  return to_text(cidr.base) + "/" + std::to_string(v4 ? cidr.bits - 96 : cidr.bits);
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

// Most texts are short and of ASCII: two words, which may lie over one another, are most of them.
bool is_ascii(std::string_view text) {
  constexpr std::uint64_t high = 0x8080'8080'8080'8080u;
  const auto* const at = text.data();
  std::uint64_t word = 0;
  if (text.size() < 8) {
    for (const char c : text) word |= static_cast<unsigned char>(c);
    return (word & 0x80) == 0;
  }
  std::uint64_t all = 0;
  for (std::size_t i = 0; i + 8 < text.size(); i += 8) {
    std::memcpy(&word, at + i, sizeof word);
    all |= word;
  }
  std::memcpy(&word, at + text.size() - 8, sizeof word);
  return ((all | word) & high) == 0;
}

}  // namespace

bool valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    if (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      if ((word & 0x8080'8080'8080'8080u) == 0) {
        at += 8;
        continue;
      }
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
