// The formatter: a fixed point, the same meaning, every comment.
#include "tests/unit/syntax/support.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

TEST_CASE("formatting is a fixed point, keeps the meaning and every comment") {
  for (const auto& [name, text] : samples()) {
    INFO(name);
    const Parsed before(text);
    REQUIRE(before.diagnostics.empty());
    const auto once = format(before.tree);
    const Parsed after(once);
    INFO(after.rendered());
    REQUIRE(after.diagnostics.empty());
    CHECK(same_meaning(before.tree, after.tree));
    CHECK(format(after.tree) == once);
    REQUIRE(before.tree.comments.size() == after.tree.comments.size());
    for (std::size_t i = 0; i < before.tree.comments.size(); ++i)
      CHECK(before.tree.comments[i].text == after.tree.comments[i].text);
  }
}

TEST_CASE("what formatting changes") {
  CHECK(formatted("writ   1\ntenant  a  \"A\"   {   allow   login ,refresh   when(a)  ;  deny signup}") ==
        "writ 1\ntenant a \"A\" { allow login, refresh when a; deny signup }\n");
  CHECK(formatted("writ 1\n\n\n\ntenant \"a\" {\n\n\n  allow login\n\n\n\n  deny login\n\n}\n\n\n") ==
        "writ 1\n\ntenant a {\n  allow login\n\n  deny login\n}\n");
  // The first line break of the outermost block decides for what is inside it.
  CHECK(formatted("writ 1\ntenant a { connection c : saml {\ndomains \"x\" } }\n") ==
        "writ 1\ntenant a { connection c : saml { domains \"x\" } }\n");
  CHECK(formatted("writ 1\ntenant a {\nconnection c : saml {\ndomains \"x\" } }\n") ==
        "writ 1\ntenant a {\n  connection c : saml {\n    domains \"x\"\n  }\n}\n");
}

TEST_CASE("comments") {
  const std::string text = R"(// before the header

writ 1  // beside it
// before a declaration

tenant a {  // beside a head
  // first in the block
  allow login  // beside a rule

  // before a rule
  deny login "x"
    message "m"  // beside a long rule
  client c : web {
    // alone in a block
    callbacks "u"  // last
    // at the end of a block
  }  // behind a block
  session { idle 30m; absolute 12h }  // behind settings
  // at the end
}
// at the end of the file
)";
  CHECK(formatted(text) == text);
}

TEST_CASE("comments inside a statement move before it") {
  CHECK(formatted("writ 1\ntenant a {\n  deny login // one\n    when a // two\n      and b // three\n  lockout { // "
                  "four\n    3 attempts per ip\n  }\n}\n") ==
        "writ 1\ntenant a {\n  // one\n  // two\n  deny login when a and b  // three\n  // four\n  lockout { 3 "
        "attempts per ip }\n}\n");
  CHECK(formatted("writ 1\ntenant a { // x\n}\nclient c : web { // y\n}\n") ==
        "writ 1\ntenant a {  // x\n}\n// y\nclient c : web\n");
}

TEST_CASE("long statements are broken") {
  const std::string a(60, 'a'), b(60, 'b');
  CHECK(formatted(in_tenant("  deny login \"n\" on x when " + a + " and " + b + " unless c")) ==
        in_tenant("  deny login \"n\" on x\n    when " + a + "\n      and " + b + "\n    unless c"));
  CHECK(formatted("writ 1\nlet x = [" + a + ", " + b + "]\n") == "writ 1\nlet x = [\n  " + a + ",\n  " + b + "\n]\n");
  CHECK(formatted(in_tenant("  features " + a + ", " + b)) == in_tenant("  features " + a + ",\n    " + b));
  CHECK(formatted("writ 1\ntest \"t\" {\n  login to x { " + a + " = 1; " + b + " = 2 }\n}\n") ==
        "writ 1\ntest \"t\" {\n  login to x {\n    " + a + " = 1\n    " + b + " = 2\n  }\n}\n");
}

TEST_CASE("a tree that was never text can be printed and read") {
  tree::Tree made;
  made.expressions.push_back({tree::Literal{tree::Literal::Kind::string, std::string("a.example")}, {}, false});
  tree::TenantDecl tenant;
  tenant.name.text = "acme-corp";
  tree::ConnectionDecl connection;
  connection.name.text = "staff";
  connection.strategy.text = "saml";
  tree::Domains domains;
  domains.items.push_back(static_cast<tree::ExprId>(0));
  connection.items.emplace_back(domains);
  tenant.items.emplace_back(connection);
  tree::Rule rule;
  rule.actions.push_back({"login", {}, false});
  tenant.items.emplace_back(rule);
  made.declarations.emplace_back(tenant);
  const auto text = format(made);
  CHECK(text ==
        "writ 1\n\ntenant \"acme-corp\" {\n  connection staff : saml { domains \"a.example\" }\n  allow login\n}\n");
  const Parsed again(text);
  REQUIRE(again.diagnostics.empty());
  CHECK(same_meaning(made, again.tree));
}

TEST_CASE("trees that say different things are told apart") {
  const auto differ = [](const std::string& one, const std::string& other) {
    INFO(one << " / " << other);
    const Parsed a(in_tenant(one)), b(in_tenant(other));
    REQUIRE(a.diagnostics.empty());
    REQUIRE(b.diagnostics.empty());
    CHECK_FALSE(same_meaning(a.tree, b.tree));
    CHECK(same_meaning(a.tree, a.tree));
    CHECK(format(a.tree) != format(b.tree));
  };
  differ("allow login", "deny login");
  differ("allow login", "report allow login");
  differ("allow login when a and b", "allow login when a or b");
  differ("allow login when a", "allow login unless a");
  differ("allow login when a - b - c == d", "allow login when a - (b - c) == d");
  differ("allow login when x in 1..2", "allow login when x in 1..3");
  differ("session { idle 1h }", "session { absolute 1h }");
  differ("lockout { 1 attempts per ip }", "lockout { 1 attempts per identifier }");
  differ("password p { length 8.. }", "password p { length ..8 }");
  differ("allow login when a matches \"x\"", "allow login when a matches /x/");
  differ("allow login when t in 08:00..18:00 \"Z\" on monday", "allow login when t in 08:00..18:00 \"Z\" on tuesday");
}
