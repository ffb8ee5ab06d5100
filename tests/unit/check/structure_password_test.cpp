// Password policies: what the floor forbids, what cannot be satisfied, what presets mean, who asked for what.
#include "compiler/check/passwords.h"
#include "compiler/check/presets.h"
#include "compiler/syntax/syntax.h"
#include "tests/unit/check/structure_support.h"

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using test::codes_of;

std::string in_connection(const std::string& password) {
  return "tenant t { connection a : database { " + password + " } }";
}

std::string under_floor(const std::string& floor, const std::string& own) {
  return codes_of("platform { floor password f { " + floor + " } } " + in_connection("password { " + own + " }"));
}

std::vector<std::string> effective(const std::string& text, bool all = false) {
  test::Checked checked;
  test::check_files(checked, {text});
  CHECK(checked.pretty() == "");
  std::vector<std::string> list;
  for (const auto& one : checked.tenant("t").passwords.at(0).requirements)
    if (all || !one.implied) list.push_back(one.origin + ": " + check::requirement_text(one.requirement));
  return list;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a literal weaker than the floor is an error, each bound by itself") {
  CHECK(under_floor("length 12..64", "length 8..") == "E0501");
  CHECK(under_floor("length 12..64", "length 12..") == "");
  CHECK(under_floor("length 12..64", "length 15..") == "");
  CHECK(under_floor("length 12..64", "length ..128") == "E0501");
  CHECK(under_floor("length 12..", "length 8.. utf16") == "E0501");  // 8 units are at most 8 code points
  CHECK(under_floor("length 12.. utf16", "length 8..") == "");       // 8 code points may be 16 units: not comparable
  CHECK(under_floor("history 5", "history 3") == "E0501");
  CHECK(under_floor("history 5", "history 5") == "");
  CHECK(under_floor("classes 3 of lower, upper, digit, symbol", "classes 2 of lower, upper, digit, symbol") == "E0501");
  CHECK(under_floor("classes 2 of lower, upper, digit, symbol", "classes 3 of lower, upper, digit") == "");
  CHECK(under_floor("reject common", "reject common top 1000") == "E0501");
  CHECK(under_floor("max repeats 2", "max repeats 3") == "E0501");
  CHECK(under_floor("expires after 90d", "expires after 180d") == "E0501");
  CHECK(under_floor("min age 2d", "min age 1d") == "E0501");
  CHECK(under_floor("strength >= 3", "strength >= 2") == "E0501");
  CHECK(under_floor("reject words [\"a\", \"b\"]", "reject words [\"a\"]") == "");
}

TEST_CASE("presets and parents are joined without a word") {
  CHECK(codes_of("platform { floor password f { length 12.. } } " + in_connection("password auth0.low")) == "");
  CHECK(codes_of("platform { password p { length 8.. } floor password f { length 12.. } } tenant t { password q : p { "
                 "history 3 }\n connection a : database { password q } }") == "");
}

TEST_CASE("requirements that no password meets") {
  CHECK(codes_of("platform { floor password f { length 8..16 } } " + in_connection("password { length 20.. }")) ==
        "E0502");
  CHECK(codes_of(in_connection("password { length 73..\n length ..72 bytes }")) == "E0502");
  CHECK(codes_of(in_connection("password { length 20.. bytes\n length ..10 }")) ==
        "");  // ten code points may be forty bytes
  CHECK(codes_of(in_connection("password { min age 2d\n expires after 1d }")) == "E0502");
  CHECK(codes_of(in_connection("password { at least 9 digits\n length ..8 }")) == "E0502");
}

TEST_CASE("requirements that mean nothing") {
  CHECK(codes_of(in_connection("password { length 9..8 }")) == "E0503");
  CHECK(codes_of(in_connection("password { classes 3 of lower, upper }")) == "E0503");
  CHECK(codes_of(in_connection("password { strength >= 5 }")) == "E0503");
  CHECK(codes_of(in_connection("password { reject contains name }")) == "E0503");
  CHECK(codes_of(in_connection("password { reject matches /(/ }")).find("E0503") != std::string::npos);
  CHECK(codes_of("tenant t { connection a : saml { password auth0.good } }") == "E0506");
}

TEST_CASE("parents do not run in a circle") {
  CHECK(codes_of("tenant t { password a : b { history 1 }\n password b : a { history 2 } }") == "E0504");
  CHECK(codes_of("tenant t { password a : c { history 1 } }") == "E0201");
}

TEST_CASE("presets are what their products do") {
  CHECK(effective(in_connection("password auth0.none")) == Lines{"t connection a (auth0.none): length 1.. utf16"});
  CHECK(effective(in_connection("password auth0.good")) ==
        Lines{"t connection a (auth0.good): length 8.. utf16",
              "t connection a (auth0.good): classes 3 of lower, upper, digit, symbol"});
  CHECK(effective(in_connection("password auth0.excellent(12)")) ==
        Lines{"t connection a (auth0.excellent): length 12.. utf16",
              "t connection a (auth0.excellent): classes 3 of lower, upper, digit, symbol",
              "t connection a (auth0.excellent): max repeats 2 utf16"});
  CHECK(effective(in_connection("password nist.sp800_63b_4")) ==
        Lines{"t connection a (nist.sp800_63b_4): length 15..", "t connection a (nist.sp800_63b_4): reject common",
              "t connection a (nist.sp800_63b_4): reject breached",
              "t connection a (nist.sp800_63b_4): normalize nfkc"});
  CHECK(effective(in_connection("password okta.default")).size() == 6);
  CHECK(codes_of(in_connection("password auth0.superb")) == "E0505");
  CHECK(codes_of(in_connection("password nist.sp800_63b_4(8)")) == "E0505");
  CHECK(codes_of(in_connection("password auth0.good(0)")) == "E0505");
}

TEST_CASE("everything in scope holds, and each says who asked") {
  const std::string text = R"(
    platform { floor password base { length 8..64; reject common } }
    tenant t {
      password strong { length 12.. }
      password strong
      connection a : database { password { history 5 } }
      connection b : database
      client shop : spa { connections a; password { reject breached } }
      client other : spa { connections b; password { strength >= 4 } }
    })";
  CHECK(effective(text) == Lines{"platform floor base: length 8..64", "t password strong: length 12..",
                                 "t connection a: history 5", "platform floor base: reject common",
                                 "t client shop: reject breached"});
}

TEST_CASE("what another implies is marked, one of two alike stays") {
  const std::string text =
      "platform { floor password base { reject common top 1000 } } tenant t { password p { reject common }\n password "
      "q { reject common }\n password p\n connection a : database { password q } }";
  CHECK(effective(text) == Lines{"t password p: reject common"});
  CHECK(effective(text, true).size() == 3);
}

TEST_CASE("what is asked of each class of characters adds up") {
  CHECK(codes_of(in_connection("password { at least 5 digits\n at least 4 lower\n length ..8 }")) == "E0502");
  CHECK(codes_of(in_connection("password { at least 5 digits\n at least 4 lower\n length ..9 }")) == "");
  CHECK(codes_of(in_connection("password { at least 5 digits\n at least 6 digits\n length ..8 }")) ==
        "");  // of one class the most
  CHECK(under_floor("length ..8", "at least 5 digits\n at least 4 symbols") == "E0502");
}

TEST_CASE("the presets are a policy without mistakes, laid out as the formatter does") {
  const std::string text(check::preset_text());
  CHECK(codes_of(text.substr(text.find("platform {"))) == "");  // `codes_of` writes the header
  SourceSet sources;
  Diagnostics diagnostics;
  const auto tree = parse(sources, sources.add("presets", text), Limits{}, diagnostics);
  CHECK_FALSE(diagnostics.has_errors());
  CHECK(format(tree) == text);
}
