// What goes into a bundle comes out of it: policies made by chance.
#include "tests/agree/case.h"
#include "tests/agree/generate.h"
#include "tests/support/round_trip.h"

using namespace writ;

TEST_CASE("policies made by chance go into a bundle and come out the same") {
  std::size_t parts = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    agree::Random random(seed);
    const auto made = agree::generate_policy(random);
    const auto prepared = agree::prepare({made.text}, nullptr);
    INFO(seed << "\n" << prepared->problems);
    REQUIRE(prepared->problems.empty());
    parts += support::round_trip(support::lowered(prepared->policy, prepared->sources));
  }
  CHECK(parts > 150);
}
