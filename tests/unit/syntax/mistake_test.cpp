// One mistake, one message: what newcomers and people of other languages write, where the message points and what it
// advises. A row without help asks for none.
#include "tests/unit/syntax/support.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

struct Mistake {
  std::string text;   // items of a tenant, or a whole file when it begins with `|`
  std::string place;  // code line:column
  std::string help;   // a part of it
};

std::string helps(const Parsed& parsed) {
  std::string all;
  for (const auto& one : parsed.diagnostics.sorted())
    for (const auto& help : one.help) all += help.text + "\n";
  return all;
}

void hold(const std::vector<Mistake>& table) {
  for (const auto& row : table) {
    const Parsed parsed(row.text.starts_with("|") ? row.text.substr(1) : in_tenant(row.text));
    INFO(row.text << "\n" << parsed.rendered());
    CHECK(parsed.places() == Strings{row.place});
    CHECK(helps(parsed).find(row.help) != std::string::npos);
    CHECK(parsed.rendered().find("``") == std::string::npos);  // nothing is shown as nothing
  }
}

}  // namespace

TEST_CASE("marks of other languages") {
  hold({
      {"allow login when a && b", "E0101 3:20", "`and`"},
      {"allow login when a || b", "E0101 3:20", "`or`"},
      {"allow login when !a", "E0101 3:18", "`not`"},
      {"allow login when user.x = 1", "E0101 3:25", "`==`"},
      {"allow login when a === b", "E0101 3:20", "`==`"},
      {"allow login when a !== b", "E0101 3:20", "`!=`"},
      {"allow login when a <> b", "E0101 3:20", "`!=`"},
      {"allow login when a =~ b", "E0101 3:20", "`matches"},
      {"allow login when a in 1...5", "E0101 3:24", "two dots"},
      {"allow login when a in (b, c)", "E0101 3:25", "[a, b]"},
      {"allow login when a in {b, c}", "E0101 3:23", "[a, b]"},
      {"allow login when a in \"b\", \"c\"", "E0101 3:26", "[a, b]"},
      {"allow login when user.groups[0] == \"b\"", "E0101 3:29", "`in`"},
      {"allow login when user.logins > 1,000", "E0101 3:33", "1000"},
      {"allow login when a * 2 > 5", "E0101 3:20", "arithmetic"},
      {"allow login when a ? b : c", "E0101 3:20", "two rules"},
      {"deny login 'office'", "E0101 3:12", "double quotes"},
      {"deny login `office`", "E0101 3:12", "double quotes"},
      {"deny login \xE2\x80\x9Coffice\xE2\x80\x9D", "E0106 3:12", "straight quotes"},
      {"|writ 1\n# a comment\n", "E0101 2:1", "//"},
      {"|writ 1\n/* a comment */\n", "E0101 2:1", "//"},
      {"|writ 1\nprove \"p\" { login to a allowed => x }\n", "E0101 2:32", "implies"},
  });
}

TEST_CASE("words of other languages, each with what Writ says") {
  hold({
      {"if a allow login", "E0112 3:1", "`when`"},
      {"allow login if a", "E0101 3:13", "`when`"},
      {"allow login where a", "E0101 3:13", "`when`"},
      {"when a then allow login", "E0112 3:1", "begins with what it does"},
      {"permit login when a", "E0112 3:1", "`allow`"},
      {"forbid login when a", "E0112 3:1", "`deny`"},
      {"allow login when a is b", "E0101 3:20", "`==`"},
      {"allow login when a startsWith \"b\"", "E0101 3:20", "`starts with`"},
      {"allow login when a AND b", "E0101 3:20", "`and`"},
      {"require mfa within 15 minutes", "E0101 3:23", "15m"},
      {"require mfa 15m", "E0101 3:13", "within 15m"},
      {"user.email == \"x\"", "E0112 3:1", "`when`"},
      {"staff", "E0112 3:1", "what may stand in a tenant"},
      {"|writ 1\ninclude \"other.writ\"\n", "E0112 2:1", "`import`"},
      {"|writ 1\nconst x = [a, b]\n", "E0112 2:1", "`let`"},
  });
}

TEST_CASE("habits of JSON and YAML") {
  hold({
      {"|{\n  \"tenant\": \"acme\"\n}\n", "E0110 1:1", "writ 1"},
      {"|writ 1\n{ \"tenant\": \"acme\" }\n", "E0101 2:1", ""},
      {"|writ 1\ntenant: acme\n", "E0101 2:7", "leave it out"},
      {"session { idle: 30m }", "E0101 3:15", "leave it out"},
      {"session { idle = 30m }", "E0101 3:16", "leave it out"},
      {"client c : web { callbacks: \"x\" }", "E0101 3:27", "leave it out"},
      {"client c : web { callbacks = \"x\" }", "E0101 3:28", "leave it out"},
      {"zone office = [10.0.0.0/8]", "E0101 3:15", "leave it out"},
      {"features [a, b]", "E0101 3:10", "leave it out"},
      {"|writ 1\nattributes {\n  user.a : string,\n  user.b : int\n}\n", "E0101 3:18", "`;`"},
      {"|writ 1\ntest \"t\" { login to a { x.y = 1, x.z = 2 } expect deny }\n", "E0101 2:32", "`;`"},
  });
}

TEST_CASE("something is missing, or too much") {
  hold({
      {"  client c : web {\n    callbacks \"x\"\n  allow login", "E0114 3:18", "`}`"},
      {"|writ 1\ntenant acme\n  allow login\n}\ntenant b {}\n", "E0101 2:12", "open the block"},
      {"|writ 1\ntenant acme\n  client c : web {}\n}\ntenant b {}\n", "E0101 2:12", "open the block"},
      {"|writ 1\nplatform\n  lockout { 1 attempts per ip }\n  require mfa\n}\ntenant b {}\n", "E0101 2:9", ""},
      {"  client c : web\n    callbacks \"x\"\n    origins \"y\"\n  }\n  connection d : saml", "E0101 3:17",
       "open the block"},
      {"client c : web\n    callbacks \"x\"\n    allow login\n    grants a\n  connection d : saml", "E0101 3:15",
       "`{` and `}`"},
      {"session\n    idle 30m\n  }\n  connection d : saml", "E0101 3:8", "session {"},
      {"lockout {\n  attempts 10\n}", "E0101 4:3", "10 attempts"},
      {"|writ 1\ntest \"t\" {\n  login to a\ntest \"u\" { login to a expect deny }\n", "E0114 2:10", "`}`"},
      {"lockout { attempts 10 }", "E0101 3:11", "10 attempts"},
      {"client c : web { callbacks https://a.example/b; connections d }", "E0101 3:28", "\"https://a.example/b\""},
      {"client c : web {\n    callbacks https://a.example/b\n  }", "E0101 4:15", "\"https://a.example/b\""},
      {"client c : web { grants \"a\" \"b\" }", "E0101 3:29", "comma"},
      {"deny login \"a very\nlong name\" when x\nallow login", "E0103 3:12", "one line"},
      {"deny login \"a very\n  long name\" when x == \"y\"\nallow login", "E0103 3:12", "one line"},
      {"|writ 1\nattributes { user.a : optional string; user.b : int }\n", "E0101 2:23", "string?"},
      {"|writ 1\nattributes {\n  user.a : list of string\n  user.b : int\n}\n", "E0101 3:12", "set of string"},
      {"|writ 1\nattributes {\n  user.a : set string\n  user.b : int\n}\n", "E0101 3:12", "set of string"},
      {"|writ 1\nattributes {\n  user.a : enum(a, b)\n  user.b : int\n}\n", "E0101 3:12", "one of"},
      {"|writ 1\nattributes {\n  user.a : boolean\n  user.b : int\n}\n", "E0101 3:12", "`bool`"},
      {"|writ 1\ntenant a {}\n}\ntenant b {}\n", "E0101 3:1", ""},
      {"deny login \"office only when a\nallow login", "E0103 3:12", "\\n"},
      {"connection c saml", "E0101 3:14", ""},
      {"connection : saml", "E0101 3:12", "leave it out"},
      {"allow when a", "E0101 3:7", ""},
      {"allow login when (a and b\ndeny login", "E0101 3:26", ""},
      {"allow login when a and b)\ndeny login", "E0101 3:25", ""},
      {"allow login when x in [a, b\ndeny login", "E0101 3:28", ""},
      {"allow login when and a", "E0101 3:18", ""},
      {"allow login when a and and b", "E0101 3:24", ""},
      {"client c : web { connections a, b, }", "E0101 3:36", "comma"},
      {"allow login when x in [a, b,]", "E0101 3:29", "comma"},
      {"allow login when a < b < c", "E0109 3:24", "`and`"},
      {"password p { length 8 }", "E0101 3:23", "12.."},
      {"session idle 30m", "E0101 3:9", ""},
      {"lockout 10 attempts per ip", "E0101 3:9", ""},
      {"password : strong", "E0101 3:10", "leave it out"},
      {"|writ 1.0\ntenant a {}\n", "E0110 1:1", "writ 1"},
      {"|writ v1\ntenant a {}\n", "E0110 1:1", "writ 1"},
      {"|writ\ntenant a {}\n", "E0110 1:1", "writ 1"},
      {"|tenent a {\n  allow login\n}\n", "E0110 1:1", "writ 1"},
  });
}

TEST_CASE("numbers, times and names that are none") {
  hold({
      {"require mfa within 15minutes", "E0102 3:20", "15m"},
      {"allow login when a in 8:00..18:00 \"Z\"", "E0102 3:23", "08:00"},
      {"allow login when a > 1.5", "E0102 3:22", "whole"},
      {"client my-app : spa", "E0101 3:10", "\"my-app\""},
      {"|writ 1\ntenant acme.com {}\n", "E0101 2:12", "\"acme.com\""},
      {"|writ 1\ntenant acme-corp {}\n", "E0101 2:12", "\"acme-corp\""},
      {"|writ 1\ntenant 7eleven {}\n", "E0102 2:8", "\"7eleven\""},
      {"client any : web", "E0101 3:8", "\"any\""},
      {"|writ 1\r\ntenant acme {\r\n\tallow login wen a\r\n}\r\n", "E0101 3:14", "`when`"},
  });
}

TEST_CASE("a file of mistakes is not read to its end, and says so") {
  Limits limits;
  limits.reported_errors = 3;
  const auto slips = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "  alow login\n";
    return in_tenant(text);
  };
  CHECK(Parsed(slips(3), limits).codes() == "E0112 E0112 E0112");
  const Parsed more(slips(4), limits);
  CHECK(more.places() == Strings{"E0112 3:3", "E0112 4:3", "E0112 5:3", "E0101 6:3"});
  CHECK(helps(more).find("first 3") != std::string::npos);
  CHECK(Parsed(slips(100'000)).diagnostics.errors() == Limits{}.reported_errors + 1);
}
