// One mistake, one message; mistakes in several statements are each said; what stands around them is understood.
#include "tests/unit/syntax/support.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

std::string first_message(const Parsed& parsed) {
  const auto list = parsed.diagnostics.sorted();
  return list.empty() ? "" : list.front().message;
}

bool helps_with(const Parsed& parsed, const std::string& text) {
  for (const auto& one : parsed.diagnostics.sorted())
    for (const auto& help : one.help)
      if (help.text.find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("mistakes in several statements are each reported, and the sound ones understood") {
  const Parsed parsed(in_tenant(
      "  alow login\n  allow login wen x\n  deny login when user.x = 1\n  connection x saml { domains \"a\" }\n"
      "  client c : web {\n    calbacks \"x\"\n    grants a,\n  }\n  allow refresh"));
  INFO(parsed.rendered());
  CHECK(parsed.places() == Strings{"E0112 3:3", "E0101 4:15", "E0101 5:26", "E0101 6:16", "E0112 8:5", "E0101 9:14"});
  const auto& last = std::get<tree::Rule>(items(parsed).back());
  CHECK(last.actions[0].text == "refresh");
}

TEST_CASE("slips are recognised") {
  CHECK(helps_with(Parsed(in_tenant("  alow login")), "`allow`"));
  CHECK(helps_with(Parsed(in_tenant("  allow login wen x")), "`when`"));
  CHECK(helps_with(Parsed(in_tenant("  client c : web { calbacks \"x\" }")), "`callbacks`"));
  CHECK(helps_with(Parsed("writ 1\ntenent a {}\n"), "`tenant`"));
  CHECK(helps_with(Parsed(in_tenant("  password p { lenght 12.. }")), "`length`"));
  CHECK(helps_with(Parsed(in_tenant("  session { idel 30m }")), "`idle`"));
  CHECK(helps_with(Parsed(in_tenant("  deny login when t in 08:00..18:00 \"Z\" on mondy")), "`monday`"));
  CHECK(helps_with(Parsed("writ 1\nattributes { a.b : strng }\n"), "`string`"));
  CHECK(helps_with(Parsed("writ 1\ntest \"t\" { login to a expct allow }\n"), "expect"));
}

TEST_CASE("words of other languages") {
  CHECK(helps_with(Parsed(in_tenant("  deny login when a && b")), "`and`"));
  CHECK(helps_with(Parsed(in_tenant("  deny login when a || b")), "`or`"));
  CHECK(helps_with(Parsed(in_tenant("  deny login when !a")), "`not`"));
  CHECK(helps_with(Parsed(in_tenant("  deny login when a = b")), "`==`"));
  CHECK(helps_with(Parsed("writ 1\n# a\n"), "//"));
  CHECK(helps_with(Parsed("writ 1\n/* a */\n"), "//"));
}

TEST_CASE("clauses in another order") {
  for (const char* rule : {"allow login when a on b", "deny login message \"x\" when y", "require mfa when a for login",
                           "deny login \"a\" \"b\"", "deny login unless a when b"}) {
    const Parsed parsed(in_tenant("  " + std::string(rule) + "\n  allow refresh"));
    INFO(parsed.rendered());
    CHECK(parsed.codes() == "E0101");
    CHECK(helps_with(parsed, "order"));
    CHECK(items(parsed).size() == 2);
  }
}

TEST_CASE("a line that is not finished") {
  const Parsed parsed(in_tenant("  allow login when\n  deny login when b\n  allow refresh"));
  CHECK(parsed.places() == Strings{"E0101 3:19"});
  CHECK(first_message(parsed) == "expected a condition, found the end of the line");
  CHECK(items(parsed).size() == 3);  // what follows is understood
  CHECK(helps_with(Parsed(in_tenant("  client c : web {\n    grants a,\n  }")), "comma"));
  CHECK(helps_with(Parsed(in_tenant("  let x = [a, b,]")), "comma"));
}

TEST_CASE("statements in the wrong block") {
  const Parsed parsed("writ 1\nplatform {\n  callbacks \"x\"\n  client c : web\n}\nallow login\ntenant a {\n  tenant b "
                      "{}\n  test \"t\" {}\n  limit database connections per client = 1\n}\n");
  INFO(parsed.rendered());
  CHECK(parsed.places() == Strings{"E0112 3:3", "E0112 4:3", "E0112 6:1", "E0112 8:3", "E0112 9:3", "E0112 10:3"});
  CHECK(first_message(parsed) == "`callbacks` cannot stand in `platform`");
  CHECK(helps_with(parsed, "it stands in a client"));
}

TEST_CASE("a brace that is missing is said once, where it was opened") {
  const Parsed inner("writ 1\ntenant a {\n  client x : web {\n    callbacks \"y\"\n\n  allow login\n}\n\ntenant b {\n  "
                     "allow login\n}\n");
  CHECK(inner.places() == Strings{"E0114 3:18"});
  const Parsed outer("writ 1\ntenant a {\n  allow login\n\ntenant b {\n  alow login\n}\n");
  CHECK(outer.places() == Strings{"E0114 2:10", "E0112 6:3"});
  const Parsed end("writ 1\ntenant a {\n  allow login\n");
  CHECK(end.places() == Strings{"E0114 2:10"});
  CHECK(Parsed("writ 1\ntest \"t\" {\n  login to a\n").codes() == "E0114");
  CHECK(Parsed("writ 1\nattributes {\n").codes() == "E0114");
}

TEST_CASE("a brace too many") {
  const Parsed parsed("writ 1\ntenant a {\n  allow login\n}\n}\ntenant b {}\n");
  CHECK(parsed.places() == Strings{"E0101 5:1"});
  CHECK(parsed.tree.declarations.size() == 2);
}

TEST_CASE("a broken head takes its block along") {
  const Parsed parsed("writ 1\ntenant a from {\n  connection x saml\n  alow login\n}\ntenant b {}\n");
  CHECK(parsed.places() == Strings{"E0101 2:15"});
  CHECK(parsed.tree.declarations.size() == 1);
}

TEST_CASE("settings written twice, lockouts that count nothing") {
  CHECK(Parsed(in_tenant("  session { idle 1h; idle 2h }")).codes() == "E0115");
  CHECK(Parsed(in_tenant("  lockout { 1 attempts per ip; 2 attempts per ip }")).codes() == "E0115");
  CHECK(Parsed(in_tenant("  lockout { block 15m }")).codes() == "E0101");
  CHECK(Parsed(in_tenant("  require mfa for login \"n\" for refresh")).codes() == "E0115");
}

TEST_CASE("lines of tests and proofs") {
  const Parsed parsed("writ 1\ntest \"t\" {\n  expect allow\n  login to a { request.ip = }\n  expect deny by foo\n  "
                      "login a\n  expect allow mfa\n}\n"
                      "prove \"p\" { login to a alowed implies x }\n");
  INFO(parsed.rendered());
  CHECK(parsed.places() == Strings{"E0101 3:3", "E0101 4:29", "E0101 5:18", "E0101 6:9", "E0101 7:16", "E0101 9:24"});
}

TEST_CASE("any cut and any garbled byte gives a tree and no crash") {
  const auto text = read_text(std::filesystem::path(WRIT_SOURCE_DIR) / "policies/examples/entra_style/policy.writ");
  for (std::size_t i = 0; i < text.size(); i += 7) {
    CHECK_NOTHROW(Parsed(text.substr(0, i)));
    auto garbled = text;
    garbled[i] = "{}()[];\"/.,=:"[i % 13];
    const Parsed parsed(garbled);
    CHECK(parsed.diagnostics.errors() < 12);
    CHECK_NOTHROW(format(parsed.tree));
  }
}
