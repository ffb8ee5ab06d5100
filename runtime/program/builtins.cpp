// The builtins, one copy for the interpreter and for machine code. They read the request's strings where they lie and the constants
// out of the row as the file holds it. A row was verified before it got here (verify_row.cpp), a string of a request is valid UTF-8 of at
// most `max_string` bytes; nothing is checked twice.
//
// `Text::lowered` says "read it with ASCII letters in lower case". Comparing folds byte by byte; searching (contains, glob, regex) needs
// the folded bytes in a row and gets them in a buffer of the thread, because nothing here may allocate. RE2 may: its automaton is built
// lazily, within the memory bound its pattern was compiled with.
#include "runtime/program/builtins.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <re2/re2.h>

using writ::Ip;
using writ::program::Text;
using writ::program::TextSet;

namespace {

constexpr std::size_t max_string = writ::max_string_bytes;

unsigned char fold(char c, bool lowered) {
  const auto byte = static_cast<unsigned char>(c);
  return lowered && byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte | 0x20) : byte;
}

std::string_view view(const Text& text) { return {text.data, text.size}; }

template <class T>
T read(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Eight bytes at once: of each that is an upper-case letter, the bit that makes it a lower-case one.
std::uint64_t fold(std::uint64_t word, bool lowered) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101u, low = 0x7f * ones, high = 0x80 * ones;
  const auto from_a = (word & low) + (0x80 - 'A') * ones, past_z = (word & low) + (0x80 - 'Z' - 1) * ones;
  const auto upper = from_a & ~past_z & ~word & high;
  return lowered ? word | upper >> 2 : word;
}

// Strings here are short: two words, which may lie over one another, are most of them.
bool equal_bytes(const char* left, bool left_lowered, const char* right, bool right_lowered, std::size_t size) {
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i)
      if (fold(left[i], left_lowered) != fold(right[i], right_lowered)) return false;
    return true;
  }
  const auto differ = [&](std::size_t at) {
    return fold(read<std::uint64_t>(left + at), left_lowered) != fold(read<std::uint64_t>(right + at), right_lowered);
  };
  for (std::size_t at = 0; at + 8 < size; at += 8)
    if (differ(at)) return false;
  return !differ(size - 8);
}

// The bytes `text` stands for: its own, or folded ones in the thread's buffer number `which`. A text too long for the buffer cannot
// come from a request or a row; it reads as its own bytes.
std::string_view folded(const Text& text, std::size_t which) {
  if (!text.lowered || text.size > max_string) return view(text);
  thread_local std::array<std::array<char, max_string>, 2> buffers;
  auto& buffer = buffers[which];
  std::transform(text.data, text.data + text.size, buffer.begin(),
                 [](char c) { return static_cast<char>(fold(c, true)); });
  return {buffer.data(), text.size};
}

std::size_t find_from(std::string_view text, std::string_view part, std::size_t from) {
  if (part.empty()) return from;
  if (text.size() - from < part.size()) return std::string_view::npos;  // an absent text has no bytes to point at
  const void* found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : std::string_view::npos;
}

// ---------------------------------------------------------------- the row

struct Place {
  const std::byte* data;
  std::uint32_t count;
};
Place place(const std::byte* row, std::uint32_t slot) {
  const auto word = read<std::uint64_t>(row + std::size_t{slot} * 8);
  return {row + static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
}

// So many of a list are compared one by one, which is quicker than halving it.
constexpr std::uint32_t looked_through = 8;

__extension__ using Number = unsigned __int128;
std::uint64_t half(const void* bytes) { return __builtin_bswap64(read<std::uint64_t>(bytes)); }
Number number(const void* address) {
  return static_cast<Number>(half(address)) << 64 | half(static_cast<const char*>(address) + 8);
}

// ---------------------------------------------------------------- glob

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// How many bytes of `text` from `at` match the whole of `part` (no `*` in it), or nothing.
std::optional<std::size_t> match_here(std::string_view text, std::size_t at, std::string_view part) {
  const auto begin = at;
  for (const char c : part) {
    if (at >= text.size()) return std::nullopt;
    if (c == '?') {
      if (continues(text[at])) return std::nullopt;
      for (++at; at < text.size() && continues(text[at]);) ++at;
    } else if (text[at++] != c) {
      return std::nullopt;
    }
  }
  return at - begin;
}

// Where the match of `part` that ends with the text begins, or nothing.
std::optional<std::size_t> match_end(std::string_view text, std::string_view part) {
  auto at = text.size();
  for (std::size_t i = part.size(); i-- > 0;) {
    if (at == 0) return std::nullopt;
    --at;
    if (part[i] == '?') {
      while (at > 0 && continues(text[at])) --at;
    } else if (text[at] != part[i]) {
      return std::nullopt;
    }
  }
  return at;
}

// The pattern is pieces between `*`: the first stands at the beginning, the last at the end, the others are found one after the other,
// each as early as it can be, which leaves the most for those that follow. Linear but for pieces that hold a `?`.
bool glob(std::string_view pattern, std::string_view text) {
  auto star = pattern.find('*');
  const auto first = match_here(text, 0, pattern.substr(0, star));
  if (!first) return false;
  if (star == std::string_view::npos) return *first == text.size();
  auto at = *first;
  pattern.remove_prefix(star + 1);
  while ((star = pattern.find('*')) != std::string_view::npos) {
    const auto part = pattern.substr(0, star);
    pattern.remove_prefix(star + 1);
    if (part.find('?') == std::string_view::npos) {
      at = find_from(text, part, at);
      if (at == std::string_view::npos) return false;
      at += part.size();
      continue;
    }
    auto size = match_here(text, at, part);
    while (!size && at < text.size()) size = match_here(text, ++at, part);
    if (!size) return false;
    at += *size;
  }
  const auto last = match_end(text, pattern);
  return last && *last >= at;
}

// ---------------------------------------------------------------- order of strings in a row and in large sets: by length, then bytes

int compare(const Text& text, const char* other, std::uint32_t size) {
  if (text.size != size) return text.size < size ? -1 : 1;
  if (size == 0) return 0;
  if (!text.lowered) return size == 0 ? 0 : std::memcmp(text.data, other, size);
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto left = fold(text.data[i], true), right = fold(other[i], false);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0); }

}  // namespace

namespace writ::program {

Text row_text(const std::byte* row, std::uint32_t slot) noexcept {
  const auto [data, count] = place(row, slot);
  return {reinterpret_cast<const char*>(data), count, 0};
}

Ip row_ip(const std::byte* row, std::uint32_t slot) noexcept { return read<Ip>(place(row, slot).data); }

std::int64_t saturating_add(std::int64_t left, std::int64_t right) noexcept {
  std::int64_t result = 0;
  if (!__builtin_add_overflow(left, right, &result)) return result;
  return left < 0 ? INT64_MIN : INT64_MAX;
}

std::int64_t saturating_sub(std::int64_t left, std::int64_t right) noexcept {
  std::int64_t result = 0;
  if (!__builtin_sub_overflow(left, right, &result)) return result;
  return left < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace writ::program

extern "C" {

bool writ_eq_string(const Text* left, const Text* right) noexcept {
  return left->size == right->size && equal_bytes(left->data, left->lowered, right->data, right->lowered, left->size);
}

bool writ_starts_with(const Text* text, const Text* prefix) noexcept {
  return prefix->size <= text->size &&
         equal_bytes(text->data, text->lowered, prefix->data, prefix->lowered, prefix->size);
}

bool writ_ends_with(const Text* text, const Text* suffix) noexcept {
  if (suffix->size == 0) return true;
  return suffix->size <= text->size && equal_bytes(text->data + (text->size - suffix->size), text->lowered,
                                                   suffix->data, suffix->lowered, suffix->size);
}

bool writ_contains(const Text* text, const Text* part) noexcept {
  return part->size <= text->size && find_from(folded(*text, 0), folded(*part, 1), 0) != std::string_view::npos;
}

bool writ_glob(const std::byte* row, std::uint32_t slot, const Text* text) noexcept {
  const auto [data, count] = place(row, slot);
  return glob({reinterpret_cast<const char*>(data), count}, folded(*text, 0));
}

bool writ_regex(const re2::RE2* const* patterns, std::uint32_t slot, const Text* text) noexcept {
  const auto subject = folded(*text, 0);
  return patterns[slot]->Match({subject.data(), subject.size()}, 0, subject.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

bool writ_has_email_domain(const Text* text) noexcept { return view(*text).find('@') != std::string_view::npos; }

void writ_email_domain(const Text* text, Text* result) noexcept {
  const auto* const at = text->size == 0 ? nullptr : static_cast<const char*>(memrchr(text->data, '@', text->size));
  if (at == nullptr) {
    *result = {};
    return;
  }
  const auto* const end = text->data + text->size;
  *result = {at + 1, static_cast<std::uint32_t>(end - at - 1 - (end[-1] == '.' ? 1 : 0)), 1};
}

bool writ_set_has(const TextSet* set, const Text* text) noexcept {
  if (set->size <= TextSet::sorted_from)
    return std::any_of(set->items, set->items + set->size,
                       [&](const Text& item) { return writ_eq_string(&item, text); });
  const auto* const found = std::partition_point(
      set->items, set->items + set->size, [&](const Text& item) { return compare(*text, item.data, item.size) > 0; });
  return found != set->items + set->size && writ_eq_string(found, text);
}

bool writ_in_bits(const std::byte* row, std::uint32_t slot, std::int64_t index) noexcept {
  const auto [data, count] = place(row, slot);
  if (index < 0 || index / 64 >= count) return false;
  return read<std::uint64_t>(data + index / 64 * 8) >> (index % 64) & 1;
}

bool writ_in_ints(const std::byte* row, std::uint32_t slot, std::int64_t value) noexcept {
  const auto [data, count] = place(row, slot);
  std::size_t low = 0, high = count;
  while (low < high) {
    const auto middle = (low + high) / 2;
    const auto found = read<std::int64_t>(data + middle * 8);
    if (found == value) return true;
    (found < value ? low : high) = found < value ? middle + 1 : middle;
  }
  return false;
}

bool writ_in_strings(const std::byte* row, std::uint32_t slot, const Text* text) noexcept {
  const auto [data, count] = place(row, slot);
  const auto* const texts = reinterpret_cast<const char*>(row);
  if (count <= looked_through) {
    for (const auto* entry = data; entry != data + std::size_t{count} * 8; entry += 8)
      if (read<std::uint32_t>(entry + 4) == text->size &&
          equal_bytes(text->data, text->lowered, texts + read<std::uint32_t>(entry), false, text->size))
        return true;
    return false;
  }
  std::size_t low = 0, high = count;
  while (low < high) {
    const auto middle = (low + high) / 2;
    const auto* const entry = data + middle * 8;
    const auto order = compare(*text, texts + read<std::uint32_t>(entry), read<std::uint32_t>(entry + 4));
    if (order == 0) return true;
    (order > 0 ? low : high) = order > 0 ? middle + 1 : middle;
  }
  return false;
}

bool writ_in_cidrs(const std::byte* row, std::uint32_t slot, const Ip* ip) noexcept {
  const auto [data, count] = place(row, slot);
  if (count <= looked_through) {
    // Without a branch for each range. Blocks of IPv4 have the first half of an address in common, and then the second half decides.
    unsigned inside = 0;
    const auto* const end = data + std::size_t{count} * 32;
    if (count != 0 && read<std::uint64_t>(data) == read<std::uint64_t>(end - 16)) {
      const auto address = half(ip->bytes.data() + 8);
      for (const auto* range = data; range != end; range += 32)
        inside |= unsigned{half(range + 8) <= address} & unsigned{address <= half(range + 24)};
      return inside != 0 && read<std::uint64_t>(data) == read<std::uint64_t>(ip->bytes.data());
    }
    const auto address = number(ip->bytes.data());
    for (const auto* range = data; range != end; range += 32)
      inside |= unsigned{number(range) <= address} & unsigned{address <= number(range + 16)};
    return inside != 0;
  }
  std::size_t low = 0,
              high = count;  // the ranges before `low` begin at or before the address, those from `high` on after it
  while (low < high) {
    const auto middle = (low + high) / 2;
    const bool begins_before = std::memcmp(data + middle * 32, ip->bytes.data(), 16) <= 0;
    (begins_before ? low : high) = begins_before ? middle + 1 : middle;
  }
  return low > 0 && std::memcmp(ip->bytes.data(), data + (low - 1) * 32 + 16, 16) <= 0;
}

bool writ_in_window(const std::byte* row, std::uint32_t slot, std::int64_t time) noexcept {
  const auto* window = place(row, slot).data;
  const auto begin = read<std::uint16_t>(window), end = read<std::uint16_t>(window + 2);
  const auto days = read<std::uint8_t>(window + 4);
  const auto* offsets = row + read<std::uint32_t>(window + 12);
  std::size_t low = 1, high = read<std::uint32_t>(window + 8);  // the first offset holds from the beginning of time
  while (low < high) {
    const auto middle = (low + high) / 2;
    const bool holds = read<std::int64_t>(offsets + middle * 16) <= time;
    (holds ? low : high) = holds ? middle + 1 : middle;
  }
  const std::int64_t offset = read<std::int32_t>(offsets + (low - 1) * 16 + 8);
  const auto local =
      floor_div(floor_div(time, 1'000'000) + offset, 60);  // whole seconds first: a sum may be at the end of 64 bits
  const auto day = floor_div(local, 1'440);
  const auto of_day = local - day * 1'440;
  const auto listed = [&](std::int64_t which) {
    return days >> (((which + 3) % 7 + 7) % 7) & 1;
  };  // 1970-01-01 was a Thursday
  if (begin < end) return begin <= of_day && of_day < end && listed(day);
  return (of_day >= begin && listed(day)) || (of_day < end && listed(day - 1));
}

}  // extern "C"
