// Precedence, by the canonical text: it has parentheses exactly where the tree needs them.
#include "tests/unit/syntax/support.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

// The text stays as it is: it is canonical already.
void same(const std::string& text) {
  INFO(text);
  CHECK(canonical_of(text) == text);
}

const tree::Expr& root(const Parsed& parsed) {
  return parsed.tree[std::get<tree::Let>(parsed.tree.declarations.at(0)).value];
}

}  // namespace

TEST_CASE("and binds tighter than or, not tighter than both") {
  same("a or b and c or d");
  same("(a or b) and (c or d)");
  same("not a and not not b");
  same("not (a and b) or not (c or d)");
  CHECK(canonical_of("(a and b) or (c)") == "a and b or c");
  CHECK(canonical_of("((not (a)))") == "not a");
}

TEST_CASE("parentheses around the same operator mean nothing") {
  const Parsed parsed("writ 1\nlet x = a and (b and c) and ((d and e) and f)\n");
  REQUIRE(parsed.diagnostics.empty());
  CHECK(std::get<tree::And>(root(parsed).node).operands.size() == 6);
  CHECK(canonical_of("a or (b or c)") == "a or b or c");
}

TEST_CASE("comparisons bind tighter than not, looser than sums") {
  same("not a == b");
  same("not a in b");
  same("(not a) == b");
  same("a + b - c <= d - (e - f)");
  CHECK(canonical_of("(a + b) - c") == "a + b - c");
  CHECK(canonical_of("a - (b + c)") == "a - (b + c)");
  same("(a == b) == (c == d)");
  for (const char* op : {"==", "!=", "<", "<=", ">", ">=", "in", "not in", "starts with", "ends with", "contains"})
    same("a.b " + std::string(op) + " c");
}

TEST_CASE("else binds tighter than everything, and shows its parentheses") {
  CHECK(canonical_of("user.department else \"IT\" == \"IT\"") == "(user.department else \"IT\") == \"IT\"");
  same("user.department else \"IT\"");
  same("a else (b else c)");
  CHECK(canonical_of("a else b else c") == "a else (b else c)");
  same("(a else 1) + 2 < 3");
  same("not (a else false) and (b else true)");
  CHECK(canonical_of("[a else b, c]") == "[a else b, c]");
  CHECK(canonical_of("lower(a else b)") == "lower(a else b)");
}

TEST_CASE("else behind a membership is for the membership") {
  const Parsed parsed("writ 1\nlet x = request in home else false\n");
  REQUIRE(parsed.diagnostics.empty());
  const auto& choice = std::get<tree::Else>(root(parsed).node);
  CHECK(std::holds_alternative<tree::Compare>(parsed.tree[choice.optional].node));
  same("(request in home else false)");
  same("not (request not in home else true) and a");
  same("x in (a else b)");
  CHECK(canonical_of("request.ip in home else false") == "(request.ip in home else false)");
}

TEST_CASE("quantifiers reach as far right as they can") {
  same("any g in user.groups : g == \"a\" and b or c");
  same("(any g in s : g == a) and b");
  same("a and (any g in s : b or c)");
  CHECK(canonical_of("a and any g in s : b or c") == "a and (any g in s : b or c)");
  CHECK(canonical_of("not all g in s : b or c") == "not (all g in s : b or c)");
  same("any g in s : all h in t : g == h");
  same("any g in s : not (any h in t : g == h) and a");
}

TEST_CASE("has, calls, paths, lists") {
  same("has user.email and lower(user.email) in [\"a\", \"b\"]");
  same("(email_domain(user.email) else \"\") == company_domain");
  same("x in []");
  same("[1, -2, true, 1h30m, 10.0.0.1, 10.0.0.0/8, 2026-12-31T00:00Z]");
  same("not has user.email");
}

TEST_CASE("ranges and clock windows") {
  same("x in 0..100");
  same("x in low..high");
  same("x in a - 1..b + 1");
  same("x in -5..-1");
  same("request.time in 2026-12-31T00:00Z..2027-01-01T12:00Z");
  same("request.time in 08:00..18:00 \"Europe/Berlin\" on weekdays");
  same("request.time not in 22:00..24:00 \"Europe/Berlin\" on monday, weekends and a");
  const Parsed parsed("writ 1\nlet x = t in 22:00..06:30 \"Z\" on monday, weekends\n");
  REQUIRE(parsed.diagnostics.empty());
  const auto& window = std::get<tree::ClockWindow>(parsed.tree[std::get<tree::Compare>(root(parsed).node).right].node);
  CHECK(window.begin == 22 * 60);
  CHECK(window.end == 6 * 60 + 30);
  CHECK(window.days == 0b1100001);
  const Parsed bare("writ 1\nlet x = t in 08:00..18:00\n");
  REQUIRE(bare.diagnostics.empty());
  const auto& zoneless = std::get<tree::ClockWindow>(bare.tree[std::get<tree::Compare>(root(bare).node).right].node);
  CHECK_FALSE(zoneless.zone.span.known());
  CHECK_FALSE(zoneless.days_written);
  CHECK(Parsed("writ 1\nlet x = t in 08:00..5\n").codes() == "E0108");
  CHECK(Parsed("writ 1\nlet x = t in 1..5 \"Z\"\n").codes() == "E0101");
}

TEST_CASE("a comparison of a comparison is an error") {
  CHECK(Parsed("writ 1\nlet x = a < b < c\n").places() == Strings{"E0109 2:15"});
  CHECK(Parsed("writ 1\nlet x = a == b in c\n").codes() == "E0109");
}

TEST_CASE("patterns") {
  same("user.email matches \"*@acme.com\"");
  same("user.email matches /^[a-z]+\\/\\d\"x\" \\\\$/ and b");
  same("a matches /\\d/ or b matches /\\//");
  CHECK(canonical_of("a matches // a comment\n /x/") == "a matches /x/");
  CHECK(Parsed("writ 1\nlet x = a matches b\n").codes() == "E0101");
  CHECK(Parsed("writ 1\nlet x = a matches /b\nlet y = c\n").codes() == "E0108");
  CHECK(Parsed("writ 1\nlet x = a matches \"b\nlet y = c\n").codes() == "E0103");
  const Parsed parsed(in_tenant("  allow login when a matches\n}\ntenant b {\n  deny login"));
  INFO(parsed.rendered());
  CHECK(parsed.places() == Strings{"E0101 3:29"});
}

TEST_CASE("spans are of the source's bytes") {
  const Parsed parsed("writ 1\nlet x = \"ü€😀\" == a.b and (c or d)\n");
  REQUIRE(parsed.diagnostics.empty());
  const auto& all = root(parsed);
  CHECK(parsed.sources.text(all.span) == "\"ü€😀\" == a.b and (c or d)");
  const auto& operands = std::get<tree::And>(all.node).operands;
  CHECK(parsed.sources.text(parsed.tree[operands[1]].span) == "(c or d)");
  CHECK(parsed.sources.text(parsed.tree[std::get<tree::Compare>(parsed.tree[operands[0]].node).right].span) == "a.b");
}
