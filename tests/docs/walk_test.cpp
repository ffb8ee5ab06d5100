// What people write who are new here, or who know Auth0, OPA, Cedar, JSON, YAML, SQL, and what they are told: tests/docs/walk.txt has
// a line for each mistake. Each is given to the compiler, is told one thing, and that says what to do. docs/diagnostics/README.md is
// made of the answers, so that it is true: the test fails when it is not, and WRIT_UPDATE_GOLDENS=1 writes it anew. Read the difference
// as a tired person would.
//
//   newcomer|allow login if user.email_verified     who writes it, and what; `\n` is a line end
//   newcomer|^tenant acme {}                        `^`: a whole file behind `writ 1`; `^^`: a whole file
//                                                   all others stand in the tenant below
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "tests/docs/documents.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

using namespace writ;
using namespace documents;

namespace {

namespace fs = std::filesystem;

const std::string head = R"(writ 1
attributes { user.department : string?; request.risk : int 0..100? }
tenant acme {
  connection users : database
  connection staff : saml { domains "acme.com" }
  client shop : spa { connections users, staff }
  zone office = 10.0.0.0/8
  )";

struct Row {
  std::string who, written;
  Diagnostic said;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string policy_of(const std::string& written) {
  const std::string text = replaced(written, "\\n", "\n");
  if (text.starts_with("^^")) return text.substr(2) + "\n";
  return text.starts_with("^") ? "writ 1\n" + text.substr(1) + "\n" : head + text + "\n}\n";
}

std::vector<Diagnostic> check(const std::string& policy) {
  const Folder folder;
  const std::string paths[] = {folder.write("policy.writ", policy)};
  Loaded loaded = load(paths);
  if (!loaded.diagnostics.has_errors()) check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics);
  return loaded.diagnostics.sorted();
}

std::vector<Row> walk() {
  std::vector<Row> rows;
  std::ifstream lines(fs::path(WRIT_SOURCE_DIR) / "tests/docs/walk.txt");
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    const auto bar = line.find('|');
    REQUIRE(bar != std::string::npos);
    Row row{line.substr(0, bar), line.substr(bar + 1), {}};
    INFO(line);
    const auto said = check(policy_of(row.written));
    for (const Diagnostic& one : said) UNSCOPED_INFO(code_text(one.code) << " " << one.message);
    REQUIRE(said.size() == 1);
    row.said = said.front();
    rows.push_back(std::move(row));
  }
  return rows;
}

// As code in a page; a text with backticks gets more of them around it.
std::string code(std::string text) {
  text = replaced(text.substr(std::min(text.find_first_not_of('^'), text.size())), "\\n", " ⏎ ");
  const std::string mark = text.find('`') == std::string::npos ? "`" : "``";
  return mark + text + mark;
}

std::map<std::string, std::vector<std::string>> goldens_by_code() {
  std::map<std::string, std::vector<std::string>> found;
  static const std::regex shown(R"((error|warning)\[(E\d{4})\]: )");
  const fs::path root = WRIT_SOURCE_DIR;
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests/golden")) {
    if (entry.path().extension() != ".writ") continue;
    const std::string text = text_of(entry.path());
    const std::string expected = text.substr(std::min(text.find("//// expect"), text.size()));
    std::set<std::string> codes;
    for (std::sregex_iterator at(expected.begin(), expected.end(), shown), end; at != end; ++at) codes.insert((*at)[2]);
    for (const auto& one : codes) found[one].push_back(fs::relative(entry.path(), root).string());
  }
  for (auto& [code, paths] : found) std::ranges::sort(paths);
  return found;
}

std::string page(const std::vector<Row>& rows) {
  std::string text =
      "# What is said to whom\n\n"
      "Every code, the mistakes that people make who are new here or who know another language, and what they are "
      "told. Written by the\n"
      "tests from what the compiler says (`tests/docs/walk_test.cpp`); `writ explain E0101` shows a code's page.\n";
  auto goldens = goldens_by_code();
  for (const CodeRow& row : catalogue()) {
    const std::string number = code_text(row.code);
    text += "\n## [" + number + "](" + number + ".md) " + std::string(row.title) + "\n\n";
    for (const Row& one : rows) {
      if (one.said.code != row.code) continue;
      text += "- " + one.who + ": " + code(one.written) + "\n  - " + one.said.message + "\n";
      for (const Help& help : one.said.help) text += "  - → " + help.text + "\n";
    }
    std::string shown;
    for (std::size_t i = 0; i < std::min<std::size_t>(goldens[number].size(), 3); ++i)
      shown += (i == 0 ? "" : ",\n  ") + ("`" + goldens[number][i] + "`");
    text += "- shown whole in " + shown + "\n";
  }
  return text;
}

// Not made by a line that a page could show: folders, links, sizes, bytes that no text has; their goldens make them by commands.
bool needs_more_than_text(Code code) {
  const auto number = static_cast<unsigned>(code);
  return (number >= 610 && number < 640) || number >= 900 || code == Code::bidi_control || code == Code::invalid_utf8 ||
         code == Code::control_character || code == Code::condition_too_large;
}

// The message says it all; help would repeat it.
bool speaks_for_itself(const Diagnostic& said) {
  return !said.help.empty() || !said.more.empty() || !said.label.empty();
}

}  // namespace

TEST_CASE("the walk through the mistakes of newcomers and of other languages is told one thing each, and what to do") {
  const auto rows = walk();
  CHECK(rows.size() > 200);
  std::set<Code> met;
  std::map<std::string, std::size_t> people;
  for (const Row& row : rows) {
    INFO(row.who << ": " << row.written << "\n" << row.said.message);
    CHECK(speaks_for_itself(row.said));
    met.insert(row.said.code);
    ++people[row.who];
  }
  for (const CodeRow& row : catalogue()) {
    INFO(code_text(row.code) << " " << row.title);
    if (!needs_more_than_text(row.code)) CHECK(met.contains(row.code));
  }
  for (const char* who : {"newcomer", "Auth0", "OPA", "Cedar", "JSON", "YAML", "SQL"}) {
    INFO(who);
    CHECK(people[who] > 4);
  }
  const fs::path path = docs() / "diagnostics" / "README.md";
  if (std::getenv("WRIT_UPDATE_GOLDENS") != nullptr)
    std::ofstream(path, std::ios::binary) << page(rows);
  else
    CHECK(text_of(path) == page(rows));
}
