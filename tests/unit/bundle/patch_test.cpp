// Patches: what comes out is what went in, whatever the two are; and one that takes what is not there, or goes back, is none.
#include "runtime/bundle/patch.h"

#include <random>
#include <string>

#include <catch2/catch.hpp>

using namespace writ::bundle;
using Bytes = std::vector<std::byte>;

namespace {

Bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
std::size_t said(const Patch& patch) {
  std::size_t size = 0;
  for (const auto& step : patch) size += step.fresh.size();
  return size;
}
Bytes applied(const Patch& patch, const Bytes& older) {
  Bytes made;
  REQUIRE(apply(patch, older, made));
  return made;
}

}  // namespace

TEST_CASE("a record that changed among thousands is most of its patch") {
  std::string older, newer;
  for (int i = 0; i < 5'000; ++i) {
    const auto record = "organization " + std::to_string(i) + " with connections 1, 2 and 3;";
    older += record;
    if (i == 17) continue;  // gone
    newer += i == 4'000 ? "another one;" : record;
    if (i == 3'000) newer += "one more;";
  }
  const auto from = bytes_of(older), to = bytes_of(newer);
  const auto patch = patch_of(from, to);
  CHECK(said(patch) < 400);
  CHECK((applied(patch, from) == to));
}

TEST_CASE("whatever the two are, the patch makes one of the other") {
  std::mt19937 random(3);
  const auto any = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  for (int round = 0; round < 400; ++round) {
    Bytes older(any(3'000));
    const auto letters = 1 + any(200);
    for (auto& one : older) one = static_cast<std::byte>(any(letters));
    auto newer = older;
    for (auto edits = any(6); edits > 0; --edits) {
      const auto at = any(newer.size() + 1);
      const auto place = newer.begin() + static_cast<std::ptrdiff_t>(at);
      const auto left = newer.size() - at;
      const auto some = static_cast<std::ptrdiff_t>(any(left + 1));
      if (any(3) == 0)
        newer.erase(place, place + some);
      else if (any(2) == 0)
        newer.insert(place, any(300), static_cast<std::byte>(any(letters)));
      else if (const Bytes moved(place, place + some); true)
        newer.insert(newer.begin() + static_cast<std::ptrdiff_t>(any(newer.size() + 1)), moved.begin(), moved.end());
    }
    INFO(round);
    REQUIRE((applied(patch_of(older, newer), older) == newer));
  }
  CHECK(applied(patch_of({}, {}), {}).empty());
  CHECK(applied(patch_of(bytes_of("old"), {}), bytes_of("old")).empty());
}

TEST_CASE("a patch takes what is there, and goes forward") {
  const auto older = bytes_of("0123456789");
  Bytes made;
  CHECK(apply({{{}, 0, 10}}, older, made));
  CHECK_FALSE(apply({{{}, 0, 11}}, older, made));
  CHECK_FALSE(apply({{{}, 11, 0}}, older, made));
  CHECK_FALSE(apply({{{}, 2, UINT64_MAX}}, older, made));
  CHECK_FALSE(apply({{{}, 4, 2}, {{}, 5, 1}}, older, made));
  CHECK(apply({{{}, 4, 2}, {{}, 6, 1}}, older, made));
}
