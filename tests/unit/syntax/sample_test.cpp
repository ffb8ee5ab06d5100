// The sample of the design is the first test of the language; then every policy of the examples and of the reference.
#include "tests/unit/syntax/support.h"

#include <catch2/catch.hpp>

using namespace writ;
using namespace writ::test;

namespace {

constexpr const char* sample = R"writ(writ 1
// One application, two kinds of customer: the multi-tenant set-up of the seed page.

attributes {                                    // facts the host supplies beyond the built-in ones
  user.department : string?                     // `?` = may be absent
  request.risk    : int 0..100?
}

platform {                                      // the floor under every tenant: denies and requires only
  limit database connections per client = 50
  floor password baseline {
    length 8..64
    reject common, breached, personal
    history 5
  }
  lockout { 10 attempts per identifier and ip; block 15m }
  deny login "embargoed country" unless has request.country and request.country not in ["KP", "IR"]
  require mfa "administrators" when "admin" in user.roles
}

client portal : spa {                           // shared: tenants enable it with `use`
  grants    authorization_code, refresh_token
  callbacks "https://portal.example.com/callback"
}

tenant acme "Acme Corporation" {
  connection customers : database { password strong }
  connection staff     : saml     { domains "acme.com", "acme.co.uk" }

  password strong {
    length 12..                                 // 12..64: an open bound inherits
    classes 3 of lower, upper, digit, symbol
    history 10
  }

  use portal { connections customers, staff }
  client admin : web {
    connections staff
    callbacks   "https://admin.acme.com/callback"
  }

  zone office = 10.0.0.0/8, 203.0.113.0/24

  allow login, refresh when connection == customers and user.email_verified
  allow login, refresh when connection == staff
  allow signup, password_change, password_reset on customers
  deny  login "admin console is office only" when client == admin and request.ip not in office
  require mfa within 15m "fresh second factor" when client == admin
}

template b2b(company_domain: string) {          // many tenants, one shape
  connection sso : oidc { domains company_domain }
  use portal { connections sso }
  allow login, refresh when connection == sso and (email_domain(user.email) else "") == company_domain
}
tenant globex  "Globex"  from b2b("globex.com")
tenant initech "Initech" from b2b("initech.com") {
  deny login "office hours" unless request.time in 08:00..18:00 "Europe/Berlin" on weekdays
}

test "the admin console is closed from outside" {
  login to acme.admin via staff { request.ip = 198.51.100.7; request.country = "DE" }
  expect deny by "admin console is office only"
}

prove "nobody reaches the admin console without a second factor" {
  login to acme.admin allowed implies session.mfa
}
)writ";

}  // namespace

TEST_CASE("the design's sample parses without a diagnostic") {
  const Parsed parsed(sample);
  INFO(parsed.rendered());
  CHECK(parsed.diagnostics.empty());
  CHECK(parsed.tree.declarations.size() == 9);
  CHECK(parsed.tree.comments.size() == 7);
  CHECK(parsed.tree.version == 1);

  const auto& acme = std::get<tree::TenantDecl>(parsed.tree.declarations[3]);
  CHECK(acme.title->text == "Acme Corporation");
  CHECK(acme.items.size() == 11);
  const auto& deny = std::get<tree::Rule>(acme.items[9]);
  CHECK(deny.name->text == "admin console is office only");
  CHECK(parsed.sources.text(deny.span) ==
        "deny  login \"admin console is office only\" when client == admin and request.ip not in office");
  CHECK(canonical(parsed.tree, deny) ==
        "deny login \"admin console is office only\" when client == admin and request.ip not in office");
  CHECK(parsed.sources.text(parsed.tree[deny.when].span) == "client == admin and request.ip not in office");
  CHECK_FALSE(std::get<tree::TenantDecl>(parsed.tree.declarations[5]).body_written);
}

TEST_CASE("children stand before their parents in the arena") {
  const Parsed parsed("writ 1\nlet x = not (a == b and c else d in e) or any g in s : f(g, [1, 2])\n");
  REQUIRE(parsed.diagnostics.empty());
  const auto last = std::get<tree::Let>(parsed.tree.declarations[0]).value;
  CHECK(static_cast<std::size_t>(last) + 1 == parsed.tree.expressions.size());
}

TEST_CASE("every example and every policy of the reference parses") {
  const auto all = samples();
  CHECK(all.size() > 20);
  for (const auto& [name, text] : all) {
    const Parsed parsed(text);
    INFO(name << "\n" << parsed.rendered());
    CHECK(parsed.diagnostics.empty());
  }
}
