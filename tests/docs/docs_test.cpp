// The guides are true: each ```writ block is a whole policy (it begins with `writ 1`) that checks and whose tests pass. Fragments stand in
// blocks without the word `writ`, and are not run. The pages of the codes have their own test, pages_test.cpp.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "runtime/program/facts.h"
#include "tests/docs/documents.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>

using namespace writ;

namespace {

namespace fs = std::filesystem;
using namespace documents;

struct Checked {
  bool errors = false;
  std::string text;
};

Checked check(const std::string& policy) {
  const Folder folder;
  const std::string paths[] = {folder.write("example.writ", policy)};
  Loaded loaded = load(paths);
  if (!loaded.diagnostics.has_errors()) check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics);
  return {loaded.diagnostics.has_errors(), render_pretty(loaded.diagnostics.sorted(), loaded.sources, {})};
}

int run_tests(const std::string& policy) {
  const Folder folder;
  const std::string file = folder.write("example.writ", policy);
  const int status = std::system(("'" WRIT_COMMAND "' test '" + file + "' >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

std::string written(ActionMask actions) {
  if (actions == all_actions) return "all";
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < action_count; ++i)
    if (actions & mask_of(static_cast<Action>(i))) words.push_back(action_names[i]);
  return words.empty() ? "–" : joined(words);
}

std::string type_of(const Fact& fact) {
  constexpr std::array<std::string_view, 13> words = {"bool",   "int",        "string",        "ip",      "cidr",
                                                      "time",   "duration",   "set of string", "one of ", "tenant",
                                                      "client", "connection", "organization"};
  const std::string word(words[static_cast<std::size_t>(fact.type)]);
  if (fact.type == TypeKind::enumeration) return word + joined(fact.values);
  return fact.type == TypeKind::integer ? word + " " + std::to_string(fact.low) + ".." + std::to_string(fact.high)
                                        : word;
}

}  // namespace

TEST_CASE("every policy in the guides checks and passes its tests") {
  for (const fs::path& guide : {docs() / "language.md", docs() / "tour.md", fs::path(WRIT_SOURCE_DIR) / "README.md"}) {
    if (!fs::exists(guide)) continue;
    for (const Block& block : blocks_of(text_of(guide))) {
      if (block.info != "writ") continue;
      INFO(guide.filename().string() << ":" << block.line);
      CHECK(block.text.starts_with("writ 1\n"));
      const Checked seen = check(block.text);
      INFO(seen.text);
      CHECK_FALSE(seen.errors);
      if (!seen.errors) CHECK(run_tests(block.text) == 0);
    }
  }
}

TEST_CASE("the reference's table of facts is the table the code reads") {
  std::istringstream lines(text_of(docs() / "language.md"));
  std::vector<std::string> listed, wanted;
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `") && in_table) listed.push_back(line);
    if (line.starts_with("| fact |")) in_table = true;
    if (line.empty()) in_table = false;
  }
  for (const Fact& fact : builtin_facts)
    wanted.push_back("| `" + std::string(fact.name) + "` | " + type_of(fact) + " | " + written(fact.required) + " | " +
                     written(fact.optional) + " | " + std::string(fact.note) + " |");
  CHECK(listed == wanted);
}
