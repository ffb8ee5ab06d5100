// `writ diff`: what it shows can be asked of both policies, by `writ eval` and by `writ test`; and what is wrong with its words is said.
#include "tests/unit/cli/place.h"

#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;

namespace {

const std::string old_policy = R"(writ 1
attributes { request.risk : int 0..100? }
tenant "acme-corp" "Acme" {
  connection "the users" : database
  client "shop.front" : spa { connections "the users" }
  zone office = 10.0.0.0/8
  allow login when "staff" in user.groups and request in office and has request.country and (request.risk else 100) < 30
  require mfa within 15m when user.logins > 5
}
)";
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
std::string changed() {
  return replaced(replaced(replaced(old_policy, "< 30", "< 40"), "> 5", "> 6"), "and has request.country",
                  "and request.country == \"DE\"");
}

}  // namespace

TEST_CASE("a revision in the place of a folder, and a history that was not cloned, are told what to do") {
  const Place place;
  place.run("mkdir policy");
  place.write("policy/p.writ", old_policy);
  const std::string commit = "git add . && git -c user.name=a -c user.email=a@b.example commit -qm x";
  REQUIRE(place.run("git init -q . && " + commit).code == 0);
  const Ran ran = place.run("writ diff HEAD policy");
  CHECK(ran.code == 2);
  CHECK(ran.err == "writ: `HEAD` is a revision and no folder: `writ diff --since HEAD policy`\n");
  CHECK(place.run("writ diff nowhere policy").err == "writ: there is no file or folder `nowhere`\n");
  place.write("policy/p.writ", old_policy + "// more\n");
  REQUIRE(place.run(commit + " && git clone -q --depth 1 \"file://$PWD\" cut").code == 0);
  for (const char* verb : {"diff", "lint"}) {
    const Ran cut = place.run(std::string("cd cut && writ ") + verb + " --since HEAD~1 policy");
    CHECK(cut.err.find("cloned without its history") != std::string::npos);
  }
}

TEST_CASE("what diff shows is decided so when it is asked of both") {
  const Place place;
  auto after = replaced(changed(), "request.country == \"DE\"", "has request.country and request.country == \"DE\"");
  place.write("old.writ", old_policy);
  place.write("new.writ", after);
  const Ran ran = place.run("writ diff --format json old.writ new.writ");
  CHECK(ran.code == 9);
  CHECK(ran.err.empty());
  const auto report = nlohmann::json::parse(ran.out);
  CHECK(report["decisions_changed"] == true);
  REQUIRE(report["tenants"].size() == 1);
  const auto& witnesses = report["tenants"][0]["witnesses"];
  REQUIRE(witnesses.size() >= 3);
  std::string tests_before = old_policy, tests_after = after;
  int number = 0;
  for (const auto& witness : witnesses) {
    place.write("request.json", witness["request"].dump());
    const auto was = nlohmann::json::parse(place.run("writ eval --format json old.writ request.json").out);
    const auto is = nlohmann::json::parse(place.run("writ eval --format json new.writ request.json").out);
    CHECK(was["effect"] == witness["from"]);
    CHECK(is["effect"] == witness["to"]);
    CHECK(was["reasons"] == witness["before"]["reasons"]);
    const auto block = [&](const std::string& effect) {
      return "test \"" + std::to_string(number) + "\" {\n  " + witness["line"].get<std::string>() + "\n  expect " +
             effect + "\n}\n";
    };
    tests_before += block(witness["from"]);
    tests_after += block(witness["to"]);
    ++number;
  }
  place.write("before.writ", tests_before);
  place.write("after.writ", tests_after);
  CHECK(place.run("writ test before.writ").out == std::to_string(number) + " tests passed, 0 failed\n");
  CHECK(place.run("writ test after.writ").out == std::to_string(number) + " tests passed, 0 failed\n");
}

TEST_CASE("diff of what is the same, of what has errors, and of one policy") {
  const Place place;
  place.write("p.writ", policy);
  place.write("broken.writ", "writ 1\ntenant acme { allow login when x }\n");
  const Ran same = place.run("writ diff p.writ p.writ");
  CHECK(same.code == 0);
  CHECK(same.out == "nothing changed in 1 tenant\n");
  const Ran broken = place.run("writ diff p.writ broken.writ");
  CHECK(broken.code == 3);
  CHECK(broken.err.starts_with("writ: `broken.writ` has errors:\nerror[E0220]"));
  CHECK(place.run("writ diff p.writ").code == 2);
  CHECK(place.run("writ diff p.writ").err == "writ: there are two to compare: `writ diff OLD NEW`, or `writ diff "
                                             "--since HEAD my-policy` in a git repository\n");
  CHECK(place.run("writ diff - -").code == 2);
  CHECK(place.run("writ diff --format yaml p.writ p.writ").err ==
        "writ diff: `--format` is `pretty`, `json` or `markdown`, not `yaml`; see `writ diff --help`\n");
  CHECK(place.run("writ diff p.writ nowhere.writ").code == 3);
  CHECK(place.run("cat p.writ | writ diff - p.writ").out == "nothing changed in 1 tenant\n");
  CHECK(place.run("writ diff --since HEAD p.writ q.writ").code == 2);
}

TEST_CASE("a comment is bounded, and says what it left out") {
  const Place place;
  std::string before = "writ 1\n", after = "writ 1\n";
  for (int i = 0; i < 400; ++i) {
    const auto tenant = [&](const std::string& rule) {
      return "tenant t" + std::to_string(i) + " {\n  connection users : database\n  client shop" + std::to_string(i) +
             " : spa { connections users }\n  " + rule + "\n}\n";
    };
    before += tenant("allow login");
    after += tenant("allow login when user.logins > " + std::to_string(i));
  }
  place.write("old.writ", before);
  place.write("new.writ", after);
  const Ran ran = place.run("writ diff --tries 300 --format markdown old.writ new.writ");
  CHECK(ran.code == 9);
  CHECK(ran.out.size() <= 60'000);
  CHECK(ran.out.starts_with("## Policy: decisions change\n"));
  CHECK(ran.out.find(" not shown: a comment holds no more.") != std::string::npos);
  const Ran pretty = place.run("writ diff --tries 300 --show 2 old.writ new.writ");
  CHECK(pretty.out.find("\n398 more tenants not shown; `--show 400` or `--format json` shows all\n") !=
        std::string::npos);
}

TEST_CASE("text of a policy does nothing to a comment or a terminal") {
  const Place place;
  const std::string head = "writ 1\ntenant acme \"</details> @everybody `*_ \" {\n  connection users : database\n  "
                           "client shop : spa { connections users }\n  allow login\n";
  place.write("old.writ", head + "}\n");
  place.write("new.writ", head + "  deny login \"``` <script> @admin\" when \"```\" in user.groups\n}\n");
  const Ran ran = place.run("writ diff --format markdown old.writ new.writ");
  CHECK(ran.out.find("@admin") == ran.out.find("@admin\" when"));  // in a fence alone
  CHECK(ran.out.find("is deny: \\`\\`\\` \\<script\\> @\u200badmin") != std::string::npos);
  CHECK(ran.out.find("````diff") != std::string::npos);
}

TEST_CASE("diff --since compares with a revision") {
  const Place place;
  const Ran git = place.run("git init -q repo && cd repo && git config user.email a@b.c && git config user.name n");
  if (git.code != 0) {
    WARN("no git here");  // the machine's
    return;
  }
  place.write("repo/p.writ", policy);
  CHECK(place.run("cd repo && git add p.writ && git commit -qm one").code == 0);
  CHECK(place.run("writ diff --since HEAD repo").out == "nothing changed in 1 tenant\n");
  place.write("repo/p.writ", replaced(policy, "\"staff\"", "\"guest\""));
  const Ran ran = place.run("cd repo && writ diff --since HEAD");
  CHECK(ran.code == 9);
  CHECK(ran.out.find("p.writ:5") != std::string::npos);
  const Ran wrong = place.run("writ diff --since nothing repo");
  CHECK(wrong.code == 1);
  CHECK(wrong.err == "writ: there is no revision `nothing` in the repository of `repo`\n");
}
