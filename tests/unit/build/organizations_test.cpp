// A tenant with many organizations is built in pieces: what is put together of an older part and of what changed is what a whole build makes, to
// the byte.
#include "runtime/bundle/delta.h"
#include "tests/unit/build/built.h"

#include <random>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::building;
using bundle::Bundle;

namespace {

constexpr int count = 24;

std::string head(const std::string& rules) {
  return "writ 1\ntenant big \"Big\" {\n  connection staff : saml { domains \"big.example\" }\n"
         "  connection users : database\n  client web : web { connections users, staff; organizations allow }\n"
         "  allow login, signup\n" +
         rules + "}\n";
}
std::string organization(int number, int kind) {
  const auto name = "org" + std::to_string(number);
  const std::string connections = kind % 2 == 0 ? "users, staff" : "users";
  std::string text = "  // number " + std::to_string(number) + "\n  organization " + name + " \"The " + name + "\" {\n";
  if (kind % 3 == 0) text += "    id \"" + std::to_string(kind) + "-" + name + "\"\n";
  text += "    connections " + connections + "\n    joins on login via users\n";
  if (kind % 5 == 0) text += "    use web { connections users }\n    domains \"" + name + ".example\"\n";
  return text + std::string(static_cast<std::size_t>(kind % 4), '\n') + "  }\n";
}
std::string with_rule(int number) {
  return "  organization org" + std::to_string(number) + " {\n    connections users\n    require mfa\n  }\n";
}
std::string extension(const std::vector<std::string>& texts, std::size_t from, std::size_t to) {
  std::string text = "writ 1\n\nextend tenant big {\n";
  for (auto i = from; i < to; ++i) text += texts[i];
  return text + "}\n";
}
std::vector<std::string> all_of_kind(int kind) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(organization(i, kind));
  return texts;
}
void write(const support::Folder& folder, const std::vector<std::string>& texts, const std::string& rules = "") {
  folder.write("big.writ", head(rules));
  folder.write("big.organizations_1.writ", extension(texts, 0, texts.size() / 2));
  folder.write("big.organizations_2.writ", extension(texts, texts.size() / 2, texts.size()));
}

// Builds upon `known`, which is the same as building anew; and whether the tenant was built in pieces.
bool in_pieces(const support::Folder& folder, const Opened& known) {
  const auto upon = build(folder, known), whole = build(folder);
  CHECK(same(open(upon), open(whole)));
  CHECK(upon.compiled + upon.pieced + upon.kept == 1);
  return upon.pieced == 1;
}

}  // namespace

TEST_CASE("one organization edited is one organization compiled") {
  const support::Folder folder;
  auto texts = all_of_kind(1);
  write(folder, texts);
  const auto known = open(build(folder));
  texts[7] = organization(7, 5);
  write(folder, texts);
  CHECK(in_pieces(folder, known));
  const auto after = open(build(folder, known));
  const auto delta = bundle::make_delta(*known, *after);
  CHECK(delta.size() < known->bytes().size() / 3);
  bundle::Problem problem;
  const auto out = bundle::apply(*known, delta, problem);
  REQUIRE(out);
  CHECK(same(out, after));
}

TEST_CASE("organizations come and go, change their ids and the file they stand in") {
  const support::Folder folder;
  auto texts = all_of_kind(1);
  write(folder, texts);
  const auto known = open(build(folder));
  SECTION("one goes") {
    texts.erase(texts.begin() + 3);
    write(folder, texts);
    CHECK(in_pieces(folder, known));
  }
  SECTION("one comes") {
    texts.push_back(organization(count, 0));
    write(folder, texts);
    CHECK(in_pieces(folder, known));
  }
  SECTION("one has another wire id") {
    texts[3] = organization(3, 3);
    write(folder, texts);
    CHECK(in_pieces(folder, known));
  }
  SECTION("one stands in the other file") {
    std::swap(texts[0], texts[count - 1]);
    write(folder, texts);
    CHECK(in_pieces(folder, known));
  }
  SECTION("one has a rule now, so the tenant has another program") {
    texts[3] = with_rule(3);
    write(folder, texts);
    CHECK_FALSE(in_pieces(folder, known));
  }
  SECTION("most of them changed") {
    write(folder, all_of_kind(2));
    CHECK_FALSE(in_pieces(folder, known));
  }
  SECTION("the tenant has another rule") {
    texts[3] = organization(3, 2);
    write(folder, texts, "  deny login \"late\" when user.logins > 9\n");
    CHECK_FALSE(in_pieces(folder, known));
  }
}

TEST_CASE("where programs number organizations, those that keep their numbers are compiled alone") {
  const support::Folder folder;
  auto texts = all_of_kind(1);
  texts[5] = with_rule(5);
  const std::string rules = "  deny login \"not these\" when has organization and organization in [org5, org6]\n";
  write(folder, texts, rules);
  const auto known = open(build(folder));
  texts[8] = organization(8, 2);
  write(folder, texts, rules);
  CHECK(in_pieces(folder, known));
  texts[3] = organization(3, 2);  // a line more: the rule behind it stands elsewhere
  write(folder, texts, rules);
  CHECK_FALSE(in_pieces(folder, known));
  texts[3] = organization(3, 1);
  texts[9] = organization(9, 3);  // another wire id: others have other numbers
  write(folder, texts, rules);
  CHECK_FALSE(in_pieces(folder, known));
}

TEST_CASE("a mistake in an organization is told as a whole build tells it") {
  const support::Folder folder;
  auto texts = all_of_kind(1);
  write(folder, texts);
  const auto known = open(build(folder));
  const auto told = [&](const std::string& text) {
    auto wrong = texts;
    wrong[9] = text;
    write(folder, wrong);
    const auto whole = build(folder), upon = build(folder, known);
    CHECK(!whole.ok());
    CHECK(problems(whole) == problems(upon));
  };
  told("  organization org9 { connections nobody }\n");
  told("  organization org8 { connections users }\n");               // twice
  told("  organization org9 { id \"org8\"; connections users }\n");  // of one wire id
  told("  organization org9 { connections users; joins on login via staff }\n");
  told("  organization org9 { connections users\n");
}

TEST_CASE("random edits of organizations: built upon the last bundle as anew") {
  const support::Folder folder;
  std::mt19937 random(7);
  const auto any = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
  std::vector<std::string> texts = all_of_kind(1);
  std::string rules;
  Opened known;
  int pieced = 0, whole = 0;
  for (int round = 0; round < 60; ++round) {
    for (auto edits = any(4); edits >= 0; --edits) {
      const auto at = static_cast<std::size_t>(any(count));
      switch (any(20)) {
      case 0: texts[at] = with_rule(static_cast<int>(at)); break;
      case 1: texts[at] = "\n"; break;
      case 2:
        rules = any(2) == 0 ? ""
                            : "  deny login \"x\" unless has organization and organization == org" +
                                  std::to_string(any(count)) + "\n";
        break;
      case 3: texts[at] += "  // behind it\n"; break;
      case 4: texts[at] += "  deny login \"y" + std::to_string(at) + "\" when user.logins > 3\n"; break;
      default: texts[at] = organization(static_cast<int>(at), any(9));
      }
    }
    write(folder, texts, rules);
    if (!build(folder).ok()) continue;  // the rule names one that is not there
    INFO(round);
    in_pieces(folder, known) ? ++pieced : ++whole;
    known = open(build(folder, known));
  }
  CHECK(pieced > 5);
  CHECK(whole > 5);
}
