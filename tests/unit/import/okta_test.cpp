// Policies of Okta as rules without an order: what each condition and action becomes, what is the host's to say, and that nothing in
// an export, however broken, does more than leave a note. Decisions are held against a second reading by tests/import/okta.py.
#include "compiler/import/okta.h"
#include "tests/support/folder.h"
#include "tests/unit/import/support.h"

#include <fstream>

#include <catch2/catch.hpp>

using namespace writ::importing;
using import_support::each_mistake;
using import_support::has_note;
using writ::support::Folder;

namespace {

Value policy(const char* type, Value rules, Value more = Value::object()) {
  Value made = {{"id", std::string("id ") + type},
                {"type", type},
                {"name", "P"},
                {"status", "ACTIVE"},
                {"priority", 1},
                {"system", true},
                {"conditions", nullptr},
                {"_embedded", {{"rules", std::move(rules)}}}};
  made.update(more);
  return made;
}
Value access_rule(const char* name, int priority, Value conditions, Value action) {
  return {{"type", "ACCESS_POLICY"},
          {"name", name},
          {"status", "ACTIVE"},
          {"priority", priority},
          {"conditions", std::move(conditions)},
          {"actions", {{"appSignOn", std::move(action)}}}};
}
Value allowed(const char* mode = "1FA", Value constraints = Value::array()) {
  return {
      {"access", "ALLOW"},
      {"verificationMethod", {{"type", "ASSURANCE"}, {"factorMode", mode}, {"constraints", std::move(constraints)}}}};
}
const Value denied = {{"access", "DENY"}};
const Value admins = Value::parse(R"({"people": {"groups": {"include": ["g1"]}}})");

struct Imported {
  Tenant tenant;
  Report report;
  Written written;
};
Imported import(const Value& things) {
  Imported made;
  OktaExport source;
  sort_okta(things, "export", source, made.report);
  made.tenant = plan_okta(source, "corp", made.report);
  made.written = write(made.tenant);
  INFO(made.written.problem << made.written.text);
  REQUIRE(made.written.problem.empty());
  return made;
}
Imported import_access(Value rules) { return import({policy("ACCESS_POLICY", std::move(rules))}); }
bool has(const Imported& made, std::string_view text) {
  const bool found = import_support::holds(made.written.text, text);
  if (!found) UNSCOPED_INFO(text << "\nis not in\n" << made.written.text);
  return found;
}

}  // namespace

TEST_CASE("the first rule that holds decides: later ones say that it does not") {
  const auto made = import_access({access_rule("Admins", 0, admins, allowed()),
                                   access_rule("Risky", 1, Value::parse(R"({"riskScore": {"level": "HIGH"}})"), denied),
                                   access_rule("Rest", 2, nullptr, allowed("2FA"))});
  CHECK(has(made, "let p_admins = \"g1\" in user.groups"));
  CHECK(has(made, "deny login \"P: Risky\" when request.risk == high and not p_admins"));
  // A deny needs no exclusion: where it holds, what else is asked for changes nothing.
  CHECK(has(made, "require mfa \"P: Rest\" when not p_admins\n"));
  CHECK(has(made, "request.risk : one of low, medium, high"));
}

TEST_CASE("rules are asked by priority, the default last, inactive ones never, and those behind a catch-all are told") {
  auto last = access_rule("Last", 0, nullptr, allowed("2FA"));
  last["system"] = true;
  auto off = access_rule("Off", 1, nullptr, denied);
  off["status"] = "INACTIVE";
  const auto made =
      import_access({last, off, access_rule("B", 3, admins, denied), access_rule("A", 2, admins, allowed())});
  CHECK(has(made, "deny login \"P: B\" when \"g1\" in user.groups and not p_a"));
  CHECK(has(made, "require mfa \"P: Last\" when not p_a"));
  CHECK(has_note(made.report, Outcome::approximated, "status", "not active"));
  const auto hidden =
      import_access({access_rule("All", 0, nullptr, allowed()), access_rule("Never", 1, admins, denied)});
  CHECK_FALSE(has(hidden, "Never\""));
  CHECK(has_note(hidden.report, Outcome::approximated, "priority", "never reached"));
}

TEST_CASE("rules beyond count are denied and told, for each may name all before it") {
  Value rules = Value::array();
  for (int i = 0; i < 301; ++i) rules.push_back(access_rule("A", i, admins, allowed()));
  const auto made = import_access(rules);
  CHECK(has(made, "deny login \"P: no rule applies\""));
  CHECK(has_note(made.report, Outcome::not_expressible, "priority", "301 rules"));
}

TEST_CASE("where no rule applies it is denied") {
  CHECK(has(import_access({access_rule("A", 0, admins, allowed())}), "deny login \"P: no rule applies\" when not p_a"));
  CHECK(has(import_access(Value::array()), "deny login \"P: no rule applies\""));
}

TEST_CASE("constraints of factors are obligations: one of several, each with all its parts, proved anew where that is "
          "asked") {
  const auto made = import_access({access_rule("A", 0, nullptr, allowed("2FA", Value::parse(R"([
    {"possession": {"phishingResistant": "REQUIRED", "userPresence": "OPTIONAL"}},
    {"knowledge": {"types": ["password"], "reauthenticateIn": "PT2H"}, "possession": {"deviceBound": "REQUIRED"}}])")))});
  CHECK(has(made, "session.possession_phishing_resistant : duration?"));
  CHECK(has(made, "obligation possession_phishing_resistant satisfied when has session.possession_phishing_resistant"));
  CHECK(has(
      made,
      "has session.knowledge_password and session.knowledge_password <= 2h and has session.possession_device_bound"));
  CHECK(has(made,
            "require possession_phishing_resistant or knowledge_password_and_possession_device_bound \"P: A (2)\""));
  CHECK(has(made, "require mfa \"P: A\""));
  CHECK(has_note(made.report, Outcome::approximated,
                 "actions.appSignOn.verificationMethod.constraints[1].knowledge.types", "session.knowledge_password"));
}

TEST_CASE("what Writ has no words for is the host's to say, so that no later rule decides in its place") {
  const auto made = import_access(
      {access_rule("Odd", 0,
                   Value::parse(R"json({"elCondition": {"condition": "user.isMemberOf({'group.id': {'x'}})"}})json"),
                   denied),
       access_rule("Rest", 1, nullptr, allowed())});
  CHECK(has(made, "okta.p_odd_expression : bool"));
  CHECK(has(made, "deny login \"P: Odd\" when okta.p_odd_expression"));
  CHECK(has(made, "// okta.p_odd_expression: an expression of Okta's: user.isMemberOf"));
  CHECK(has_note(made.report, Outcome::approximated, "conditions.elCondition.condition", "okta.p_odd_expression"));
  auto chain = allowed();
  chain["verificationMethod"]["type"] = "AUTH_METHOD_CHAIN";
  CHECK(has(import_access({access_rule("Chain", 0, nullptr, chain)}), "satisfied when okta.p_chain_auth_method_chain"));
}

TEST_CASE("ranges of addresses become blocks, and zones that Writ cannot draw the host's to say") {
  const auto rule = [](const char* zone) {
    return policy("ACCESS_POLICY",
                  {access_rule("A", 0, {{"network", {{"connection", "ZONE"}, {"include", {zone}}}}}, denied),
                   access_rule("R", 1, nullptr, allowed())});
  };
  const auto zones = Value::parse(R"([
    {"type": "IP", "id": "z1", "name": "Office", "usage": "POLICY", "gateways": [{"type": "RANGE", "value": "10.0.0.3-10.0.0.9"},
      {"type": "CIDR", "value": "1.2.3.4/24'"}]},
    {"type": "DYNAMIC", "id": "z2", "name": "Far", "locations": [{"country": "AF", "region": "AF-BGL"}], "asns": ["23457"]},
    {"type": "DYNAMIC", "id": "z3", "name": "Both", "locations": [{"country": "AF"}], "asns": ["23457"]},
    {"type": "IP", "id": "z4", "name": "Bad", "usage": "BLOCKLIST", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]}])");
  const auto office = import({rule("z1"), zones});
  CHECK(has(office, "zone office = 10.0.0.3, 10.0.0.4/30, 10.0.0.8/31"));
  CHECK(has(office, "deny login \"P: A\" when request in office"));
  CHECK(has(office, "\"blocked: Bad\" when request in bad"));
  CHECK(has_note(office.report, Outcome::wrong, "gateways[1].value", "1.2.3.4/24'"));
  CHECK(has(import({rule("z2"), zones}), "deny login \"P: A\" when okta.zone_far"));
  CHECK(has(import({rule("z3"), zones}),
            "(request in both_countries else false) and (request in both_networks else false)"));
  CHECK(has(import({rule("z9"), zones}), "when okta.zone_z9"));
}

TEST_CASE("each password policy is a store of users, and a user signs in to that of the first policy that holds") {
  const auto settings = Value::parse(R"json({"settings": {"password": {
    "complexity": {"minLength": 12, "minSymbol": 0, "excludeUsername": false, "dictionary": {"common": {"exclude": true}},
                   "oelStatement": "password.value.contains('acme') OR password.value.contains('corp')"},
    "age": {"historyCount": 4, "maxAgeDays": 90, "minAgeMinutes": 60},
    "lockout": {"maxAttempts": 5, "autoUnlockMinutes": 10}}}})json");
  auto first = policy("PASSWORD", Value::array(), settings);
  const auto alone = import(Value::array({first}));
  for (const auto* wanted :
       {"connection okta : database", "length 12..", "at least 1 lower", "reject words [\"acme\", \"corp\"]",
        "reject common", "history 4", "expires after 90d", "min age 1h", "5 attempts per identifier", "block 10m"})
    CHECK(has(alone, wanted));
  CHECK_FALSE(has(alone, "symbols"));
  first.update({{"id", "first"}, {"name", "Admins"}, {"system", false}, {"conditions", admins}});
  const auto two = import({first, policy("PASSWORD", Value::array())});
  CHECK(has(
      two, "deny login, password_change, password_reset \"admins: another password policy applies\" on admins unless"));
  CHECK(has(two, "on p unless not users_of_admins"));
  CHECK(has_note(two.report, Outcome::approximated, "conditions.people", "each is a connection"));
}

TEST_CASE("rules that lie apart find their policy by their address") {
  auto bare = policy("ACCESS_POLICY", nullptr);
  bare.erase("_embedded");
  auto rule = access_rule("A", 0, nullptr, denied);
  rule["_links"]["self"]["href"] = "https://example.com/api/v1/policies/id ACCESS_POLICY/rules/r";
  CHECK(has(import({bare, rule}), "deny login \"P: A\""));
  CHECK(has_note(import({bare}).report, Outcome::wrong, "rules", "not in the export"));
  rule["_links"]["self"]["href"] = "https://example.com/api/v1/policies/other/rules/r";
  CHECK(has_note(import({bare, rule}).report, Outcome::wrong, "_links.self", "no policy `other`"));
}

TEST_CASE("a folder holds answers of the API in any layout; what is none is told") {
  const Folder folder;
  folder.write("a/policies.json", Value({policy("ACCESS_POLICY", Value::array())}).dump());
  folder.write("b.json", "{");
  Report report;
  CHECK(read_okta(folder.path().string(), report).policies.size() == 1);
  CHECK(report.notes.size() == 1);
  CHECK_FALSE(read_okta(folder("b.json"), report).problem.empty());
  folder.write("c.json", "[]");
  CHECK(read_okta(folder("c.json"), report).problem.find("holds no policy") != std::string::npos);
}

TEST_CASE("an export with one thing wrong still becomes a policy set that checks") {
  Report report;
  OktaExport source;
  const auto read = [](const char* name) {
    std::ifstream file(std::string("tests/import/okta/") + name);
    return Value::parse(file);
  };
  const Value whole = {read("policies.json"), read("zones.json"), read("apps.json"), read("groups.json"),
                       read("idps.json")};
  CHECK(each_mistake(whole, [](const Value& value) { import(value); }) > 500);
}
