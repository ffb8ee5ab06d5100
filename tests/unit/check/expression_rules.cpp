// The tree of a rule's condition, its leaves, mentions and obligations; and absence, with its fixes.
#include "tests/unit/check/expression_bench.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::check_tests;

namespace {
std::string structure_of(std::string_view text) {
  Bench bench;
  const auto checked = bench.check(text);
  for (const auto& error : checked.errors) UNSCOPED_INFO(error.message);
  return checked.errors.empty() ? checked.structure() : checked.codes();
}
std::string codes_of(std::string_view text, ActionMask actions = mask_of(Action::login)) {
  return Bench().check(text, actions).codes();
}
std::vector<std::string> help_of(std::string_view text) {
  Bench bench;
  const auto checked = bench.check(text);
  REQUIRE(checked.errors.size() == 1);
  CHECK(checked.errors[0].code == Code::unguarded_optional);
  std::vector<std::string> lines;
  for (const Help& one : checked.errors[0].help) lines.push_back(one.text);
  return lines;
}
}  // namespace

TEST_CASE("place, on, when and not unless, and nothing that is not there") {
  CHECK(structure_of("allow login") == "always");
  CHECK(structure_of("allow login when user.email_verified") == "user.email_verified");
  CHECK(structure_of("allow login on staff") == "connection in [staff]");
  CHECK(structure_of("allow login on staff, \"google-oauth2\" when user.email_verified unless user.mfa_enrolled") ==
        "and(connection in [staff, \"google-oauth2\"]; user.email_verified; not(user.mfa_enrolled))");
  CHECK(structure_of("allow login unless user.mfa_enrolled") == "not(user.mfa_enrolled)");
  CHECK(structure_of(
            "allow login when user.email_verified and (user.mfa_enrolled or not session.mfa) and client == admin") ==
        "and(user.email_verified; or(user.mfa_enrolled; not(session.mfa)); client == admin)");
  CHECK(structure_of("allow login when (client == admin)") == "client == admin");
  CHECK(structure_of("allow login when request.ip not in office") == "request.ip not in office");
  CHECK(Bench().check_in_organization("allow login when organization == pepsi").structure() ==
        "and(has organization; organization == coke; organization == pepsi)");
}

TEST_CASE("the block that holds a rule is asked first") {
  Bench bench;
  check::Place place;
  place.actions = mask_of(Action::login);
  place.client = 0;
  CHECK(bench.check_at("allow login when user.email_verified", place).structure() ==
        "and(client == admin; user.email_verified)");
  place.organization = 1;
  CHECK(bench.check_at("allow login", place).structure() ==
        "and(client == admin; has organization; organization == pepsi)");
  check::Place connection;
  connection.actions = mask_of(Action::login);
  connection.connection = 0;
  const auto checked = bench.check_at("allow login", connection);
  CHECK(checked.structure() == "connection == \"google-oauth2\"");
  CHECK(checked.code() == "in.bits {0}(connection)");
  connection.actions = mask_of(Action::login) | mask_of(Action::access);
  CHECK(bench.check_at("allow login, access", connection).codes() == "E0305");
}

TEST_CASE("parameters print as written and mean what was given") {
  Bench bench;
  const auto named = bench.check("allow login when connection == partner");
  CHECK(named.structure() == "connection == partner");
  CHECK(named.code() == "in.bits {1}(connection)");
  CHECK(bench.check("allow login when user.id == company").code() ==
        "eq.string(fact.string user.id, const.string \"acme.com\")");
  CHECK(bench.check("allow login when user.id in domains").code() ==
        "in.strings [acme.co.uk acme.com](fact.string user.id)");
  CHECK(bench.check("allow login when user.id == domains").codes() == "E0321");
}

TEST_CASE("a let is written out, where it is a condition as structure") {
  CHECK(structure_of("let safe = user.email_verified and session.mfa\nallow login when safe or client == admin") ==
        "or(and(user.email_verified; session.mfa); client == admin)");
  CHECK(structure_of("let home = \"IT\"\nallow login when user.id == home") == "user.id == home");
  CHECK(structure_of("let ours = [staff, users]\nallow login when connection in ours") == "connection in ours");
  CHECK(structure_of("let main = staff\nallow login when connection == main") == "connection == main");
  CHECK(codes_of("let a = b\nlet b = a\nallow login when a") == "E0229");
}

TEST_CASE("a quantifier is one leaf, and says what was seen") {
  Bench bench;
  const auto checked = bench.check("allow login when any g in user.groups : g == user.id and g != \"x\"");
  CHECK(checked.structure() == "any g in user.groups : g == user.id and g != \"x\"");
  const auto& leaf = checked.at(checked.rule.condition);
  REQUIRE(leaf.seen.size() == 2);
  CHECK(leaf.seen[0].first == "user.groups");
  CHECK(leaf.seen[1].first == "user.id");
}

TEST_CASE("a hundred thousand operands are a list") {
  std::string text = "allow login when user.email_verified";
  for (int i = 0; i < 100'000; ++i) text += " and user.logins != 7";
  Bench bench;
  const auto checked = bench.check(text);
  REQUIRE(checked.errors.empty());
  CHECK(checked.at(checked.rule.condition).operands.size() == 100'001);
}

TEST_CASE("lets that double are stopped") {
  std::string text = "let l0 = user.email_verified\n";
  for (int i = 1; i < 40; ++i)
    text += "let l" + std::to_string(i) + " = l" + std::to_string(i - 1) + " and l" + std::to_string(i - 1) + "\n";
  CHECK(codes_of(text + "allow login when l39") == "E0318");
}

TEST_CASE("limits, just under and just over") {
  Bench bench;
  bench.limits.conditions_per_rule = 6;
  const std::string two = "let two = session.mfa and user.mfa_enrolled\nallow login when two and two and "
                          "user.email_verified and client == admin";
  CHECK(bench.check(two).codes().empty());
  CHECK(bench.check(two + " and user.logins > 1").codes() == "E0318");
  const auto chain = [](int lets) {
    std::string text = "let l0 = user.email_verified\n";
    for (int i = 1; i < lets; ++i) text += "let l" + std::to_string(i) + " = not l" + std::to_string(i - 1) + "\n";
    return text + "allow login when l" + std::to_string(lets - 1);
  };
  CHECK(codes_of(chain(240)).empty());
  CHECK(codes_of(chain(600)) == "E0318");
}

TEST_CASE("a declared obligation is written out in its own scope") {
  Bench bench;
  const auto checked = bench.check(
      "obligation training satisfied when \"trained\" in user.roles and has user.email\nrequire training or mfa");
  REQUIRE(checked.codes().empty());
  REQUIRE(checked.rule.alternatives.size() == 2);
  CHECK(checked.code(checked.rule.alternatives[0].satisfied) ==
        "and(set.has(fact.set user.roles, const.string \"trained\"), has user.email)");
  CHECK_FALSE(checked.at(checked.rule.alternatives[0].satisfied).leaf);
  CHECK(bench.check("obligation training satisfied when user.email == \"a\"\nrequire training").codes() == "E0301");
}

TEST_CASE("mentions are what the rule asks for, sorted") {
  Bench bench;
  const auto checked = bench.check("require mfa within 15m or verify_email when user.id == \"a\" and client == admin "
                                   "and (request in home else false)");
  REQUIRE(checked.codes().empty());
  std::string names;
  for (const auto id : checked.rule.mentions) names += std::string(builtin_facts[index(id)].name) + " ";
  CHECK(names == "user.id user.email_verified request.ip request.country session.mfa session.mfa_age ");
}

TEST_CASE("obligations") {
  Bench bench;
  const auto checked = bench.check("require mfa(otp, webauthn) within 15m or step_up(\"urn:a\") or "
                                   "use_connection(staff) or accept(\"terms\") or change_password");
  REQUIRE(checked.codes().empty());
  CHECK(checked.rule.entry == "mfa(otp, webauthn) within 15m or step_up(\"urn:a\") or use_connection(staff) or "
                              "accept(\"terms\") or change_password");
  REQUIRE(checked.rule.alternatives.size() == 5);
  CHECK(checked.code(checked.rule.alternatives[0].satisfied) ==
        "and(or(set.has(fact.set session.factors, const.string \"otp\"), set.has(fact.set session.factors, "
        "const.string \"webauthn\")), fact.bool session.mfa, "
        "and(has session.mfa_age, le.int(fact.int session.mfa_age, const.int 900000000)))");
  CHECK(checked.rule.alternatives[2].use_connection == 1);
  CHECK(checked.code(checked.rule.alternatives[4].satisfied) == "const.bool false");
  CHECK(codes_of("require mfa for signup", mask_of(Action::signup)) == "E0305");
  CHECK(codes_of("require verify_email for access", mask_of(Action::access)) == "E0316");
  CHECK(codes_of("require reauthenticate") == "E0317");
  CHECK(codes_of("require training") == "E0230");
  CHECK(codes_of("require use_connection(stuff)") == "E0222");
}

TEST_CASE("guards flow") {
  CHECK(codes_of("allow login when has user.email and user.email == \"a\"").empty());
  CHECK(codes_of("allow login when not has user.email or user.email == \"a\"").empty());
  CHECK(codes_of("allow login when not (not has user.email or client == admin) and user.email == \"a\"").empty());
  CHECK(codes_of("allow login when has user.email unless user.email == \"a\"").empty());
  CHECK(codes_of("allow login when (has user.email and client == admin or has user.email) and user.email == \"a\"")
            .empty());
  CHECK(codes_of("allow login when (has user.email or client == admin) and user.email == \"a\"") == "E0301");
  CHECK(codes_of("allow login when user.email == \"a\" and has user.email") == "E0301");
  CHECK(codes_of("allow login unless not has user.email or user.email == \"a\"").empty());
  CHECK(codes_of("let known = has user.email\nallow login when known and user.email == \"a\"") == "E0301");
  CHECK(codes_of("let it = user.email == \"a\"\nallow login when has user.email and it") == "E0301");
  CHECK(codes_of("let mail = user.email\nallow login when (mail else \"\") == \"a\"").empty());
  CHECK(codes_of("allow login when any g in user.groups : has user.email and g == user.email").empty());
  CHECK(codes_of("allow login when user.id == \"a\"", mask_of(Action::login) | mask_of(Action::signup)) == "E0301");
  CHECK(codes_of("allow login when has user.email and email_domain(user.email) == \"a\"") == "E0301");
  CHECK(codes_of("allow login when has user.email and lower(user.email) == \"a\"").empty());
  CHECK(codes_of("allow login when user.email == \"a\" or user.email == \"b\"") == "E0301");  // one cause, one error
}

TEST_CASE("the fix offered first denies when the fact is absent") {
  using Help = std::vector<std::string>;
  CHECK(help_of("deny login when user.department != \"IT\"") ==
        Help{"to deny when it is absent:  deny login unless has user.department and user.department == \"IT\"",
             "to let absence through:     deny login when (user.department else \"IT\") != \"IT\"    (lint: "
             "absence-opens)"});
  CHECK(help_of("allow login when user.department == \"IT\"") ==
        Help{"to deny when it is absent:  allow login when has user.department and user.department == \"IT\"",
             "to let absence through:     allow login when (user.department else \"IT\") == \"IT\""});
  CHECK(help_of("allow login unless user.department == \"IT\"") ==
        Help{"to deny when it is absent:  allow login unless not has user.department or user.department == \"IT\"",
             "to let absence through:     allow login unless (user.department else \"\") == \"IT\""});
  CHECK(help_of("deny login when client == admin and user.department starts with \"x\"") ==
        Help{"to deny when it is absent:  deny login when client == admin and (not has user.department or "
             "user.department starts with \"x\")",
             "to let absence through:     deny login when client == admin and (user.department else \"\") starts with "
             "\"x\"    (lint: absence-opens)"});
  CHECK(help_of("require mfa when (request.ip not in office or request.risk > 50)") ==
        Help{"to require it when absent:  require mfa when request.ip not in office or not has request.risk or "
             "request.risk > 50",
             "to let absence through:     require mfa when request.ip not in office or (request.risk else 50) > 50    "
             "(lint: absence-opens)"});
  CHECK(help_of("deny login when request in home") ==
        Help{"to deny when it is absent:  deny login when (request in home else true)",
             "to let absence through:     deny login when (request in home else false)    (lint: absence-opens)"});
  CHECK(help_of("deny login when not request.device_known")[0] ==
        "to deny when it is absent:  deny login unless has request.device_known and request.device_known");
}

TEST_CASE("an absent fact's message names the place that declared it") {
  Bench bench;
  const auto checked = bench.check("deny login when user.department != \"IT\"");
  REQUIRE(checked.errors.size() == 1);
  CHECK(checked.errors[0].message == "`user.department` may be absent");
  CHECK(checked.errors[0].label == "declared `string?` at facts.writ:2:14");
}
