// The documents are true: each page of docs/diagnostics has a wrong example that raises its code, and no other, and a right one that checks;
// each ```writ block of the guides is a whole policy (it begins with `writ 1`) that checks and whose tests pass. Fragments stand in blocks
// without the word `writ`, and are not run.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "runtime/program/facts.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;

namespace {

namespace fs = std::filesystem;

fs::path docs() { return fs::path(WRIT_SOURCE_DIR) / "docs"; }

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Block {
  std::string info, text;
  std::size_t line = 0;
};

std::vector<Block> blocks_of(const std::string& markdown) {
  std::vector<Block> blocks;
  std::istringstream lines(markdown);
  bool open = false;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      if (!open) blocks.push_back({line.substr(3), {}, number});
      open = !open;
    } else if (open) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

// A policy text in a file of its own, gone with this.
class PolicyFile {
 public:
  explicit PolicyFile(const std::string& text)
      : folder_(fs::temp_directory_path() / ("writ_docs_" + std::to_string(::getpid()))),
        file_(folder_ / "example.writ") {
    fs::create_directories(folder_);
    std::ofstream(file_, std::ios::binary) << text;
  }
  ~PolicyFile() { fs::remove_all(folder_); }
  PolicyFile(const PolicyFile&) = delete;
  PolicyFile& operator=(const PolicyFile&) = delete;

  std::string path() const { return file_.string(); }

 private:
  fs::path folder_, file_;
};

struct Checked {
  std::set<std::string> codes;
  bool errors = false;
  std::string text;
};

Checked check(const std::string& policy) {
  const PolicyFile file(policy);
  const std::string paths[] = {file.path()};
  Loaded loaded = load(paths);
  if (!loaded.diagnostics.has_errors()) check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics);
  Checked result{{}, loaded.diagnostics.has_errors(), render_pretty(loaded.diagnostics.sorted(), loaded.sources, {})};
  for (const Diagnostic& one : loaded.diagnostics.sorted()) result.codes.insert(code_text(one.code));
  return result;
}

int run_tests(const std::string& policy) {
  const PolicyFile file(policy);
  const int status = std::system(("'" WRIT_COMMAND "' test '" + file.path() + "' >/dev/null 2>&1").c_str());
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
  constexpr std::array<std::string_view, 13> words = {"bool",     "int",           "string", "ip",     "cidr",   "time",      "duration",
                                                      "set of string", "one of ", "tenant", "client", "connection", "organization"};
  const std::string word(words[static_cast<std::size_t>(fact.type)]);
  if (fact.type == TypeKind::enumeration) return word + joined(fact.values);
  return fact.type == TypeKind::integer ? word + " " + std::to_string(fact.low) + ".." + std::to_string(fact.high) : word;
}

}  // namespace

TEST_CASE("every code has its page and every page its code") {
  std::set<std::string> paged, listed;
  for (const auto& entry : fs::directory_iterator(docs() / "diagnostics")) paged.insert(entry.path().stem());
  for (const CodeRow& row : catalogue()) {
    const std::string code = code_text(row.code);
    listed.insert(code);
    INFO(code);
    CHECK(paged.count(code) == 1);
    CHECK(text_of(docs() / "diagnostics" / (code + ".md")).starts_with("# " + code + " "));
  }
  for (const std::string& code : paged) {
    INFO(code);
    CHECK(listed.count(code) == 1);
  }
}

TEST_CASE("every page's wrong example raises its code and no other, and its right example checks") {
  for (const CodeRow& row : catalogue()) {
    const std::string code = code_text(row.code), page = text_of(docs() / "diagnostics" / (code + ".md"));
    INFO("docs/diagnostics/" << code << ".md");
    bool wrong = false, right = false;
    for (const Block& block : blocks_of(page)) {
      INFO("line " << block.line);
      if (block.info == "writ wrong") {
        wrong = true;
        const Checked seen = check(block.text);
        INFO(seen.text);
        CHECK(seen.codes == std::set<std::string>{code});
      } else if (block.info == "writ right") {
        right = true;
        const Checked seen = check(block.text);
        INFO(seen.text);
        CHECK_FALSE(seen.errors);
        CHECK(seen.codes.count(code) == 0);
      }
    }
    const bool excused = page.find("\nnot runnable: ") != std::string::npos;
    CHECK(excused != (wrong && right));
  }
}

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
