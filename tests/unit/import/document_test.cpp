// JSON and YAML as values: what is read alike, and what is refused within bounds.
#include "compiler/import/document.h"
#include "compiler/import/keywords.h"

#include <catch2/catch.hpp>

using namespace writ::importing;

namespace {

Value yaml(std::string_view text) {
  const auto read = read_yaml(text);
  INFO(read.problem);
  REQUIRE(read.problem.empty());
  return read.value;
}

std::string filled(std::string_view text, Syntax syntax, const Keywords& keywords = {}) {
  std::set<std::string> unresolved;
  return replace_keywords(text, syntax, keywords, unresolved);
}

}  // namespace

TEST_CASE("YAML has the values that JSON has") {
  const auto expected = Value::parse(R"({"a": [1, -2, 0.5, true, null, "x", "1"], "b": {"c": "yes", "d": 255}})");
  CHECK(yaml("a: [1, -2, 0.5, true, ~, x, '1']\nb:\n  c: yes\n  d: 0xff\n") == expected);
  CHECK(read_json(expected.dump()).value == expected);
  CHECK(yaml("").is_null());
  CHECK(yaml("a:\n").at("a").is_null());
  CHECK(yaml("v: 99999999999999999999\n").at("v").is_number_float());
  CHECK(yaml("v: 1.2.3\nw: '-'\n") == Value::parse(R"({"v": "1.2.3", "w": "-"})"));
}

TEST_CASE("anchors are copied and merge keys fill in what is missing") {
  CHECK(yaml("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\n").at("one") == Value::parse(R"({"x": 1, "y": 3})"));
  CHECK(yaml("l: &l [a]\nm: *l\n").at("m") == Value::parse(R"(["a"])"));
}

TEST_CASE("what is no document is said with its line") {
  CHECK(read_yaml("a: 1\na: 2\n").problem == "line 2: `a` stands there twice");
  CHECK(read_yaml("a: [\n").problem.starts_with("line 2: "));
  CHECK(read_yaml("a: *b\n").problem == "line 1: nothing is anchored as `b`");
  CHECK(read_yaml("a: 1\n---\nb: 2\n").problem == "it holds more than one document");
  CHECK(read_yaml("? [a]\n: 1\n").problem == "line 1: a key is no text");
  CHECK(read_yaml("a: \xff\n").problem.starts_with("line "));
  CHECK(read_json("{\"a\": }").problem == "it is no JSON at byte 7");
  CHECK(read_json("").problem == "it is no JSON at byte 1");
}

TEST_CASE("depth, number and size end at their limits, and an alias counts as what it repeats") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 1; k < 10; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK(read_yaml(bomb, {.nodes = 100'000}).problem == "it has more than 100000 values");
  const std::string deep(65, '[');
  CHECK(read_json(deep).problem == "it is nested deeper than 64");
  CHECK(read_yaml(deep).problem == "line 1: it is nested deeper than 64");
  CHECK(read_json(std::string(64, '[') + std::string(64, ']')).problem.empty());
  CHECK(read_json("[1,2,3]", {.nodes = 3}).problem == "it has more than 3 values");
  CHECK(read_json("[1,2]", {.nodes = 3}).problem.empty());
  CHECK(read_yaml("abc", {.bytes = 2}).problem == "it has more than 2 bytes");
}

TEST_CASE("keywords are replaced by text, before the text is anything else") {
  const Keywords keywords = {{"ENV", "prod"}, {"LIST", Value::parse(R"(["a", "b"])")}, {"N", 5}};
  CHECK(filled("name: app-##ENV##\nlist: @@LIST@@\n", Syntax::yaml, keywords) ==
        "name: app-prod\nlist: [\"a\",\"b\"]\n");
  CHECK(filled(R"({"a": @@LIST@@, "b": "@@ENV@@", "c": "x-##ENV##-##N##"})", Syntax::json, keywords) ==
        R"({"a": ["a","b"], "b": "prod", "c": "x-prod-5"})");
}

TEST_CASE("keywords without a value leave a text that can be read, and are told") {
  std::set<std::string> unresolved;
  const auto text =
      replace_keywords("- name: ##APP## one\n  urls: @@URLS@@\n  sms: \"code @@password@@\"\n  x: a##B##\n",
                       Syntax::yaml, {}, unresolved);
  CHECK(yaml(text) ==
        Value::parse(R"([{"name": "##APP## one", "urls": "@@URLS@@", "sms": "code @@password@@", "x": "a##B##"}])"));
  CHECK(unresolved == std::set<std::string>{"APP", "URLS", "password", "B"});
  CHECK(read_json(filled(R"({"a": @@X@@, "b": "t @@X@@", "c": "@@X@@"})", Syntax::json)).value ==
        Value::parse(R"({"a": "@@X@@", "b": "t @@X@@", "c": "@@X@@"})"));
  CHECK(filled("# ## no @@ key ##\n", Syntax::yaml) == "# ## no @@ key ##\n");
}
