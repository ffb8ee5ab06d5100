// Realms of Keycloak as policies: what each part becomes, and that nothing in a realm, however broken, does more than leave a note.
#include "compiler/import/keycloak.h"
#include "tests/unit/import/support.h"

#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

using namespace writ::importing;
using import_support::each_mistake;
using import_support::has_note;

namespace {

const Value sample = Value::parse(R"json({
  "realm": "acme", "displayName": "Acme", "enabled": true, "registrationAllowed": true, "resetPasswordAllowed": true,
  "verifyEmail": true, "ssoSessionIdleTimeout": 1800, "ssoSessionMaxLifespan": 36000,
  "passwordPolicy": "length(10) and maxLength(64) and digits(2) and upperCase and specialChars(1) and notUsername(undefined) and notContainsUsername and passwordHistory(5) and forceExpiredPasswordChange(90) and regexPattern(a) and b) and hashIterations(1) and shiny(3) and maxAuthAge(120)",
  "bruteForceProtected": true, "failureFactor": 5, "waitIncrementSeconds": 90, "maxDeltaTimeSeconds": 3600,
  "identityProviders": [
    {"alias": "corp", "providerId": "saml", "enabled": true, "config": {}},
    {"alias": "google", "providerId": "google"}, {"alias": "off", "providerId": "oidc", "enabled": false},
    {"alias": "strange", "providerId": "homegrown"}],
  "organizationsEnabled": true,
  "organizations": [{"name": "Cola", "alias": "cola", "enabled": true, "identityProviders": [{"alias": "corp"}],
                     "domains": [{"name": "Cola.Example", "verified": true}, {"name": "x.example", "verified": false}]}],
  "clients": [
    {"clientId": "account"},
    {"clientId": "shop", "publicClient": true, "redirectUris": ["https://shop.example/cb", "https://shop.example/*"], "webOrigins": ["+"],
     "directAccessGrantsEnabled": true},
    {"clientId": "jobs", "standardFlowEnabled": false, "serviceAccountsEnabled": true},
    {"clientId": "api", "bearerOnly": true},
    {"clientId": "tv", "attributes": {"oauth2.device.authorization.grant.enabled": "true", "use.refresh.tokens": "false"}}],
  "browserFlow": "mine",
  "authenticationFlows": [
    {"alias": "mine", "authenticationExecutions": [
      {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"}, {"flowAlias": "forms", "requirement": "ALTERNATIVE"}]},
    {"alias": "forms", "authenticationExecutions": [
      {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
      {"flowAlias": "otp", "requirement": "CONDITIONAL"}, {"flowAlias": "admins", "requirement": "CONDITIONAL"}]},
    {"alias": "otp", "authenticationExecutions": [
      {"authenticator": "conditional-user-configured", "requirement": "REQUIRED"},
      {"authenticator": "auth-otp-form", "requirement": "ALTERNATIVE"}]},
    {"alias": "admins", "authenticationExecutions": [
      {"authenticator": "conditional-user-role", "requirement": "REQUIRED", "authenticatorConfig": "is admin"},
      {"authenticator": "webauthn-authenticator", "requirement": "REQUIRED"}]}],
  "authenticatorConfig": [{"alias": "is admin", "config": {"condUserRole": "admin", "negate": "false"}}]
})json");

struct Imported {
  Tenant tenant;
  Report report;
  Written written;
};
Imported import(const Value& realm) {
  Imported made;
  made.tenant = plan_keycloak({realm, "realm.json", {}}, "", made.report);
  made.written = write(made.tenant);
  return made;
}

}  // namespace

TEST_CASE("a realm becomes a policy that checks and says what became of it") {
  const auto made = import(sample);
  INFO(made.written.problem);
  REQUIRE(made.written.problem.empty());
  const auto& text = made.written.text;
  for (const auto* wanted : {"tenant acme \"Acme\" {",
                             "connection users : database {",
                             "length 10.. utf16",
                             "length ..64 utf16",
                             "at least 2 digits unicode utf16",
                             "at least 1 upper unicode utf16",
                             "at least 1 symbols unicode utf16",
                             "history 5",
                             "expires after 90d",
                             "reject contains username",
                             "lockout { 5 attempts per identifier within 1h; block 1m30s }",
                             "session { idle 30m; absolute 10h }",
                             "connection corp : saml {",
                             "domains \"cola.example\"",
                             "connection google : google_oauth2",
                             "connection strange : oauth2",
                             "client shop : spa {",
                             "grants authorization_code, refresh_token\n",
                             "connections users, corp, google, strange",
                             "client jobs : m2m {",
                             "grants client_credentials",
                             "grants authorization_code, device_code",
                             "organization cola \"Cola\" {",
                             "joins on login via corp",
                             "require verify_email \"a verified address\" on users",
                             "require mfa \"second factor by otp\" on users when user.mfa_enrolled",
                             "require mfa \"second factor by admins\" on users when \"admin\" in user.roles",
                             "require reauthenticate within 2m for password_change",
                             "allow m2m"}) {
    INFO(wanted << "\nin\n" << text);
    CHECK(text.find(wanted) != std::string::npos);
  }
  CHECK(text.find("client account") == std::string::npos);
  CHECK(text.find("connection off") == std::string::npos);
  CHECK(text.find("deny password_reset") == std::string::npos);
}

TEST_CASE("what a realm says that Writ cannot, is said") {
  const auto report = import(sample).report;
  CHECK(has_note(report, Outcome::not_expressible, "passwordPolicy", "regexPattern"));
  CHECK(has_note(report, Outcome::approximated, "passwordPolicy", "notUsername"));
  CHECK(has_note(report, Outcome::wrong, "passwordPolicy", "`shiny`"));
  CHECK(has_note(report, Outcome::wrong, "passwordPolicy", "`b)`"));  // split inside the pattern, as Keycloak does
  CHECK(has_note(report, Outcome::approximated, "waitIncrementSeconds", "90 s"));
  CHECK(has_note(report, Outcome::not_expressible, "clients[1].directAccessGrantsEnabled", "password grant"));
  CHECK(has_note(report, Outcome::approximated, "clients[1].redirectUris", "https://shop.example/*"));
  CHECK(has_note(report, Outcome::approximated, "clients[3].bearerOnly", "`api`"));
  CHECK(has_note(report, Outcome::approximated, "identityProviders[2].enabled", "`off`"));
  CHECK(report.unread.contains("clients.account"));
}

TEST_CASE("a realm that says nothing has what Keycloak takes then") {
  const auto text = import(Value::parse(R"({"realm": "bare", "clients": [{"clientId": "app"}]})")).written.text;
  CHECK(text.find("signup closed") != std::string::npos);
  CHECK(text.find("deny password_reset") != std::string::npos);
  CHECK(text.find("when user.mfa_enrolled") != std::string::npos);
  CHECK(text.find("lockout") == std::string::npos);
  const auto off =
      import(Value::parse(R"({"realm": "off", "enabled": false, "clients": [{"clientId": "app"}]})")).written;
  CHECK(off.problem.empty());
  CHECK(off.text.find("the realm is disabled") != std::string::npos);
}

TEST_CASE("who waits longer than failures are counted is counted for as long") {
  const auto made = import(Value::parse(R"({"realm": "slow", "clients": [{"clientId": "app"}],
      "bruteForceProtected": true, "failureFactor": 5, "waitIncrementSeconds": 3600, "maxDeltaTimeSeconds": 60})"));
  CHECK(made.written.problem.empty());
  CHECK(made.written.text.find("lockout { 5 attempts per identifier within 1h; block 1h }") != std::string::npos);
  CHECK(has_note(made.report, Outcome::approximated, "maxDeltaTimeSeconds", "counts failures for 60 s"));
}

TEST_CASE("a realm with one thing wrong still becomes a policy") {
  const auto tried = each_mistake(sample, [](const Value& value) {
    const auto made = import(value);
    INFO(value.dump(1) << made.written.problem << made.written.text);
    REQUIRE(made.written.problem.empty());
  });
  CHECK(tried > 200);
}
