// What is written piece by piece has the bytes that a document has, whatever its texts hold.
#include "runtime/json/decision_json.h"
#include "tests/support/decision_document.h"

#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace writ;

namespace {

class Maker {
 public:
  std::string text() {
    static const std::vector<std::string> pieces = {
        "deny login", "\"",   "\\",       "\b\f\n\r\t",   std::string(1, '\0'),
        "\x1f\x7f",   "/",    "\xc3\xa9", "\xe2\x80\xa8", "\xf0\x9f\x94\x91",
        "\xff",       "\xc3", "\xe2\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xc0\x80"};
    std::string made;
    for (auto left = random_() % 5; left != 0; --left)
      if (random_() % 8 == 0)
        made += static_cast<char>(random_());
      else
        made += pieces[random_() % pieces.size()];
    return made;
  }
  template <typename Enum>
  Enum one_of(std::size_t count) {
    return static_cast<Enum>(random_() % count);
  }
  std::int64_t duration() {
    const std::int64_t some[] = {-1, 0, 1, 1'000'000, 900'000'000, 5'400'000'000, INT64_MAX};
    return some[random_() % std::size(some)];
  }
  std::vector<Reason> reasons() {
    std::vector<Reason> list(random_() % 3);
    for (auto& one : list)
      one = {text(), text(), text(), text(), text(), text(), one_of<RuleEffect>(rule_effect_names.size())};
    return list;
  }
  Explanation decision() {
    Explanation made;
    made.effect = one_of<Effect>(effect_names.size());
    made.would_be = one_of<Effect>(effect_names.size());
    made.fault = one_of<Fault>(fault_names.size());
    made.because = one_of<Because>(because_names.size());
    made.detail = text();
    made.reasons = reasons();
    made.reports = reasons();
    for (auto left = random_() % 3; left != 0; --left) made.obligations.push_back(text());
    made.session = {duration(), duration()};
    made.revision = text();
    made.version = random_() % 2 == 0 ? random_() % 10 : UINT64_MAX - random_() % 10;
    return made;
  }

 private:
  std::mt19937_64 random_{20261130};
};

}  // namespace

TEST_CASE("decisions of any texts, broken ones too, are written as a document is") {
  Maker maker;
  std::size_t different = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto decision = maker.decision();
    const auto written = to_json(decision), expected = by_document(decision);
    if (written == expected) continue;
    ++different;
    UNSCOPED_INFO(written << "\n" << expected);
  }
  CHECK(different == 0);
  // Every pair of bytes, whole and in the middle.
  for (int i = 0; i < 65'536; ++i) {
    Explanation decision;
    decision.detail = {static_cast<char>(i >> 8), static_cast<char>(i)};
    decision.revision = "a" + decision.detail + "z";
    if (to_json(decision) != by_document(decision)) ++different;
  }
  CHECK(different == 0);
}
