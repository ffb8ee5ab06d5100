// The pages of the codes are true. Each has the title of its row in the catalogue, says why, and holds wrong and right examples:
//
//   ```writ wrong      a policy that raises this code, once, and nothing else; `//// file NAME` begins a further file
//   ```writ right      one that raises nothing
//   ```console wrong   commands behind `$ `, run by a shell in an empty folder; the other lines are among what they print
//   ```console right   commands of which the last succeeds and none raises a code
//
// Commands are for what a policy's text cannot show: a folder without files, a pipe, a byte that would not survive in a page, a limit that is
// too large to reach. And what a message of a wrong example offers to edit makes it right.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "tests/docs/documents.h"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>

using namespace writ;
using namespace documents;

namespace {

namespace fs = std::filesystem;

std::string page_of(const CodeRow& row) { return text_of(docs() / "diagnostics" / (code_text(row.code) + ".md")); }

// Lays out the files of an example; the first is the one to check.
std::string lay_out(const Folder& folder, const std::string& text) {
  constexpr std::string_view mark = "//// file ";
  std::istringstream lines(text);
  std::string name = "policy.writ", file, first;
  const auto write = [&] {
    const std::string path = folder.write(name, file);
    if (first.empty()) first = path;
    file.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(mark)) {
      write();
      name = line.substr(mark.size());
    } else {
      file += line + "\n";
    }
  }
  write();
  return first;
}

struct Checked {
  Loaded loaded;
  std::vector<Diagnostic> list;
};

Checked check(const std::string& path) {
  const std::string paths[] = {path};
  Checked result{load(paths), {}};
  Diagnostics& diagnostics = result.loaded.diagnostics;
  if (!diagnostics.has_errors()) check_policy(result.loaded.order, result.loaded.sources, Limits{}, diagnostics);
  result.list = diagnostics.sorted();
  return result;
}

std::string rendered(const Checked& checked) { return render_pretty(checked.list, checked.loaded.sources, {}); }

// Makes the edits of one line of help; the policy has nothing wrong in it then.
void follow(const Checked& wrong, const std::string& path, const Help& help) {
  INFO("after: " << help.text);
  const SourceSet& sources = wrong.loaded.sources;
  std::string text(sources.text(help.edits.front().span.file));
  auto edits = help.edits;
  std::ranges::sort(edits, std::ranges::greater{}, [](const Edit& edit) { return edit.span.begin; });
  for (const Edit& edit : edits) text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
  const Folder folder;
  const Checked mended = check(folder.write(fs::path(path).filename().string(), text));
  INFO(rendered(mended));
  CHECK(mended.list.empty());
}

void wrong_policy(const std::string& text, Code code) {
  std::string path;
  const Checked seen = [&] {
    const Folder folder;
    path = lay_out(folder, text);
    return check(path);
  }();
  INFO(rendered(seen));
  REQUIRE(seen.list.size() == 1);
  CHECK(seen.list[0].code == code);
  for (const Help& help : seen.list[0].help)
    if (!help.edits.empty()) follow(seen, path, help);
}

void right_policy(const std::string& text) {
  const Folder folder;
  const Checked seen = check(lay_out(folder, text));
  INFO(rendered(seen));
  CHECK(seen.list.empty());
}

struct Ran {
  int code = 0;        // of the last command
  std::string output;  // of all
  std::multiset<std::string> codes;
};

Ran run(const std::string& console) {
  const Folder folder;
  const fs::path log = folder.path().string() + ".log";
  const std::string bin = fs::path(WRIT_COMMAND).parent_path().string();
  Ran ran;
  std::istringstream lines(console);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("$ ")) continue;
    const int status = std::system(("cd '" + folder.path().string() + "' && PATH='" + bin +
                                    "':\"$PATH\" NO_COLOR=1 && export PATH NO_COLOR && { " + line.substr(2) +
                                    " ; } >'" + log.string() + "' 2>&1 </dev/null")
                                       .c_str());
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ran.output += text_of(log);
  }
  fs::remove(log);
  static const std::regex head(R"((error|warning)\[(E\d{4})\]: )");
  for (std::sregex_iterator at(ran.output.begin(), ran.output.end(), head), end; at != end; ++at)
    ran.codes.insert((*at)[2]);
  return ran;
}

void check_console(const std::string& console, bool wrong, const std::string& code) {
  const Ran ran = run(console);
  INFO(ran.output);
  CHECK(ran.codes == (wrong ? std::multiset<std::string>{code} : std::multiset<std::string>{}));
  CHECK((ran.code == 0) != wrong);
  std::istringstream lines(console);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("$ ")) CHECK(ran.output.find(line) != std::string::npos);
}

}  // namespace

TEST_CASE("every code has its page, with its title and a reason, and there is no page without a code") {
  std::set<std::string> paged, listed;
  for (const auto& entry : fs::directory_iterator(docs() / "diagnostics")) paged.insert(entry.path().filename());
  paged.erase("README.md");  // of all codes: walk_test.cpp
  for (const CodeRow& row : catalogue()) {
    const std::string code = code_text(row.code), page = page_of(row);
    listed.insert(code + ".md");
    INFO(code);
    const std::string title = "# " + code + " " + std::string(row.title) + "\n\n";
    REQUIRE(page.starts_with(title));
    CHECK(page.find("\n\n", title.size()) != std::string::npos);
    CHECK(page.substr(title.size()).find("```") > 40);  // the reason stands before the examples
  }
  CHECK(paged == listed);
}

TEST_CASE("every page's wrong examples raise its code once and nothing else, and its right ones raise nothing") {
  for (const CodeRow& row : catalogue()) {
    const std::string code = code_text(row.code);
    std::size_t wrong = 0, right = 0;
    for (const Block& block : blocks_of(page_of(row))) {
      INFO("docs/diagnostics/" << code << ".md:" << block.line);
      const bool is_wrong = block.info.ends_with(" wrong");
      if (block.info == "writ wrong")
        wrong_policy(block.text, row.code);
      else if (block.info == "writ right")
        right_policy(block.text);
      else if (block.info == "console wrong" || block.info == "console right")
        check_console(block.text, is_wrong, code);
      else
        FAIL("what is ```" << block.info << "?");
      ++(is_wrong ? wrong : right);
    }
    INFO(code);
    CHECK(wrong > 0);
    CHECK(right > 0);
  }
}
