// One thing spelled in two ways, and a rule that knows one of them: how denies were slipped by elsewhere. Either both spellings are one value,
// or all but one are refused.
#include "tests/lessons/world.h"

#include <algorithm>

using namespace writ;
using namespace writ::lessons;

TEST_CASE("a callback is a registered one to the byte or it is refused") {
  const World world("tenant acme {\n  connection users : database\n  client shop : spa { connections users\n"
                    "    callbacks \"https://shop.acme.com/callback\" }\n  allow login\n}\n");
  const auto fault = [&](const std::string& uri) { return world.fault(login({{"request.redirect_uri", uri}})); };
  const std::string good = "https://shop.acme.com/callback";
  CHECK(fault(good) == Fault::none);
  for (const auto& other :
       {good + "/", good + "?next=https://evil.example", good + "#", good + ";jsessionid=1", good + "/..;/admin",
        good + "%2f", good + " ", good + std::string(1, '\0'), "HTTPS" + good.substr(5),
        std::string("https://SHOP.acme.com/callback"), std::string("https://shop.acme.com:443/callback"),
        std::string("https://shop.acme.com//callback"), std::string("https://shop.acme.com/./callback"),
        std::string("https://evil@shop.acme.com/callback"), std::string("https://shop.acme.com.evil.example/callback"),
        std::string("shop.acme.com/callback"), std::string("/callback"), std::string()}) {
    INFO(other);
    CHECK(fault(other) == Fault::callback_not_allowed);
  }
}

TEST_CASE("a host has one spelling, and no other tenant answers to it") {
  const World world(tenant("hosts \"login.acme.com\"\nallow login") + tenant("allow login", "other"));
  const auto fault = [&](const std::string& name, const std::string& host) {
    auto request = login({{"request.host", host}});
    request.tenant = name;
    return world.fault(request);
  };
  CHECK(fault("acme", "login.acme.com") == Fault::none);
  CHECK(fault("other", "login.acme.com") == Fault::tenant_mismatch);
  for (const char* spelling : {"LOGIN.acme.COM", "login.acme.com.", "login.acme.com:443", "Login.Acme.com.:8443",
                               "LOGIN.ACME.COM:", "login.acme.com..", "user@login.acme.com", " login.acme.com", ""}) {
    INFO(spelling);
    CHECK(fault("acme", spelling) == Fault::invalid_request);
    CHECK(fault("other", spelling) == Fault::invalid_request);
  }
  for (const char* foreign : {"other.example", "evil-login.acme.com", "login.acme.com.evil.example", "acme.com"}) {
    INFO(foreign);
    CHECK(fault("acme", foreign) == Fault::tenant_mismatch);
  }
  CHECK(fault("other", "other.example") == Fault::none);
}

TEST_CASE("a mail domain has one spelling but for its case") {
  const World world(tenant("allow login\ndeny login when (email_domain(user.email) else \"\") == \"evil.example\""));
  const auto ask = [&](const std::string& email) { return world.ask(login({{"user.email", email}})).effect; };
  CHECK(ask("ada@good.example") == Effect::allow);
  for (const char* bad : {"ada@evil.example", "ada@EVIL.Example", "ada@good.example@evil.example", "ada@evil.example.",
                          "ada@evil..example", "ada@evil.example ", "ada@evil\u3002example"}) {
    INFO(bad);
    CHECK(ask(bad) == Effect::deny);
  }
}

TEST_CASE("an address is one value however it is written") {
  const World world(tenant("zone office = 10.0.0.0/8, 2001:db8::/32\nallow login\n"
                           "deny login \"office only\" when request.ip not in office"));
  const auto ask = [&](const std::string& ip) {
    return world.read(R"({"action":"login","tenant":"acme","client":"shop","connection":"users",)"
                      R"("user":{"blocked":false},"request":{"ip":")" +
                      ip + "\"}}");
  };
  for (const char* inside : {"10.0.0.1", "::ffff:10.0.0.1", "::FFFF:a00:1", "0:0:0:0:0:ffff:0a00:0001", "2001:db8::1",
                             "2001:0DB8:0::0001"}) {
    INFO(inside);
    const auto read = ask(inside);
    REQUIRE(read.ok());
    CHECK(world.effect(read.request) == Effect::allow);
  }
  for (const char* outside : {"11.0.0.1", "::10.0.0.1", "::ffff:11.0.0.1", "2001:db9::1"}) {
    INFO(outside);
    const auto read = ask(outside);
    REQUIRE(read.ok());
    CHECK(world.effect(read.request) == Effect::deny);
  }
  // What one reader takes for octal, and another for decimal, is nobody's address.
  for (const char* refused : {"010.0.0.1", "10.0.0.01", "10.1", "0x0a.0.0.1", "167772161", "10.0.0.1 ", "10.0.0.1/8",
                              "[2001:db8::1]", "2001:db8::1%eth0", "::ffff:010.0.0.1", "1.2.3.4.5", ""}) {
    INFO(refused);
    CHECK_FALSE(ask(refused).ok());
  }
}

TEST_CASE("a country is two capital letters or the request is refused") {
  const World world(tenant("allow login\ndeny login \"embargo\" when (request.country else \"KP\") == \"KP\""));
  const auto ask = [&](const std::string& country) { return world.ask(login({{"request.country", country}})); };
  CHECK(ask("DE").effect == Effect::allow);
  CHECK(ask("KP").effect == Effect::deny);
  CHECK(world.effect(login()) == Effect::deny);
  for (const char* other : {"kp", "Kp", "PRK", "K", "", "KP ", "K\xd0\xa0"}) {
    INFO(other);
    CHECK(ask(other).fault == Fault::invalid_request);
  }
}

TEST_CASE("an e-mail's domain is what stands behind its last at-sign, in small letters") {
  const World world(
      tenant("allow login\ndeny login \"evil\" when (email_domain(user.email) else \"\") == \"evil.com\""));
  const auto ask = [&](const std::string& email) { return world.effect(login({{"user.email", email}})); };
  for (const char* evil : {"a@evil.com", "a@EVIL.com", "a@good.com@evil.com", "\"a@good.com\"@Evil.Com", "@evil.com"}) {
    INFO(evil);
    CHECK(ask(evil) == Effect::deny);
  }
  CHECK(ask("a@evil.com@good.com") == Effect::allow);
  CHECK(ask("evil.com") == Effect::allow);
}

namespace {

const std::vector<std::string> broken_utf8 = {
    "\x80",         "\xff",     "curl\xff",    "\xc0\xaf",         "\xe0\x80\xaf",
    "\xed\xa0\x80", "\xc3",     "\xe2\x82",    "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
    "\xc3\x28",     "a\x80zzz", "\xf0\x9f\x98"};

}  // namespace

TEST_CASE("text that is not UTF-8 is a fault and never merely no match") {
  const World world(tenant("allow login\ndeny login \"r\" when request.user_agent matches /^curl|[^a-z]/\n"
                           "deny login \"g\" when request.user_agent matches \"*curl*\"\n"
                           "deny login \"c\" when request.user_agent contains \"curl\"\n"
                           "deny login \"s\" when any g in user.groups : g matches /^bad/"));
  CHECK(world.effect(login({{"request.user_agent", std::string("lynx")}})) == Effect::allow);
  for (const auto& text : broken_utf8) {
    CHECK(world.fault(login({{"request.user_agent", text}})) == Fault::invalid_request);
    CHECK(world.fault(login({{"user.groups", StringSet{"good", text}}})) == Fault::invalid_request);
  }
}

TEST_CASE("no fact and no name takes text that is not UTF-8") {
  const World world("attributes { user.note : string?\n user.tags : set of string? }\n" + tenant("allow login"));
  const std::string bad = "a\xff";
  std::size_t tried = 0;
  const auto refused = [&](const std::string& name, TypeKind type) {
    INFO(name);
    if (type == TypeKind::string) CHECK(world.fault(login({{name, bad}})) == Fault::invalid_request);
    if (type == TypeKind::string_set) CHECK(world.fault(login({{name, StringSet{bad}}})) == Fault::invalid_request);
    ++tried;
  };
  for (const auto& fact : builtin_facts)
    if ((fact.required | fact.optional) & mask_of(Action::login)) refused(std::string(fact.name), fact.type);
  refused("user.note", TypeKind::string);
  refused("user.tags", TypeKind::string_set);
  refused("user.unknown", TypeKind::string);
  CHECK(tried > 40);
  for (auto NamedRequest::* name : {&NamedRequest::tenant, &NamedRequest::client}) {
    auto request = login();
    request.*name = bad;
    CHECK(world.fault(request) == Fault::invalid_request);
  }
  for (auto NamedRequest::* name : {&NamedRequest::connection, &NamedRequest::organization}) {
    auto request = login();
    request.*name = bad;
    CHECK(world.fault(request) == Fault::invalid_request);
  }
}
