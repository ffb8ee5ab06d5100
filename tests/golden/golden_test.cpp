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
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "//// ";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

struct Golden {
  std::string command;
  std::map<std::string, std::string> files;
  std::string given;     // everything above `//// expect`, for rewriting
  std::string expected;  // from `//// expect` on
};

// Lines with their ends.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

std::string rest_of(const std::string& line, std::string_view head) {
  std::string rest = line.substr(head.size());
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == ' ')) rest.pop_back();
  return rest;
}

Golden read(const fs::path& path) {
  Golden golden;
  std::string name = "policy.writ";
  bool expecting = false;
  for (const std::string& line : lines_of(text_of(path))) {
    if (line.starts_with("//// expect")) expecting = true;
    if (expecting) {
      golden.expected += line;
      continue;
    }
    golden.given += line;
    if (golden.command.empty() && line.starts_with(mark)) golden.command = rest_of(line, mark);
    if (line.starts_with("//// file "))
      name = rest_of(line, "//// file ");
    else
      golden.files[name] += line;
  }
  return golden;
}

std::string without_revisions(const std::string& text) {
  static const std::regex pretty(R"(revision \d+ \([0-9a-f]+…\))"), json(R"("revision":"[0-9a-f]+")");
  return std::regex_replace(std::regex_replace(text, pretty, "revision …"), json, R"("revision":"…")");
}

std::string run(const Golden& golden) {
  const fs::path folder = fs::temp_directory_path() / ("writ_golden_" + std::to_string(::getpid()));
  const fs::path out = folder.string() + ".out", err = folder.string() + ".err";
  fs::remove_all(folder);
  for (const auto& [name, text] : golden.files) write(folder / name, text);
  const std::string bin = fs::path(WRIT_COMMAND).parent_path().string();
  const std::string command = "cd '" + folder.string() + "' && PATH='" + bin +
                              "':\"$PATH\" NO_COLOR=1 LC_ALL=C.UTF-8; export PATH NO_COLOR LC_ALL; { " +
                              golden.command + " ; } >'" + out.string() + "' 2>'" + err.string() + "' </dev/null";
  const int status = std::system(command.c_str());
  const std::string said = text_of(err);
  std::string result =
      "//// expect " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + "\n" + text_of(out);
  if (!said.empty()) result += "//// stderr\n" + said;
  fs::remove_all(folder);
  fs::remove(out);
  fs::remove(err);
  return without_revisions(result);
}

std::vector<fs::path> goldens() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(WRIT_SOURCE_DIR) / "tests/golden"))
    if (entry.path().extension() == ".writ") found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("every golden says what it says") {
  const bool update = std::getenv("WRIT_UPDATE_GOLDENS") != nullptr;
  const auto all = goldens();
  REQUIRE(!all.empty());
  for (const fs::path& path : all) {
    INFO(path.string());
    const Golden golden = read(path);
    REQUIRE(golden.command.starts_with("writ "));
    const std::string seen = run(golden);
    if (update && seen != golden.expected) write(path, golden.given + seen);
    if (!update) CHECK(seen == golden.expected);
  }
}
