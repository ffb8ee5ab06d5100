// The list of lines that no test can reach (tests/coverage/unreached.txt) fits the tree, and stays short: an exception is for what cannot
// happen on a sound machine, not for what nobody tested.
#include "tests/house/files.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

constexpr std::size_t most_lines = 120;

struct Unreached {
  std::string reason, file;
  std::vector<std::string> lines;
};

std::string without_margins(const std::string& line) {
  const auto first = line.find_first_not_of(' ');
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(' ') + 1 - first);
}

std::vector<Unreached> unreached() {
  std::vector<Unreached> list;
  for (const std::string& line : house::lines_of(house::text_of("tests/coverage/unreached.txt"))) {
    if (line.starts_with("== ")) list.push_back({line.substr(3), {}, {}});
    if (list.empty()) continue;
    if (line.starts_with("file ")) list.back().file = line.substr(5);
    if (line.starts_with("- ")) list.back().lines.push_back(without_margins(line.substr(2)));
  }
  return list;
}

// How often the lines stand in the file, one after the other.
std::size_t count(const std::string& file, const std::vector<std::string>& lines) {
  auto text = house::lines_of(house::text_of(file));
  for (std::string& line : text) line = without_margins(line);
  std::size_t times = 0;
  for (std::size_t at = 0; at + lines.size() <= text.size(); ++at) {
    std::size_t same = 0;
    while (same < lines.size() && text[at + same] == lines[same]) ++same;
    if (same == lines.size()) ++times;
  }
  return times;
}

}  // namespace

TEST_CASE("every exception from coverage has a reason and stands once in its file") {
  std::size_t lines = 0;
  for (const Unreached& entry : unreached()) {
    INFO(entry.reason << "\n" << entry.file);
    CHECK(entry.reason.size() > 20);
    REQUIRE(!entry.lines.empty());
    CHECK(!house::is_in(entry.file, "tests/unit"));
    CHECK(count(entry.file, entry.lines) == 1);
    lines += entry.lines.size();
  }
  CHECK(lines <= most_lines);
}
