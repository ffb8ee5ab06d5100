// Bundles of earlier releases, kept in tests/bundles with the key that signed them: each is served, or refused by a name that says what to do; never
// anything else. And what a later release may write is refused by name here.
#include "tests/unit/bundle/world.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

using namespace writ;
using namespace writ::bundle_world;

TEST_CASE("a bundle of every release is served or refused by name") {
  const auto folder = std::filesystem::path(WRIT_SOURCE_DIR) / "tests/bundles";
  Trust who;
  who.keys.emplace_back();
  REQUIRE(!read_key((folder / "key.pub").string(), who.keys[0].key));
  std::size_t served = 0, kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".writb") continue;
    INFO(entry.path());
    ++kept;
    Problem problem;
    const auto opened = Bundle::open(entry.path().string(), problem);
    if (opened) problem = judge(*opened, who, now);
    if (opened && !problem) problem = opened->check_all();
    INFO(text_of(problem));
    const bool named = problem.reason == Reason::other_vocabulary || problem.reason == Reason::unsupported_format;
    CHECK((!problem || named));
    if (problem) continue;
    ++served;
    for (std::size_t i = 0; i < opened->size(); ++i) {
      program::Part part;
      REQUIRE(!opened->part(i, part));
      CHECK(program::hash_of(part) == part.hash);
    }
  }
  CHECK(kept >= 1);
  CHECK(served >= 1);  // those of this release
}

TEST_CASE("a bundle of a later format, vocabulary or engine is refused by name") {
  const auto whole = bytes_of(platform(), manifest(), {&key(0)});
  auto later = whole;
  later[offsetof(Header, format)] = std::byte{2};
  Problem problem;
  CHECK(!open(later, problem));
  CHECK(problem.reason == Reason::unsupported_format);
  auto words = whole;
  const auto at = std::search(words.begin(), words.end(), reinterpret_cast<const std::byte*>(vocabulary().data()),
                              reinterpret_cast<const std::byte*>(vocabulary().data()) + vocabulary().size());
  REQUIRE(at != words.end());
  *at ^= std::byte{1};
  const auto opened = open(words);
  Trust anybody;
  anybody.accept_unsigned = true;
  CHECK(judge(*opened, anybody, now).reason == Reason::other_vocabulary);
  program::Part part;
  CHECK(opened->part(0, part).reason == Reason::other_vocabulary);
  auto asks = manifest();
  asks.minimum_engine = {this_engine().major + 1, 0, 0};
  CHECK(judge(*open(bytes_of(platform(), asks)), anybody, now).reason == Reason::engine_too_old);
}
