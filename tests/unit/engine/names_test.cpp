// Names of a tenant's things: found when they are equal to the byte, however alike others are.
#include "runtime/engine/names.h"
#include "tests/support/exact.h"

#include <catch2/catch.hpp>

using namespace writ::engine;

namespace {

// Of every size up to 40, and of each size some that differ in one byte alone: the first, the last, one in the middle, a NUL.
std::vector<std::string> alike() {
  std::vector<std::string> names = {""};
  for (std::size_t size = 1; size <= 40; ++size) {
    names.emplace_back(size, 'a');
    for (std::size_t at = 0; at < size; ++at)
      for (const char byte : {'b', '\0'}) {
        names.emplace_back(size, 'a');
        names.back()[at] = byte;
      }
  }
  return names;
}

}  // namespace

TEST_CASE("a name is found where it stands and no other name is") {
  const auto key = random_key();
  const auto names = alike();
  // Each by itself, a few that are looked through, and all of them, which are hashed.
  for (const std::size_t together : {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{9}, names.size()})
    for (std::size_t first = 0; first + together <= names.size(); first += together) {
      const std::vector<std::string_view> some(names.begin() + static_cast<std::ptrdiff_t>(first),
                                               names.begin() + static_cast<std::ptrdiff_t>(first + together));
      BlockBuilder builder;
      Names built;
      built.build(key, some, builder);
      const Block block(builder.bytes().data());
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < names.size(); ++i) {
        const bool among = first <= i && i < first + together;
        wrong += built.find(block, key, names[i]) != (among ? static_cast<std::int64_t>(i - first) : -1);
      }
      CHECK(wrong == 0);
    }
  CHECK(Names().find(Block(nullptr), key, "") == -1);
}

namespace {

// SipHash-1-3 as its authors describe it, byte by byte.
std::uint64_t plain_hash(const HashKey& key, std::string_view text) {
  sip::State state{key.low ^ 0x736f'6d65'7073'6575u, key.high ^ 0x646f'7261'6e64'6f6du,
                   key.low ^ 0x6c79'6765'6e65'7261u, key.high ^ 0x7465'6462'7974'6573u};
  std::uint64_t word = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool last = i == text.size();
    if (last)
      word |= std::uint64_t{text.size() & 0xff} << 56;
    else
      word |= std::uint64_t{static_cast<unsigned char>(text[i])} << i % 8 * 8;
    if (!last && i % 8 != 7) continue;
    state.d ^= word;
    state.round();
    state.a ^= word;
    word = 0;
  }
  state.c ^= 0xff;
  for (int i = 0; i < 3; ++i) state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace

TEST_CASE("texts of every size are hashed as they are byte by byte") {
  const auto key = random_key();
  std::string text;
  for (std::size_t size = 0; size <= 300; ++size) {
    const writ::support::Exact exact(text);
    CHECK(keyed_hash(key, *exact) == plain_hash(key, text));
    CHECK(NameEnds(*exact).size == size);
    text += static_cast<char>('a' + size * 7 % 26 + size % 3 * 100);
  }
}
