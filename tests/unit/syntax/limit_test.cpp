// Sizes an author controls, just under and just over; and input made to exhaust the parser.
#include "tests/unit/syntax/support.h"

#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string joined(const std::string& part, const std::string& with, std::size_t times) {
  return part + repeated(with + part, times - 1);
}

}  // namespace

TEST_CASE("a megabyte of openings is one message") {
  for (const char* opening : {"(", "not ", "[", "{"}) {
    INFO(opening);
    CHECK(
        Parsed("writ 1\nlet x = " + repeated(opening, 1'000'000 / std::string(opening).size())).diagnostics.errors() ==
        1);
  }
}

TEST_CASE("other openings, in every place") {
  for (const char* opening : {"(",
                              "not ",
                              "[",
                              "{",
                              "-",
                              "any g in s : ",
                              "f(",
                              "a else (",
                              "not (",
                              "client a : b { ",
                              "x in [",
                              "a and (",
                              "\"",
                              "..",
                              "matches ",
                              "a:",
                              "1.",
                              "::",
                              "'",
                              "tenant a {\n",
                              "allow login when\n"}) {
    const auto many = repeated(opening, 50'000 / std::string(opening).size());
    INFO(opening);
    CHECK_NOTHROW(Parsed(many));
    CHECK_FALSE(Parsed("writ 1\nlet x = " + many).diagnostics.empty());
    CHECK_FALSE(Parsed(in_tenant(many)).diagnostics.empty());
    CHECK_FALSE(Parsed("writ 1\n" + std::string(50'000, ' ') + many).diagnostics.empty());
  }
}

TEST_CASE("nesting has a limit") {
  const auto nested = [](std::size_t depth) {
    return "writ 1\nlet x = " + repeated("(", depth) + "a" + repeated(")", depth) + "\n";
  };
  CHECK(Parsed(nested(250)).codes().empty());
  CHECK(Parsed(nested(300)).codes() == "E0901");
  CHECK(Parsed("writ 1\nlet x = " + repeated("not ", 250) + "a\n").codes().empty());
  CHECK(Parsed("writ 1\nlet x = " + repeated("not ", 251) + "a\n").codes() == "E0901");
  CHECK(Parsed("writ 1\nlet x = " + joined("a", " + ", 250) + "\n").codes().empty());
  CHECK(Parsed("writ 1\nlet x = " + joined("a", " + ", 251) + "\n").codes() == "E0901");
  CHECK(Parsed("writ 1\nlet x = " + joined("a", " else ", 250) + "\n").codes().empty());
  CHECK(Parsed("writ 1\nlet x = " + joined("a", " else ", 251) + "\n").codes() == "E0901");
}

TEST_CASE("the declaration behind one that is too deep is understood") {
  const Parsed parsed("writ 1\nlet x = " + repeated("(", 1000) + "\nlet y = 1\nlet z = )\n");
  INFO(parsed.rendered());
  CHECK(parsed.codes() == "E0901 E0101");
  CHECK(parsed.tree.declarations.size() == 1);
}

TEST_CASE("a hundred thousand conditions in a row are no depth") {
  const Parsed chain(in_tenant("allow login when " + joined("user.email_verified", " and ", 100'000)));
  REQUIRE(chain.diagnostics.empty());
  const auto& rule = std::get<tree::Rule>(items(chain)[0]);
  CHECK(std::get<tree::And>(chain.tree[rule.when].node).operands.size() == 100'000);
  CHECK(Parsed(format(chain.tree)).diagnostics.empty());
  const Parsed mixed(in_tenant("allow login when " + joined("a and not b", " or ", 50'000)));
  CHECK(mixed.diagnostics.empty());
}

TEST_CASE("sizes just under and just over") {
  Limits limits;
  limits.identifier_bytes = 5;
  CHECK(Parsed("writ 1\nlet abcde = 1\n", limits).codes().empty());
  CHECK(Parsed("writ 1\nlet abcdef = 1\n", limits).codes() == "E0903");
  CHECK(Parsed("writ 1\ntenant \"abcdef\" {}\n", limits).codes() == "E0903");
  limits = {};
  limits.string_bytes = 5;
  CHECK(Parsed("writ 1\nlet a = \"abcde\"\n", limits).codes().empty());
  CHECK(Parsed("writ 1\nlet a = \"abcdef\"\n", limits).codes() == "E0904");
  limits = {};
  limits.list_items = 3;
  CHECK(Parsed("writ 1\nlet a = [1, 2, 3]\n", limits).codes().empty());
  CHECK(Parsed("writ 1\nlet a = [1, 2, 3, 4]\n", limits).codes() == "E0905");
  limits = {};
  limits.conditions_per_rule = 3;
  CHECK(Parsed(in_tenant("allow login when a and b unless c"), limits).codes().empty());
  CHECK(Parsed(in_tenant("allow login when a and b unless c or d"), limits).codes() == "E0906");
  limits = {};
  limits.tokens = 6;
  CHECK(Parsed("writ 1\nlet x = 1\n", limits).codes().empty());
  CHECK(Parsed("writ 1\nlet x = 1;\n", limits).codes() == "E0902");
  limits = {};
  limits.file_bytes = 17;
  CHECK(Parsed("writ 1\nlet x = 1\n", limits).codes().empty());
  CHECK(Parsed("writ 1\nlet x = 12\n", limits).codes() == "E0617");
}

TEST_CASE("files are parsed at the same time") {
  const auto all = samples();
  std::vector<std::string> expected;
  for (const auto& [name, text] : all) expected.push_back(formatted(text));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto at = (i + t * 5) % all.size();
        if (formatted(all[at].second) != expected[at]) ++wrong[t];
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}
