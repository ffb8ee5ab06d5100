// What every fuzzer here stands on: one entry point, called by libFuzzer with what it makes up (preset fuzz) and by
// replay/main.cpp with the goldens, the examples and the inputs that once broke something (every test run). A fuzzer
// ends the process when a promise is broken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace writ::fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Where one input is two: what stands before the first NUL, and what stands after it (nothing, without one).
inline std::pair<std::string_view, std::string_view> split(std::string_view input) {
  const auto at = input.find('\0');
  return {input.substr(0, at), at == input.npos ? std::string_view() : input.substr(at + 1)};
}

// Bytes that decide things, one after the other; once they are spent, zeros.
class Choices {
 public:
  Choices(std::string_view bytes) : left_(bytes) {}
  bool spent() const { return left_.empty(); }
  unsigned byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<unsigned char>(left_[0]);
    left_.remove_prefix(1);
    return value;
  }
  // The word of `text` at, or after, a place that two bytes choose.
  std::string word_of(std::string_view text) {
    constexpr auto marks = " \n\",{}[]";
    const auto high = byte() << 8;
    text.remove_prefix((high + byte()) % (text.size() + 1));
    text.remove_prefix(std::min(text.find_first_not_of(marks), text.size()));
    return std::string(text.substr(0, text.find_first_of(marks)));
  }

 private:
  std::string_view left_;
};

inline void promise(bool kept, std::string_view what, std::string_view more = {}) {
  if (kept) return;
  std::cerr << "broken: " << what << "\n" << more << "\n";
  std::abort();
}

}  // namespace writ::fuzz
