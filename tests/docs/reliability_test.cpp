// The promise sheet is true: every test that it names exists, and every lesson that is tested is told.
#include "tests/docs/documents.h"

#include <set>
#include <sstream>

#include <catch2/catch.hpp>

namespace {

namespace fs = std::filesystem;
using namespace documents;

// The names of all tests below `folder`; a name may be written as several literals.
std::set<std::string> tests_below(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = text_of(entry.path());
    const std::string head = "\nTEST_CASE(";
    for (auto at = text.find(head); at != std::string::npos; at = text.find(head, at + 1)) {
      std::string name;
      bool inside = false;
      for (auto i = at + head.size(); inside || text[i] != ')'; ++i) {
        if (text[i] == '"')
          inside = !inside;
        else if (inside)
          name += text[i];
      }
      names.insert(name);
    }
  }
  return names;
}

// What stands in double quotes after `Test:`, up to the next item, heading or end.
std::vector<std::string> tests_named(const std::string& page) {
  std::vector<std::string> names;
  std::istringstream lines(page);
  std::string said;
  bool inside = false;
  const auto take = [&] {
    for (auto open = said.find('"'); open != std::string::npos;) {
      const auto close = said.find('"', open + 1);
      names.push_back(said.substr(open + 1, close - open - 1));
      open = close == std::string::npos ? close : said.find('"', close + 1);
    }
    said.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  Test: "))
      inside = true;
    else if (!line.starts_with("  ") || line.starts_with("  Rule: "))
      inside = false;
    if (!inside)
      take();
    else
      said += (said.empty() ? "" : " ") + line.substr(line.find_first_not_of(' '));
  }
  take();
  return names;
}

}  // namespace

TEST_CASE("every test that the reliability page names exists, and every lesson that is tested is on it") {
  const auto named = tests_named(text_of(docs() / "reliability.md"));
  const auto all = tests_below(fs::path(WRIT_SOURCE_DIR) / "tests");
  CHECK(named.size() > 30);
  for (const auto& name : named) {
    INFO(name);
    CHECK(all.contains(name));
  }
  const std::set<std::string> told(named.begin(), named.end());
  for (const auto& name : tests_below(fs::path(WRIT_SOURCE_DIR) / "tests" / "lessons")) {
    INFO(name);
    CHECK(told.contains(name));
  }
  CHECK_FALSE(all.contains("a test that nobody wrote"));
  CHECK(tests_named("- x\n  Rule: \"r\"\n  Test: \"a\" ·\n  \"b c\"\n- y \"z\"\n") ==
        std::vector<std::string>{"a", "b c"});
}
