// Building: what is taken from an older bundle is what a whole build makes, to the byte; and what cannot be taken is not.
#include "tests/unit/build/built.h"

#include <map>
#include <random>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::building;
using bundle::Bundle;

namespace {

const std::string platform = R"(writ 1
client portal : web { }
template small(domain: string) {
  connection users : database
  connection staff : saml { domains domain }
  client web : web { connections users, staff }
  allow login when user.email_verified
}
platform {
  deny login "blocked country" when (request.country else "KP") == "KP"
}
)";

std::string tenant(const std::string& name, int kind) {
  std::string text = "writ 1\nimport \"platform.writ\"\n\n";
  text += std::string(static_cast<std::size_t>(kind % 3), '\n');  // on another line it is another part
  if (kind % 2 == 0) return text + "tenant " + name + " from small(\"" + name + std::to_string(kind) + ".example\")\n";
  return text + "tenant " + name + " \"" + name + "\" {\n  hosts \"" + name +
         ".example\"\n  connection users : database\n" +
         "  client web : web { connections users }\n  allow login when user.logins > " + std::to_string(kind) + "\n}\n";
}

// Beside the platform `acme`, written out, and `bolt` of this kind.
void write_two(const support::Folder& folder, int kind) {
  folder.write("platform.writ", platform);
  folder.write("a.writ", tenant("acme", 1));
  folder.write("b.writ", tenant("bolt", kind));
}

}  // namespace

TEST_CASE("of an unchanged policy nothing is compiled again, of a changed one what changed") {
  const support::Folder folder;
  folder.write("platform.writ", platform);
  for (int i = 0; i < 6; ++i) folder.write("t" + std::to_string(i) + ".writ", tenant("t" + std::to_string(i), i));
  const auto first = build(folder);
  INFO(problems(first));
  REQUIRE(first.ok());
  CHECK(first.compiled == 6);
  const auto known = open(first);
  CHECK(!known->check_all());
  const auto again = build(folder, known);
  CHECK(again.compiled == 0);
  CHECK(again.kept == 6);
  CHECK(same(open(again), known));
  folder.write("t3.writ", tenant("t3", 5));
  const auto changed = build(folder, known);
  CHECK(changed.compiled == 1);
  CHECK(same(open(changed), open(build(folder))));
}

TEST_CASE("random edits: what is built upon the last bundle is what is built anew, to the byte") {
  const support::Folder folder;
  folder.write("platform.writ", platform);
  std::mt19937 random(5);
  const auto any = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
  Opened known;
  std::size_t kept = 0;
  for (int round = 0; round < 25; ++round) {
    for (auto edits = any(3); edits >= 0; --edits) {
      const auto name = "t" + std::to_string(any(8));
      switch (any(8)) {
      case 0: std::filesystem::remove(folder(name + ".writ")); break;
      case 1:
        folder.write("more/" + name + ".writ",
                     std::filesystem::exists(folder(name + ".writ")) && any(2) == 0
                         ? "writ 1\nextend tenant " + name + " {\n  deny login \"more\" when user.logins > 9\n}\n"
                         : "writ 1\n");
        break;
      case 2: folder.write("platform.writ", platform + "// " + std::to_string(any(3)) + "\n"); break;
      case 3: folder.write("zzz.writ", any(2) == 0 ? "writ 1\nimport \"more\"\n" : "writ 1\n"); break;
      default: folder.write(name + ".writ", tenant(name, any(9)));
      }
    }
    const auto whole = build(folder), upon = build(folder, known);
    INFO(round << "\n" << problems(whole) << "\n" << problems(upon));
    REQUIRE(whole.ok() == upon.ok());
    if (!whole.ok()) {
      REQUIRE(problems(whole) == problems(upon));
      continue;
    }
    kept += upon.kept;
    REQUIRE(same(open(whole), open(upon)));
    known = open(upon);
  }
  CHECK(kept > 20);
}

TEST_CASE("a mistake is told as a whole build tells it, whoever of the two is known already") {
  const support::Folder folder;
  write_two(folder, 1);
  const auto known = open(build(folder));
  const auto told = [&](const std::string& text) {
    folder.write("c.writ", text);
    const auto whole = build(folder), upon = build(folder, known);
    CHECK(!whole.ok());
    CHECK(problems(whole) == problems(upon));
  };
  told(tenant("acme", 3));                                                                             // declared twice
  told("writ 1\ntenant other \"O\" {\n  id \"acme\"\n  connection users : database\n}\n");             // of one wire id
  told("writ 1\ntenant other \"O\" {\n  hosts \"bolt.example\"\n  connection users : database\n}\n");  // of one host
  told("writ 1\nextend tenant nobody {\n  deny login \"x\" when user.logins > 9\n}\n");
  told("writ 1\ntenant broken {\n");
}

TEST_CASE("a change outside of tenants compiles everything, a comment in a tenant that tenant") {
  const support::Folder folder;
  write_two(folder, 2);
  const auto known = open(build(folder));
  folder.write("a.writ", tenant("acme", 1) + "// behind it\n");
  CHECK(build(folder, known).compiled == 0);
  folder.write("a.writ", tenant("acme", 1) + "let late = user.logins > 3\n");
  CHECK(build(folder, known).compiled == 2);
  auto commented = tenant("acme", 1);
  commented.insert(commented.rfind('}'), "// within it\n");
  folder.write("a.writ", commented);
  CHECK(build(folder, known).compiled == 1);
  folder.write("a.writ", tenant("acme", 1));
  CHECK(build(folder, known).compiled == 0);
  auto moved = tenant("acme", 1);  // the same text a line below: messages name another place
  moved.insert(moved.find("tenant"), "\n");
  folder.write("a.writ", moved);
  const auto lower = build(folder, known);
  CHECK(lower.compiled == 1);
  CHECK(same(open(lower), open(build(folder))));
  folder.write("a.writ", tenant("acme", 1));
  folder.write("platform.writ", platform + "\n");
  CHECK(build(folder, known).compiled == 2);
}

TEST_CASE("what a policy tests is no part of what is built") {
  const support::Folder folder;
  folder.write("platform.writ", platform);
  folder.write("a.writ", tenant("acme", 1));
  const auto known = open(build(folder));
  folder.write("a_test.writ", "writ 1\ntest \"t\" {\n  login to nobody.web\n  expect allow\n}\n");
  const auto built = build(folder, known);
  CHECK(built.ok());
  CHECK(built.compiled == 0);
  CHECK(same(open(built), open(build(folder))));
}

TEST_CASE("tests are carried along as questions, a bounded number of them, whatever is kept") {
  const support::Folder folder;
  folder.write("platform.writ", platform);
  std::string tests = "writ 1\nimport \"platform.writ\"\n";
  for (int i = 0; i < 6; ++i) {
    folder.write("t" + std::to_string(i) + ".writ", tenant("t" + std::to_string(i), i));
    tests += "import \"t" + std::to_string(i) + ".writ\"\n";
  }
  CHECK(build(folder).questions == 0);
  const std::string question = "  login to t1.web via users\n  expect deny\n";
  folder.write("tests.writ", tests + "test \"one\" {\n" + question + "}\n");
  const auto one = build(folder);
  INFO(problems(one) << one.not_asked);
  REQUIRE(one.ok());
  CHECK(one.questions == 1);
  std::vector<bundle::Sample> samples;
  REQUIRE(!open(one)->samples(samples));
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].request.client == "web");
  CHECK(samples[0].effect == Effect::deny);
  CHECK(samples[0].fault == Fault::none);
  CHECK(same(open(build(folder, open(one))), open(one)));
  for (int i = 0; i < 200; ++i)
    tests += "test \"n" + std::to_string(i) + "\" {\n" + question + question + question + question + question + "}\n";
  folder.write("tests.writ", tests);
  const auto many = build(folder);
  CHECK(many.questions == bundle::max_samples);
  CHECK(same(open(build(folder, open(one))), open(many)));
}
