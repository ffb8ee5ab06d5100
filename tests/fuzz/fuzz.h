// What every fuzzer here stands on: one entry point, called by libFuzzer with what it makes up (preset fuzz) and by replay/main.cpp with the
// goldens, the examples and the inputs that once broke something (every test run). A fuzzer ends the process when a promise is broken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace writ::fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

inline void promise(bool kept, std::string_view what, std::string_view more = {}) {
  if (kept) return;
  std::cerr << "broken: " << what << "\n" << more << "\n";
  std::abort();
}

}  // namespace writ::fuzz
