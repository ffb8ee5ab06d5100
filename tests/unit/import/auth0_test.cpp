// Exports of Auth0 as policies: what each field becomes, that both formats become the same, and that nothing in an export, however
// broken, does more than leave a note.
#include "compiler/import/auth0.h"
#include "tests/support/folder.h"
#include "tests/unit/import/support.h"

#include <filesystem>
#include <fstream>
#include <random>

#include <catch2/catch.hpp>
#include <unistd.h>

using namespace writ::importing;
using import_support::each_mistake;
using import_support::has_note;
using writ::support::Folder;

namespace {

namespace fs = std::filesystem;

const Value sample = Value::parse(R"({
  "tenant": {"friendly_name": "Acme"},
  "clients": [
    {"name": "My Shop", "app_type": "spa", "grant_types": ["authorization_code", "refresh_token", "implicit"],
     "callbacks": ["https://shop.acme.example/cb", "https://*.acme.example/cb"], "organization_usage": "allow",
     "jwt_configuration": {"lifetime_in_seconds": 36000}},
    {"name": "Old", "app_type": "spa", "grant_types": ["implicit"]},
    {"name": "Jobs", "app_type": "non_interactive", "grant_types": ["client_credentials"]},
    {"name": "Partner", "app_type": "regular_web", "is_first_party": false, "organization_usage": "Require"}
  ],
  "databases": [
    {"name": "Users", "strategy": "auth0", "enabled_clients": ["My Shop", "Old", "Nobody"], "options": {
      "passwordPolicy": "good", "password_complexity_options": {"min_length": 10}, "disable_signup": true,
      "password_history": {"enable": true, "size": 5}, "password_no_personal_info": {"enable": true},
      "password_dictionary": {"enable": true, "dictionary": ["acme/1", "ACME."]}, "brute_force_protection": true}},
    {"name": "flexible", "enabled_clients": [], "options": {"password_options": {
      "complexity": {"min_length": 12, "character_types": ["uppercase", "lowercase", "number", "special"],
                     "character_type_rule": "three_of_four", "identical_characters": "block",
                     "sequential_characters": "block", "max_length_exceeded": "truncate"},
      "dictionary": {"active": true, "default": "en_10k"}, "history": {"active": true, "size": 3},
      "profile_data": {"active": true}}}}
  ],
  "connections": [
    {"name": "first", "strategy": "samlp", "enabled_clients": ["My Shop"], "options": {"tenant_domain": "Acme.Example"}},
    {"name": "second", "strategy": "waad", "enabled_clients": ["My Shop"], "is_domain_connection": true,
     "options": {"domain_aliases": ["acme.example", "no domain"], "waad_common_endpoint": true}},
    {"name": "strange", "strategy": "yammer", "enabled_clients": []}
  ],
  "organizations": [{"name": "cola", "display_name": "Cola", "connections": [
    {"name": "first", "assign_membership_on_login": true}, {"name": "Users"}],
    "discovery_domains": [{"domain": "Cola.Example", "status": "verified"}, {"domain": "no.example", "status": "pending"}]}],
  "attackProtection": {
    "bruteForceProtection": {"enabled": true, "shields": ["block"], "mode": "count_per_identifier", "max_attempts": 7,
                             "allowlist": ["10.0.0.0/8"]},
    "breachedPasswordDetection": {"enabled": true, "shields": [],
                                  "stage": {"pre-user-registration": {"shields": ["block"]},
                                            "pre-change-password": {"shields": ["block"]}}}},
  "guardianPolicies": {"policies": ["all-applications"]},
  "networkACLs": [
    {"description": "not from here", "active": true, "priority": 2,
     "rule": {"action": {"block": true}, "scope": "tenant", "match": {"ipv4_cidrs": ["203.0.113.0/24"]}}},
    {"description": "but from the office", "active": true, "priority": 1,
     "rule": {"action": {"allow": true}, "scope": "tenant", "match": {"ipv4_cidrs": ["203.0.113.7"]}}}],
  "rules": [{"name": "old code", "enabled": true, "script": "x.js"}]
})");

struct Imported {
  Tenant tenant;
  Report report;
  Written written;
};

Imported import(const Auth0Export& source) {
  Imported made;
  made.tenant = plan_auth0(source, "acme", made.report);
  made.written = write(made.tenant);
  return made;
}

Auth0Export sections_of(const Value& value) {
  Auth0Export source;
  source.origin = "sample";
  for (const auto& [section, content] : value.items()) {
    if (content.is_array())
      for (const auto& one : content) source.sections[section].push_back({one, section});
    else
      source.sections[section].push_back({content, section});
  }
  return source;
}

}  // namespace

TEST_CASE("an export becomes a policy that checks and says what became of it") {
  const auto made = import(sections_of(sample));
  INFO(made.written.problem);
  REQUIRE(made.written.problem.empty());
  const auto& text = made.written.text;
  for (const auto* wanted : {"tenant acme \"Acme\" {",
                             "client my_shop : spa {",
                             "grants authorization_code, refresh_token\n",
                             "callbacks \"https://shop.acme.example/cb\"",
                             "organizations allow",
                             "lifetimes { id_token 10h }",
                             "connections users, first, second",
                             "discover \"acme.example\" via first",
                             "password auth0.good(10)",
                             "history 5",
                             "reject personal",
                             "reject common top 10000",
                             "reject matches /(?i)^(?:acme\\/1|ACME\\.)$/",
                             "reject breached",
                             "lockout { 7 attempts per identifier; block 30d; exempt 10.0.0.0/8 }",
                             "length 12.. utf16",
                             "length ..72 bytes",
                             "classes 3 of lower, upper, digit, symbol",
                             "max repeats 2 utf16",
                             "no sequences 3",
                             "history 3",
                             "connection first : saml {",
                             "domains \"acme.example\"",
                             "common_endpoint = true",
                             "connection strange : oauth2\n",
                             "joins on login via first",
                             "require mfa \"a second factor for all applications\"",
                             "allow m2m",
                             "deny login, signup, password_change, password_reset, refresh, m2m \"not from here\"",
                             "when (request in acl else false)",
                             "unless (request in acl_2 else false)",
                             "when client == old",
                             "// Not translated: rule \u201cold code\u201d"}) {
    INFO(wanted << "\nin\n" << text);
    CHECK(text.find(wanted) != std::string::npos);
  }
}

TEST_CASE("what could not be taken as it is, is said") {
  const auto report = import(sections_of(sample)).report;
  CHECK(has_note(report, Outcome::not_expressible, "grant_types", "`implicit`"));
  CHECK(has_note(report, Outcome::approximated, "callbacks", "https://*.acme.example/cb"));
  CHECK(has_note(report, Outcome::wrong, "enabled_clients", "`Nobody`"));
  CHECK(has_note(report, Outcome::wrong, "organization_usage", "`Require`"));
  CHECK(has_note(report, Outcome::wrong, "options.domain_aliases", "`no domain`"));
  CHECK(has_note(report, Outcome::approximated, "options.domain_aliases", "2 connections claim acme.example"));
  CHECK(has_note(report, Outcome::approximated, "options.waad_common_endpoint", "any directory"));
  CHECK(has_note(report, Outcome::approximated, "strategy", "`yammer`"));
  CHECK(has_note(report, Outcome::approximated, "options.password_options.complexity.max_length_exceeded", "refuses"));
  CHECK(has_note(report, Outcome::not_expressible, "script", "old code"));
}

TEST_CASE("a third-party application has the connections of the whole domain") {
  const auto made = import(sections_of(sample));
  const auto& partner = made.tenant.clients.at(3);
  REQUIRE(partner.connections.size() == 1);
  CHECK(made.tenant.connections.at(partner.connections[0]).wire == "second");
}

TEST_CASE("a folder export becomes what tenant.yaml becomes") {
  const Folder folder;
  folder.write("yaml/tenant.yaml", sample.dump(2));  // JSON is YAML
  folder.write("json/tenant.json", sample["tenant"].dump());
  const auto each = [&](const char* section, const std::string& below, const char* file) {
    for (const auto& one : sample[section]) {
      const auto name = one.contains("name") ? one["name"].get<std::string>() : one["description"].get<std::string>();
      folder.write("json/" + below + "/" + name + (file == nullptr ? ".json" : std::string("/") + file), one.dump());
    }
  };
  each("clients", "clients", nullptr);
  each("databases", "database-connections", "database.json");
  each("connections", "connections", nullptr);
  each("organizations", "organizations", nullptr);
  each("networkACLs", "network-acls", nullptr);
  each("rules", "rules", nullptr);
  folder.write("json/guardian/policies.json", sample["guardianPolicies"].dump());
  folder.write("json/attack-protection/brute-force-protection.json",
               sample["attackProtection"]["bruteForceProtection"].dump());
  folder.write("json/attack-protection/breached-password-detection.json",
               sample["attackProtection"]["breachedPasswordDetection"].dump());
  Report report;
  auto plain = plan_auth0(read_auth0((folder.path() / "yaml").string(), {}, report), "acme", report);
  auto split = plan_auth0(read_auth0((folder.path() / "json").string(), {}, report), "acme", report);
  CHECK(report.unread.empty());
  // Files come by name, entries of a list as they stand: sets are the same, and each thing is.
  REQUIRE(plain.clients.size() == split.clients.size());
  const auto by_wire = [](auto& list) { std::ranges::sort(list, {}, [](const Named& one) { return one.wire; }); };
  const auto enabled = [](const Tenant& tenant, const Client& client) {
    std::set<std::string> names;
    for (const auto place : client.connections) names.insert(tenant.connections[place].wire);
    return names;
  };
  for (auto& client : plain.clients) {
    const auto found = std::ranges::find(split.clients, client.wire, [](const Named& one) { return one.wire; });
    REQUIRE(found != split.clients.end());
    CHECK(found->grants == client.grants);
    CHECK(found->callbacks == client.callbacks);
    CHECK(enabled(split, *found) == enabled(plain, client));
  }
  by_wire(plain.connections);
  by_wire(split.connections);
  for (std::size_t i = 0; i < plain.connections.size(); ++i)
    CHECK(plain.connections[i].statements == split.connections[i].statements);
  std::ranges::sort(plain.rules);
  std::ranges::sort(split.rules);
  CHECK(plain.zones.size() == split.zones.size());
  CHECK(plain.rules.size() == split.rules.size());
}

TEST_CASE("what cannot be read is a problem with its place, and nothing is imported") {
  const Folder folder;
  folder.write("bad/tenant.yaml", "clients: [\n");
  folder.write("list/tenant.yaml", "- a\n");
  folder.write("empty/readme.txt", "");
  folder.write("broken/clients/a.json", "{");
  Report report;
  const auto problem = [&](const char* name) {
    const auto source = read_auth0((folder.path() / name).string(), {}, report);
    CHECK(source.sections.empty());
    return source.problem;
  };
  CHECK(problem("bad").find("tenant.yaml`: line ") != std::string::npos);
  CHECK(problem("list").find("holds no sections") != std::string::npos);
  CHECK(problem("empty").find("holds no export") != std::string::npos);
  CHECK(problem("broken").find("a.json`: it is no JSON at byte ") != std::string::npos);
  CHECK(problem("nowhere").starts_with("there is no "));
}

TEST_CASE("secrets of an export are in no output") {
  auto value = sample;
  value["connections"][0]["options"]["client_secret"] = "s3cr3t-canary";
  value["clients"][0]["client_secret"] = "s3cr3t-canary";
  value["databases"][0]["options"]["configuration"] = {{"KEY", "s3cr3t-canary"}};
  const auto made = import(sections_of(value));
  CHECK(made.written.text.find("s3cr3t") == std::string::npos);
  for (const auto& note : made.report.notes) CHECK(note.text.find("s3cr3t") == std::string::npos);
}

TEST_CASE("names and titles may be any text") {
  for (const auto* text :
       {"\u202eevil\u2066", "a\nb // c", "\"} allow login", "\u00fcml\u00e4ut \u65e5\u672c", "all", "123", "-"}) {
    auto value = sample;
    value["clients"][0]["name"] = text;
    value["databases"][0]["enabled_clients"] = {text};
    value["organizations"][0]["display_name"] = text;
    value["networkACLs"][0]["description"] = text;
    value["tenant"]["friendly_name"] = std::string(5'000, 'x');
    const auto made = import(sections_of(value));
    INFO(made.written.problem << made.written.text);
    CHECK(made.written.problem.empty());
    CHECK(made.tenant.clients.at(0).wire == text);
  }
}

TEST_CASE("an export with one thing wrong still becomes a policy") {
  const auto tried = each_mistake(sample, [](const Value& value) {
    const auto made = import(sections_of(value));
    INFO(value.dump(1) << made.written.problem << made.written.text);
    REQUIRE(made.written.problem.empty());
  });
  CHECK(tried > 300);
}
