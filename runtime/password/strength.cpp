// The library takes a password that ends with a NUL, so it is copied into bytes that are cleansed. What the library keeps of it
// on the heap while it works it frees without cleansing: single characters and their places in a graph.
#include "runtime/password/strength.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <openssl/crypto.h>
#include <zxcvbn.h>

namespace writ::password {

namespace {

// Text that ends with a NUL, cleansed.
class Ended {
 public:
  explicit Ended(std::string_view text) : bytes_(text.begin(), text.end()) { bytes_.push_back('\0'); }
  ~Ended() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Ended(const Ended&) = delete;
  Ended& operator=(const Ended&) = delete;
  const char* data() const { return bytes_.data(); }

 private:
  std::vector<char> bytes_;
};

double plus_one(double log10_guesses) {
  return log10_guesses < 15 ? std::log10(std::pow(10, log10_guesses) + 1) : log10_guesses;
}

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xc0) != 0x80;
    units += byte >= 0xf0;
  }
  return units;
}

// In how many ways as many letters could have been written in upper case, with the common ones first; zxcvbn's count.
double log10_upper_ways(std::string_view text) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto upper = std::ranges::count_if(text, is_upper);
  const auto lower = std::ranges::count_if(text, [](char c) { return c >= 'a' && c <= 'z'; });
  if (upper == 0) return 0;
  if (lower == 0 || (upper == 1 && (is_upper(text.front()) || is_upper(text.back())))) return std::log10(2);
  double ways = 0, choose = 1;
  for (std::ptrdiff_t i = 1; i <= std::min(upper, lower); ++i) {
    choose *= static_cast<double>(upper + lower - i + 1) / static_cast<double>(i);
    ways += choose;
  }
  return std::log10(ways);
}

// The length of the shortest text that it is a repetition of; its own, when of none. By the longest proper prefix that is a
// suffix as well, of each prefix.
std::size_t period_of(std::string_view text) {
  std::vector<std::size_t> border(text.size() + 1, 0);
  for (std::size_t i = 1, length = 0; i < text.size(); ++i) {
    while (length > 0 && text[i] != text[length]) length = border[length];
    length += text[i] == text[length];
    border[i + 1] = length;
  }
  const std::size_t period = text.size() - border[text.size()];
  return period > 0 && text.size() % period == 0 ? period : text.size();
}

double by_library(std::string_view text, std::vector<const char*>& about) {
  const Ended ended(text);
  return ZxcvbnMatch(ended.data(), about.data(), nullptr) * std::log10(2);
}

double under_ceilings(double guesses, std::string_view text, const CommonList& common) {
  guesses = std::min(guesses, plus_one(static_cast<double>(utf16_units(text))));
  if (const std::uint32_t rank = common.rank(text); rank > 0)
    guesses = std::min(guesses, plus_one(std::log10(rank) + log10_upper_ways(text)));
  return guesses;
}

}  // namespace

int score_of(double log10_guesses) {
  constexpr double delta = 5;  // zxcvbn's: thresholds are a little above powers of ten
  int score = 0;
  for (const double power : {3, 6, 8, 10}) score += log10_guesses >= std::log10(std::pow(10, power) + delta);
  return score;
}

Strength strength_of(std::string_view password, std::span<const std::string_view> about, const CommonList& common) {
  Strength strength;
  password = password.substr(0, password.find('\0'));
  if (password.empty()) return strength;
  const std::vector<std::string> words(about.begin(), about.end());
  std::vector<const char*> pointers;
  for (const std::string& word : words)
    if (!word.empty()) pointers.push_back(word.c_str());
  pointers.push_back(nullptr);

  strength.library_log10_guesses = by_library(password, pointers);
  strength.log10_guesses = under_ceilings(strength.library_log10_guesses, password, common);
  if (const std::size_t period = period_of(password); period < password.size()) {
    const std::string_view one = password.substr(0, period);
    const double once = under_ceilings(by_library(one, pointers), one, common);
    const double times = static_cast<double>(password.size() / period);
    strength.log10_guesses = std::min(strength.log10_guesses, plus_one(once + std::log10(times)));
  }
  strength.score = score_of(strength.log10_guesses);
  return strength;
}

}  // namespace writ::password
