// Rules and actions of Auth0: what is certain becomes rules of Writ, what is not is quoted without its strings. The idioms are those
// of Auth0's own templates; what each of them comes to is said in the facts of the domain.
#include "compiler/import/auth0.h"
#include "compiler/import/script.h"
#include "tests/support/folder.h"
#include "tests/unit/import/support.h"

#include <catch2/catch.hpp>

using namespace writ::importing;
using import_support::has_note;
using writ::support::Folder;

namespace {

struct Imported {
  Report report;
  Written written;
};
Imported import(const char* section, Value program, Value more = Value::object()) {
  Auth0Export source;
  source.sections["clients"] = {{{{"name", "Shop"}, {"client_id", "shop-id"}, {"app_type", "spa"}}, "clients"}};
  source.sections["databases"] = {
      {{{"name", "users"}, {"strategy", "auth0"}, {"enabled_clients", {"Shop"}}}, "databases"}};
  source.sections["connections"] = {
      {{{"name", "fitbit"}, {"strategy", "fitbit"}, {"enabled_clients", {"Shop"}}}, "connections"}};
  source.sections[section] = {{std::move(program), "programs"}};
  for (const auto& [name, value] : more.items()) source.sections[name] = {{value, name}};
  Imported made;
  made.written = write(plan_auth0(source, "acme", made.report));
  INFO(made.written.problem << made.written.text);
  REQUIRE(made.written.problem.empty());
  return made;
}
Imported rule(const std::string& body) {
  return import("rules", {{"name", "R"}, {"script", "function (user, context, callback) {\n" + body + "\n}"}});
}
Imported action(const std::string& body, Value more = Value::object()) {
  Value program = {{"name", "A"},
                   {"code", "exports.onExecutePostLogin = async (event, api) => {\n" + body + "\n};\n"},
                   {"supported_triggers", Value::array({{{"id", "post-login"}}})}};
  program.update(more);
  return import("actions", std::move(program));
}
bool has(const Imported& made, std::string_view text) {
  const bool found = import_support::holds(made.written.text, text);
  if (!found) UNSCOPED_INFO(text << "\nis not in\n" << made.written.text);
  return found;
}
const char* const pass = "callback(null, user, context);";
const char* const refuse = "return callback(new UnauthorizedError('No.'));";

}  // namespace

TEST_CASE("rules that refuse people") {
  CHECK(has(rule(std::string("if (!user.email_verified) { ") + refuse + " } else { return " + pass + " }"),
            "deny login, refresh \"R\" when not user.email_verified message \"No.\""));
  const std::string listed = std::string("if (!user.email || !user.email_verified) { ") + refuse + " }\n" +
                             "const list = ['a@example.com', 'b@example.com'];\n" +
                             "const found = list.some(function (one) { return one === user.email; });\n" +
                             "if (!found) { " + refuse + " }\n" + pass;
  const auto people = rule(listed);
  CHECK(has(people, "when not has user.email or not user.email_verified"));
  CHECK(has(people, "not (user.email else \"\") in [\"a@example.com\", \"b@example.com\"]"));
  const auto domains =
      rule(std::string("const ok = ['example.com', 'Example.org'].some((d) => {\n") +
           "  const parts = user.email.split('@');\n" +
           "  return parts[parts.length - 1].toLowerCase() === d;\n});\nif (!ok) { " + refuse + " }\nreturn " + pass);
  CHECK(has(domains, "not (email_domain(user.email) else \"\") == \"example.com\""));
  CHECK(has(
      rule(std::string("if (['10.0.0.1', '10.0.0.2'].indexOf(context.request.ip) > -1) { ") + refuse + " } " + pass),
      "when request.ip in [10.0.0.1, 10.0.0.2]"));
  const auto groups =
      rule(std::string("var wanted = 'staff';\nif (user.groups) { var has = user.groups.some(function (g) { return "
                       "wanted === g; }); if (!has) { ") +
           refuse + " } } " + pass);
  CHECK(has(groups, "when not \"staff\" in user.groups"));
  CHECK(has_note(groups.report, Outcome::approximated, "script", "groups"));
}

TEST_CASE("a program that ends with an error ends the login") {
  const std::string body = "if (user.email.endsWith('@a.example')) { context.multifactor = { provider: 'any' }; } ";
  CHECK(has(rule(body + pass), "deny login, refresh \"R\" when not has user.email"));
  CHECK_FALSE(has(rule("if (user.email && user.email.endsWith('@a.example')) { return callback(new Error('x')); } " +
                       std::string(pass)),
                  "not has user.email"));
  CHECK_FALSE(
      has(action("if (event.user.email?.endsWith('@a.example')) { api.access.deny('x'); }"), "not has user.email"));
}

TEST_CASE("rules for one application or one connection end early for the others") {
  CHECK(has(rule(std::string("if (context.clientName !== 'Shop') { return ") + pass +
                 " }\nif (user.email !== 'a@example.com') { " + refuse + " } " + pass),
            "when client == shop and not (user.email else \"\") == \"a@example.com\""));
  CHECK(has(rule(std::string("if (context.connection === 'fitbit') { ") + refuse + " } " + pass),
            "when connection == fitbit"));
  CHECK(
      has(rule(std::string("if (context.clientID === 'shop-id') { ") + refuse + " } " + pass), "when client == shop"));
  const auto gone = rule(std::string("if (context.clientName === 'Gone') { ") + refuse + " } " + pass);
  CHECK_FALSE(has(gone, "deny login, refresh"));
  CHECK(has_note(gone.report, Outcome::approximated, "script", "there is no application `Gone`"));
}

TEST_CASE("rules about time") {
  const auto week =
      rule(std::string("const d = new Date().getDay();\nif (d === 0 || d === 6) { ") + refuse + " } " + pass);
  CHECK(
      has(week, "request.time in 00:00..24:00 \"UTC\" on sunday or request.time in 00:00..24:00 \"UTC\" on saturday"));
  CHECK(has_note(week.report, Outcome::approximated, "script", "UTC"));
  CHECK(has(rule(std::string("function days(a, b) { return (b - a) / (1000 * 60 * 60 * 24); }\n"
                             "const since = user.last_password_reset || user.created_at;\n"
                             "if (days(new Date(since), new Date()) > 30) { ") +
                 refuse + " } " + pass),
            "when request.time > (user.password_changed else user.created) + 30d"));
}

TEST_CASE("rules that ask for a second factor") {
  const std::string ask = "context.multifactor = { provider: 'any', allowRememberBrowser: false };";
  CHECK(has(rule(ask + pass), "require mfa \"R\"\n"));
  CHECK(has(rule("context.multifactor = { provider: 'any' };" + std::string(pass)),
            "require mfa \"R\" when not (request.device_known else false)"));
  CHECK(has(rule("const ip = require('ipaddr.js');\nconst here = ip.parse(context.request.ip);\n"
                 "if (!here.match(ip.parseCIDR('192.168.1.134/26'))) { " +
                 ask + " } " + pass),
            "when not request.ip in 192.168.1.1"));
  CHECK(has(rule("const done = !!context.authentication.methods.find((m) => m.name === 'mfa');\nif (done) { return " +
                 std::string(pass) + " } " + ask + pass),
            "require mfa \"R\" when not session.mfa"));
  CHECK(has(rule("if (!user.app_metadata || !user.app_metadata.authorization || "
                 "!Array.isArray(user.app_metadata.authorization.groups)) "
                 "{ return " +
                 std::string(pass) +
                 " }\nconst groups = user.app_metadata.authorization.groups;\n"
                 "const wanted = { 'admins': true, 'ops': true };\n"
                 "const needs = !!groups.find(function (g) { return wanted[g]; });\nif (needs) { " +
                 ask + " } " + pass),
            "when any one in user.groups : one in [\"admins\", \"ops\"]"));
  const auto guardian =
      rule("context.multifactor = { provider: 'guardian', allowRememberBrowser: false };" + std::string(pass));
  CHECK(has_note(guardian.report, Outcome::approximated, "script", "guardian"));
}

TEST_CASE("rules that ask for a second factor where something else does") {
  const std::string ask = "context.multifactor = { provider: 'any', allowRememberBrowser: false };";
  CHECK(has(rule("const wanted = context.request.query.acr_values === 'urn:mfa';\nlet used = [];\n"
                 "if (context.authentication && Array.isArray(context.authentication.methods)) {\n"
                 "  used = context.authentication.methods;\n}\n"
                 "if (wanted && !used.some((m) => m.name === 'mfa')) { " +
                 ask + " }\n" + pass),
            "when \"urn:mfa\" in request.acr_values and not session.mfa"));
  CHECK(has(rule("if (!user.multifactor || user.multifactor.length === 0) { " + ask + " }" + pass),
            "when not user.mfa_enrolled"));
  CHECK(has(
      action(
          "if (event.user.enrolledFactors.length > 0) api.multifactor.enable('any', {allowRememberBrowser: false});"),
      "when user.mfa_enrolled"));
  CHECK(
      has(rule("const list = ['shop-id', 'other'];\nif (list.indexOf(context.clientID) !== -1) { " + ask + " }" + pass),
          "when client == shop"));
  // Whether a name has another value hangs on the request: not known.
  CHECK(has(rule("let a = 'x';\nif (user.email_verified) { a = ''; }\nif (a) { " + ask + " }" + pass),
            "// Not translated"));
}

TEST_CASE("actions") {
  CHECK(has(action("if (!event.user.email_verified) { api.access.deny('Verify first.'); return; }"),
            "deny login, refresh \"A\" when not user.email_verified message \"Verify first.\""));
  CHECK(has(action("if (event.authorization?.roles?.includes('admin')) { api.multifactor.enable('any', { "
                   "allowRememberBrowser: false }); }"),
            "require mfa \"A\" when \"admin\" in user.roles"));
  CHECK(has(action("if (event.transaction?.acr_values.includes('urn:mfa')) api.multifactor.enable('any', "
                   "{allowRememberBrowser: false});"),
            "when \"urn:mfa\" in request.acr_values"));
  CHECK(has(action("if (event.organization && event.client.name === 'Shop') { api.access.deny('x'); }"),
            "when has organization and client == shop"));
  CHECK(has(action("console.log('hello');"), "denies nothing and asks for nothing"));
  Value more = {{"supported_triggers", Value::array({{{"id", "pre-user-registration"}}})},
                {"code", "exports.onExecutePreUserRegistration = async (event, api) => { if "
                         "(!event.user.email.endsWith('@example.com')) api.access.deny('log', 'Not you.'); };"}};
  CHECK(has(action("", more),
            "deny signup \"A (2)\" when not (user.email else \"\") ends with \"@example.com\" message \"Not you.\""));
}

TEST_CASE("actions that are bound to nothing never run") {
  Value program = {{"name", "A"},
                   {"code", "exports.onExecutePostLogin = async (event, api) => { api.access.deny('x'); };"},
                   {"supported_triggers", Value::array({{{"id", "post-login"}}})}};
  const auto bound = [&](const char* name) {
    return import("actions", program, {{"triggers", {{"post-login", Value::array({{{"action_name", name}}})}}}});
  };
  CHECK(has(bound("A"), "deny login, refresh \"A\""));
  CHECK_FALSE(has(bound("B"), "deny login, refresh"));
  CHECK(has_note(bound("B").report, Outcome::approximated, "deployed", "never runs"));
  const auto misses_one = [](const Report& report) {
    return std::ranges::any_of(report.notes, [](const Note& note) {
      return note.outcome == Outcome::wrong && note.text.find("no action of the export") != std::string::npos;
    });
  };
  CHECK(misses_one(bound("B").report));
  CHECK_FALSE(misses_one(bound("A").report));
}

TEST_CASE("a program of which any part is not known is quoted, without its strings") {
  for (const auto* body :
       {"for (const x of user.groups) { callback(new Error('s3cret')); }",
        "request.get('https://s3cret.example', () => {});",
        "user.app_metadata.plan = 's3cret'; callback(null, user, context);",
        "if (user.app_metadata.s3cret) callback(new Error('x'));", "callback(new Error(`s3cret`));",
        "context.multifactor = { provider: 's3cret' };", "const a = /s3cret'/.test(user.email); x('s3cret');",
        "if (user.email ==", "callback(new UnauthorizedError('a' + 's3cret'));"}) {
    INFO(body);
    const auto made = rule(body);
    CHECK(has(made, "// Not translated: rule \u201cR\u201d (programs)."));
    CHECK(has(made, "//   | function (user, context, callback) {"));
    CHECK_FALSE(has(made, "deny login"));
    CHECK_FALSE(has(made, "require mfa"));
    CHECK(has_note(made.report, Outcome::not_expressible, "script", "quoted"));
    if (std::string_view(body).find("app_metadata.s3cret") == std::string_view::npos) CHECK_FALSE(has(made, "s3cret"));
  }
  CHECK(script::without_strings("a = 'x\\'y' + \"z\" /* c */ // d\n b(/[q]/, `t`)") == "a = '…' + '…'  \n b(/…/, '…')");
  CHECK(script::without_strings("k = abcdefghijklmnopqrstuvwxyz0123456789;").find("0123456789") == std::string::npos);
}

TEST_CASE("whatever the text of a program, reading it ends") {
  CHECK_FALSE(script::read(std::string(100'000, '(')));
  CHECK_FALSE(script::read(std::string(50'000, '!') + "x"));
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "if (a) {";
  CHECK_FALSE(script::read(deep));
  std::string many = "x";
  for (int i = 0; i < 10'000; ++i) many += " || x";
  CHECK_FALSE(script::read(many));
  CHECK(script::read("function () { return 1; }"));
  std::string doubled = "const a0 = user.email_verified || !user.email;\n", many_ways;
  for (int i = 0; i < 40; ++i)
    doubled += "const a" + std::to_string(i + 1) + " = a" + std::to_string(i) + " && !a" + std::to_string(i) + ";\n";
  CHECK(has(rule(doubled + "if (a40) { callback(new Error('no')); }"), "// Not translated"));
  for (int i = 0; i < 500; ++i)
    many_ways += "if (user.email === 'u" + std::to_string(i) + "') { callback(new Error('no')); }\n";
  CHECK(has(rule(many_ways), "// Not translated"));
  // A function that calls itself has no value here.
  CHECK(has(rule("function f(a) { return f(a); }\nif (f('x')) { callback(new Error('no')); }"), "// Not translated"));
}

TEST_CASE("programs lie in files of the export, and only of the export") {
  const Folder folder;
  const std::string program = "exports.onExecutePostLogin = async (event, api) => { api.access.deny('stop'); };";
  folder.write("outside.js", program);
  folder.write("export/tenant.json", "{}");
  folder.write(
      "export/actions/Stop.json",
      R"({"name": "Stop", "code": "example.com/actions/Stop/code.js", "supported_triggers": [{"id": "post-login"}]})");
  folder.write("export/actions/Stop/code.js", program);
  folder.write("export/actions/Out.json",
               R"({"name": "Out", "code": "../../outside.js", "supported_triggers": [{"id": "post-login"}]})");
  Report report;
  const auto source = read_auth0(folder("export"), {}, report);
  REQUIRE(source.problem.empty());
  REQUIRE(source.section("actions").size() == 2);
  CHECK(source.section("actions")[0].value["code"] == "../../outside.js");
  CHECK(source.section("actions")[1].value["code"] == program);
}

TEST_CASE("domains of connections: the program is run for each of them") {
  const std::string body = R"js(
    const connectionOptions = context.connectionOptions;
    const domainAliases = connectionOptions.domain_aliases || [];
    const tenantDomain = connectionOptions.tenant_domain;
    if (!tenantDomain && !domainAliases.length) { return callback(null, user, context); }
    if (domainAliases.length && !tenantDomain) return callback("Access denied");
    const allowedDomains = new Set([tenantDomain]);
    domainAliases.forEach(function (alias) { if (alias) allowedDomains.add(alias.toLowerCase()); });
    const emailSplit = user.email.split("@");
    const userEmailDomain = emailSplit[emailSplit.length - 1].toLowerCase();
    if (allowedDomains.has(userEmailDomain)) return callback(null, user, context);
    return callback("Access denied");)js";
  const auto with = [&](Value options) {
    return import("rules", {{"name", "R"}, {"script", "function (user, context, callback) {\n" + body + "\n}"}},
                  {{"connections",
                    {{"name", "staff"}, {"strategy", "samlp"}, {"enabled_clients", {"Shop"}}, {"options", options}}}});
  };
  const auto both = with({{"tenant_domain", "a.example"}, {"domain_aliases", {"B.example", ""}}});
  CHECK(
      has(both, "connection == staff and not (email_domain(user.email) else \"\") in [\"a.example\", \"b.example\"]"));
  CHECK(has(both, "connection == staff and not has user.email"));
  // Each connection has its own denies, those of a database as well.
  const auto two = import("rules", {{"name", "R"}, {"script", "function (user, context, callback) {\n" + body + "\n}"}},
                          {{"databases",
                            {{"name", "users"},
                             {"strategy", "auth0"},
                             {"enabled_clients", {"Shop"}},
                             {"options", {{"tenant_domain", "c.example"}}}}}});
  CHECK(has(two, "connection == users and not (email_domain(user.email) else \"\") == \"c.example\""));
  // The domain itself is compared as it is written, so one with capitals lets nobody in.
  CHECK(has(with({{"tenant_domain", "A.example"}}), "message \"Access denied\""));
  CHECK_FALSE(has(with({{"tenant_domain", "A.example"}}), "in [\"a.example\""));
  // Aliases without a domain let nobody in, neither let everybody.
  CHECK(has(with({{"domain_aliases", {"b.example"}}}), "when connection == staff message"));
  CHECK_FALSE(has(with(Value::object()), "deny login, refresh"));
  // What is none of the two is not understood, and neither is a list that is changed where a fact decides.
  CHECK(has(with({{"tenant_domain", 3}}), "// Not translated"));
  CHECK(has(rule("if (context.connectionOptions.icon_url) { return callback('no'); }"), "// Not translated"));
  CHECK(
      has(rule("const s = new Set(['a']); if (user.email_verified) { s.add('b'); } if (s.has(user.username)) { return "
               "callback('no'); }"),
          "// Not translated"));
}
