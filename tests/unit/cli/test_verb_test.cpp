// `writ test` at its edges: many tests on several threads, snapshots, thresholds, watching.
#include "tests/unit/cli/place.h"

#include <chrono>
#include <thread>

#include <catch2/catch.hpp>
#include <signal.h>

namespace {

using namespace writ::cli_tests;

std::string tests(std::size_t count, std::size_t wrong) {
  std::string text = policy;
  for (std::size_t i = 0; i < count; ++i)
    text += "test \"" + std::to_string(i) +
            "\" {\n  login to acme.shop via users { user.logins = " + std::to_string(i) + " }\n  expect " +
            (i % wrong == 0 ? "allow" : "deny") + "\n}\n";
  return text;
}

}  // namespace

TEST_CASE("tests on any number of threads say the same") {
  const Place place;
  place.write("p.writ", tests(500, 7));
  const Ran one = place.run("writ test -j 1 p.writ");
  CHECK(one.code == 4);
  CHECK(one.out.find("428 tests passed, 72 failed") != std::string::npos);
  for (const char* jobs : {"2", "7", "200"}) {
    const Ran many = place.run(std::string("writ test -j ") + jobs + " p.writ");
    CHECK(many.code == 4);
    CHECK(many.out == one.out);
  }
}

TEST_CASE("snapshots of standard input have no place to lie") {
  const Place place;
  place.write("p.writ", policy + "test \"t\" { login to acme.shop via users expect snapshot }\n");
  const Ran ran = place.run("writ test --update - < p.writ");
  CHECK(ran.code == 4);
  CHECK(ran.out.find("none is recorded") != std::string::npos);
}
