// Addresses and blocks from text and back. Strict on purpose: what two readers could read differently (010.0.0.1, 10.0.0.0/08) is refused, because
// what a policy compares must be what was meant. Every sign-in brings an IPv4 address, so those are read several characters at a time, and
// nobody has to guess where the dots are.
#include "runtime/program/text_words.h"
#include "runtime/program/value.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <vector>

namespace writ {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// Which of eight characters are dots, a bit for each.
unsigned dots(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101u, low = 0x7f * ones;
  const auto other = word ^ '.' * ones;                     // no bit where there is a dot
  const auto dot = ~(((other & low) + low) | other | low);  // the highest bit there
  return static_cast<unsigned>((dot >> 7) * 0x0102'0408'1020'4080u >> 56);
}

// The number that a part of an address is. `word` ends with its `size` characters, of which there are one to three; nothing when one is no digit, the
// first of several is a zero, or it is more than a byte.
class Parts {
 public:
  void take(std::uint32_t word, unsigned size) {
    static constexpr std::array<std::uint32_t, 4> least = {0, 0, 10, 100};
    const auto mask = ~std::uint32_t{0} << (32 - 8 * size);
    const auto digits = (word ^ 0x3030'3030u) & mask;
    const auto number = (digits >> 24) + (digits >> 16 & 0xff) * 10 + (digits >> 8 & 0xff) * 100;
    wrong_ |= (digits | (digits + 0x0606'0606u)) & 0xf0f0'f0f0u;
    wrong_ |= unsigned{number < least[size]} | unsigned{number > 255};
    address_ = address_ << 8 | number;
  }
  std::optional<std::uint32_t> address() const { return wrong_ == 0 ? std::optional(address_) : std::nullopt; }

 private:
  std::uint32_t address_ = 0, wrong_ = 0;
};

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  constexpr std::size_t shortest = 7, longest = 15;
  const auto size = static_cast<unsigned>(text.size());
  if (text.size() < shortest || text.size() > longest) return std::nullopt;
  const auto* const at = text.data();
  // Two words, which may lie over one another, are all of it.
  auto left = size == shortest
                  ? dots(word_at<std::uint32_t>(at) | std::uint64_t{word_at<std::uint32_t>(at + 3)} << 24)
                  : dots(word_at<std::uint64_t>(at)) | dots(word_at<std::uint64_t>(at + size - 8)) << (size - 8);
  const auto next = [&] {
    const auto dot = left == 0 ? size : static_cast<unsigned>(std::countr_zero(left));
    left &= left - 1;
    return dot;
  };
  const auto first = next(), second = next(), third = next();
  if (third == size || left != 0) return std::nullopt;
  const unsigned sizes[] = {first, second - first - 1, third - second - 1, size - third - 1};
  for (const auto one : sizes)
    if (one - 1 > 2) return std::nullopt;
  // Four characters that end with the part; of the first two parts, which may have less before them, four that begin with it.
  Parts parts;
  parts.take(word_at<std::uint32_t>(at) << (32 - 8 * sizes[0]), sizes[0]);
  parts.take(word_at<std::uint32_t>(at + first + 1) << (32 - 8 * sizes[1]), sizes[1]);
  parts.take(word_at<std::uint32_t>(at + third - 4), sizes[2]);
  parts.take(word_at<std::uint32_t>(at + size - 4), sizes[3]);
  return parts.address();
}

// A decimal number of at most `digits` digits without leading zeros, at the front of `text`, which is moved past it.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  std::size_t size = 0;
  unsigned value = 0;
  while (size < text.size() && size < digits && text[size] >= '0' && text[size] <= '9')
    value = value * 10 + static_cast<unsigned>(text[size++] - '0');
  if (size == 0 || (size > 1 && text[0] == '0')) return std::nullopt;
  text.remove_prefix(size);
  return value;
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
      groups.push_back(static_cast<std::uint16_t>(*v4 >> 16));
      groups.push_back(static_cast<std::uint16_t>(*v4));
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

}  // namespace

bool Ip::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin()); }

std::optional<Ip> parse_ip(std::string_view text) {
  const auto v4 = parse_v4(text);
  if (!v4) return text.find(':') == std::string_view::npos ? std::nullopt : parse_v6(text);
  Ip ip;
  std::ranges::copy(v4_prefix, ip.bytes.begin());
  const auto in_order = __builtin_bswap32(*v4);
  std::memcpy(ip.bytes.data() + v4_prefix.size(), &in_order, sizeof in_order);
  return ip;
}

// RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`.
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

}  // namespace writ
