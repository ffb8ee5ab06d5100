// Feeds a fuzzer what it has met before, and what it starts from: the files given, each whole and cut short at several
// places. A golden holds more than a policy, so its policy is fed alone, too: with what is expected behind it, it would
// be nothing but a syntax error.
#include "tests/fuzz/fuzz.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace {

namespace fs = std::filesystem;

void feed(std::string_view text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

std::size_t feed_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::size_t cuts = 7, largest = 64 << 10;
  feed(text);
  for (const char* mark : {"\n//// file", "\n//// expect"})
    if (const auto at = text.find(mark); at != text.npos) feed(std::string_view(text).substr(0, at + 1));
  if (text.size() > largest) return 1;
  for (std::size_t i = 1; i < cuts; ++i) feed(std::string_view(text).substr(0, text.size() * i / cuts));
  return cuts;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t fed = 0;
  feed("");
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) continue;
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      const auto kind = entry.path().extension();
      if (entry.is_regular_file() && kind != ".cpp" && kind != ".h" && kind != ".md" && kind != ".sh")
        fed += feed_file(entry.path());
    }
  }
  std::cout << fed << " inputs\n";
  return fed > 0 ? 0 : 1;
}
