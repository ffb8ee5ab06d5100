// See spelling.h.
#include "runtime/program/spelling.h"

#include <algorithm>

namespace writ {

namespace {

constexpr std::size_t longest_domain = 253, longest_label = 63;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Both cases of letters are read; `is_domain` asks for the one.
bool has_labels(std::string_view text) {
  if (text.empty() || text.size() > longest_domain) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (label == 0 || label > longest_label || text[i - 1] == '-' || text[i - label] == '-') return false;
      label = 0;
      continue;
    }
    const char c = text[i];
    if (!((c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9') || c == '-')) return false;
    ++label;
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
  const auto at = text.rfind('@');
  return at == std::string_view::npos || has_labels(text.substr(at + 1));
}

}  // namespace writ
