// The list of common passwords: ranks, lower case, what a file must be; and the list that was built, when there is one.
#include "runtime/password/common.h"
#include "tests/unit/password/lists.h"

#include <catch2/catch.hpp>

using namespace writ::password;
using namespace writ::password_tests;

namespace {

std::string lower(std::string_view text) {
  std::array<char, 300> room;
  return std::string(to_lower(text, room).value_or("none"));
}

CommonList made(const Folder& folder, std::string_view list, std::uint32_t top = most_common) {
  const CommonMade made = make_common(list, top, folder / "list");
  INFO(made.problem);
  REQUIRE(made.problem.empty());
  CommonList common;
  REQUIRE(common.open(folder / "list").empty());
  CHECK(common.entries() == made.entries);
  CHECK(made.bytes == bytes_of(folder / "list").size());
  return common;
}

}  // namespace

TEST_CASE("ranks are places in the list, by lower case, the first of equals") {
  const Folder folder;
  const CommonList common = made(folder, "#!comment: said first\n123456\r\npassword\n\nQwerty\nPASSWORD\nlast");
  CHECK(common.entries() == 5);
  CHECK(common.rank("123456") == 1);
  CHECK(common.rank("password") == 2);
  CHECK(common.rank("PassWord") == 2);
  CHECK(common.rank("qwerty") == 3);
  CHECK(common.rank("QWERTY") == 3);
  CHECK(common.rank("last") == 5);
  for (const std::string_view other :
       {"", "passwor", "password ", " password", "1234567", "#!comment: said first", "\n"})
    CHECK(common.rank(other) == 0);
  CHECK(common.rank(std::string_view("last\0", 5)) == 0);
  CHECK(common.rank(std::string(10'000, 'p')) == 0);
  CHECK(made(folder, "a\nb\nc\n", 2).entries() == 2);
  CHECK(made(folder, "a\nb\nc\n", 2).rank("c") == 0);
}

TEST_CASE("lower case is that of JavaScript and Java for what a list may hold") {
  CHECK(lower("AZaz09[`@{") == "azaz09[`@{");
  CHECK(lower("ÄÉÑ") == "äéñ");
  CHECK(lower("ПАРОЛЬ") == "пароль");
  CHECK(lower("\u212a") == "k");  // the sign for Kelvin
  CHECK(lower("\u0130stanbul") == "i\u0307stanbul");
  CHECK(lower("stra\u1e9ee") == "straße");     // ẞ
  CHECK(lower("\U00010400") == "\U00010428");  // Deseret
  CHECK(lower("a\xff\xc3") == "a\xff\xc3");    // not UTF-8: as it is
  std::array<char, 8> small;
  CHECK_FALSE(to_lower("123456789", small));
  const Folder folder;
  CHECK(made(folder, "Contraseña\n").rank("CONTRASEÑA") == 1);
  CHECK(made(folder, "kelvin\n").rank("\u212aelvin") == 1);
}

TEST_CASE("many entries: each is found, and as quickly as the last") {
  const Folder folder;
  std::string list;
  for (int i = 0; i < 50'000; ++i) list += "Word" + std::to_string(i * 7) + "\n";
  const CommonList common = made(folder, list);
  std::size_t right = 0, wrong = 0;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    right += common.rank("wORD" + std::to_string(i * 7)) == i + 1;
    wrong += common.rank("word" + std::to_string(i * 7 + 1)) != 0;
  }
  CHECK(right == 50'000);
  CHECK(wrong == 0);
}

TEST_CASE("longest entries, and what is no list") {
  const Folder folder;
  const std::string longest(255, 'X');
  CHECK(made(folder, longest + "\n").rank(std::string(255, 'x')) == 1);
  CHECK(make_common(longest + "X\n", 10, folder / "list").problem ==
        "password 1 has more than 255 bytes; is it a list of one password a line?");
  CHECK(make_common("", 10, folder / "list").problem == "there are no passwords in it");
  CHECK(make_common("a\n", 0, folder / "list").problem == "there are no passwords in it");
  CHECK(make_common("a\n", 1, folder / "none/list").problem.starts_with("cannot write"));
}

TEST_CASE("a file that was changed or cut is refused, and a list that is not open has no ranks") {
  const Folder folder;
  made(folder, "123456\npassword\nqwerty\n");
  const auto whole = bytes_of(folder / "list");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] ^= 4;
    CommonList common;
    INFO(i);
    const std::string problem = common.open(bytes);
    CHECK_FALSE(problem.empty());
    CHECK_FALSE(common.is_open());
    CHECK(common.rank("password") == 0);
  }
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(CommonList().open(std::span(whole).first(size)).empty());
  CHECK(CommonList().open(folder / "none") == "No such file or directory");
  CHECK(CommonList().open(folder.write("text", std::string(100, 'x'))) == "it is not a file of `writ common build`");
}
