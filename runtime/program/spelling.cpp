// See spelling.h.
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace writ {

namespace {

constexpr std::size_t longest_domain = 253;
constexpr std::ptrdiff_t longest_label = 63;

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// What a byte is in a name of labels, by byte.
enum class Letter : std::uint8_t { none, inside, hyphen, dot };
constexpr auto letters = [] {
  std::array<Letter, 256> table{};
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool inside = (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9');
    table[static_cast<std::size_t>(byte)] = inside     ? Letter::inside
                                            : c == '-' ? Letter::hyphen
                                            : c == '.' ? Letter::dot
                                                       : Letter::none;
  }
  return table;
}();

// Both cases of letters are read; `is_domain` asks for the one.
bool has_labels(std::string_view text) {
  if (text.empty() || text.size() > longest_domain) return false;
  const auto* begin = text.data();  // of the label
  auto before = Letter::dot;
  for (const auto& c : text) {
    const auto letter = letters[static_cast<unsigned char>(c)];
    if (letter != Letter::inside) {  // a hyphen or a dot, neither of them at the edge of a label
      if (letter == Letter::none || before == Letter::dot) return false;
      if (letter == Letter::dot) {
        if (before == Letter::hyphen || &c - begin > longest_label) return false;
        begin = &c + 1;
      }
    }
    before = letter;
  }
  return before == Letter::inside && text.data() + text.size() - begin <= longest_label;
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
