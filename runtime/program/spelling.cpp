// See spelling.h.
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace writ {

namespace {

constexpr std::size_t longest_domain = 253, longest_label = 63;

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Where a reader of labels stands: before one, in one, behind a hyphen in one, or where no name can come from. The numbers are where each has its
// bits in a row of the table below.
enum Stand : std::uint32_t { before = 0, inside = 5, hyphen = 10, nowhere = 15 };

// By character and stand, the next stand. Both cases of letters are read; `is_domain` asks for the one.
constexpr auto next_stand = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const auto row = [&](Stand from_before, Stand from_inside, Stand from_hyphen) {
      table[byte] = from_before << before | from_inside << inside | from_hyphen << hyphen | nowhere << nowhere;
    };
    if ((c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9'))
      row(inside, inside, inside);
    else if (c == '-')
      row(nowhere, hyphen, hyphen);
    else if (c == '.')
      row(nowhere, before, nowhere);
    else
      row(nowhere, nowhere, nowhere);
  }
  return table;
}();

bool has_labels(std::string_view text) {
  if (text.size() > longest_domain) return false;
  std::uint32_t stand = before;
  for (const char c : text) stand = next_stand[static_cast<unsigned char>(c)] >> stand & 31;
  if (stand != inside) return false;
  while (text.size() > longest_label) {
    const auto dot = text.find('.');
    if (dot > longest_label) return false;
    text.remove_prefix(dot + 1);
  }
  return true;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (is_upper(c)) c = static_cast<char>(c | 0x20);
  return lower;
}

bool is_country(std::string_view text) { return text.size() == 2 && std::ranges::all_of(text, is_upper); }

bool is_domain(std::string_view text) { return has_labels(text) && std::ranges::none_of(text, is_upper); }

bool is_mail(std::string_view text) {
  const auto* const at = text.empty() ? nullptr : static_cast<const char*>(memrchr(text.data(), '@', text.size()));
  return at == nullptr || has_labels(text.substr(static_cast<std::size_t>(at + 1 - text.data())));
}

}  // namespace writ
