// Names: what is declared, declared twice, or not at all; the second place is labelled, a slip gets a suggestion, one mistake one message.
#include "tests/unit/check/structure_support.h"

#include <catch2/catch.hpp>

namespace {

using namespace writ;
using test::codes_of;

Diagnostic only_error(const std::string& text) {
  test::Checked checked;
  test::check_files(checked, {text});
  INFO(checked.pretty());
  const auto list = checked.diagnostics.sorted();
  REQUIRE(list.size() == 1);
  return list.front();
}

const std::string acme =
    "tenant acme { connection users : database\n client shop : spa { connections users }\n allow login\n";

}  // namespace

TEST_CASE("an unknown name gets the nearest one") {
  const auto one = only_error("tenant acme { connection staff : saml\n client shop : spa { connections stafff } }");
  CHECK(one.code == Code::undeclared);
  CHECK(one.message == "tenant `acme` has no connection `stafff`");
  REQUIRE(one.help.size() == 1);
  CHECK(one.help[0].text == "did you mean `staff`?");
  CHECK(codes_of("tenant acme { use portl } client portal : spa") == "E0201");
  CHECK(codes_of("extend tenant acme { allow login }") == "E0201");
  CHECK(codes_of("tenant acme from b2b()") == "E0201");
  CHECK(codes_of("tenant acme { connection users : database { password strong } }") == "E0201");
}

TEST_CASE("a second declaration is labelled with the first") {
  const auto one = only_error("tenant acme { connection a : saml\n connection a : oidc }");
  CHECK(one.code == Code::duplicate_name);
  REQUIRE(one.more.size() == 1);
  CHECK(one.more[0].span.begin < one.span.begin);
  CHECK(codes_of("tenant acme {} tenant acme {}") == "E0202");
  CHECK(codes_of("template t() {} template t() {}") == "E0202");
  CHECK(codes_of("template t(a: string, a: string) {}") == "E0202");
  CHECK(codes_of("let a = 1 let a = 2") == "E0202");
  CHECK(codes_of("tenant acme { let a = 1\n let a = 2 }") == "E0202");
  CHECK(codes_of("tenant acme { zone z = 10.0.0.0/8\n zone z = 10.0.0.0/8 }") == "E0202");
  CHECK(codes_of("platform { zone z = 10.0.0.0/8 } tenant acme { zone z = 10.0.0.0/8 }") == "E0202");
  CHECK(codes_of("client shop : spa tenant acme { client shop : spa }") == "E0202");
  CHECK(codes_of("client shop : spa tenant acme { use shop {} use shop {} }") == "E0202");
  CHECK(codes_of("attributes { user.x : string } attributes { user.x : string }") == "E0202");
  CHECK(codes_of("attributes { user.x : string } tenant acme { attributes { user.x : string } }") == "E0202");
  CHECK(codes_of("tenant acme { obligation o satisfied when session.mfa\n obligation o satisfied when session.mfa }") ==
        "E0202");
  CHECK(codes_of(acme + "}\ntest \"t\" {} test \"t\" {}") == "E0202");
}

TEST_CASE("a template's things and a tenant's are one level") {
  CHECK(codes_of("template t() { connection users : database } tenant acme from t() { connection users : saml }") ==
        "E0202");
  CHECK(codes_of("template t() { let limit = 3 } tenant acme from t() { connection users : database\n allow login when "
                 "user.logins > limit }") == "");
}

TEST_CASE("wire names are unique where requests carry them") {
  CHECK(codes_of("tenant a { id \"x\" } tenant x {}") == "E0203");
  CHECK(codes_of("client portal : spa { id \"p\" } tenant acme { client p : spa }") == "E0203");
  CHECK(codes_of("client a : spa { id \"p\" } client b : spa { id \"p\" }") == "E0203");
  CHECK(codes_of("tenant acme { connection a : saml { id \"x\" } connection b : saml { id \"x\" } }") == "E0203");
  CHECK(codes_of("tenant acme { organization a { id \"x\" } organization b { id \"x\" } }") == "E0203");
  CHECK(codes_of("tenant a { client c : spa } tenant b { client c : spa }") == "");
}

TEST_CASE("a let may not hide a thing") {
  CHECK(codes_of("tenant acme { connection users : database\n let users = 3 }") == "E0204");
  CHECK(codes_of("let users = 3 tenant acme { connection users : database }") == "E0204");
  CHECK(codes_of("let portal = 3 client portal : spa") == "E0204");
  CHECK(codes_of("platform { zone z = 10.0.0.0/8\n let z = 3 }") == "E0204");
  CHECK(codes_of("tenant acme { connection users : database\n client shop : spa { let users = 3 } }") == "E0204");
  CHECK(codes_of("template t(users: int) { connection users : database } tenant acme from t(3)") == "E0204");
  CHECK(codes_of("let a = 1 tenant acme { let a = 2 }") == "");  // a let within a let's reach is its own
}

TEST_CASE("built-in names stay what they are") {
  CHECK(codes_of("attributes { user.email : string }") == "E0205");
  CHECK(codes_of("attributes { tenant.features : set of string }") == "E0205");
  CHECK(codes_of("let client = 3") == "E0205");
  CHECK(codes_of("tenant acme { let connection = 3 }") == "E0205");
  CHECK(codes_of("template t(grant: string) {}") == "E0205");
  CHECK(codes_of("obligation mfa satisfied when session.mfa") == "E0205");
}

TEST_CASE("words of fixed lists") {
  CHECK(codes_of("tenant acme { connection a : samlp }") == "E0206");
  CHECK(codes_of("client a : mobile") == "E0206");
  CHECK(codes_of("client a : spa { grants authorisation_code }") == "E0206");
  CHECK(codes_of("client a : spa { grants implicit, password }") == "E0406 E0406");
  CHECK(codes_of(acme + "deny signin }") == "E0206");
}

TEST_CASE("hosts and issuers belong to one tenant") {
  CHECK(codes_of("tenant a { hosts \"x.example\" } tenant b { hosts \"x.example\" }") == "E0207");
  CHECK(codes_of("tenant a { issuers \"https://i/\" } tenant b { issuers \"https://i/\" }") == "E0207");
  CHECK(codes_of("template t(h: string) { hosts h } tenant a from t(\"x.example\") tenant b from t(\"x.example\")") ==
        "E0207");
  CHECK(codes_of("tenant a { hosts \"x.example:8443\" }") == "E0405");
  CHECK(codes_of("tenant a { hosts \"X.example\" }") == "E0405");
}

TEST_CASE("rules: one id, one text") {
  CHECK(codes_of(acme + "deny login \"n\" when session.mfa\n deny login \"n\" when session.mfa }") == "");
  CHECK(codes_of(acme + "deny login \"n\" when session.mfa\n deny login \"n\" unless session.mfa }") == "E0208");
  CHECK(codes_of(acme + "deny login \"n\" when session.mfa\n require mfa \"n\" }") == "");
  CHECK(codes_of(acme + "} extend tenant acme { deny login \"n\" }") == "");
}

TEST_CASE("what many tenants share is said once") {
  std::string text = "template t() { connection a : saml\n client c : spa { connections b } }\nplatform { deny login "
                     "when user.emial }\n";
  for (int i = 0; i < 20; ++i) text += "tenant t" + std::to_string(i) + " from t()\n";
  test::Checked checked;
  test::check_files(checked, {text});
  std::size_t floor = 0;
  for (const auto& one : checked.diagnostics.sorted()) floor += one.code == Code::unknown_fact ? 1 : 0;
  CHECK(floor == 1);
}

TEST_CASE("a name declared in one file is known in all") {
  test::Checked checked;
  test::check_files(
      checked,
      {"extend tenant acme { deny login \"later\" }",
       "tenant acme { use portal { connections users }\n connection users : database\n allow login when level > 1 }",
       "client portal : spa", "let level = 3"});
  CHECK(checked.pretty() == "");
  REQUIRE(checked.tenant("acme").rules.size() == 2);
  CHECK(checked.tenant("acme").rules[1].id == "acme/deny later");  // the tenant's own first
}

TEST_CASE("a thing named like what rules ask for would hide it") {
  CHECK(codes_of("tenant acme { connection connection : database }") == "E0205");
  CHECK(codes_of("tenant acme { client client : spa }") == "E0205");
  CHECK(codes_of("client client : spa") == "E0205");
  CHECK(codes_of("tenant acme { organization organization {} }") == "E0205");
  CHECK(codes_of("tenant acme { zone grant = 10.0.0.0/8 }") == "E0205");
  CHECK(codes_of("platform { zone tenant = 10.0.0.0/8 }") == "E0205");
  CHECK(codes_of("tenant tenant {}") == "E0205");
  CHECK(codes_of("tenant acme { client app : spa { id \"client\" } }") == "");
  CHECK(only_error("tenant acme { client client : spa }").help.at(0).text.find("wire name with `id`") !=
        std::string::npos);
}

TEST_CASE("a template's lets are not named like its parameters, however deep") {
  const std::string used = "tenant acme from t(\"x\")";
  CHECK(codes_of("template t(d: string) { let d = \"y\" } " + used) == "E0204");
  CHECK(codes_of("template t(d: string) { let d = \"y\" }") == "E0204");
  CHECK(codes_of("template t(d: string) { connection users : database\n client shop : spa { connections users\n let d "
                 "= \"y\" } } " +
                 used) == "E0204");
  CHECK(codes_of("client app : spa template t(d: string) { organization o { use app { let d = \"y\" } } use app } " +
                 used) == "E0204");
  CHECK(codes_of("template t(d: string) { let e = d } " + used + " { let d = \"y\" }") ==
        "");  // the tenant's own words are its own
}
