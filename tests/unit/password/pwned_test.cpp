// Reading the lists of Have I Been Pwned: their two forms, and what is refused, with its line.
#include "tests/unit/password/lists.h"

#include <catch2/catch.hpp>

using namespace writ::password;
using namespace writ::password_tests;

namespace {

struct Read {
  std::string problem;
  std::vector<PwnedHash> found;
};

Read read_text(std::string_view text, std::string_view prefix = {}, std::size_t piece = 7) {
  Read read;
  PwnedText parser(prefix);
  for (; !text.empty() && read.problem.empty(); text.remove_prefix(std::min(piece, text.size())))
    read.problem = parser.add(text.substr(0, piece), read.found);
  if (read.problem.empty()) read.problem = parser.finish(read.found);
  return read;
}

Read read_path(const std::string& path, bool incomplete = false) {
  Read read;
  PwnedSink sink;
  sink.take = [&](std::span<const PwnedHash> hashes) {
    read.found.insert(read.found.end(), hashes.begin(), hashes.end());
    return std::string();
  };
  read.problem = read_pwned(path, incomplete, sink).text;
  return read;
}

bool same(const std::vector<PwnedHash>& a, const std::vector<PwnedHash>& b) {
  return std::ranges::equal(
      a, b, [](const PwnedHash& x, const PwnedHash& y) { return x.hash == y.hash && x.times == y.times; });
}

const std::string one = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", two = "7C4A8D09CA3762AF61E59520943DC26494F8941B";

}  // namespace

TEST_CASE("the file: lines in any pieces, with either line end, in either case of letters") {
  const auto list = made_list(500);
  for (const std::size_t piece : {1, 2, 7, 41, 42, 43, 44, 45, 100, 100'000}) {
    CHECK(same(read_text(text_of(list), {}, piece).found, list));
    CHECK(same(read_text(text_of(list, "\n"), {}, piece).found, list));
  }
  const Read lower = read_text("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:3");
  REQUIRE(lower.found.size() == 1);
  CHECK(lower.found[0].hash == sha1_of("password"));
  CHECK(lower.found[0].times == 3);
  CHECK(read_text("").found.empty());
  CHECK(read_text("").problem.empty());
}

TEST_CASE("padding is left out, counts end at the most that fits") {
  const Read read = read_text(one + ":0\r\n" + one + ":1\r\n" + two + ":99999999999999999999999999\n");
  CHECK(read.problem.empty());
  REQUIRE(read.found.size() == 2);
  CHECK(read.found[0].times == 1);
  CHECK(read.found[1].times == 4'294'967'295);
}

TEST_CASE("a range: the first five digits are the file's name") {
  const Read read = read_text("1E4C9B93F3F0682250B6CF8331B7EE68FD8:9659365\r\n", "5BAA6");
  REQUIRE(read.found.size() == 1);
  CHECK(read.found[0].hash == sha1_of("password"));
  CHECK(read.found[0].times == 9'659'365);
  CHECK(read_text(one + ":1", "5BAA6").problem.starts_with("line 1: the hash has 40 digits; wanted 35"));
}

TEST_CASE("what is not in that form is refused with its line") {
  const auto problem = [](const std::string& text) {
    const std::string whole = read_text(text, {}, 1 << 20).problem;
    CHECK(read_text(text, {}, 3).problem == whole);
    return whole;
  };
  const std::string form = "wanted 40 hexadecimal digits, `:` and a count";
  CHECK(problem(one + ":1\n8846F7EAEE8FB117AD06BDD830B7586C:3\n") ==
        "line 2: a hash of 32 digits: this is the NTLM list; Writ takes the one of SHA-1 hashes");
  CHECK(problem(two + ":1\n" + one + ":1\n") ==
        "line 2: the hash is not above the one before; wanted the list that is ordered by hash");
  CHECK(problem(one + ":1\n" + one + ":1\n").starts_with("line 2: the hash is not above"));
  CHECK(problem("\n") == "line 1: an empty line; " + form);
  CHECK(problem(one + ":1\n\r\n") == "line 2: an empty line; " + form);
  CHECK(problem(one + "\n") == "line 1: no count; " + form);
  CHECK(problem(one + ":\n") == "line 1: what follows the hash is no count; " + form);
  CHECK(problem(one + ":x\n") == "line 1: what follows the hash is no count; " + form);
  CHECK(problem(one + ":1 \n") == "line 1: what follows the hash is no count; " + form);
  CHECK(problem(one + ":-1\n") == "line 1: what follows the hash is no count; " + form);
  CHECK(problem(one + " 1\n") == "line 1: what follows the hash is no count; " + form);
  CHECK(problem("password:1\n") == "line 1: the hash has 0 digits; " + form);
  CHECK(problem("G" + one.substr(1) + ":1\n") == "line 1: the hash has 0 digits; " + form);
  CHECK(problem(one.substr(1) + ":1\n") == "line 1: the hash has 39 digits; " + form);
  CHECK(problem(one + ":1\n" + two.substr(0, 20)) == "line 2: the hash has 20 digits; " + form);
  CHECK(problem(std::string(1'000'000, 'A')) == "line 1: a line of more than 100 bytes; " + form);
  CHECK(problem(one + ":" + std::string(60, '1') + "\n") == "line 1: a line of more than 100 bytes; " + form);
  CHECK(problem(one + ":" + std::string(60, '1') + "\r\n") == "line 1: a line of more than 100 bytes; " + form);
  CHECK(problem(one + ":" + std::string(59, '1') + "\n").empty());
  CHECK(problem(one + ":" + std::string(59, '1') + "\r\n").empty());
  CHECK(problem(std::string(50, '\0')) == "line 1: the hash has 0 digits; " + form);
}

TEST_CASE("a folder of ranges: both ways to name the files, and none may be missing") {
  const Folder folder;
  const std::string suffix = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
  folder.write("a/5BAA6.txt", suffix + ":4\r\n");
  folder.write("a/00000.txt", "00000000000000000000000000000000001:2\r\n");
  folder.write("b/5BAA6", suffix + ":4");
  CHECK(read_path(folder / "a").problem ==
        "`" + (folder / "a") +
            "` has no file for range 00001, and 1048574 of 1048576 are missing: the download is not complete; "
            "--incomplete takes what is there");
  const Read some = read_path(folder / "a", true);
  CHECK(some.problem.empty());
  REQUIRE(some.found.size() == 2);
  CHECK(some.found[1].hash == sha1_of("password"));
  CHECK(some.found[0].hash < some.found[1].hash);
  CHECK(same(read_path(folder / "b", true).found, {some.found[1]}));
  folder.write("c/readme.txt", "x");
  folder.write("c/5baa6.txt", "x");
  folder.write("c/5BAA6.txt.old", "x");
  CHECK(read_path(folder / "c", true).problem ==
        "`" + (folder / "c") + "` has no files named after ranges, as in `00000.txt`");
  folder.write("a/5BAA7", "");
  CHECK(read_path(folder / "a", true).problem ==
        "`" + (folder / "a") + "` has files named both ways, as in `00000` and `00000.txt`; wanted one");
  folder.write("d/5BAA6.txt", suffix + ":4\nrubbish\n");
  CHECK(read_path(folder / "d", true)
            .problem.starts_with("`" + (folder / "d/5BAA6.txt") + "`, line 2: the hash has 0 digits"));
}

TEST_CASE("files: what the system refuses is said, and so is why a sink stops") {
  const Folder folder;
  CHECK(read_path(folder / "none").problem == "cannot read `" + (folder / "none") + "`: No such file or directory");
  const std::string file = folder.write("list", text_of(made_list(100'000)));
  CHECK(same(read_path(file).found, made_list(100'000)));
  PwnedSink sink;
  std::size_t calls = 0;
  std::uint64_t reached = 0;
  sink.take = [&](std::span<const PwnedHash>) { return ++calls == 2 ? std::string("enough") : std::string(); };
  sink.progress = [&](std::uint64_t done, std::uint64_t total) {
    CHECK(done <= total);
    reached = done;
  };
  CHECK(read_pwned(file, false, sink).text == "enough");
  CHECK(reached == 1 << 20);
}
