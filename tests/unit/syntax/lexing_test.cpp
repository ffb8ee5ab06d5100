// Bytes and tokens: literals, numbers that are none, strings, comments, and characters no policy may hold.
#include "tests/unit/syntax/support.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

std::string codes_of_value(const std::string& value) { return Parsed("writ 1\nlet x = [" + value + "]\n").codes(); }

std::string string_of(const std::string& written) {
  const Parsed parsed("writ 1\nlet x = " + written + "\n");
  if (!parsed.diagnostics.empty()) return parsed.codes();
  const auto& literal =
      std::get<tree::Literal>(parsed.tree[std::get<tree::Let>(parsed.tree.declarations[0]).value].node);
  return std::get<std::string>(literal.value);
}

}  // namespace

TEST_CASE("literals") {
  CHECK(canonical_of("90d") == "90d");
  CHECK(canonical_of("90m") == "1h30m");
  CHECK(canonical_of("1h30m") == "1h30m");
  CHECK(canonical_of("500ms") == "500ms");
  CHECK(canonical_of("0s") == "0s");
  CHECK(canonical_of("2026-12-31T00:00:00+01:00") == "2026-12-30T23:00Z");
  CHECK(canonical_of("2026-12-31T00:00:00.5Z - 1h") == "2026-12-31T00:00:00.5Z - 1h");
  CHECK(canonical_of("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(canonical_of("2001:DB8::1") == "2001:db8::1");
  CHECK(canonical_of("2001:db8:0:0:0:0:0:1") == "2001:db8::1");
  CHECK(canonical_of("::") == "::");
  CHECK(canonical_of("fe80::/10") == "fe80::/10");
  CHECK(canonical_of("-9223372036854775808") == "-9223372036854775808");
  CHECK(canonical_of("9223372036854775807") == "9223372036854775807");
  CHECK(canonical_of("[08:00, 24:00]") == "[08:00, 24:00]");
}

TEST_CASE("bad numbers are one mistake") {
  for (const char* bad : {"15minutes", "1_000", "1.5", "12x", "0x1f", "1h1h", "1m1h", "9223372036854775808", "12.5.6",
                          "1d2", "99999999999999d"}) {
    INFO(bad);
    CHECK(codes_of_value(bad) == "E0102");
  }
  for (const char* bad : {"10.0.0.999", "10.0.0.0/33", "010.0.0.1", "2001:db8::/129", "1::2::3", "2026-02-30T00:00Z",
                          "2026-12-31", "2026-12-31T00:00", "25:00", "24:01", "08:60"}) {
    INFO(bad);
    CHECK(codes_of_value(bad) == "E0108");
  }
}

TEST_CASE("strings") {
  CHECK(string_of(R"("a\"b\\c\nd\te")") == "a\"b\\c\nd\te");
  CHECK(string_of(R"("\u{1F600}\u{41}")") == "\xF0\x9F\x98\x80"
                                             "A");
  CHECK(string_of("\"// no comment\"") == "// no comment");
  for (const char* bad :
       {R"("\q")", R"("\u{}")", R"("\u{110000}")", R"("\u{D800}")", R"("\u{0}")", R"("\u41")", R"("\u{1234567}")"}) {
    INFO(bad);
    CHECK(string_of(bad) == "E0104");
  }
  CHECK(Parsed("writ 1\nlet x = \"a\nlet y = \"b\"\n").places() == Strings{"E0103 2:9"});
  CHECK(Parsed("writ 1\nlet x = \"a\\\"\nlet y = \"b\"\n").places() == Strings{"E0103 2:9"});
  CHECK(Parsed("writ 1\nlet x = 'a'\n").codes() == "E0101");
}

TEST_CASE("strings are written so that they can be read again") {
  for (const char* text : {R"("\u{202e}\u{7}\n\t\"\\")", R"("ü€😀")", R"("\u{200b}\u{feff}\u{2028}")", "\"\""}) {
    const auto once = canonical_of(text);
    CHECK(once == text);
    CHECK(string_of(once) == string_of(text));
  }
}

TEST_CASE("comments are kept with their places") {
  const Parsed parsed("writ 1 // a\n  // b  \nlet x = 1 // c\n//");
  REQUIRE(parsed.diagnostics.empty());
  REQUIRE(parsed.tree.comments.size() == 4);
  CHECK(parsed.tree.comments[0].text == "// a");
  CHECK_FALSE(parsed.tree.comments[0].own_line);
  CHECK(parsed.tree.comments[1].text == "// b");
  CHECK(parsed.tree.comments[1].own_line);
  CHECK(parsed.tree.comments[3].text == "//");
}

TEST_CASE("byte order mark, line ends") {
  CHECK(Parsed("\xEF\xBB\xBFwrit 1\r\nlet x = 1\r\n").codes().empty());
  CHECK(Parsed("writ 1\rlet x = 1\n").places() == Strings{"E0113 1:7"});
  CHECK(Parsed("writ 1\nlet x = 1\r").codes() == "E0113");
  CHECK(Parsed("writ 1\nlet \xEF\xBB\xBFx = 1\n").codes() == "E0106");
  const Parsed marked("\xEF\xBB\xBFwrit 1\nlet x = 1 2\n");
  CHECK(marked.places() == Strings{"E0101 2:11"});
}

TEST_CASE("what no policy may hold, comments and strings included") {
  for (const char* bad :
       {"\xE2\x80\xAA", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA9", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xD8\x9C"}) {
    CHECK(Parsed("writ 1\n// " + std::string(bad) + "\n").codes() == "E0105");
    CHECK(Parsed("writ 1\nlet x = \"" + std::string(bad) + "\"\n").codes() == "E0105");
    CHECK(Parsed("writ 1\nlet x" + std::string(bad) + " = 1\n").codes() == "E0105");
  }
  for (const std::string& bad : {std::string(1, '\0'), std::string("\x1b"), std::string("\x7f"),
                                 std::string("\xC2\x85"), std::string("\xE2\x80\xA8")})
    CHECK(Parsed("writ 1\n// " + bad + "\n").codes() == "E0113");
  for (const char* bad : {"\xff", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"})
    CHECK(Parsed("writ 1\n// " + std::string(bad) + "\n").places() == Strings{"E0107 2:4"});
}

TEST_CASE("names are ASCII; others are quoted") {
  CHECK(Parsed("writ 1\ntenant m\xC3\xBCller {}\n").places() == Strings{"E0106 2:9"});
  CHECK(Parsed("writ 1\ntenant \xD0\xB0"
               "dmin {}\n")
            .codes() == "E0106");
  CHECK(Parsed("writ 1\ntenant \"m\xC3\xBCller\" {}\n").codes().empty());
  CHECK(Parsed("writ 1\ntenant b { deny login \xE2\x80\x9Cx\xE2\x80\x9D }\n").codes() == "E0106");
  CHECK(Parsed("writ 1\ntenant\xC2\xA0"
               "b {}\n")
            .codes() == "E0106");
  CHECK(Parsed("writ 1\ntenant \"\" {}\n").codes() == "E0108");
}

TEST_CASE("the version comes first") {
  CHECK(Parsed("").codes() == "E0110");
  CHECK(Parsed("// nothing\n").codes() == "E0110");
  CHECK(Parsed("tenant a {}\n").codes() == "E0110");
  CHECK(Parsed("writ\ntenant a {}\n").codes() == "E0110");
  CHECK(Parsed("writ 2\n").codes() == "E0111");
  CHECK(Parsed("writ 1\n").codes().empty());
  CHECK(Parsed("// a licence\n\nwrit 1").codes().empty());
}

// What compiler/syntax/lexer.cpp takes for granted of the grammar.
TEST_CASE("the lexer's rules tell no two characters beyond ASCII apart, and know four commands") {
  const auto rules = read_text(std::filesystem::path(WRIT_SOURCE_DIR) / "grammar/WritLexer.g4");
  REQUIRE(!rules.empty());
  std::size_t commands = 0;
  for (std::size_t at = 0; at < rules.size();) {
    const auto end = std::min(rules.find('\n', at), rules.size());
    const auto line = rules.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("//")) continue;
    INFO(line);
    CHECK(std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    CHECK(line.find("\\p{") == std::string::npos);
    for (auto code = line.find("\\u"); code != std::string::npos; code = line.find("\\u", code + 1))
      CHECK((line.substr(code, 13) == "\\u0000-\\u007F" || line.substr(code, 6) == "\\u007F"));
    const auto arrow = line.find(" -> ");
    if (arrow == std::string::npos) continue;
    ++commands;
    CHECK(std::regex_match(line.substr(arrow + 4), std::regex("((skip|channel\\(HIDDEN\\)|(type|pushMode)\\([A-Z]+\\)|"
                                                              "popMode)(, )?)+ ;")));
  }
  CHECK(commands > 10);
}

TEST_CASE("behind `matches` a character beyond ASCII is one mistake, whole") {
  const Parsed parsed("writ 1\nlet x = a matches \xC3\xA9\n");
  CHECK(parsed.places() == Strings{"E0101 2:19"});
  CHECK(parsed.rendered().find("\xC3\xA9") != std::string::npos);
  CHECK(parsed.diagnostics.sorted().front().span.end - parsed.diagnostics.sorted().front().span.begin == 2);
}

TEST_CASE("the same text means the same on every thread") {
  const auto text = in_tenant("deny login \"a\" when any g in user.groups : g matches \"x*\" and user.logins > 3");
  std::vector<std::string> made(8);
  {
    std::vector<std::jthread> threads;
    for (auto& one : made) threads.emplace_back([&one, &text] { one = formatted(text); });
  }
  for (const auto& one : made) CHECK(one == formatted(text));
}
