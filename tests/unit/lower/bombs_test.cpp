// Little text that means much: what one tenant can take of the checker, of memory and of a decision is bounded, and each bound is tested
// just under and just over. Nothing here measures time; where work must not be repeated, what came out of it is one object.
#include "compiler/lower/lower.h"
#include "tests/unit/check/structure_support.h"

#include <set>

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

std::string tenant(const std::string& body, const std::string& name = "acme") {
  return "tenant " + name + " {\n  connection users : database\n  client shop : spa { connections users }\n" + body +
         "\n}\n";
}

// `let l0 = …`, then each twice the one before.
std::string doubling(int steps, const std::string& first, const std::string& op) {
  std::string text = "let l0 = " + first + "\n";
  for (int i = 1; i <= steps; ++i) {
    const std::string before = "l" + std::to_string(i - 1);
    text += "let l" + std::to_string(i) + " = " + before + " " + op + " " + before + "\n";
  }
  return text;
}

std::string rules(int count, const std::string& condition) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "deny login \"r" + std::to_string(i) + "\" when " + condition + "\n";
  return text;
}

// How many different constants a tenant's expressions hold.
std::size_t constants(const model::Tenant& tenant) {
  std::set<const program::Constant*> found;
  for (const auto& one : tenant.expressions)
    if (one.constant) found.insert(one.constant.pointer().get());
  return found.size();
}

}  // namespace

TEST_CASE("the expressions of one tenant are counted together, lets written out") {
  Limits limits;
  const auto text = tenant(doubling(4, "user.email_verified", "and") + rules(10, "l4"));
  std::size_t enough = 1;  // the least limit under which it is let through
  for (std::size_t step = 1u << 12; step > 0; step /= 2) {
    limits.expressions_per_tenant = enough + step;
    if (!codes_of(text, limits).empty()) enough += step;
  }
  CHECK(enough > 10 * 16);      // each of the ten rules is sixteen leaves
  CHECK(enough < 10 * 16 * 8);  // and each leaf a few expressions, its lets included
  limits.expressions_per_tenant = enough;
  CHECK(codes_of(text, limits) == "E0318");
  limits.expressions_per_tenant = enough + 1;
  CHECK(codes_of(text, limits).empty());
  CHECK(codes_of(text + tenant(doubling(4, "user.email_verified", "and") + rules(10, "l4"), "other"), limits).empty());
}

TEST_CASE("doubling lets end as one error, as conditions, as values and in obligations") {
  CHECK(codes_of(tenant(doubling(40, "user.email_verified", "and") + "deny login when l40")) == "E0318");
  CHECK(codes_of(tenant(doubling(40, "user.email_verified", "or") + "obligation o satisfied when l40\nrequire o")) ==
        "E0318");
  CHECK(codes_of(tenant(doubling(60, "session.age", "+") + "deny login when has session.age and l60 > 1h"))
            .find("E0318") != std::string::npos);
  CHECK(codes_of(tenant(doubling(14, "user.email_verified", "and") + rules(200, "l14"))) == "E0318");
}

TEST_CASE("a list and a zone are one constant, however many rules ask") {
  Checked few, many;
  const std::string words = "let l = [\"a\", \"b\"]\nzone z = 10.0.0.0/8, 192.0.2.0/24\n";
  const std::string condition = "user.id in l and request.ip in z and request.time in 08:00..18:00 \"Europe/Berlin\"";
  check_files(few, {tenant(words + "let w = " + condition + "\n" + rules(2, "w"))});
  check_files(many, {tenant(words + "let w = " + condition + "\n" + rules(50, "w"))});
  REQUIRE(few.codes().empty());
  REQUIRE(many.codes().empty());
  CHECK(constants(few.tenant("acme")) == 3);
  CHECK(constants(many.tenant("acme")) == 3);
  // Nor do they lie in the row more than once: what forty-eight rules more add are the words of their slots.
  const auto row = [](const Checked& checked) {
    return lower_tenant(checked.tenant("acme"), checked.sources).programs[0].row.bytes().size();
  };
  CHECK(row(many) - row(few) == 48 * 3 * 8);
}

TEST_CASE("windows in one zone share its offsets, windows of different zones do not") {
  const auto row = [](const std::string& second) {
    Checked checked;
    check_files(
        checked,
        {tenant("deny login when request.time in 08:00..18:00 \"Europe/Berlin\" or request.time in 09:00..17:00 \"" +
                second + "\"")});
    return lower_tenant(checked.tenant("acme"), checked.sources).programs[0].row.bytes().size();
  };
  CHECK(row("Europe/Berlin") < 1'000 + row("America/New_York") / 2 + 500);
  CHECK(row("Europe/Berlin") + 1'000 < row("America/New_York"));
}

TEST_CASE("a mistake in a list is said once and refuses all that ask") {
  Checked checked;
  check_files(checked, {tenant("let l = [\"a\", 1]\n" + rules(5, "user.id in l"))});
  const auto codes = checked.codes();
  CHECK_FALSE(codes.empty());
  CHECK(codes.size() <= std::string("E0302 E0302").size());
}

TEST_CASE("patterns have a budget together, and globs a length") {
  const auto pattern = [](int i) { return "user.id matches /^a" + std::to_string(i) + "[a-z]+$/"; };
  const auto patterns = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "deny login \"r" + std::to_string(i) + "\" when " + pattern(i) + "\n";
    return tenant(text);
  };
  Limits limits;
  limits.pattern_memory_per_tenant = 10 * (64u << 10);
  CHECK(codes_of(patterns(10), limits).empty());
  CHECK(codes_of(patterns(11), limits) == "E0318");
  CHECK(codes_of(tenant(rules(100, pattern(1))), limits).empty());  // one pattern, a hundred times
  CHECK(codes_of(tenant("deny login when user.id matches /\\pL{900}/")) == "E0311");
  CHECK(codes_of(tenant("deny login when user.id matches /(a{1000}){1000}/")) == "E0311");
  const auto glob = [](std::size_t size) {
    return tenant("deny login when user.id matches \"" + std::string(size, '?') + "\"");
  };
  CHECK(codes_of(glob(program::max_glob)).empty());
  CHECK(codes_of(glob(program::max_glob + 1)) == "E0311");
}

TEST_CASE("an else inside another doubles nothing, in a rule, in a loop, in an obligation") {
  const auto nested = [](std::string inner) {
    for (int i = 0; i < 30; ++i) inner = "(email_domain(" + inner + ") else \"a\")";
    return inner + " == \"x\"";
  };
  Checked checked;
  check_files(checked,
              {tenant("obligation o satisfied when " + nested("user.id") +
                      "\nrequire o \"a\"\nrequire o \"b\" when user.email_verified\n" + "deny login when " +
                      nested("user.id") + "\ndeny login \"each\" when any g in user.groups : " + nested("g"))});
  REQUIRE(checked.codes().empty());
  const auto part = lower_tenant(checked.tenant("acme"), checked.sources);
  CHECK(part.programs[0].shape->nodes.size() < 1'000);
  CHECK(part.programs[0].shape->entries.size() == 1);
}

TEST_CASE("ten thousand different obligations are ten thousand entries, sorted, each its rule's") {
  Checked checked;
  std::string text;
  for (int i = 0; i < 10'000; ++i)
    text += "require accept(\"t" + std::to_string(i) + "\") \"r" + std::to_string(i) + "\"\n";
  text += "require accept(\"t77\") \"again\"\n";
  check_files(checked, {tenant(text)});
  REQUIRE(checked.codes().empty());
  const auto login = lower_tenant(checked.tenant("acme"), checked.sources).programs[0];
  REQUIRE(login.entries.size() == 10'000);
  CHECK(std::ranges::is_sorted(login.entries));
  for (std::size_t i = 0; i < login.rules.size(); ++i) {
    const auto& rule = login.rules[i];
    const auto wanted = rule.name == "again" ? "t77" : "t" + rule.name.substr(1);
    REQUIRE(login.entries[login.shape->rules[i].entry] == "accept(\"" + wanted + "\")");
  }
}

TEST_CASE("large constants go through whole: a hundred thousand strings, ints, names; ten thousand blocks; ten "
          "thousand rules") {
  const auto list = [](int count, const auto& item) {
    std::string text = "[";
    for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + item(i);
    return text + "]";
  };
  const auto number = [](int i) { return std::to_string(i); };
  const auto word = [](int i) { return "\"s" + std::to_string(i) + "\""; };
  CHECK(codes_of(tenant("deny login when user.id in " + list(100'000, word))).empty());
  CHECK(codes_of(tenant("deny login when user.logins in " + list(100'000, number))).empty());
  CHECK(codes_of(tenant("deny login when connection in " + list(100'000, [](int) { return std::string("users"); })))
            .empty());
  std::string zone = "zone z = 10.0.0.0/32";
  for (int i = 1; i < 10'000; ++i) zone += ", 10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "/32";
  CHECK(codes_of(tenant(zone + "\ndeny login when request.ip in z")).empty());
  CHECK(codes_of(tenant(rules(10'000, "user.email_verified"))).empty());
}
