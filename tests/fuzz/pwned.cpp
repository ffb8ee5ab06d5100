// The lists that Have I Been Pwned gives away: whatever the text, it is read in pieces as it is read whole, and hashes
// ascend. The first byte chooses the size of the pieces, and whether the text is a range's.
#include "runtime/password/pwned.h"

#include "tests/fuzz/fuzz.h"

namespace {

struct Read {
  std::string problem;
  std::vector<writ::password::PwnedHash> found;
  std::uint64_t lines = 0;
};

Read read(std::string_view text, std::string_view prefix, std::size_t piece) {
  Read read;
  writ::password::PwnedText parser(prefix);
  for (; !text.empty() && read.problem.empty(); text.remove_prefix(std::min(piece, text.size())))
    read.problem = parser.add(text.substr(0, piece), read.found);
  if (read.problem.empty()) read.problem = parser.finish(read.found);
  read.lines = parser.lines();
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  using fuzz::promise;
  if (size == 0) return 0;
  const std::string_view prefix = data[0] & 1 ? "5BAA6" : "";
  const std::string_view text = fuzz::view(data + 1, size - 1);
  const Read whole = read(text, prefix, size), pieces = read(text, prefix, 1 + data[0] / 2U);
  promise(whole.problem == pieces.problem, "read otherwise in pieces", whole.problem + "\n" + pieces.problem);
  promise(whole.found.size() == pieces.found.size() && whole.lines == pieces.lines, "more or less in pieces");
  for (std::size_t i = 0; i < whole.found.size(); ++i) {
    const auto& one = whole.found[i];
    promise(one.hash == pieces.found[i].hash && one.times == pieces.found[i].times, "another hash in pieces");
    promise(one.times > 0, "padding is taken");
    promise(i == 0 || whole.found[i - 1].hash < one.hash, "hashes that do not ascend");
    promise(prefix.empty() || (one.hash[0] == 0x5b && one.hash[1] == 0xaa && one.hash[2] >> 4 == 6),
            "a hash of another range");
  }
  promise(whole.found.size() <= whole.lines, "more hashes than lines");
  return 0;
}
