// See spelling.h.
#include "runtime/program/spelling.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace writ {

namespace {

constexpr std::size_t longest_domain = 253, longest_label = 63;

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Which bytes a label is made of, by byte.
constexpr auto of_labels = [] {
  std::array<bool, 256> table{};
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    table[static_cast<std::size_t>(byte)] = (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9') || c == '-';
  }
  return table;
}();

// Both cases of letters are read; `is_domain` asks for the one.
bool has_labels(std::string_view text) {
  if (text.empty() || text.size() > longest_domain) return false;
  for (std::size_t begin = 0;; ++begin) {
    std::size_t end = begin;
    while (end < text.size() && of_labels[static_cast<unsigned char>(text[end])]) ++end;
    if (end == begin || end - begin > longest_label || text[begin] == '-' || text[end - 1] == '-') return false;
    if (end == text.size()) return true;
    if (text[end] != '.') return false;
    begin = end;
  }
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
