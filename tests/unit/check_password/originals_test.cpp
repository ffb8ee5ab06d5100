// Presets against the products they are named after: every vector of Auth0's released rule engine, where the corpus is
// present, and rules of those products that the vectors do not reach, by hand.
#include "tests/unit/check_password/world.h"

#include <filesystem>
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

using namespace writ;
using namespace writ::test;

namespace {

// Columns of the vectors, and what they are in Writ.
const std::vector<std::pair<std::string, std::string>> rules = {
    {"none", "password auth0.none"},
    {"low", "password auth0.low"},
    {"fair", "password auth0.fair"},
    {"good", "password auth0.good"},
    {"excellent", "password auth0.excellent"},
    {"identical2", "password { max repeats 2 utf16 }"},
    {"sequential2", "password { no sequences 3 }"},
    {"max72bytes", "password { length ..72 bytes }"},
    {"all4", "password { classes 4 of lower, upper, digit, symbol }"},
    {"three_of_four", "password { classes 3 of lower, upper, digit, symbol }"},
    {"min15", "password { length 15.. utf16 }"},
};

const Passwords& auth0() {
  static const Passwords world([] {
    std::string text = "tenant acme {\n";
    for (const auto& [name, password] : rules) text += "connection " + name + " : database { " + password + " }\n";
    return text + "client shop : spa\nallow signup\n}";
  }());
  REQUIRE(world.problems == "");
  return world;
}

std::optional<std::ifstream> vectors(const std::string& name) {
  const auto file = std::filesystem::path(WRIT_SOURCE_DIR) / "../shared/corpus/auth0/golden" / name;
  std::ifstream stream(file);
  if (stream) return stream;
  WARN("skipped: the vectors are not here (" << file.string() << ")");
  return std::nullopt;
}

}  // namespace

TEST_CASE("every verdict of Auth0's rule engine on every password of the vectors") {
  auto stream = vectors("auth0-levels.jsonl");
  if (!stream) return;
  std::size_t count = 0;
  for (std::string line; std::getline(*stream, line);) {
    const auto vector = nlohmann::json::parse(line);
    const auto password = vector["password"].get<std::string>();
    for (const auto& [name, text] : rules) {
      INFO(line << " " << name);
      CHECK(auth0().accepts(password, name) == vector[name].get<bool>());
      ++count;
    }
  }
  std::cout << count << " verdicts of Auth0's rule engine compared\n";
  CHECK(count >= 5'500);
}

TEST_CASE("every rule in the reports of Auth0's rule engine") {
  auto stream = vectors("auth0-reports.jsonl");
  if (!stream) return;
  const std::map<std::string, std::string, std::less<>> ids = {{"nonEmpty", "length.min"},
                                                               {"lengthAtLeast", "length.min"},
                                                               {"shouldContain", "classes"},
                                                               {"containsAtLeast", "classes"},
                                                               {"identicalChars", "repeats"}};
  std::size_t count = 0;
  for (std::string line; std::getline(*stream, line);) {
    const auto vector = nlohmann::json::parse(line);
    const auto level = vector["level"].get<std::string>();
    PasswordRequest request;
    request.connection = level;
    const auto report = auth0().ask(vector["password"].get<std::string>(), request);
    INFO(line);
    CHECK(report.accepted == vector["missing"]["verified"].get<bool>());
    if (vector["password"].get<std::string>().empty()) {  // there every rule fails; here there is nothing to judge
      CHECK(report.fault == PasswordFault::empty);
      for (const auto& rule : vector["missing"]["rules"]) CHECK_FALSE(rule["verified"].get<bool>());
      continue;
    }
    CHECK(report.requirements.size() == vector["missing"]["rules"].size());
    for (const auto& rule : vector["missing"]["rules"]) {
      const auto found = std::ranges::find_if(report.requirements, [&](const auto& one) {
        return password_check_names[static_cast<std::size_t>(one.check)] == ids.at(rule["code"].get<std::string>());
      });
      REQUIRE(found != report.requirements.end());
      const auto place = static_cast<std::size_t>(found - report.requirements.begin());
      CHECK(report.meets(place) == rule["verified"].get<bool>());
      if (rule.contains("format")) CHECK(found->numbers[0] == rule["format"][0].get<std::int64_t>());
      ++count;
    }
  }
  CHECK(count >= 45);
}

TEST_CASE("Auth0 counts UTF-16 units and ASCII classes") {
  const auto& world = auth0();
  CHECK(world.accepts("😀😀😀", "low"));               // 6 units
  CHECK_FALSE(world.accepts("漢漢漢", "low"));         // 3
  CHECK(world.accepts("😀😀😀😀😀Aa1", "excellent"));  // units of a pair differ: no run
  CHECK_FALSE(world.accepts("漢漢漢漢漢漢漢Aa1", "excellent"));
  CHECK_FALSE(world.accepts("ＡＢＣａｂｃ１２３", "fair"));  // full-width letters are of no class
  CHECK_FALSE(world.accepts("ÄÖÜäöü١٢٣", "good"));
  CHECK(world.accepts("Passwor\x01", "low"));
  CHECK_FALSE(world.accepts("Passwor\x01", "good"));  // a control character is not special
  CHECK_FALSE(world.accepts("Passwor\x7f", "good"));
  CHECK(world.accepts("Passwor ", "good"));  // the space is
  CHECK_FALSE(world.accepts("Passwor\u00a0", "good"));
  CHECK_FALSE(world.accepts("e\u0301\u0301\u0301Aa1$abcde", "excellent"));  // three of one combining character
  CHECK(world.accepts("Aa1$abcdAA\u0301A", "excellent"));
  CHECK(world.accepts("AbCzabZA", "sequential2"));  // case matters, and nothing goes round
  CHECK_FALSE(world.accepts("x987", "sequential2"));
  CHECK(world.accepts("/01@AB[\\]`ab{", "sequential2"));  // 0 after /, A after @: not both are alphanumeric
  CHECK(world.accepts("ａｂｃαβγ", "sequential2"));
  CHECK(world.accepts(std::string(72, 'x'), "max72bytes"));
  CHECK_FALSE(world.accepts(std::string(71, 'x') + "ä", "max72bytes"));
}

TEST_CASE("a minimum given to a level takes the place of its own") {
  const Passwords world("tenant acme { connection people : database { password auth0.excellent(4) }\n"
                        "connection others : database { password auth0.good(12) } client shop : spa allow signup }");
  REQUIRE(world.problems == "");
  CHECK(world.accepts("Aa1$"));
  CHECK_FALSE(world.accepts("Aa1"));
  CHECK_FALSE(world.accepts("aaa1$"));
  CHECK_FALSE(world.accepts("Password1$1", "others"));
  CHECK(world.accepts("Password1$12", "others"));
}

TEST_CASE("Keycloak counts UTF-16 units, and classes of them") {
  const Passwords world("tenant acme { connection people : database { password keycloak.default }\n"
                        "connection upper : database { password { at least 1 upper unicode utf16 } }\n"
                        "connection special : database { password { at least 2 symbols unicode utf16 } }\n"
                        "connection digits : database { password { at least 2 digits unicode utf16 } }\n"
                        "connection points : database { password { at least 2 symbols unicode } }\n"
                        "connection letters : database { password { at least 1 upper unicode } }\n"
                        "client shop : spa allow signup }");
  REQUIRE(world.problems == "");
  CHECK(world.accepts("😀😀😀😀"));
  CHECK_FALSE(world.accepts("1234567"));
  CHECK(world.accepts("Ä", "upper"));
  CHECK(world.accepts("Ⅷ", "upper"));        // Other_Uppercase
  CHECK_FALSE(world.accepts("𝐀", "upper"));  // beyond the BMP a unit is no letter
  CHECK(world.accepts("𝐀", "letters"));
  CHECK_FALSE(world.accepts("ǅ", "upper"));  // title case is neither
  CHECK(world.accepts("😀", "special"));     // two units, both special
  CHECK_FALSE(world.accepts("😀", "points"));
  CHECK(world.accepts("\x01\x02", "special"));
  CHECK_FALSE(world.accepts("漢ª", "special"));
  CHECK(world.accepts("1٣", "digits"));
  CHECK_FALSE(world.accepts("1½", "digits"));
  CHECK_FALSE(world.accepts("𝟘𝟘", "digits"));
}

TEST_CASE("NIST counts code points, asks for no kinds of characters, and looks at both forms") {
  const Passwords world(with("") + "\ntenant nist { connection people : database { password nist.sp800_63b_4 }\n"
                                   "client shop : spa allow signup }");
  REQUIRE(world.problems == "");
  Lists lists;
  lists.common = {"passwordpassword", "ABCDEFGHIJKLMNOP"};
  lists.leaked = {"correct horse battery"};
  PasswordRequest request;
  request.tenant = "nist";
  request.data = &lists;
  const auto said = [&](std::string_view password) { return refused(world.ask(password, request)); };
  CHECK(said("                ") == "");
  CHECK(said("aaaaaaaaaaaaaaa") == "");
  CHECK(said("aaaaaaaaaaaaaa") == "length.min ");
  CHECK(said("😀😀😀😀😀😀😀😀😀😀😀😀😀😀") == "length.min ");
  CHECK(said("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀") == "");
  CHECK(said("passwordpassword") == "common ");
  CHECK(said("correct horse battery") == "breached ");
  CHECK(said("ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰ") == "common ");  // its NFKC is
  CHECK(said("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301") ==
        "length.min ");  // 16 points, of which NFKC makes 8
}
