// Changes of every kind that a policy can have, each found as a request or a password that shows it, and told in words.
#include "tests/unit/differences/policies.h"

#include <algorithm>

namespace {

using namespace writ;
using namespace writ::differences;

const std::string body = R"(writ 1
attributes { user.department : string?; request.risk : int 0..100? }
platform {
  let admins = ["admin", "owner"]
  lockout { 10 attempts per identifier; block 15m }
  floor password base { length 8..64 }
  deny login "embargo" when has request.country and request.country in ["KP", "IR"]
  require mfa "administrators" when any r in user.roles : r in admins
}
client portal : spa { grants authorization_code, refresh_token; callbacks "https://portal.example.com/cb" }
tenant acme "Acme" {
  hosts "acme.example"
  connection users : database { password { length 12..; at least 2 digits; history 5 } }
  connection staff : saml { domains "acme.com" }
  connection partners : oidc
  client admin : web { connections staff, users; callbacks "https://admin.acme.com/cb", "https://old.acme.com/cb" }
  client robot : m2m
  client desk : spa { connections staff; organizations require }
  use portal { connections users, staff }
  organization coke "Coke" { connections staff; use desk }
  zone office = 10.0.0.0/8, 203.0.113.0/24
  let long_ago = 90d

  allow login, refresh on staff
  allow login when connection == users and user.email_verified and user.logins >= 3 and has request.country
    and (request.risk else 100) < 40 and "member" in user.groups
  allow signup, password_change on users
  allow m2m when request.ip in office
  deny login "admin is office only" when client == admin and request.ip not in office
  deny login "stale" when request.time - user.created > long_ago and not session.mfa and client == portal
  require mfa within 15m "fresh" when client == desk
  report deny login "maybe" when user.logins > 100
}
)";

std::string with(const std::string& from, const std::string& to) {
  auto text = body;
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(from, at + 1) == std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> texts(const std::vector<diff::TenantDiff>& found) {
  std::vector<std::string> list;
  const Compiled any(body);
  for (const auto& tenant : found)
    for (const auto& one : tenant.witnesses)
      list.push_back(std::string(effect_names[static_cast<std::size_t>(one.direction.from)]) + " " +
                     std::string(effect_names[static_cast<std::size_t>(one.direction.to)]));
  return list;
}

}  // namespace

TEST_CASE("a policy and itself differ in nothing") { CHECK(compare(body, body).empty()); }

TEST_CASE("each change of a policy is shown by a request, in every direction there is") {
  struct Row {
    const char *from, *to;
    std::vector<std::string> wanted;
  };
  const auto row = GENERATE(values<Row>({
      {"  deny login \"admin is office only\" when client == admin and request.ip not in office\n", "", {"deny allow"}},
      {"203.0.113.0/24", "203.0.113.0/25", {"allow deny"}},
      {"203.0.113.0/24", "203.0.112.0/23", {"deny allow"}},
      {"long_ago = 90d", "long_ago = 91d", {"deny allow"}},
      {"user.logins >= 3", "user.logins >= 4", {"allow deny"}},
      {"(request.risk else 100) < 40", "(request.risk else 0) < 40", {"deny allow"}},
      {"and \"member\" in user.groups", "", {"deny allow"}},
      {"user.email_verified and", "", {"deny allow"}},
      {"[\"KP\", \"IR\"]", "[\"KP\"]", {"deny allow"}},
      {"[\"KP\", \"IR\"]", "[\"KP\", \"IR\", \"DE\"]", {"allow deny"}},
      {"[\"admin\", \"owner\"]", "[\"admin\"]", {"challenge allow"}},
      {"require mfa within 15m \"fresh\"", "require mfa within 30m \"fresh\"", {"challenge allow"}},
      {"require mfa within 15m \"fresh\"", "require mfa within 5m \"fresh\"", {"allow challenge"}},
      {"require mfa within 15m \"fresh\"",
       "require verify_email \"fresh\"",
       {"challenge allow", "allow challenge", "challenge challenge"}},
      {"10 attempts", "11 attempts", {"deny allow"}},
      {"block 15m", "block 10m", {"deny allow"}},
      {"block 15m", "block 20m", {"allow deny"}},
      {", \"https://old.acme.com/cb\"", "", {"allow deny"}},
      {"hosts \"acme.example\"", "hosts \"acme.example\", \"acme.test\"", {"deny allow"}},
      {"use portal { connections users, staff }", "use portal { connections users }", {"allow deny"}},
      {"client admin : web { connections staff, users;",
       "client admin : web { connections staff, users, partners;",
       {}},  // nothing allows it
      {"connection staff : saml { domains \"acme.com\" }",
       "connection staff : saml { domains \"acme.com\"; signup open }",
       {}},  // nothing allows that either
      {"on staff\n", "on staff, partners\n", {}},
      {"allow login, refresh on staff", "allow login on staff", {"allow deny"}},
      {"organizations require", "organizations allow", {}},  // `require mfa` stays, and so does the challenge
      {"use desk }", "use desk; joins on login }", {"deny challenge", "deny allow"}},
      {"allow m2m when request.ip in office", "allow m2m", {"deny allow"}},
      {"  client robot : m2m\n", "", {"allow deny"}},
      {"report deny login \"maybe\"", "deny login \"maybe\"", {"allow deny"}},
      {"allow signup, password_change on users", "allow signup on users", {"allow deny"}},
      {"when client == desk", "when client == desk and \"new\" in user.groups", {"challenge allow"}},
  }));
  INFO(row.from << " → " << row.to);
  diff::Options options;
  options.tries = 8'000;
  const auto found = compare(body, with(row.from, row.to), options);
  REQUIRE(found.size() == 1);
  CHECK_FALSE(found[0].changes.empty());
  CHECK_FALSE(found[0].same_decisions);
  const auto seen = texts(found);
  for (const auto& one : row.wanted) {
    INFO(one);
    CHECK(std::ranges::find(seen, one) != seen.end());
  }
}

TEST_CASE("a request that shows a change says no more than it must") {
  const auto line = [](const std::string& after) {
    const auto found = compare(body, after);
    REQUIRE(found.size() == 1);
    REQUIRE_FALSE(found[0].witnesses.empty());
    const Compiled is(after);
    return diff::request_line(*is.engine.part("acme"), found[0].witnesses.front());
  };
  CHECK(line(with("  deny login \"admin is office only\" when client == admin and request.ip not in office\n", "")) ==
        "login to acme.admin via staff");
  CHECK(line(with("203.0.113.0/24", "203.0.113.0/25")) ==
        "login to acme.admin via staff { request.ip = 203.0.113.128 }");
  CHECK(line(with("[\"KP\", \"IR\"]", "[\"KP\"]")) ==
        "login to acme.admin via staff { request.country = \"IR\"; request.ip = 203.0.113.9 }");
  CHECK(line(with("10 attempts", "11 attempts")).find("attempts.by_identifier = 10") != std::string::npos);
}

TEST_CASE("tenants that come and go are shown by a request that was, or is, allowed") {
  const std::string more =
      "tenant globex { connection db : database; client app : web { connections db }; allow login }\n";
  const auto came = compare(body, body + more);
  REQUIRE(came.size() == 1);
  CHECK(came[0].state == diff::TenantDiff::State::added);
  CHECK(texts(came) == std::vector<std::string>{"deny allow", "deny challenge"});
  const auto went = compare(body + more, body);
  CHECK(went[0].state == diff::TenantDiff::State::removed);
  CHECK(texts(went) == std::vector<std::string>{"allow deny", "challenge deny"});
}

TEST_CASE("what decides nothing is told in words and not searched") {
  const auto found = compare(body, with("tenant acme \"Acme\"", "tenant acme \"Acme Ltd\""));
  REQUIRE(found.size() == 1);
  CHECK(found[0].same_decisions);
  CHECK(found[0].tries == 0);
  REQUIRE(found[0].changes.size() == 1);
  CHECK(found[0].changes[0].before == std::vector<std::string>{"title \"Acme\""});
  CHECK(found[0].changes[0].after == std::vector<std::string>{"title \"Acme Ltd\""});
}

TEST_CASE("rules that read as before and mean something else say what they speak of") {
  const auto change = [](const std::string& after, const std::string& what) {
    const auto found = compare(body, after);
    REQUIRE(found.size() == 1);
    const auto one =
        std::ranges::find_if(found[0].changes, [&](const auto& c) { return c.what.find(what) != std::string::npos; });
    REQUIRE(one != found[0].changes.end());
    return *one;
  };
  const auto zone = change(with("203.0.113.0/24", "203.0.113.0/25"), "admin is office only");
  CHECK(zone.before == std::vector<std::string>{"203.0.113.0-203.0.113.255"});
  CHECK(zone.after == std::vector<std::string>{"203.0.113.0-203.0.113.127"});
  const auto let = change(with("[\"admin\", \"owner\"]", "[\"admin\"]"), "administrators");
  CHECK(let.owner == "platform");
  CHECK(let.before == std::vector<std::string>{"\"owner\""});
}

TEST_CASE("passwords that one side accepts and the other refuses are made up, short first") {
  const auto passwords = [](const std::string& after) {
    const auto found = compare(body, after);
    REQUIRE(found.size() == 1);
    std::vector<std::string> list;
    for (const auto& one : found[0].passwords)
      list.push_back((one.accepted ? "+" : "-") + std::to_string(one.password.size()) + " " + one.refused_by.at(0));
    return list;
  };
  using List = std::vector<std::string>;
  CHECK(passwords(with("length 12..;", "length 10..;")) == List{"+10 length 12..  (acme connection users)"});
  CHECK(passwords(with("length 12..;", "length 14..;")) == List{"-12 length 14..  (acme connection users)"});
  CHECK(passwords(with("at least 2 digits;", "at least 3 digits;")).size() == 1);
  CHECK(passwords(with("history 5", "history 6")).size() == 1);
  CHECK(passwords(with("length 8..64", "length 8..32")).size() == 1);
}

TEST_CASE("a thousand tenants of one template are searched once, and each shows the change") {
  const std::string head = R"(writ 1
template b2b(domain: string) {
  connection sso : oidc { domains domain }
  client app : web { connections sso }
  allow login when (email_domain(user.email) else "") == domain and user.email_verified
)";
  std::string tenants;
  for (int i = 0; i < 300; ++i)
    tenants += "tenant t" + std::to_string(i) + " from b2b(\"d" + std::to_string(i) + ".example\")\n";
  const auto found =
      compare(head + "}\n" + tenants, head + "  deny login \"risky\" when user.logins > 9\n}\n" + tenants);
  CHECK(found.size() == 300);
  std::size_t shown = 0, tries = 0;
  for (const auto& one : found) shown += one.witnesses.size(), tries += one.tries;
  CHECK(shown == 300);
  CHECK(tries < 300 * 2'000);
}
