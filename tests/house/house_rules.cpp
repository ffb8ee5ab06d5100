// Rules of the house that no compiler checks: how long a file may be, what is committed, what every file says first.
#include "tests/house/files.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace {

constexpr std::size_t most_lines = 600;
constexpr std::size_t most_oracle_lines = 900, most_judge_lines = 400;

struct Exception {
  std::string_view file;
  std::size_t lines;
  std::string_view reason;
};

// Files allowed to be longer, each with the length it may have and why it is not two files. None so far.
const std::vector<Exception> longer_files = {};

std::size_t length_of(std::string_view file) { return house::lines_of(house::text_of(file)).size(); }

std::size_t allowed_length(std::string_view file) {
  for (const Exception& longer : longer_files) {
    if (longer.file == file) return longer.lines;
  }
  return most_lines;
}

// What ANTLR, the compiler or an editor writes.
bool looks_generated(std::string_view file) {
  constexpr std::array endings = {".tokens", ".interp", ".o", ".a", ".so", ".gch", ".orig", ".rej", ".swp", "~"};
  auto name = file.substr(file.find_last_of('/') + 1);
  if (file.starts_with("build/")) return true;
  if ((name.starts_with("WritLexer") || name.starts_with("WritParser")) && !name.ends_with(".g4")) return true;
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return file.ends_with(ending); });
}

// The first absolute path into somebody's home or workplace: it means something on one machine only. The names are
// written in two pieces so that this file does not hold what it looks for.
std::string path_of_one_machine(std::string_view text) {
  constexpr std::array<std::string_view, 3> folders = {"/"
                                                       "work/",
                                                       "/"
                                                       "home/",
                                                       "/"
                                                       "root/"};
  for (std::string_view folder : folders) {
    for (auto at = text.find(folder); at != std::string_view::npos; at = text.find(folder, at + 1)) {
      // Inside a longer path or an address it is a name like any other.
      bool absolute = at == 0 || std::string_view(" \t\n\"'`(=:,[<").find(text[at - 1]) != std::string_view::npos;
      if (absolute) return std::string(text.substr(at, std::min(text.find_first_of(" \n", at), at + 60) - at));
    }
  }
  return {};
}

}  // namespace

TEST_CASE("no source file is too long") {
  for (const std::string& file : house::sources()) {
    if (house::is_in(file, "tests")) continue;
    INFO(file);
    CHECK(length_of(file) <= allowed_length(file));
  }
}

TEST_CASE("every exception from the length is still needed") {
  for (const Exception& longer : longer_files) {
    INFO(longer.file);
    CHECK(!longer.reason.empty());
    CHECK(length_of(longer.file) > most_lines);
  }
}

TEST_CASE("the oracle stays short enough to be believed") {
  std::size_t total = 0;
  for (const std::string& file : house::sources()) {
    if (house::is_in(file, "tests/agree/oracle")) total += length_of(file);
  }
  CHECK(total <= most_oracle_lines);
}

TEST_CASE("so does the judge of passwords") {
  const auto total = length_of("tests/agree/passwords/judge.h") + length_of("tests/agree/passwords/judge.cpp");
  CHECK(total <= most_judge_lines);
}

TEST_CASE("every header is guarded") {
  for (const std::string& file : house::sources()) {
    if (!house::is_header(file)) continue;
    INFO(file);
    CHECK(house::text_of(file).find("#pragma once\n") != std::string::npos);
  }
}

TEST_CASE("every source file opens with prose") {
  for (const std::string& file : house::sources()) {
    // A .cpp with a header of its name may leave the essay to it.
    std::string header = file.substr(0, file.rfind('.')) + ".h";
    if (header != file && house::exists(header)) continue;
    INFO(file);
    CHECK(house::text_of(file).starts_with("// "));
  }
}

TEST_CASE("nothing generated is committed") {
  for (const std::string& file : house::tracked()) {
    INFO(file);
    CHECK(!looks_generated(file));
  }
  CHECK(looks_generated("grammar/WritParser.cpp"));
  CHECK(!looks_generated("grammar/WritParser.g4"));
}

TEST_CASE("no file names a place on one machine") {
  for (const std::string& file : house::tracked()) {
    auto path = path_of_one_machine(house::text_of(file));
    INFO(file << " names " << path);
    CHECK(path.empty());
  }
  CHECK(!path_of_one_machine("see /"
                             "work/x")
             .empty());
  CHECK(path_of_one_machine("https://example.com/"
                            "work/x")
            .empty());
}

TEST_CASE("the repository says what it is and on which terms") {
  CHECK(house::text_of("LICENSE").find("Apache License") != std::string::npos);
  CHECK(house::exists("README.md"));
  CHECK(house::exists("CHANGELOG.md"));
}
