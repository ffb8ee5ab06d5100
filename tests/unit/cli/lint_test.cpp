// The verbs `lint` and `fix` in a shell: forms, levels, comments, baselines, changed files, exit codes, and that a fix is written whole.
#include "tests/unit/cli/place.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;
using nlohmann::json;

namespace {

// One error, one warning and one info.
const std::string sloppy = R"(writ 1
tenant acme {
  connection staff : saml
  connection spare : saml
  zone office = 203.0.113.0/24
  client app : web {
    connections staff
    callbacks "http://app.example/callback"
  }
  allow login when not not user.email_verified
}
)";
const std::string clean = R"(writ 1
tenant acme {
  connection staff : saml
  client app : web {
    connections staff
    callbacks "https://app.example/callback"
  }
  allow login
}
)";

std::string with(const std::string& text, const std::string& from, const std::string& to) {
  std::string result = text;
  result.replace(result.find(from), from.size(), to);
  return result;
}

}  // namespace

TEST_CASE("lint tells findings on standard output, counts on standard error, and its code is the level's") {
  const Place place;
  place.write("p.writ", sloppy);
  const Ran ran = place.run("writ lint p.writ");
  INFO(ran.out << ran.err);
  CHECK(ran.code == 3);
  CHECK(ran.out.find("error[http-callback]: callback `http://app.example/callback` is not encrypted\n") !=
        std::string::npos);
  CHECK(ran.out.find("see: writ explain http-callback") != std::string::npos);
  CHECK(ran.err == "1 error, 2 warnings, 1 info in 1 file\n");
  const Ran compact = place.run("writ lint --format compact p.writ");
  CHECK(compact.out.find("p.writ:4:14: info[connection-unused]: ") == 0);

  place.write("p.writ", with(sloppy, "http:", "https:"));
  CHECK(place.run("writ lint p.writ").code == 0);
  CHECK(place.run("writ lint --fail-level warning p.writ").code == 5);
  place.write("p.writ", clean);
  const Ran nothing = place.run("writ lint --fail-level info p.writ");
  CHECK(nothing.code == 0);
  CHECK(nothing.out == "nothing found: 1 file, 1 tenant\n");
  CHECK(place.run("writ lint").code == 2);
  CHECK(place.run("writ lint --only http-calback p.writ").err.find("did you mean `http-callback`?") !=
        std::string::npos);
  CHECK(place.run("writ lint --fail-level fatal p.writ").err.find("`error`, `warning` or `info`") != std::string::npos);
  CHECK(place.run("writ lint --format yaml p.writ").err.find("`gitlab`") != std::string::npos);
  CHECK(place.run("writ lint --rules").out.find("http-callback") != std::string::npos);
  CHECK(place.run("writ explain http-callback").out.find("http-callback\n") == 0);
  CHECK(place.run("writ explain 'error[http-callback]:'").code == 0);
}

TEST_CASE("a policy with errors is told so in every form") {
  const Place place;
  place.write("p.writ", with(clean, "staff\n    callbacks", "stuff\n    callbacks"));
  for (const char* form : {"pretty", "compact", "json", "sarif", "junit", "github", "gitlab"}) {
    const Ran ran = place.run(std::string("writ lint --format ") + form + " p.writ");
    INFO(form << "\n" << ran.out << ran.err);
    CHECK(ran.code == 3);
    CHECK(ran.out.find("E0201") != std::string::npos);
  }
}

TEST_CASE("SARIF holds what readers of 2.1.0 need, and fingerprints stay when lines move") {
  const Place place;
  place.write("p.writ", sloppy);
  const auto read = [&] { return json::parse(place.run("writ lint --format sarif p.writ").out); };
  const json log = read();
  CHECK(log["version"] == "2.1.0");
  CHECK(log["$schema"].get<std::string>().find("sarif-2.1.0") != std::string::npos);
  REQUIRE(log["runs"].size() == 1);
  const json& run = log["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  CHECK(run["tool"]["driver"]["name"] == "writ lint");
  REQUIRE(run["results"].size() == 4);
  for (const json& result : run["results"]) {
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
    CHECK((result["level"] == "error" || result["level"] == "warning" || result["level"] == "note"));
    CHECK(!result["message"]["text"].get<std::string>().empty());
    const json& physical = result["locations"][0]["physicalLocation"];
    CHECK(physical["artifactLocation"]["uri"] == "p.writ");
    CHECK(physical["region"]["startLine"].get<int>() >= 1);
    CHECK(physical["region"]["startColumn"].get<int>() >= 1);
    CHECK(physical["region"]["endColumn"].get<int>() >= physical["region"]["startColumn"].get<int>());
    CHECK(result["partialFingerprints"]["primaryLocationLineHash"].get<std::string>().size() == 32);
    for (const json& fix : result.value("fixes", json::array()))
      CHECK(fix["artifactChanges"][0]["replacements"][0].contains("deletedRegion"));
  }
  place.write("p.writ", with(sloppy, "tenant acme {", "// one more line\n\ntenant acme {"));
  const json moved = read();
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(moved["runs"][0]["results"][i]["partialFingerprints"] == run["results"][i]["partialFingerprints"]);
}

TEST_CASE("JUnit, GitHub and GitLab are told in their own forms and within their limits") {
  const Place place;
  place.write("p.writ", sloppy);
  const Ran junit = place.run("writ lint --format junit p.writ");
  CHECK(junit.out.find("<testsuite name=\"writ lint\" tests=\"1\" failures=\"1\"") != std::string::npos);
  CHECK(junit.out.find("<failure type=\"http-callback\"") != std::string::npos);
  const json gitlab = json::parse(place.run("writ lint --format gitlab p.writ").out);
  REQUIRE(gitlab.size() == 4);
  CHECK(gitlab[3]["check_name"] == "double-negation");
  CHECK(gitlab[0]["location"]["lines"]["begin"] == 4);
  CHECK(gitlab[2]["severity"] == "major");

  std::string many = "writ 1\ntenant acme {\n  connection staff : saml\n";
  for (int i = 0; i < 15; ++i) many += "  zone z" + std::to_string(i) + " = 203.0.113." + std::to_string(i) + "\n";
  place.write("p.writ",
              many +
                  "  client app : web { connections staff; callbacks \"https://a.example/%,:\" }\n  allow login\n}\n");
  const Ran github = place.run("GITHUB_STEP_SUMMARY=summary.md writ lint --format github p.writ");
  INFO(github.out);
  std::size_t warnings = 0;
  for (std::size_t at = 0; (at = github.out.find("::warning file=p.writ,line=", at)) != std::string::npos; ++at)
    ++warnings;
  CHECK(warnings == 10);
  CHECK(github.out.find("more than GitHub shows at once:\np.writ:14:8: warning[unused-zone]") != std::string::npos);
  const std::string summary = place.read("summary.md");
  CHECK(summary.find("| warning | unused-zone | p.writ:18:8 |") != std::string::npos);
}

TEST_CASE("levels are set for rules, groups and folders, and what a writ.toml gets wrong is told") {
  const Place place;
  std::filesystem::create_directories(place.path() / "legacy");
  place.write("legacy/p.writ", sloppy);
  place.write("writ.toml",
              "[lint]\nfail-level = \"warning\"\n\n[lint.rules]\nclarity = \"off\"\ndouble-negation = \"error\"\n\n"
              "[[lint.folder]]\npath = \"legacy/**\"\nrules = { http-callback = \"info\" }\n");
  const Ran ran = place.run("writ lint --format compact legacy");
  INFO(ran.out << ran.err);
  CHECK(ran.out.find("info[http-callback]") != std::string::npos);
  CHECK(ran.out.find("error[double-negation]") != std::string::npos);
  CHECK(ran.out.find("unused-zone") == std::string::npos);
  place.write("writ.toml", "[lint.rules]\nhttp-calback = \"off\"\n");
  const Ran wrong = place.run("writ lint legacy");
  CHECK(wrong.code == 2);
  CHECK(wrong.err == "writ: writ.toml:2:1: there is no rule or group `http-calback`; did you mean `http-callback`?\n");
  for (const char* text :
       {"[lint", "[lint]\nfail-level = \"off\"\n", "[lint]\nlevel = 3\n", "[lints]\n",
        "[[lint.folder]]\nrules = { all = \"off\" }\n", "[lint.rules]\nall = \"loud\"\n", "[lint]\nfolder = 1\n",
        "[lint]\nrules = 1\n", "lint = 1\n", "[[lint.folder]]\npath = \"\"\n"}) {
    place.write("writ.toml", text);
    INFO(text);
    CHECK(place.run("writ lint legacy").code == 2);
  }
  place.write("other.toml", "[lint.rules]\nall = \"off\"\n");
  place.write("writ.toml", "[lint.rules]\n");
  CHECK(place.run("writ lint --config other.toml legacy").out == "nothing found: 1 file, 1 tenant\n");
  CHECK(place.run("writ lint --config nowhere.toml legacy").code == 2);
}

TEST_CASE("comments take findings back, with a reason, and are told when there is nothing to take back") {
  const Place place;
  const auto out = [&](const std::string& text) {
    place.write("p.writ", text);
    return place.run("writ lint --format compact p.writ").out;
  };
  const std::string http = with(clean, "https:", "http:");
  CHECK(out(with(http, "callback\"\n", "callback\"  // writ-ignore http-callback: a test system\n")).empty());
  CHECK(out(with(http, "    callbacks",
                 "    // writ-ignore http-callback: a test system\n    // and no other\n    callbacks"))
            .empty());
  CHECK(out(with(http, "tenant", "// writ-ignore-file http-callback: a test system\ntenant")).empty());
  CHECK(out(with(http, "callback\"\n", "callback\"  // writ-ignore http-callback\n"))
            .find("error[ignore-without-reason]") != std::string::npos);
  CHECK(out(with(clean, "tenant", "// writ-ignore http-callback: once\ntenant")).find("warning[unused-ignore]") !=
        std::string::npos);
  CHECK(out(with(clean, "tenant", "// writ-ignore http-calback: once\ntenant")).find("error[unknown-ignore]") !=
        std::string::npos);
  CHECK(out(with(clean, "tenant", "// writ-ignored is no comment of ours\ntenant")).empty());
  // A rule that is not asked leaves its comments alone.
  place.write("p.writ", with(clean, "tenant", "// writ-ignore http-callback: once\ntenant"));
  CHECK(place.run("writ lint --only unused-zone --only unused-ignore p.writ").code == 0);
}

TEST_CASE("a baseline keeps what was there and tells what is new, and what is gone") {
  const Place place;
  place.write("p.writ", sloppy);
  CHECK(place.run("writ lint --write-baseline base.json p.writ").code == 0);
  const Ran known = place.run("writ lint --baseline base.json p.writ");
  CHECK(known.code == 0);
  CHECK(known.out == "nothing found: 1 file, 1 tenant\n");
  place.write("p.writ", with(sloppy, "  zone office", "  zone depot = 203.0.114.0/24\n  zone office"));
  CHECK(place.run("writ lint --format compact --baseline base.json p.writ")
            .out.find("p.writ:5:8: warning[unused-zone]") == 0);
  place.write("p.writ", clean);
  CHECK(place.run("writ lint --baseline base.json p.writ").err.find("4 findings of the baseline are gone") !=
        std::string::npos);
  place.write("base.json", "{}");
  CHECK(place.run("writ lint --baseline base.json p.writ").code == 2);
  CHECK(place.run("writ lint --baseline none.json p.writ").code == 2);
}

TEST_CASE("--since looks at files that changed in git") {
  const Place place;
  place.write("old.writ", sloppy);
  const std::string git = "git -c user.name=a -c user.email=a@example.com -c init.defaultBranch=main ";
  REQUIRE(place.run(git + "init -q && " + git + "add old.writ && " + git + "commit -q -m one").code == 0);
  place.write("new.writ", with(with(sloppy, "acme", "globex"), "office", "depot"));
  const Ran ran = place.run("writ lint --since HEAD --format compact .");
  INFO(ran.out << ran.err);
  CHECK(ran.out.find("new.writ:5:8: warning[unused-zone]") != std::string::npos);
  CHECK(ran.out.find("old.writ") == std::string::npos);
  CHECK(place.run("writ lint --since nowhere .").code == 2);
  CHECK(place.run("writ lint --since=--help .").code == 2);
}

TEST_CASE("fix edits what changes no decision, shows it first, and has nothing left to do the second time") {
  const Place place;
  place.write("p.writ", sloppy);
  const Ran shown = place.run("writ fix --diff p.writ");
  CHECK(shown.code == 0);
  CHECK(shown.out.find("-  zone office = 203.0.113.0/24\n") != std::string::npos);
  CHECK(place.read("p.writ") == sloppy);
  const Ran done = place.run("writ fix p.writ");
  INFO(done.err << place.read("p.writ"));
  CHECK(done.err.find("2 fixes in 1 file: double-negation, unused-zone\n") == 0);
  CHECK(done.err.find("1 more may change decisions, and --unsafe makes it: http-callback\n") != std::string::npos);
  CHECK(place.read("p.writ") == with(with(sloppy, "  zone office = 203.0.113.0/24\n", ""),
                                     "not not user.email_verified", "user.email_verified"));
  CHECK(place.run("writ fix p.writ").err.find("nothing to fix\n") == 0);
  CHECK(place.run("writ fix --unsafe p.writ").err == "1 fix in 1 file: http-callback\n");
  CHECK(place.read("p.writ").find("https://app.example") != std::string::npos);
  CHECK(place.run("printf '%s' \"$(cat p.writ)\" | writ fix -").out.find("tenant acme") != std::string::npos);
}

TEST_CASE("fix mends errors that say how, when it is allowed to") {
  const Place place;
  const std::string wrong = with(clean, "allow login", "allow login when user.email_verifed");
  place.write("p.writ", wrong);
  const Ran kept = place.run("writ fix p.writ");
  INFO(kept.err);
  CHECK(kept.code == 3);
  CHECK(place.read("p.writ") == wrong);
  CHECK(place.run("writ fix --unsafe p.writ").code == 0);
  CHECK(place.read("p.writ").find("user.email_verified") != std::string::npos);
  // A text that parses is nearer to being right, whatever the checker then finds in it.
  place.write("p.writ", with(clean, "allow login", "allow login whn user.email_verifed"));
  CHECK(place.run("writ fix p.writ").err.find("nothing was fixed: the policy has errors\n") != std::string::npos);
  CHECK(place.run("writ fix --unsafe p.writ").code == 0);
  CHECK(place.read("p.writ").find("allow login when user.email_verified") != std::string::npos);
  CHECK(place.run("writ fix nowhere.writ").code == 3);
  CHECK(place.run("writ fix --only nothing p.writ").code == 2);
}
