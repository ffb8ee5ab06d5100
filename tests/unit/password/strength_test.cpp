// Strength: the score of known passwords, the ceilings over the library's estimate, and how many scores are the original's, where
// these are at hand: a file of lines `{"password": …, "score": …}` that WRIT_GOLDEN_ZXCVBN names, or beside the tree.
#include "runtime/password/strength.h"
#include "tests/unit/password/lists.h"

#include <cmath>
#include <iostream>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::password;
using namespace writ::password_tests;

namespace {

const CommonList none;
int score(std::string_view password, const CommonList& common = none) {
  return strength_of(password, {}, common).score;
}

}  // namespace

TEST_CASE("easy ones are easy, hard ones hard") {
  CHECK(score("") == 0);
  CHECK(score("password") == 0);
  CHECK(score("12345678") == 0);
  CHECK(score("qwertyuiop1") <= 1);
  CHECK(score("correct horse battery staple") == 4);
  CHECK(score("D8$kx!mQ2~vR") == 4);
}

TEST_CASE("ceilings: units and not bytes, repetitions, common passwords in any case") {
  CHECK(strength_of("密码", {}, none).log10_guesses <= 2.01);
  CHECK(strength_of("😀", {}, none).log10_guesses <= 2.01);
  const double once = strength_of("Tr0ub4dor&3", {}, none).log10_guesses;
  CHECK(strength_of("Tr0ub4dor&3Tr0ub4dor&3Tr0ub4dor&3", {}, none).log10_guesses <= once + std::log10(3) + 0.01);
  const Folder folder;
  REQUIRE(make_common("aaaa\nbbbb\nghjcnbnenrf\n", 10, folder / "list").problem.empty());
  CommonList common;
  REQUIRE(common.open(folder / "list").empty());
  CHECK(score("ghjcnbnenrf") == 4);
  CHECK(score("ghjcnbnenrf", common) == 0);
  CHECK(strength_of("Ghjcnbnenrf", {}, common).log10_guesses == Approx(std::log10(7)));
  CHECK(strength_of("gHjcnbnenrf", {}, common).log10_guesses == Approx(std::log10(3 * 11 + 1)));
  CHECK(score("ghjcnbnenrfghjcnbnenrf", common) == 0);
}

TEST_CASE("words about the person are tried first; what follows a NUL does not count") {
  const std::string_view about[] = {"", "zyxomatic"};
  CHECK(strength_of("zyxomatic", {}, none).log10_guesses > 4);
  CHECK(strength_of("Zyxomatic", about, none).log10_guesses < 2);
  CHECK(strength_of(std::string_view("ab\0D8$kx!mQ2~vR", 15), {}, none).score == 0);
}

TEST_CASE("any length, and any number of threads") {
  std::string text;
  for (int i = 0; i < 1'024; ++i) text += static_cast<char>('!' + i * 7 % 90);
  CHECK(score(text) == 4);
  CHECK(score(std::string(1'024, 'a')) <= 1);
  std::vector<double> alone;
  for (int i = 0; i < 200; ++i)
    alone.push_back(strength_of("Winter" + std::to_string(i) + "!x", {}, none).log10_guesses);
  std::atomic<std::size_t> same = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 200; ++i)
        same += strength_of("Winter" + std::to_string(i) + "!x", {}, none).log10_guesses == alone[i];
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(same == 800);
}

TEST_CASE("the score is the original's for nine of ten") {
  const char* const named = std::getenv("WRIT_GOLDEN_ZXCVBN");
  const fs::path golden =
      named != nullptr ? named : fs::path(WRIT_SOURCE_DIR) / "../shared/corpus/auth0/golden/zxcvbn-scores.jsonl";
  std::ifstream lines(golden);
  CommonList common;
  const std::string problem = common.open(WRIT_COMMON_LIST);
  if (!lines || !problem.empty()) {
    std::cout << "skipped: no scores of the original, or no list of common passwords: " << problem << "\n";
    return;
  }
  int all = 0, same = 0, above = 0, far = 0, alone = 0, alone_above = 0;
  for (std::string line; std::getline(lines, line); ++all) {
    const auto one = nlohmann::json::parse(line);
    const Strength strength = strength_of(one["password"].get<std::string>(), {}, common);
    const int wanted = one["score"], seen = strength.score, library = score_of(strength.library_log10_guesses);
    alone += library == wanted;
    alone_above += library > wanted;
    same += seen == wanted;
    above += seen > wanted;
    far += std::abs(seen - wanted) > 1;
  }
  std::cout << "zxcvbn: " << same << " of " << all << " scores are the original's, " << above << " are above, "
            << all - same - above << " below; " << far << " by more than one; of the library alone " << alone
            << " are, " << alone_above << " are above\n";
  REQUIRE(all > 0);
  // With a list as short as the fall-back's fewer are the same.
  CHECK(same * 100 >= all * (common.entries() >= 100'000 ? 90 : 85));
}
