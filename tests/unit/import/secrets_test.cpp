// Secrets of a source never reach what is written of it: neither the policy nor the report. Each field that holds one, in every
// source, is given a word that is looked for afterwards.
#include "compiler/import/auth0.h"
#include "compiler/import/entra.h"
#include "compiler/import/keycloak.h"
#include "compiler/import/okta.h"
#include "tests/unit/import/support.h"

#include <catch2/catch.hpp>

using namespace writ::importing;

namespace {

constexpr std::string_view secret = "hunter2";

void is_nowhere(const Tenant& tenant, const Report& report, const char* source) {
  INFO(source);
  const auto made = write(tenant);
  CHECK(made.problem.empty());
  CHECK(made.text.find(secret) == std::string::npos);
  for (const auto& note : report.notes) {
    INFO(note.where << ' ' << note.field << ' ' << note.text);
    CHECK((note.where + note.field + note.text).find(secret) == std::string::npos);
  }
  for (const auto& [field, times] : report.taken) CHECK(field.find(secret) == std::string::npos);
}

}  // namespace

TEST_CASE("secrets of Auth0") {
  const auto source = Value::parse(R"json({
    "clients": [{"name": "Shop", "app_type": "regular_web", "client_secret": "hunter2", "grant_types": ["authorization_code"],
      "encryption_key": {"cert": "hunter2"}, "signing_keys": [{"pkcs7": "hunter2"}], "client_metadata": {"key": "hunter2"},
      "addons": {"aws": {"secret": "hunter2"}}, "client_authentication_methods": {"private_key_jwt": {"credentials": ["hunter2"]}}}],
    "databases": [{"name": "users", "strategy": "auth0", "enabled_clients": ["Shop"], "options": {
      "configuration": {"API_KEY": "hunter2"}, "customScripts": {"login": "hunter2"}, "passwordPolicy": "good"}}],
    "connections": [{"name": "staff", "strategy": "oidc", "enabled_clients": ["Shop"], "options": {
      "client_secret": "hunter2", "signingCert": "hunter2", "app_secret": "hunter2", "api_key": "hunter2", "twilio_token": "hunter2",
      "issuer": "https://idp.example", "upstream_params": {"x": {"value": "hunter2"}}}}],
    "rules": [{"name": "R", "script": "function (user, context, callback) { // hunter2\n const key = 'hunter2'; post(key, \"hunter2\", `hunter2`, /hunter2/); /* hunter2 */ }"}],
    "hooks": [{"name": "H", "script": "module.exports = function () { call('hunter2'); }", "secrets": {"KEY": "hunter2"}}],
    "actions": [{"name": "A", "code": "exports.onExecutePostLogin = async (event, api) => { call('hunter2'); };",
      "secrets": [{"name": "KEY", "value": "hunter2"}], "supported_triggers": [{"id": "post-login"}]}],
    "rulesConfigs": [{"key": "KEY", "value": "hunter2"}], "emailProvider": {"credentials": {"api_key": "hunter2"}},
    "guardianFactorProviders": [{"name": "sms", "auth_token": "hunter2"}], "logStreams": [{"sink": {"token": "hunter2"}}]})json");
  Report report;
  Auth0Export sections;
  for (const auto& [section, content] : source.items())
    if (content.is_array())
      for (const auto& one : content) sections.sections[section].push_back({one, section});
    else
      sections.sections[section].push_back({content, section});
  is_nowhere(plan_auth0(sections, "acme", report), report, "Auth0");
}

TEST_CASE("secrets of Keycloak") {
  const auto realm = Value::parse(R"json({"realm": "acme", "privateKey": "hunter2", "certificate": "hunter2",
    "smtpServer": {"password": "hunter2"}, "clients": [{"clientId": "shop", "secret": "hunter2", "registrationAccessToken": "hunter2",
      "attributes": {"saml.signing.private.key": "hunter2"}}],
    "identityProviders": [{"alias": "g", "providerId": "google", "enabled": true, "config": {"clientSecret": "hunter2"}}],
    "users": [{"username": "ann", "credentials": [{"type": "password", "value": "hunter2", "secretData": "hunter2"}]}],
    "components": {"keys": [{"config": {"secret": ["hunter2"], "privateKey": ["hunter2"]}}]}})json");
  Report report;
  is_nowhere(plan_keycloak({realm, "realm.json", {}}, "", report), report, "Keycloak");
}

TEST_CASE("secrets of Okta") {
  const auto things = Value::parse(R"json([
    {"type": "ACCESS_POLICY", "id": "p", "name": "P", "system": true, "rules": []},
    {"id": "a", "label": "Shop", "signOnMode": "OPENID_CONNECT", "credentials": {"oauthClient": {"client_id": "shop", "client_secret": "hunter2"},
      "password": {"value": "hunter2"}, "signing": {"kid": "hunter2"}}, "settings": {"oauthClient": {"jwks": {"keys": [{"k": "hunter2"}]}}}},
    {"id": "i", "type": "OIDC", "name": "I", "protocol": {"credentials": {"client": {"client_id": "x", "client_secret": "hunter2"},
      "trust": {"kid": "hunter2"}}}}])json");
  Report report;
  OktaExport source;
  sort_okta(things, "export", source, report);
  is_nowhere(plan_okta(source, "corp", report), report, "Okta");
}
