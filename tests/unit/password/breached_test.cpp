// Both kinds of files, of 100,000 hashes: what is in them is found, what is not is not more often than stated, and a file that was
// changed or cut is never an answer.
#include "runtime/password/breached.h"
#include "tests/unit/password/lists.h"

#include <cmath>
#include <thread>

#include <catch2/catch.hpp>

using namespace writ::password;
using namespace writ::password_tests;

namespace {

constexpr std::size_t many = 100'000;

// Made once for all tests here.
struct Files {
  Folder folder;
  std::vector<PwnedHash> list = made_list(many);
  std::string exact = folder / "exact", filter8 = folder / "filter8", filter16 = folder / "filter16",
              filter32 = folder / "filter32";
  Files() {
    const auto must = [](const std::string& problem) {
      if (!problem.empty()) std::abort();
    };
    must(build(list, exact));
    must(build(list, filter8, {.bits = 8, .incomplete = false}));
    must(build(list, filter16, {.bits = 16, .incomplete = false}));
    must(build(list, filter32, {.bits = 32, .incomplete = true}));
  }
};
const Files& files() {
  static const Files made;
  return made;
}

BreachedList opened(const std::string& path) {
  BreachedList list;
  const std::string problem = list.open(path);
  INFO(problem);
  REQUIRE(problem.empty());
  return list;
}

std::size_t false_positives(const BreachedList& list, std::size_t asked) {
  std::size_t wrong = 0;
  Hasher hasher(Hasher::Kind::sha1);
  for (std::size_t i = 0; i < asked; ++i) {
    const BreachedAnswer answer = list.look_up(hasher.add("password " + std::to_string(many + i)).sha1());
    if (answer.fault != BreachedFault::none) std::abort();
    wrong += answer.found;
  }
  return wrong;
}

}  // namespace

TEST_CASE("an exact index knows every hash, how often it was seen, and no other") {
  const BreachedList list = opened(files().exact);
  CHECK_FALSE(list.is_filter());
  CHECK(list.hashes() == many);
  CHECK(list.parts() > 10);
  CHECK(list.check_all().empty());
  std::size_t right = 0;
  for (const PwnedHash& one : files().list) {
    const BreachedAnswer answer = list.look_up(one.hash);
    right += answer.fault == BreachedFault::none && answer.found && answer.times == one.times;
  }
  CHECK(right == many);
  CHECK(false_positives(list, 200'000) == 0);
  // Neighbours of members, the least and the greatest.
  for (std::size_t i = 0; i < many; i += 100) {
    Sha1 near = files().list[i].hash;
    near[19] = static_cast<std::uint8_t>(near[19] + 1);
    CHECK(list.look_up(near).is_clean());
  }
  Sha1 most{};
  CHECK(list.look_up(most).is_clean());
  most.fill(0xff);
  CHECK(list.look_up(most).is_clean());
}

TEST_CASE("filters miss no member, and are wrong about others as often as they state") {
  for (const std::string& path : {files().filter8, files().filter16, files().filter32}) {
    const BreachedList list = opened(path);
    CHECK(list.is_filter());
    CHECK(list.hashes() == many);
    std::size_t found = 0;
    for (const PwnedHash& one : files().list) found += list.look_up(one.hash).found;
    CHECK(found == many);
  }
  // Expected 1,172, 4.6 and 0; the bounds are more than five standard deviations away.
  const std::size_t wrong = false_positives(opened(files().filter8), 300'000);
  CHECK(wrong > 1'000);
  CHECK(wrong < 1'344);
  CHECK(opened(files().filter8).false_positive_rate() == 1.0 / 256);
  CHECK(false_positives(opened(files().filter16), 300'000) < 17);
  CHECK(opened(files().filter16).false_positive_rate() == 1.0 / 65'536);
  CHECK(false_positives(opened(files().filter32), 300'000) == 0);
  CHECK(opened(files().filter32).is_incomplete());
  CHECK(bytes_of(files().filter8).size() < many * 5 / 4);
}

TEST_CASE("a rate chooses the bits") {
  CHECK(bits_for(0.5) == 8U);
  CHECK(bits_for(1.0 / 256) == 8U);
  CHECK(bits_for(0.0039) == 16U);
  CHECK(bits_for(0.0000153) == 16U);
  CHECK(bits_for(0.0000152) == 32U);
  CHECK(bits_for(1e-9) == 32U);
  CHECK_FALSE(bits_for(1e-10));
  CHECK_FALSE(bits_for(0));
  CHECK_FALSE(bits_for(1));
  CHECK_FALSE(bits_for(-1));
  CHECK_FALSE(bits_for(std::nan("")));
}

TEST_CASE("equal lists make equal files, by whatever pieces they come") {
  const Folder folder;
  REQUIRE(build(files().list, folder / "again").empty());
  CHECK(bytes_of(folder / "again") == bytes_of(files().exact));
  BreachedBuilder builder;
  REQUIRE(builder.begin(folder / "pieces", {.bits = 8, .incomplete = false}).empty());
  for (const PwnedHash& one : files().list) REQUIRE(builder.add({&one, 1}).empty());
  REQUIRE(builder.commit().empty());
  CHECK(builder.size() == bytes_of(folder / "pieces").size());
  CHECK(bytes_of(folder / "pieces") == bytes_of(files().filter8));
  CHECK(opened(folder / "pieces").root() == opened(files().filter8).root());
  CHECK(opened(folder / "pieces").root() != opened(files().filter16).root());
}

TEST_CASE("a byte changed anywhere: refused when it is opened, or a fault for what it touches; never another answer") {
  for (const std::string& path : {files().exact, files().filter8}) {
    const std::vector<std::uint8_t> whole = bytes_of(path);
    std::mt19937 random(11);
    std::size_t refused = 0, faults = 0;
    for (std::size_t i = 0; i < 400; ++i) {
      std::vector<std::uint8_t> bytes = whole;
      const std::size_t at = i < 128 ? i : random() % bytes.size();
      bytes[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
      BreachedList list;
      const std::string problem = list.open(bytes);
      if (!problem.empty()) {
        ++refused;
        CHECK_FALSE(list.is_open());
        CHECK(list.look_up(files().list[0].hash).fault == BreachedFault::not_open);
        continue;
      }
      for (std::size_t j = 0; j < many; j += 50) {
        const BreachedAnswer answer = list.look_up(files().list[j].hash);
        CHECK_FALSE(answer.is_clean());
        faults += answer.fault == BreachedFault::damaged;
      }
    }
    CHECK(refused >= 128);
    CHECK(faults > 0);
  }
}

TEST_CASE("a file cut short or grown is refused, and the reason is said") {
  for (const std::string& path : {files().exact, files().filter16}) {
    const std::vector<std::uint8_t> whole = bytes_of(path);
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
      BreachedList list;
      const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const std::string problem = list.open(cut);
      CHECK((problem.find("cut short") != problem.npos || problem.find("fewer than a header") != problem.npos));
      CHECK_FALSE(list.is_open());
    }
    auto grown = whole;
    grown.push_back(0);
    CHECK(BreachedList().open(grown).ends_with("something was added"));
  }
  const Folder folder;
  CHECK(BreachedList().open(folder / "none") == "No such file or directory");
  CHECK(BreachedList().open(folder / ".") == "it is not an ordinary file");
  CHECK(BreachedList().open(folder.write("empty", "")) == "it is empty");
  CHECK(BreachedList().open(folder.write("text", text_of(made_list(10)))) ==
        "it is not a file of `writ breached build`");
  auto newer = bytes_of(files().exact);
  newer[8] = 9;
  CHECK(BreachedList().open(newer) == "it was made by another version of writ (format 9); build it again");
}

TEST_CASE("a list that failed to open anew goes on with what it had") {
  BreachedList list = opened(files().exact);
  CHECK_FALSE(list.open(files().folder / "none").empty());
  CHECK(list.look_up(files().list[7].hash).found);
  CHECK(BreachedList().look_up(files().list[7].hash).fault == BreachedFault::not_open);
  CHECK_FALSE(BreachedAnswer{}.is_clean());
}

TEST_CASE("any number of threads ask at a time") {
  const BreachedList list = opened(files().filter16);
  std::atomic<std::size_t> found = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < many; i += 4) found += list.look_up(files().list[i].hash).found;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(found == many);
}

TEST_CASE("what cannot be a list is not made into one, and what was there stays") {
  const Folder folder;
  const std::string there = folder.write("list", "what was there");
  CHECK(build({}, there) == "there are no hashes in it");
  CHECK(bytes_of(there).size() == 14);
  {
    BreachedBuilder builder;
    REQUIRE(builder.begin(there, {}).empty());
    REQUIRE(builder.add(files().list).empty());
    CHECK(bytes_of(there).size() == 14);
    CHECK(folder.files() == 2);
  }
  CHECK(folder.files() == 1);  // given up: nothing is left of it
  CHECK(bytes_of(there).size() == 14);
  REQUIRE(build(files().list, there).empty());
  CHECK(opened(there).hashes() == many);
  CHECK(folder.files() == 1);
  CHECK(build(files().list, folder / "none/list") ==
        "cannot write `" + (folder / "none/list") + "`: No such file or directory");
  CHECK(build(files().list, folder / ".") == "cannot write `" + (folder / ".") + "`: Is a directory");

  // Three million hashes and none that begins with 3039: a list that was cut. Few hashes may well be so.
  BreachedBuilder builder;
  REQUIRE(builder.begin(there, {.bits = 8, .incomplete = false}).empty());
  std::vector<PwnedHash> spread;
  for (std::uint32_t i = 0; i < 65'536U * 41; ++i) {
    PwnedHash one{{}, 1};
    const std::uint32_t prefix = i / 41;
    one.hash[0] = static_cast<std::uint8_t>(prefix >> 8);
    one.hash[1] = static_cast<std::uint8_t>(prefix);
    one.hash[2] = static_cast<std::uint8_t>(i % 41);
    if (prefix != 12'345) spread.push_back(one);
  }
  REQUIRE(builder.add(spread).empty());
  CHECK(builder.commit() ==
        "among 2686935 hashes none begins with 3039: the list is not complete; --incomplete takes what is there");
  CHECK(opened(there).hashes() == many);
  REQUIRE(build(spread, there, {.bits = 8, .incomplete = true}).empty());
  CHECK(opened(there).parts() == 3);
  CHECK(opened(there).is_incomplete());
  CHECK(opened(there).look_up(spread.back().hash).found);

  // And one that was cut at its end: all that is there begins below FFFF.
  std::vector<PwnedHash> cut;
  for (std::uint32_t i = 0; i < 65'535U * 41; ++i) {
    PwnedHash one{{}, 1};
    const std::uint32_t prefix = i / 41;
    one.hash[0] = static_cast<std::uint8_t>(prefix >> 8);
    one.hash[1] = static_cast<std::uint8_t>(prefix);
    one.hash[2] = static_cast<std::uint8_t>(i % 41);
    cut.push_back(one);
  }
  CHECK(build(cut, folder / "cut") ==
        "among 2686935 hashes none begins with FFFF: the list is not complete; --incomplete takes what is there");
}

TEST_CASE("hashes that do not spread as hashes do are refused before they take all memory") {
  const Folder folder;
  BreachedBuilder builder;
  REQUIRE(builder.begin(folder / "list", {.bits = 8, .incomplete = false}).empty());
  std::vector<PwnedHash> piece(1 << 16);
  std::string problem;
  for (std::uint32_t i = 0; i < 1 << 24 && problem.empty(); ++i) {
    PwnedHash& one = piece[i % piece.size()];
    one.times = 1;
    for (std::size_t j = 0; j < 4; ++j) one.hash[2 + j] = static_cast<std::uint8_t>(i >> (24 - 8 * j));
    if (i % piece.size() == piece.size() - 1) problem = builder.add(piece);
  }
  CHECK(problem == "more than 8388608 hashes begin with 0000: these are no SHA-1 hashes, which spread evenly");
}
