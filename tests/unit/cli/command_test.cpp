// The command as a shell sees it: what it writes where, what it leaves behind, and its exit codes.
#include "tests/unit/cli/place.h"

#include <sstream>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace writ::cli_tests;

TEST_CASE("without arguments, with wrong ones and with --help the command says how it is used") {
  const Place place;
  CHECK(place.run("writ").code == 2);
  CHECK(place.run("writ fly").code == 2);
  CHECK(place.run("writ check").code == 2);
  CHECK(place.run("writ check --format yaml x").code == 2);
  CHECK(place.run("writ --version").out == "writ " + std::string("0.1.0") + "\n");
  CHECK(place.run("writ dump --tree --ir x").err.find("at a time") != std::string::npos);
  const Ran help = place.run("writ --help");
  CHECK(help.code == 0);
  for (const char* verb : {"check", "fmt",    "eval",     "explain", "connections", "facts",     "test",
                           "dump",  "init",   "breached", "common",  "password",    "build",     "keygen",
                           "sign",  "verify", "inspect",  "apply",   "publish",     "completion"}) {
    CHECK(help.out.find(verb) != std::string::npos);
    const Ran own = place.run(std::string("writ ") + verb + " --help");
    CHECK(own.code == 0);
    CHECK(own.out.find("Example") != std::string::npos);
  }
}

TEST_CASE("a wrong command line is told what there is instead") {
  const Place place;
  place.write("p.writ", policy);
  place.write("r.json", request("[]"));
  const auto said = [&](const std::string& line) {
    const Ran ran = place.run(line);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(said("writ") ==
        "writ: which verb? `writ check my-policy` finds every mistake in a policy; see `writ --help`\n");
  CHECK(said("writ chek p.writ") == "writ: there is no verb `chek`, did you mean `check`?\n");
  CHECK(said("writ version") == "writ: there is no verb `version`, did you mean `--version`?\n");
  CHECK(said("writ explain E0301 E0302") == "writ: a code is explained alone: `writ explain E0301`\n");
  CHECK(said("writ check --formt json p.writ") ==
        "writ check: there is no flag `--formt`, did you mean `--format`? see `writ check --help`\n");
  CHECK(said("writ --colr never check p.writ").find("did you mean `--color`?") != std::string::npos);
  CHECK(said("writ check --format yaml p.writ") ==
        "writ check: `--format` is `pretty` or `json`, not `yaml`; see `writ check --help`\n");
  CHECK(said("writ check") == "writ check: PATH is missing; see `writ check --help`\n");
  CHECK(said("writ eval p.writ r.json more") == "writ eval: `more` is one word too many; see `writ eval --help`\n");
  CHECK(said("writ check --limit fils=3 p.writ") == "writ: there is no limit `fils`, did you mean `files`?\n");
  CHECK(said("writ check --limit files=900000 p.writ") == "writ: a limit can only be lowered: `files` is 200000\n");
  CHECK(said("writ check --limit files=x p.writ") == "writ: a limit is written `files=NUMBER`, not `files=x`\n");
  CHECK(said("writ eval - - <p.writ").find("cannot both be `-`") != std::string::npos);
  CHECK(said("writ explain - - <p.writ").find("cannot both be `-`") != std::string::npos);
  CHECK(said("writ lint") == "writ lint: PATH is missing; see `writ lint --help`\n");
  CHECK(said("writ fix --dry-run p.writ").find("did you mean `--diff`?") != std::string::npos);
  CHECK(said("writ test --junit p.writ").find("did you mean `--format junit`?") != std::string::npos);
  CHECK(said("writ test --watch nowhere") == "writ: there is no file or folder `nowhere` to watch\n");
  CHECK(said("writ diff --tries 0 p.writ p.writ").find("`--tries` is a number from 1 to 10000000, not `0`") !=
        std::string::npos);
  CHECK(said("writ explain absence").find("absence-opens") != std::string::npos);
  CHECK(said("writ dump --tenant acne p.writ") == "writ: there is no tenant `acne`, did you mean `acme`?\n");
  CHECK(said("writ facts --tenant acne p.writ") == "writ: there is no tenant `acne`, did you mean `acme`?\n");
  CHECK(place.run("writ help check").out == place.run("writ check --help").out);
}

TEST_CASE("what cannot be read or written is named and is exit code 1; what is wrong in a policy is 3") {
  const Place place;
  place.write("p.writ", policy);
  place.write("r.json", request("[]"));
  CHECK(place.run("writ eval p.writ none.json").code == 1);
  CHECK(place.run("writ eval p.writ none.json").err == "writ: cannot read `none.json`: no such file or directory\n");
  CHECK(place.run("writ eval p.writ .").err == "writ: cannot read `.`: is a directory\n");
  CHECK(place.run("writ eval p.writ r.json >/dev/full").code == 1);
  CHECK(place.run("writ eval p.writ r.json >&-").code == 1);
  CHECK(place.run("writ check none.writ").code == 3);
  CHECK(place.run("mkdir -p empty; writ check empty").code == 3);
  CHECK(place.run("writ connections p.writ --tenant acme --client shpo").err.find("did you mean `shop`?") !=
        std::string::npos);
}

TEST_CASE("explain knows a code however it is written, and what may have been meant") {
  const Place place;
  const std::string page = place.run("writ explain E0301").out;
  CHECK(page.starts_with("E0301 unguarded optional\n\n"));
  CHECK(page.find("\nwrong:\n    writ 1\n") != std::string::npos);
  CHECK(page.find("\nright:\n    writ 1\n") != std::string::npos);
  CHECK(page.find("```") == std::string::npos);
  for (const char* spelling : {"e0301", "301", "'error[E0301]:'"})
    CHECK(place.run(std::string("writ explain ") + spelling).out == page);
  const Ran unknown = place.run("writ explain E0399");
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("there is no code E0399, did you mean E0309") != std::string::npos);
  CHECK(place.run("writ explain E9999").err.find("codes go from E0101 to E") != std::string::npos);
  CHECK(place.run("writ explain optional").err.find("  E0301  unguarded optional\n") != std::string::npos);
  place.write("p.writ", policy);
  CHECK(place.run("writ explain p.writ").err.find("name a request too") != std::string::npos);
}

TEST_CASE("a new policy checks, passes its tests, is formatted, and is never overwritten") {
  const Place place;
  REQUIRE(place.run("writ init start").code == 0);
  const Ran checked = place.run("writ check start");
  INFO(checked.err);
  CHECK(checked.code == 0);
  CHECK(checked.out == "ok: 3 files, 1 tenant\n");
  CHECK(place.run("writ test start").code == 0);
  const Ran formatted = place.run("writ fmt --check --diff start");
  INFO(formatted.out << formatted.err);
  CHECK(formatted.code == 0);
  const Ran decided = place.run("writ eval --exit-decision start start/request.json");
  INFO(decided.out << decided.err);
  CHECK(decided.code == 0);
  const Ran again = place.run("writ init start");
  CHECK(again.code == 1);
  CHECK(again.err.find("holds a policy already (acme.writ, platform.writ, tests.writ)") != std::string::npos);
  const Ran below = place.run("writ init start/more");
  CHECK(below.code == 0);
  CHECK(below.err.find("is one policy with this one") != std::string::npos);
  CHECK(place.run("cd start && writ init .").code == 1);
  place.write("start/acme.writ", "mine");
  CHECK(place.run("writ init start").code == 1);
  CHECK(place.read("start/acme.writ") == "mine");
}

TEST_CASE("errors go to standard error with exit code 3, or as data with --format json") {
  const Place place;
  place.write("p.writ", "writ 1\ntenant acme { allow login when nobody }\n");
  const Ran pretty = place.run("writ check p.writ");
  CHECK(pretty.code == 3);
  CHECK(pretty.out.empty());
  CHECK(pretty.err.find("error[E0") == 0);
  CHECK(pretty.err.find("in 1 file") != std::string::npos);
  const Ran json = place.run("writ check --format json p.writ");
  CHECK(json.code == 3);
  CHECK(json.err.empty());
  CHECK(nlohmann::json::parse(json.out).at(0).at("line") == 2);
  CHECK(place.run("writ eval p.writ r.json").code == 3);
  CHECK(place.run("writ check nowhere.writ").code == 3);
}

TEST_CASE("standard input is a policy or a stream of requests") {
  const Place place;
  place.write("p.writ", policy);
  place.write("r.jsonl", request(R"(["staff"])") + "\n\n" + request("[]") + "\nnonsense\n" + request(R"(["staff"])"));
  CHECK(place.run("writ check - < p.writ").out == "ok: 1 file, 1 tenant\n");
  const Ran lines = place.run("writ eval --format json p.writ - < r.jsonl");
  INFO(lines.err);
  CHECK(lines.code == 0);
  std::vector<nlohmann::json> decisions;
  std::istringstream text(lines.out);
  for (std::string line; std::getline(text, line);) decisions.push_back(nlohmann::json::parse(line));
  REQUIRE(decisions.size() == 4);
  CHECK(decisions[0]["effect"] == "allow");
  CHECK(decisions[1]["effect"] == "deny");
  CHECK(decisions[1]["because"] == "no_allow");
  CHECK(decisions[2]["fault"] == "invalid_request");
  CHECK(decisions[3]["effect"] == "allow");
  CHECK(place.run("writ eval --exit-decision p.writ r.jsonl").code == 6);
  CHECK(place.run("writ eval p.writ - < /dev/null").code == 1);
  CHECK(place.run("writ eval - -").code == 2);
}

TEST_CASE("a request may be spread over lines; a line too long is one fault among the others") {
  const Place place;
  place.write("p.writ", policy);
  place.write("one.json", "{\n\"action\": \"login\",\n "
                          "\"tenant\":\"acme\",\"client\":\"shop\",\n\"connection\":\"users\",\"user\":{\"blocked\":"
                          "false,\n\"groups\":[\"staff\"]}}\n");
  CHECK(place.run("writ eval --exit-decision p.writ one.json").code == 0);
  place.write("many.jsonl", request("[]") + "\n" + std::string(3'000'000, 'x') + "\n" + request(R"(["staff"])") + "\n");
  const Ran ran = place.run("writ eval p.writ many.jsonl");
  CHECK(ran.code == 0);
  CHECK(ran.out.find("request at line 2\n  fault invalid_request: longer than a request may be") != std::string::npos);
  CHECK(ran.out.size() < 2'000);
}

TEST_CASE("both engines agree and the oracle with them") {
  const Place place;
  place.write("p.writ", policy);
  place.write("r.jsonl", request(R"(["staff"])") + "\n" + request("[]") + "\n");
  const Ran interpreted = place.run("writ eval --format json p.writ r.jsonl");
  REQUIRE(interpreted.code == 0);
  const Ran both = place.run("writ eval --format json --engine both p.writ r.jsonl");
  if (both.err.find("no machine code") == std::string::npos) CHECK(both.out == interpreted.out);
  const Ran oracle = place.run("writ eval --format json --engine oracle p.writ r.jsonl");
  INFO(oracle.err);
  std::istringstream left(interpreted.out), right(oracle.out);
  for (std::string a, b; std::getline(left, a) && std::getline(right, b);)
    CHECK(nlohmann::json::parse(a)["effect"] == nlohmann::json::parse(b)["effect"]);
}

TEST_CASE("colour is for terminals that want it") {
  const Place place;
  place.write("p.writ", "writ 1\ntenant acme { allow login when nobody }\n");
  CHECK(place.run("writ check p.writ").err.find('\x1b') == std::string::npos);
  CHECK(place.run("CLICOLOR_FORCE=1 writ check p.writ").err.find('\x1b') != std::string::npos);
  CHECK(place.run("NO_COLOR=1 CLICOLOR_FORCE=1 writ check p.writ").err.find('\x1b') == std::string::npos);
  CHECK(place.run("NO_COLOR=1 writ --color always check p.writ").err.find('\x1b') != std::string::npos);
  CHECK(place.run("CLICOLOR_FORCE=1 writ check --color never p.writ").err.find('\x1b') == std::string::npos);
}

TEST_CASE("fmt shows, judges and writes") {
  const Place place;
  place.write("p.writ", "writ 1\ntenant   acme{connection users:database\n// kept\n}\n");
  const Ran shown = place.run("writ fmt p.writ");
  CHECK(shown.code == 0);
  CHECK(shown.out.find("tenant acme {\n") != std::string::npos);
  CHECK(shown.out.find("// kept\n") != std::string::npos);
  CHECK(place.run("writ fmt < p.writ").out == shown.out);
  CHECK(shown.err.empty());
  const Ran twice = place.run("cp p.writ q.writ; writ fmt p.writ q.writ");
  CHECK(twice.out == shown.out + shown.out);
  CHECK(twice.err == "writ: these are 2 files one after the other; -w writes each where it is\n");
  CHECK(place.run("writ fmt --check p.writ").code == 4);
  const Ran difference = place.run("writ fmt --diff p.writ");
  CHECK(difference.out.find("-tenant   acme{") != std::string::npos);
  CHECK(difference.out.find("+tenant acme {") != std::string::npos);
  CHECK(place.run("writ fmt -w p.writ").code == 0);
  CHECK(place.read("p.writ") == shown.out);
  CHECK(place.run("writ fmt --check p.writ").code == 0);
  place.write("d.writ", place.read("p.writ") + "\ntenant   other{}\n");
  CHECK(place.run("writ fmt --diff d.writ | patch d.writ").code == 0);
  CHECK(place.run("writ fmt --check d.writ").code == 0);
  place.write("bad.writ", "writ 1\ntenant {{{\n");
  CHECK(place.run("writ fmt -w bad.writ").code == 3);
  CHECK(place.read("bad.writ") == "writ 1\ntenant {{{\n");
}

TEST_CASE("tests pass, fail with what was expected and got, and proofs are not proved") {
  const Place place;
  place.write("p.writ", policy + R"(
test "staff" {
  login to acme.shop via users { user.groups = ["staff"] }
  expect allow
}
test "others" {
  login to acme.shop via users
  expect allow
}
prove "never" { login to acme.shop allowed implies "staff" in user.groups }
)");
  const Ran ran = place.run("writ test p.writ");
  INFO(ran.out << ran.err);
  CHECK(ran.code == 4);
  CHECK(ran.out.find("expected allow\n    got      deny by no_allow") != std::string::npos);
  CHECK(ran.out.find("not proved never") != std::string::npos);
  CHECK(ran.out.find("1 test passed, 1 failed, 1 proof not proved\n") != std::string::npos);
  CHECK(place.run("writ test --filter staff p.writ").code == 0);
  CHECK(place.run("writ test --filter 'nothing*' p.writ").code == 2);
  CHECK(place.run("writ test --filter 'never' --strict p.writ").code == 7);
  const auto json = nlohmann::json::parse(place.run("writ test --format json p.writ").out);
  CHECK(json["passed"] == 1);
  CHECK(json["tests"][1]["failures"][0]["got"] == "deny by no_allow");
}

TEST_CASE("explain shows pages and traces; facts and dump show what there is") {
  const Place place;
  place.write("p.writ", policy);
  place.write("r.json", request("[]"));
  CHECK(place.run("writ explain E0610").out.find("E0610 no such file or folder\n") == 0);
  CHECK(place.run("writ explain e0610").code == 0);
  CHECK(place.run("writ explain E9999").code == 2);
  CHECK(place.run("writ explain p.writ").code == 2);
  const Ran trace = place.run("writ explain p.writ r.json");
  CHECK(trace.out.find("not fired: \"staff\" in user.groups is false") != std::string::npos);
  const auto both = nlohmann::json::parse(place.run("writ explain --format json p.writ r.json").out);
  CHECK(both["trace"][0]["fired"] == false);
  CHECK(place.run("writ facts").out.find("user.email_verified") != std::string::npos);
  CHECK(nlohmann::json::parse(place.run("writ facts --baseline").out)["request"]["ip"] == "192.0.2.1");
  const auto schema = nlohmann::json::parse(place.run("writ facts --schema p.writ --action login").out);
  CHECK(schema["properties"]["user"]["required"].size() == 2);
  CHECK(place.run("writ facts p.writ --tenant nobody").code == 2);
  for (const char* stage : {"--tree", "--model", "--program", ""}) {
    const Ran dumped = place.run(std::string("writ dump ") + stage + " p.writ");
    CHECK(dumped.code == 0);
    CHECK_FALSE(dumped.out.empty());
  }
  CHECK(place.run("writ dump --tree --model p.writ").code == 2);
  const Ran offers = place.run("writ connections p.writ --tenant acme --client shop");
  CHECK(offers.out.find("users") == 0);
  const Ran unknown = place.run("writ connections p.writ --tenant acme --client shp");
  CHECK(unknown.code == 2);
  CHECK(unknown.err == "writ: unknown_client: tenant `acme` has no client `shp`, did you mean `shop`?\n");
  CHECK(place.run("writ facts p.writ --tenant acne").err == "writ: there is no tenant `acne`, did you mean `acme`?\n");
  CHECK(place.run("writ connections p.writ --tenant acme --client shop --email ann@else.example")
            .err.find("no home realm") == 0);
}

TEST_CASE("the schema refuses what the action does not have, and asks for membership where it is judged") {
  const Place place;
  place.write("p.writ", R"(writ 1
tenant acme {
  connection users : database
  connection idp : saml
  client shop : spa { connections users, idp; organizations allow }
  organization alpha { connections users, idp; joins on login via idp }
  organization beta { connections users }
  allow login
}
)");
  const auto schema = nlohmann::json::parse(place.run("writ facts --schema p.writ").out);
  const auto then = [&](std::size_t action) { return schema["allOf"][action]["then"]; };
  constexpr std::size_t login = 0, signup = 1, m2m = 5;
  CHECK(schema["allOf"][m2m]["if"]["properties"]["action"]["const"] == "m2m");
  CHECK(then(m2m)["properties"]["user"] == false);
  CHECK(then(m2m)["properties"]["connection"] == false);
  CHECK(then(signup)["properties"]["session"] == false);
  CHECK(then(signup)["properties"]["user"]["properties"]["logins"] == false);
  CHECK_FALSE(then(signup).contains("allOf"));
  const auto asked = then(login)["allOf"];
  REQUIRE(asked.size() == 2);
  CHECK(asked[0]["if"]["properties"]["organization"]["const"] == "alpha");
  CHECK(asked[0]["if"]["properties"]["connection"]["not"]["enum"] == nlohmann::json::array({"idp"}));
  CHECK(asked[1]["if"]["properties"]["organization"]["enum"] == nlohmann::json::array({"beta"}));
  CHECK(asked[1]["then"]["properties"]["user"]["required"] == nlohmann::json::array({"organizations"}));
  CHECK(schema["properties"]["session"]["else"]["properties"]["mfa_age"] == false);
}

TEST_CASE("completions are what the shells accept") {
  const Place place;
  CHECK(place.run("writ completion bash > c && bash -n c").code == 0);
  CHECK(place.run("writ completion zsh").out.find("#compdef writ\n") == 0);
  CHECK(place.run("writ completion fish").out.find("complete -c writ") != std::string::npos);
  CHECK(place.run("writ completion tcsh").code == 2);
  const Ran asked = place.run("writ completion bash > c && bash -c 'source ./c; COMP_WORDS=(writ ch); COMP_CWORD=1; "
                              "_writ; echo ${COMPREPLY[@]}'");
  CHECK(asked.out == "check\n");
  const Ran shells =
      place.run("bash -c 'source ./c; COMP_WORDS=(writ completion z); COMP_CWORD=2; _writ; echo ${COMPREPLY[@]}'");
  CHECK(shells.out == "zsh\n");
  // Where the other shells are, they say themselves whether they take it.
  CHECK(place.run("writ completion zsh > c; ! command -v zsh || zsh -n c").code == 0);
  CHECK(place.run("writ completion fish > c; ! command -v fish || fish -n c").code == 0);
}

TEST_CASE("output that cannot be written is a failure") {
  const Place place;
  if (!fs::exists("/dev/full")) return;
  CHECK(place.run("writ facts > /dev/full").code == 1);
}

TEST_CASE("every example of --help does what it says, in the folder that `writ init my-policy` makes") {
  const Place place;
  REQUIRE(place.run("writ init my-policy").code == 0);
  REQUIRE(
      place
          .run("cp my-policy/acme.writ draft.writ; tr -d '\\n' < my-policy/request.json > requests.jsonl; "
               "mkdir -p home/.config/fish/completions ranges && "
               "echo 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9 > pwnedpasswords.txt && "
               "echo 1E4C9B93F3F0682250B6CF8331B7EE68FD8:9 > ranges/5BAA6.txt && "
               "printf '12345\\nletmein\\n' > denylist.txt && "
               "echo '{\"username\": \"ada\", \"email\": \"ada@acme.com\", \"name\": \"Ada Lovelace\"}' > user.json")
          .code == 0);
  std::size_t examples = 0;
  for (const char* verb : {"check",
                           "fmt",
                           "eval",
                           "explain",
                           "connections",
                           "facts",
                           "test",
                           "dump",
                           "init",
                           "breached build",
                           "breached check",
                           "breached verify",
                           "breached",
                           "common build",
                           "common check",
                           "common",
                           "password check",
                           "password explain",
                           "password generate",
                           "password",
                           "completion"}) {
    std::istringstream help(place.run(std::string("writ ") + verb + " --help").out);
    bool inside = false;
    for (std::string line; std::getline(help, line);) {
      if (line.starts_with("Example")) inside = true;
      if (!inside || !line.starts_with("  ")) continue;
      // A million files of ranges are not made for this; the password is piped in, where a terminal would be asked.
      place.write(
          "example.sh",
          "jq() { cat; }\nzstdcat() { cat pwnedpasswords.txt; }\npass() { echo a secret horse 7; }\n"
          "writ() { case $* in *ranges/*) command writ \"$@\" --incomplete ;; *) command writ \"$@\" ;; esac; }\n"
          "set -e -o pipefail\n" +
              line + "\n");
      if (std::string(verb) == "init") place.run("rm -r my-policy");
      const Ran ran = place.run(
          "echo a secret horse 7 | HOME=\"$PWD/home\" WRIT_COMMON_LIST=\"$PWD/denylist.common\" bash example.sh");
      INFO(line << "\n" << ran.err);
      CHECK(ran.code == 0);
      ++examples;
    }
  }
  CHECK(examples > 18);
}

TEST_CASE("a policy and a request are not taken for one another, and a request is looked for beside the policy") {
  const Place place;
  REQUIRE(place.run("writ init my-policy").code == 0);
  const auto said = [&](const std::string& line) {
    const Ran ran = place.run(line);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(said("writ eval my-policy/request.json my-policy") ==
        "writ: the policy comes first: `writ eval my-policy my-policy/request.json`\n");

  CHECK(said("writ explain my-policy request.json") ==
        "writ: there is no `request.json`, did you mean `my-policy/request.json`?\n");
  CHECK(said("writ --format json check my-policy") ==
        "writ check: `--format` stands behind the verb, as in `writ check --format`; see `writ check --help`\n");
  CHECK(said("writ completion powershell") ==
        "writ completion: `SHELL` is `bash`, `zsh` or `fish`, not `powershell`; see `writ completion --help`\n");
  CHECK(place.run("writ facts my-policy --baseline | writ eval my-policy -").out.find("to acme.admin via staff") !=
        std::string::npos);
  CHECK(place.run("writ facts my-policy --baseline | sed s/staff/saff/ | writ eval my-policy -")
            .out.find("is not a connection of `acme`, did you mean `staff`?") != std::string::npos);
}
