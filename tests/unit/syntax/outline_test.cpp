// The look at the top of a text is held against the parser on every golden and example: where it says something, it says the same.
#include "compiler/syntax/outline.h"
#include "compiler/syntax/syntax.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

using namespace writ;

namespace {

namespace fs = std::filesystem;

struct Seen {
  Outline::Kind kind{};
  std::string name;
  std::size_t begin = 0;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> by_parser(const tree::Tree& tree) {
  std::vector<Seen> all;
  for (const auto& declaration : tree.declarations) {
    if (const auto* one = std::get_if<tree::TenantDecl>(&declaration))
      all.push_back({Outline::Kind::tenant, one->name.text, one->span.begin});
    if (const auto* one = std::get_if<tree::ExtendTenantDecl>(&declaration))
      all.push_back({Outline::Kind::extension, one->name.text, one->span.begin});
    if (const auto* one = std::get_if<tree::TestDecl>(&declaration))
      all.push_back({Outline::Kind::example, "", one->span.begin});
    if (const auto* one = std::get_if<tree::ProveDecl>(&declaration))
      all.push_back({Outline::Kind::example, "", one->span.begin});
    if (const auto* one = std::get_if<tree::ImportDecl>(&declaration))
      all.push_back({Outline::Kind::import, one->path.text, one->span.begin});
  }
  return all;
}

std::string policy_in(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const auto whole = text.str();
  const auto end = whole.find("\n//// ");
  return whole.substr(0, whole.starts_with("//// ") && end != std::string::npos ? end + 1
                                                                                : std::min(end, whole.size() - 1) + 1);
}

std::vector<std::string> names(const std::string& text) {
  std::vector<std::string> found;
  const auto seen = outline(text);
  REQUIRE(seen);
  for (const auto& piece : seen->pieces)
    found.push_back(piece.name + "=" + text.substr(piece.begin, piece.end - piece.begin));
  return found;
}

}  // namespace

TEST_CASE("an outline names what the parser finds, or nothing") {
  const fs::path root = WRIT_SOURCE_DIR;
  std::size_t parsed = 0, outlined = 0;
  for (const char* folder : {"tests/golden", "policies/examples"})
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".writ") continue;
      SourceSet sources;
      Diagnostics diagnostics;
      const auto file = sources.add(entry.path().string(), policy_in(entry.path()));
      const auto tree = parse(sources, file, {}, diagnostics);
      if (diagnostics.has_errors()) continue;
      ++parsed;
      const auto seen = outline(sources.text(file));
      if (!seen) continue;
      ++outlined;
      std::vector<Seen> by_outline;
      for (const auto& piece : seen->pieces) by_outline.push_back({piece.kind, piece.name, piece.begin});
      INFO(entry.path());
      // What does not begin its line is left to the parser: the outline says nothing of it, and nothing else.
      std::vector<Seen> expected;
      for (const auto& one : by_parser(tree)) {
        const auto line = sources.text(file).substr(0, one.begin).find_last_of('\n');
        const auto before = sources.text(file).substr(line + 1, one.begin - line - 1);
        if (before.find_first_not_of(" \t") == std::string_view::npos) expected.push_back(one);
      }
      CHECK(by_outline == expected);
    }
  CHECK(parsed > 200);
  CHECK(outlined > parsed * 9 / 10);
}

TEST_CASE("braces in strings, comments and patterns open nothing") {
  CHECK(
      names("writ 1\ntenant a { // }\n  allow login when user.id matches /}\"\\/{/ and \"}\" in user.roles\n}\ntenant "
            "b") ==
      std::vector<std::string>{
          "a=tenant a { // }\n  allow login when user.id matches /}\"\\/{/ and \"}\" in user.roles\n}", "b=tenant b"});
  CHECK(names("writ 1\ntenant a \"A\" from t(\"(\", [1]) { };\nextend tenant \"a\" {}\n") ==
        std::vector<std::string>{"a=tenant a \"A\" from t(\"(\", [1]) { };", "a=extend tenant \"a\" {}"});
  CHECK(names("writ 1\nimport \"x.writ\"\ntest \"t\" { login to a.b }\n") ==
        std::vector<std::string>{"x.writ=import \"x.writ\"", "=test \"t\" { login to a.b }"});
}

TEST_CASE("what does not look as it should has no outline") {
  for (const char* text :
       {"writ 1\ntenant a {", "writ 1\n}", "writ 1\ntenant a { \"x\n }", "writ 1\nlet x =\n tenant == a",
        "writ 1\ntenant a {} tenant b {}", "writ 1\nextend a {}", "writ 1\ntenant a { \xc3\xa4 }",
        "writ 1\ntenant in {}", "writ 1\nimport x", "writ 1\ntest x {}"})
    CHECK_FALSE(outline(text).has_value());
}

TEST_CASE("comments and stretches of blanks make no difference") {
  const std::string one = "tenant a { // here\n\n  allow login\n}", other = "tenant a {\n  allow   login // there\n}";
  CHECK(without_comments(one, 0, one.size()) == "tenant a { allow login }");
  CHECK(without_comments(one, 0, one.size()) == without_comments(other, 0, other.size()));
  const std::string text = "matches \"//\" //x";
  CHECK(without_comments(text, 0, text.size()) == "matches \"//\"");
}

TEST_CASE("organizations that hold settings alone are told apart") {
  const auto told = [](const std::string& text) {
    std::vector<std::string> found;
    const auto seen = outline(text);
    REQUIRE(seen);
    for (const auto& piece : seen->pieces)
      for (const auto& one : piece.organizations)
        found.push_back(one.name + "=" + text.substr(one.begin, one.end - one.begin));
    return found;
  };
  using Found = std::vector<std::string>;
  CHECK(
      told("writ 1\nextend tenant a {\n  organization x \"X\" { connections c }\n  organization \"y z\" {\n    use w { "
           "connections c }\n  };\n}\n") == Found{"x=organization x \"X\" { connections c }",
                                                  "y z=organization \"y z\" {\n    use w { connections c }\n  };"});
  for (const char* inside :
       {"require mfa", "allow login", "let x = 1", "deny login", "report deny login", "connection c : saml",
        "password { length 12.. }", "session { idle 1h }", "zone z = 10.0.0.0/8"})
    CHECK(told("writ 1\ntenant a {\n  organization x { " + std::string(inside) + " }\n}\n").empty());
  // What is a fact, stands elsewhere or has no braces is none.
  CHECK(told("writ 1\ntenant a {\n  allow login when has\n  organization\n  session { idle 1h }\n}\n").empty());
  CHECK(told("writ 1\ntenant a {\n  allow login when\n  organization == x\n}\n").empty());
  CHECK(told("writ 1\ntenant a {\n  connections\n  organization\n}\n").empty());
  CHECK(told("writ 1\ntenant a { organization x { } }\n").empty());
  CHECK(told("writ 1\ntenant a {\n  organization x\n  organization y { }\n}\n") == Found{"y=organization y { }"});
  CHECK(told("writ 1\nplatform {\n  organization x { }\n}\n").empty());
}

TEST_CASE("what is around the first and the last word is left out") {
  const std::string text = " // a\n tenant x { // b\n } // c\n";
  CHECK(without_margins(text, 0, text.size()) == "tenant x { // b\n }");
  CHECK(without_margins(text, 0, 6).empty());
}
