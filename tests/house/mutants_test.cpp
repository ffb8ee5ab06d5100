// The list of deliberate faults (tests/mutants/mutants.txt) fits the tree: `./dev mutants` takes an hour to say so, this takes a moment.
#include "tests/house/files.h"

#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

struct Mutant {
  std::string name, file, from, to;
};

std::vector<Mutant> mutants() {
  std::vector<Mutant> list;
  for (const std::string& line : house::lines_of(house::text_of("tests/mutants/mutants.txt"))) {
    if (line.starts_with("== ")) list.push_back({line.substr(3), {}, {}, {}});
    if (list.empty() || line.size() < 2) continue;
    auto add = [&](std::string& text) { text += (text.empty() ? "" : "\n") + line.substr(2); };
    if (line.starts_with("file ")) list.back().file = line.substr(5);
    if (line.starts_with("- ")) add(list.back().from);
    if (line.starts_with("+ ")) add(list.back().to);
  }
  return list;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

}  // namespace

TEST_CASE("every mutant is one change to one place of the tree") {
  std::set<std::string> names;
  for (const Mutant& mutant : mutants()) {
    INFO(mutant.name << "\n" << mutant.file << " has, where once is wanted:\n" << mutant.from);
    CHECK(names.insert(mutant.name).second);
    REQUIRE(!mutant.from.empty());
    CHECK(mutant.from != mutant.to);
    CHECK(count(house::text_of(mutant.file), mutant.from) == 1);
  }
}

TEST_CASE("there are mutants of every phase that decides") {
  std::set<std::string> rooms;
  for (const Mutant& mutant : mutants()) rooms.insert(mutant.file.substr(0, mutant.file.rfind('/')));
  for (const char* room : {"compiler/check", "compiler/lower", "runtime/interpret", "runtime/jit", "runtime/engine"})
    CHECK(rooms.contains(room));
  CHECK(mutants().size() >= 40);
}
