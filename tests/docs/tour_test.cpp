// The tour is true, and so is what other pages show: the files of a page (```writ NAME, ```json NAME) are written to an empty folder, its
// commands are run there, and each prints exactly what stands below it. WRIT_UPDATE_GOLDENS=1 writes down what they print.
#include "tests/docs/documents.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

namespace {

using namespace documents;

std::string printed_by(const std::string& command, const Folder& folder) {
  const std::string log = folder.path().string() + ".log";
  const std::string bin = std::filesystem::path(WRIT_COMMAND).parent_path().string();
  const std::string line = "cd '" + folder.path().string() + "' && PATH='" + bin +
                           "':\"$PATH\" NO_COLOR=1 && export PATH NO_COLOR && { " + command + " ; } >'" + log +
                           "' 2>&1 </dev/null";
  if (std::system(line.c_str()) < 0) return "the shell cannot be run\n";
  std::string text = text_of(log);
  std::filesystem::remove(log);
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

// The block as it is when its commands are run.
std::string replayed(const std::string& console, const Folder& folder) {
  std::string text;
  std::istringstream lines(console);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("$ ")) text += line + "\n" + printed_by(line.substr(2), folder);
  return text;
}

}  // namespace

TEST_CASE("pages show what their commands print") {
  const auto [page, least] = GENERATE(table<const char*, std::size_t>({{"tour.md", 5},
                                                                       {"passwords.md", 1},
                                                                       {"import.md", 1},
                                                                       {"testing.md", 6},
                                                                       {"diff.md", 3},
                                                                       {"overview.md", 3},
                                                                       {"ci.md", 8}}));
  INFO(page);
  const auto path = docs() / page;
  std::string text = text_of(path);
  const Folder folder;
  std::size_t commands = 0;
  for (const Block& block : blocks_of(text)) {
    const auto name = block.info.find(' ');
    if (name != std::string::npos) folder.write(block.info.substr(name + 1), block.text);
  }
  for (const Block& block : blocks_of(text)) {
    if (block.info != "console") continue;
    ++commands;
    const std::string seen = replayed(block.text, folder);
    if (std::getenv("WRIT_UPDATE_GOLDENS") != nullptr)
      text.replace(text.find(block.text), block.text.size(), seen);
    else
      CHECK(seen == block.text);
  }
  CHECK(commands >= least);
  if (std::getenv("WRIT_UPDATE_GOLDENS") != nullptr) std::ofstream(path, std::ios::binary) << text;
}
