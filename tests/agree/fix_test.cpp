// A fix that is said to change no decision changes none: policies that say things the long way, made by chance, the examples and the wrong examples of
// lint's pages are fixed, and both are asked the same requests. Effect, fault, what denies and what is asked for must be the same; rules without
// a name are known by their text, which a fix may change, and are compared by their number.
#include "compiler/lint/fix.h"
#include "compiler/lint/lint.h"
#include "compiler/load/load.h"
#include "tests/agree/case.h"
#include "tests/agree/random.h"
#include "tests/agree/requests.h"
#include "tests/agree/surface.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::agree;

namespace {

namespace fs = std::filesystem;
using Files = std::vector<lint::FileText>;

std::vector<std::string> texts(const Files& files) {
  std::vector<std::string> list;
  for (const auto& file : files) list.push_back(file.text);
  return list;
}

// What people see of a decision.
std::string seen(const Case& policy, const NamedRequest& named) {
  Request request;
  policy.engine->bind(named, request);
  const Explanation one = policy.engine->explain(request, policy.engine->interpret(request));
  std::string text = std::string(effect_names[static_cast<std::size_t>(one.effect)]) + " " +
                     std::string(fault_names[static_cast<std::size_t>(one.fault)]) + " " +
                     std::string(because_names[static_cast<std::size_t>(one.because)]);
  std::multiset<std::string> reasons;
  for (const auto& reason : one.reasons) reasons.insert(reason.id.substr(0, reason.id.find('~')));
  for (const auto& reason : reasons) text += " " + reason;
  for (const auto& obligation : one.obligations) text += " | " + obligation;
  return text;
}

struct Told {
  std::map<std::string, std::size_t> made;
  std::size_t asked = 0, allowed = 0;
};

void hold(const Files& files, std::uint64_t seed, std::size_t requests, Told& told) {
  const lint::Fixed fixed = lint::fix(files, Limits{}, {});
  if (!fixed.problem.empty() || fixed.made.empty()) return;
  for (const auto& [rule, count] : fixed.made) told.made[rule] += count;
  const auto before = prepare(texts(files), nullptr), after = prepare(texts(fixed.files), nullptr);
  std::string both;
  for (std::size_t i = 0; i < files.size(); ++i) both += files[i].text + "\n---- fixed ----\n" + fixed.files[i].text;
  INFO(both);
  REQUIRE(before->problems == "");
  REQUIRE(after->problems == "");
  const lint::Fixed again = lint::fix(fixed.files, Limits{}, {});
  CHECK(again.made.empty());
  const Surface surface = surface_of(*before);
  Random random(seed);
  for (std::size_t i = 0; i < requests; ++i) {
    const NamedRequest request = generate_request(surface, random);
    const std::string a = seen(*before, request), b = seen(*after, request);
    ++told.asked;
    told.allowed += a.starts_with("allow") ? 1 : 0;
    if (a == b) continue;
    FAIL_CHECK(to_text(request) << "\nbefore: " << a << "\nafter:  " << b);
    return;
  }
}

// ---------------------------------------------------------------- the long way, by chance

const std::vector<std::string> plain = {"user.email_verified",          "user.mfa_enrolled", "session.mfa",
                                        "\"staff\" in user.groups",     "user.logins > 5",   "request.ip in 10.0.0.0/8",
                                        "connection.family == database"};

std::string one_of(const std::vector<std::string>& list, Random& random) { return list[random.below(list.size())]; }

std::string sloppy(Random& random) {
  const std::string a = one_of(plain, random), b = one_of(plain, random);
  switch (random.below(16)) {
  case 0: return "not not (" + a + ")";
  case 1: return "(" + a + " and " + b + " and " + a + ")";
  case 2: return "(" + a + " or " + b + " or " + a + " or " + b + ")";
  case 3: return "user.email_verified == true";
  case 4: return "user.mfa_enrolled == false";
  case 5: return "session.mfa != true";
  case 6: return "not (user.logins > 5)";
  case 7: return "not (user.id == \"ann\")";
  case 8: return "not (user.id in [\"ann\", \"bob\", \"ann\"])";
  case 9: return "(user.id == \"ann\" or user.id == \"bob\" or user.id == \"eve\")";
  case 10: return "(user.id != \"ann\" and user.id != \"bob\" and user.id != \"eve\")";
  case 11: return "(any g in user.groups : g == \"staff\")";
  case 12: return "user.id matches \"ann*\"";
  case 13: return "user.id matches /^bob/";
  case 14: return "user.id matches \"*e*\"";
  default: return "not not not (" + a + ")";
  }
}

Files policy_of(Random& random) {
  std::string text =
      "writ 1\nplatform {\n  floor password baseline { length 12.. }\n  session { idle 1h }\n}\n"
      "tenant acme {\n  connection users : database { password {\n    length 12..\n    reject personal\n  } }\n"
      "  connection staff : saml\n  zone nowhere = 192.0.2.0/24\n  let unused = user.email_verified\n"
      "  session { idle 2h }\n  client app : web { connections users, staff; callbacks \"https://a.example/\" }\n"
      "  client shop : spa { connections users; origins \"https://a.example/x\" }\n";
  const auto condition = [&] {
    std::string all = sloppy(random);
    for (std::size_t i = random.below(3); i > 0; --i) all += (random.chance(50) ? " and " : " or ") + sloppy(random);
    return all;
  };
  text += "  allow login when " + condition() + "\n  allow login, refresh on staff\n";
  for (std::size_t i = random.below(4) + 1; i > 0; --i) {
    const std::string what = condition();
    text += "  deny login \"d" + std::to_string(i) + "\" " +
            (random.chance(50) ? "when " + what : "unless not (" + what + ")") + "\n";
  }
  text += "  require mfa \"m\" when " + condition() + "\n}\n";
  return {{"policy.writ", text}};
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("fixes that are said to change no decision change none: policies by chance") {
  constexpr std::size_t policies = 150, requests = 200;
  Told told;
  for (std::uint64_t seed = 1; seed <= policies; ++seed) {
    Random random(seed);
    hold(policy_of(random), seed, requests, told);
  }
  std::string made;
  for (const auto& [rule, count] : told.made) made += rule + " " + std::to_string(count) + "\n";
  INFO(made);
  CHECK(told.asked > policies * requests / 2);
  CHECK(told.allowed > told.asked / 50);
  for (const char* rule :
       {"double-negation", "duplicate-condition", "negated-unless", "compared-with-bool", "negated-comparison",
        "many-comparisons", "duplicate-item", "loop-for-member", "glob-as-comparison", "regex-as-comparison",
        "unused-let", "unused-zone", "session-below-floor", "requirement-of-floor", "origin-with-path"}) {
    INFO(rule);
    CHECK(told.made[rule] > 0);
  }
}

TEST_CASE("fixes that are said to change no decision change none: the pages of lint, and the examples") {
  Told told;
  std::uint64_t seed = 1;
  std::vector<fs::path> pages;
  for (const auto& entry : fs::directory_iterator(fs::path(WRIT_SOURCE_DIR) / "docs/lints"))
    pages.push_back(entry.path());
  std::ranges::sort(pages);
  for (const fs::path& page : pages) {
    const std::string markdown = text_of(page);
    constexpr std::string_view open = "```writ wrong\n";
    for (std::size_t at = 0; (at = markdown.find(open, at)) != std::string::npos;) {
      at += open.size();
      INFO(page.filename().string());
      hold({{"policy.writ", markdown.substr(at, markdown.find("```", at) - at)}}, ++seed, 300, told);
    }
  }
  for (const auto& entry : fs::directory_iterator(fs::path(WRIT_SOURCE_DIR) / "policies/examples")) {
    const std::string paths[] = {entry.path().string()};
    const Loaded loaded = load(paths);
    Files files;
    for (const auto* tree : loaded.order)
      files.push_back({loaded.sources.name(tree->file), std::string(loaded.sources.text(tree->file))});
    INFO(paths[0]);
    hold(files, ++seed, 300, told);
  }
  CHECK(told.made.size() >= 15);
}
