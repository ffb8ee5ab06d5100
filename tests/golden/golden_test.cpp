// Goldens: one file holds a policy, a command and everything the command says.
//
//   //// writ eval policy.writ request.json        the command; a comment, so the policy below keeps its line numbers
//   writ 1
//   …
//   //// file request.json                          further files, each up to the next `////` line
//   {…}
//   //// expect 0                                   the exit code, then standard output, exactly
//   …
//   //// stderr                                     then standard error, when there is any
//   …
//
// The whole text above the first `//// file` or `//// expect` is policy.writ; the command runs by a shell in a folder that holds these files and
// nothing else. Revisions are shown as `…`: they name the policy's bytes, not its meaning. WRIT_UPDATE_GOLDENS=1 rewrites what is expected;
// read the difference before it is committed.
#include "compiler/diagnostics/catalogue.h"
#include "tests/golden/golden.h"

#include <cstdlib>
#include <regex>
#include <set>

#include <catch2/catch.hpp>
#include <sys/wait.h>

namespace {

namespace fs = std::filesystem;
using golden::Golden;

std::string without_revisions(const std::string& text) {
  static const std::regex pretty(R"(revision \d+ \([0-9a-f]+…\))"), json(R"("revision":"[0-9a-f]+")");
  return std::regex_replace(std::regex_replace(text, pretty, "revision …"), json, R"("revision":"…")");
}

std::string run(const Golden& golden) {
  const golden::Folder folder(golden);
  const fs::path out = folder.path().string() + ".out", err = folder.path().string() + ".err";
  const std::string bin = fs::path(WRIT_COMMAND).parent_path().string();
  const std::string command = "cd '" + folder.path().string() + "' && PATH='" + bin +
                              "':\"$PATH\" NO_COLOR=1 LC_ALL=C.UTF-8; export PATH NO_COLOR LC_ALL; { " +
                              golden.command + " ; } >'" + out.string() + "' 2>'" + err.string() + "' </dev/null";
  const int status = std::system(command.c_str());
  const std::string said = golden::text_of(err);
  std::string result =
      "//// expect " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + "\n" + golden::text_of(out);
  if (!said.empty()) result += "//// stderr\n" + said;
  fs::remove(out);
  fs::remove(err);
  return without_revisions(result);
}

}  // namespace

TEST_CASE("every golden says what it says") {
  const bool update = std::getenv("WRIT_UPDATE_GOLDENS") != nullptr;
  const auto all = golden::all();
  REQUIRE(!all.empty());
  for (const fs::path& path : all) {
    INFO(path.string());
    const Golden golden = golden::read(path);
    REQUIRE(golden.command.find("writ ") != std::string::npos);
    const std::string seen = run(golden);
    if (update && seen != golden.expected) golden::write(path, golden.given + seen);
    if (!update) CHECK(seen == golden.expected);
  }
}

TEST_CASE("every code is shown whole in some golden") {
  std::set<std::string> shown;
  static const std::regex head(R"((error|warning)\[(E\d{4})\]: )");
  for (const fs::path& path : golden::all()) {
    const std::string text = golden::read(path).expected;
    for (std::sregex_iterator at(text.begin(), text.end(), head), end; at != end; ++at) shown.insert((*at)[2]);
  }
  for (const writ::CodeRow& row : writ::catalogue()) {
    INFO(row.title);
    CHECK(shown.count(writ::code_text(row.code)) == 1);
  }
}
