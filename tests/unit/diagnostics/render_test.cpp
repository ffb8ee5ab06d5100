// What people see: places, carets, second places, and that a policy's text cannot do anything to a terminal.
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/diagnostics/display.h"

#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ;

namespace {

Span find(const SourceSet& sources, FileId file, std::string_view text) {
  const std::size_t at = sources.text(file).find(text);
  return {file, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + text.size())};
}

std::string pretty(const Diagnostics& diagnostics, const SourceSet& sources) {
  return render_pretty(diagnostics.sorted(), sources, {});
}

}  // namespace

TEST_CASE("a message underlines the narrowest thing, labels the second place and helps") {
  SourceSet sources;
  const FileId admin = sources.add("acme/admin.writ", "writ 1\n\n  deny login when user.department != \"IT\"\n");
  const FileId facts = sources.add("acme/facts.writ", "attributes {\n  user.department : string?\n}\n");
  Diagnostics diagnostics;
  diagnostics.add(Code::file_not_found, find(sources, admin, "user.department"), "`user.department` may be absent")
      .under("declared `string?`")
      .at(find(sources, facts, "user.department"), "declared here")
      .hint("to let absence through: `user.department else \"IT\"`");
  CHECK(pretty(diagnostics, sources) == "error[E0610]: `user.department` may be absent\n"
                                        "  ┌─ acme/admin.writ:3:19\n"
                                        "3 │   deny login when user.department != \"IT\"\n"
                                        "  │                   ^^^^^^^^^^^^^^^ declared `string?`\n"
                                        "  ├─ acme/facts.writ:2:3\n"
                                        "2 │   user.department : string?\n"
                                        "  │   --------------- declared here\n"
                                        "  = help: to let absence through: `user.department else \"IT\"`\n"
                                        "  = see: writ explain E0610\n"
                                        "\n");
}

TEST_CASE("tabs, wide characters and controls keep the carets under their text") {
  SourceSet sources;
  const FileId file = sources.add("a.writ", "\tname \"日本\" here\r\nx \x1b[31m\xff \xe2\x80\xae y\n");
  Diagnostics diagnostics;
  diagnostics.add(Code::file_not_found, find(sources, file, "here"), "first");
  diagnostics.add(Code::file_not_found, find(sources, file, "y"), "second \x1b[2J");
  const std::string text = pretty(diagnostics, sources);
  CHECK(text.find("1 │     name \"日本\" here\n  │                 ^^^^\n") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\xe2\x80\xae") == std::string::npos);
  CHECK(sources.place(find(sources, file, "here")) == "a.writ:1:12");
}

TEST_CASE("a very long line is clipped around what is underlined") {
  SourceSet sources;
  const FileId file = sources.add("a.writ", std::string(100'000, 'a') + " wrong " + std::string(100'000, 'b'));
  Diagnostics diagnostics;
  diagnostics.add(Code::file_not_found, find(sources, file, "wrong"), "seen");
  const std::string text = pretty(diagnostics, sources);
  CHECK(text.size() < 1'000);
  CHECK(text.find(" wrong ") != std::string::npos);
  CHECK(text.find("^^^^^\n") != std::string::npos);
}

TEST_CASE("spans past the end, over several lines, and of no place at all are shown") {
  SourceSet sources;
  const FileId file = sources.add("a.writ", "one\ntwo\n");
  Diagnostics diagnostics;
  diagnostics.add(Code::file_not_found, {file, 900, 950}, "past");
  diagnostics.add(Code::file_not_found, {file, 1, 6}, "several");
  diagnostics.add(Code::file_not_found, {}, "nowhere");
  const std::string text = pretty(diagnostics, sources);
  CHECK(text.find("1 │ one\n  │  ^^\n") != std::string::npos);
  CHECK(text.find("error[E0610]: nowhere\n  = see") != std::string::npos);
}

TEST_CASE("the order of a report is the text's, and equal messages appear once") {
  SourceSet sources;
  const FileId file = sources.add("a.writ", "abc");
  Diagnostics diagnostics;
  diagnostics.add(Code::file_not_found, {file, 2, 3}, "later");
  diagnostics.add(Code::file_not_found, {file, 0, 1}, "sooner");
  diagnostics.add(Code::file_not_found, {file, 2, 3}, "later");
  const auto sorted = diagnostics.sorted();
  REQUIRE(sorted.size() == 2);
  CHECK(sorted[0].message == "sooner");
  CHECK(diagnostics.has_errors());
  const std::string cut = render_pretty(sorted, sources, {.color = false, .max_errors = 1});
  CHECK(cut.find("and 1 more") != std::string::npos);
}

TEST_CASE("JSON is JSON whatever the author wrote") {
  SourceSet sources;
  const FileId file = sources.add("a\"b.writ", "x \xff\n");
  Diagnostics diagnostics;
  diagnostics.add(Code::file_unreadable, {file, 2, 3}, "seen \xff \"q\" \x01").at({file, 0, 1}, "here").hint("do");
  const auto parsed = nlohmann::json::parse(render_json(diagnostics.sorted(), sources));
  REQUIRE(parsed.size() == 1);
  CHECK(parsed[0]["code"] == "E0611");
  CHECK(parsed[0]["severity"] == "error");
  CHECK(parsed[0]["file"] == "a\"b.writ");
  CHECK(parsed[0]["line"] == 1);
  CHECK(parsed[0]["column"] == 3);
  CHECK(parsed[0]["labels"][0]["label"] == "here");
  CHECK(parsed[0]["help"][0]["text"] == "do");
  CHECK(nlohmann::json::parse(render_json(std::span<const Diagnostic>(), sources)).empty());
}

TEST_CASE("a slip finds its name, something else finds nothing") {
  const std::vector<std::string_view> names = {"user.department", "user.email", "request.ip", "ip"};
  CHECK(nearest_name("user.departmant", names) == "user.department");
  CHECK(nearest_name("user.emial", names) == "user.email");
  CHECK(nearest_name("User.Email", names) == "user.email");
  CHECK(nearest_name("completely_other", names).empty());
  CHECK(nearest_name("", names).empty());
}

TEST_CASE("every code has one row and codes are spelled with four digits") {
  std::set<Code> seen;
  for (const CodeRow& row : catalogue()) {
    CHECK(seen.insert(row.code).second);
    CHECK(&row_of(row.code) == &row);
    CHECK_FALSE(row.title.empty());
  }
  CHECK(code_text(Code::file_not_found) == "E0610");
  CHECK(row_of(static_cast<Code>(1)).severity == Severity::error);
}
