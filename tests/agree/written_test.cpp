// The policies that people wrote, the examples and those of the goldens, go through the same comparison as generated
// ones: requests at their turns, attempts, offers, and the properties but for the extra deny.
#include "compiler/load/load.h"
#include "tests/agree/run.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

namespace {

using namespace writ;
namespace fs = std::filesystem;
using Files = std::vector<std::string>;

constexpr std::size_t requests_each = 1'500;

// The texts of a policy set in source order; nothing when it does not parse.
Files texts_of(const fs::path& path) {
  const std::string paths[] = {path.string()};
  const auto loaded = load(paths);
  Files files;
  if (loaded.diagnostics.has_errors()) return files;
  for (const auto* tree : loaded.order) files.emplace_back(loaded.sources.text(tree->file));
  return files;
}

// policy.writ of a golden: what stands above its first further file and its expectation.
std::string policy_of(const fs::path& golden) {
  std::ifstream in(golden, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.substr(0, std::min(text.find("//// file "), text.find("//// expect")));
}

// One set after another; those that are wrong on purpose are left out, and counted.
void agree_on(const std::vector<std::pair<std::string, Files>>& sets, std::size_t at_least) {
  const auto code = agree::machine_code(true);
  agree::Tally tally;
  std::uint64_t seed = 0;
  for (const auto& [name, files] : sets) {
    INFO(name);
    if (!agree::prepare(files, nullptr)->problems.empty()) continue;
    CHECK(agree::judge(files, {}, code, requests_each, ++seed, tally) == "");
  }
  CHECK(tally.policies >= at_least);
  CHECK(tally.decisions >= at_least * requests_each / 2);
}

std::vector<fs::path> sorted(std::vector<fs::path> paths) {
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

TEST_CASE("oracle, interpreter and machine code agree on every example") {
  std::vector<std::pair<std::string, Files>> sets;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(fs::path(WRIT_SOURCE_DIR) / "policies/examples"))
    found.push_back(entry.path());
  for (const auto& folder : sorted(found)) {
    if (folder.filename() != "platform_floor")
      sets.emplace_back(folder.filename(), texts_of(folder));
    else
      sets.emplace_back("platform_floor", texts_of(folder / "tighten.writ"));  // its files are alternatives
  }
  agree_on(sets, sets.size());
}

TEST_CASE("oracle, interpreter and machine code agree on the goldens' policies") {
  std::vector<std::pair<std::string, Files>> sets;
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(WRIT_SOURCE_DIR) / "tests/golden"))
    if (entry.path().extension() == ".writ" && entry.path().parent_path().filename() != "lint")  // those: fix_test.cpp
      found.push_back(entry.path());
  for (const auto& golden : sorted(found)) sets.emplace_back(golden.filename(), Files{policy_of(golden)});
  agree_on(sets, 12);
}
