// `writ password` as one types it: what is reported, what is asked of whom, what is made, and that the password is in none of
// it.
#include "tests/unit/cli/place.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;
using nlohmann::json;

namespace {

const std::string two_places = R"(writ 1
platform {
  floor password baseline { length 8..64 }
}
tenant acme {
  connection people : database {
    password { classes 3 of lower, upper, digit, symbol; reject words ["acme"]; expires after 90d }
  }
  connection strict : database { password { history 2; min age 1d; reject personal; reject breached } }
  connection staff : saml
  client shop : spa { connections people }
  allow signup
}
)";
const std::string asked = " policy.writ --tenant acme --connection people";

struct Command : Place {
  Command() { write("policy.writ", two_places); }
  Ran check(const std::string& password, const std::string& more = asked) const {
    write("typed", password);
    return run("writ password check" + more + " < typed");
  }
};

}  // namespace

TEST_CASE("a report has a line for each requirement, and the exit code says whether the password may be set") {
  const Command place;
  const Ran good = place.check("Correct horse 7\n");
  CHECK(good.code == 0);
  CHECK(good.err.empty());
  CHECK(good.out ==
        "accepted  people of acme at signup\n"
        "  ✓ at least 8 characters                                       platform floor baseline, policy.writ:3\n"
        "  ✓ at most 64 characters                                       platform floor baseline, policy.writ:3\n"
        "  ✓ at least 3 of these 4 kinds: lower case letters (a-z), upper case letters (A-Z), digits (0-9), special "
        "characters (such as !@#$%^&*)  acme connection people, policy.writ:7\n"
        "  ✓ none of the words that are not allowed here in it           acme connection people, policy.writ:7\n");
  const Ran bad = place.check("my ACME");
  CHECK(bad.code == 6);
  CHECK(bad.out.find("refused  people of acme at signup\n  ✗ at least 8 characters") == 0);
  CHECK(bad.out.find("  ✗ none of the words") != std::string::npos);
  CHECK(place.check(std::string(2'000, 'x')).out.find("  fault too_long: the password has more than 1024 bytes\n") !=
        std::string::npos);
  CHECK(place.check("\xff\xfe Correct 7").out.find("fault not_utf8") != std::string::npos);
  CHECK(place.check("\n").code == 6);
  CHECK(place.check("").out.find("fault empty") != std::string::npos);
}

TEST_CASE("as JSON every requirement has its id, parameters and origin") {
  const Command place;
  const Ran ran = place.check("my ACME", asked + " --format json --event reset");
  CHECK(ran.code == 6);
  const auto report = json::parse(ran.out);
  CHECK(report["accepted"] == false);
  CHECK(report["event"] == "reset");
  CHECK(report["fault"].is_null());
  REQUIRE(report["requirements"].size() == 4);
  const auto& first = report["requirements"][0];
  CHECK(first["id"] == "length.min");
  CHECK(first["met"] == false);
  CHECK(first["parameters"] == json({{"minimum", 8}, {"unit", "code_points"}}));
  CHECK(first["origin"] == "platform floor baseline");
  CHECK(first["place"] == "policy.writ:3");
  CHECK(first["text"] == "length 8..64");
  CHECK(report["requirements"][2]["parameters"]["of"] == json({"lower", "upper", "digit", "symbol"}));
  CHECK(report["others"][0]["id"] == "expires");
  CHECK(json::parse(place.check("x", asked + " --format json").out)["requirements"].size() == 4);
}

TEST_CASE("what the question names and is not there comes with the nearest name, before a password is asked for") {
  const Command place;
  const auto said = [&](const std::string& more) {
    const Ran ran = place.check("Correct horse 7", " policy.writ " + more);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(said("--tenant acne --connection people") == "writ: there is no tenant `acne`, did you mean `acme`?\n");
  CHECK(said("--tenant acme --connection peple") ==
        "writ: tenant `acme` has no connection `peple`, did you mean `people`?\n");
  CHECK(said("--tenant acme --connection people --client shp") ==
        "writ: tenant `acme` has no client `shp`, did you mean `shop`?\n");
  CHECK(said("--tenant acme --connection strict --client shop") ==
        "writ: the connection is not enabled for the client\n");
  CHECK(said("--tenant acme --connection staff") ==
        "writ: the connection is no database: its passwords are kept elsewhere\n");
  CHECK(place.check("x", " policy.writ --tenant acme --connection people secret").code == 2);  // never from an argument
}

TEST_CASE("what is not known refuses, and what is known is asked") {
  const Command place;
  const std::string strict = " policy.writ --tenant acme --connection strict --event change";
  const Ran unknown = place.check("Correct horse 7", strict);
  CHECK(unknown.code == 6);
  for (const auto* text :
       {"(the passwords before this one are not known)", "(the time of the last change is not known)",
        "(nothing was said of the user)", "(no list of breached passwords is loaded)"})
    CHECK(unknown.out.find(text) != std::string::npos);

  place.write("user.json", R"({"username": "ann", "email": "ann@acme.com", "name": {"first": "Ann", "last": "Smith"},
    "password_changed": "2026-01-01T00:00:00Z",
    "history": ["$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$6DupzsmOtupZNFODaYtGYpBo0CpeUtaALHFEB1iJSg4"]})");
  const auto with_user = [&](const std::string& password) {
    std::string refused;
    const auto report = json::parse(place.check(password, strict + " --user user.json --format json").out);
    for (const auto& one : report["requirements"])
      if (!one["met"].get<bool>()) refused += one["id"].get<std::string>() + " ";
    return refused;
  };
  CHECK(with_user("Correct horse 7") == "history breached ");
  CHECK(with_user("Correct horse 8") == "breached ");
  CHECK(with_user("horse of SMITH 8") == "breached personal ");
  place.write("user.json", R"({"history": 7})");
  CHECK(place.check("x", strict + " --user user.json").err ==
        "writ: `user.json`: history: expected a list of stored hashes, as strings\n");
  CHECK(place.check("x", strict + " --user nobody.json").err.find("writ: cannot read `nobody.json`") == 0);
}

TEST_CASE("the effective policy with who asked for what") {
  const Command place;
  const Ran ran = place.run("writ password explain" + asked);
  CHECK(ran.code == 0);
  CHECK(
      ran.out.find(
          "  at least 8 characters                                         platform floor baseline, policy.writ:3\n") ==
      0);
  CHECK(ran.out.find("  expires after 90d ") != std::string::npos);
  const auto explained = json::parse(place.run("writ password explain --format json" + asked).out);
  CHECK(explained["requirements"].size() == 4);
  CHECK(explained["others"].size() == 1);
}

TEST_CASE("a password that is made is accepted, and another one each time") {
  const Command place;
  std::string before;
  for (int i = 0; i < 5; ++i) {
    const Ran made = place.run("writ password generate" + asked);
    REQUIRE(made.code == 0);
    CHECK(made.out.size() == 21);
    CHECK(made.out != before);
    before = made.out;
    CHECK(place.check(made.out).code == 0);
  }
  place.write("policy.writ",
              "writ 1\ntenant acme { connection people : database { password { length 4..6; at least 2 digits; "
              "at least 3 upper } } client shop : spa allow signup }\n");
  const Ran made = place.run("writ password generate" + asked);
  CHECK(made.out.size() == 7);
  CHECK(place.check(made.out).code == 0);
  place.write("policy.writ",
              "writ 1\ntenant acme { connection people : database { password { reject breached } } client shop : "
              "spa allow signup }\n");
  const Ran none = place.run("writ password generate" + asked);
  CHECK(none.code == 1);
  CHECK(none.err.find("none of 2000 random passwords is accepted") != std::string::npos);
}

TEST_CASE("a password is in nothing that the command says") {
  const Command place;
  const std::string canary = "Kanarienvogel 7!";
  for (const auto* more : {"", " --format json", " --client shp", " --user nobody.json"}) {
    const Ran ran = place.check(canary, asked + more);
    CHECK(ran.out.find("Kanarien") == std::string::npos);
    CHECK(ran.err.find("Kanarien") == std::string::npos);
  }
}
