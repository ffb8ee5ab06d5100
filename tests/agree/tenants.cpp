// One tenant: what it sets, its words and zones, what counts for its passwords and lockouts, then its things and its
// rules.
#include "tests/agree/maker.h"

#include <algorithm>

namespace writ::agree {

TenantWorld Maker::tenant(const std::string& name, const std::string& id) {
  TenantWorld made;
  made.name = name;
  block("tenant " + name_text(name) + (chance(60) ? " " + in_quotes("Title of " + name) : ""), [&] {
    if (name != id) line("id " + in_quotes(id));
    tenant_attributes(made);
    if (chance(60)) hosts(id);
    body(made);
  });
  return made;
}

// Every attribute of tenants that must be set, some that may be; none that the template sets.
void Maker::tenant_attributes(const TenantWorld& made) {
  for (const auto& fact : world_.facts) {
    const bool set = std::ranges::any_of(made.facts, [&](const FactWorld& own) { return own.name == fact.name; });
    if (fact.of_tenant && !set && (fact.required != 0 || chance(50)))
      line(fact.name + " = " + expressions_.literal(fact));
  }
}

// Unique over the set, for tenants' names are.
void Maker::hosts(const std::string& name) {
  const auto host = name.substr(0, name.find(' ')) + ".example";
  line("hosts " + in_quotes(host) + (chance(30) ? ", " + in_quotes("login." + host) : ""));
  if (chance(50))
    line("issuers " + in_quotes("https://" + host + "/") + (chance(30) ? ", " + in_quotes("urn:" + name) : ""));
}

void Maker::body(TenantWorld& made) {
  if (chance(50)) line("features " + random_.pick({"beta", "beta, \"a\"", "\"a b\", dark"}));
  if (chance(20)) branding();
  if (chance(25)) session(made.name.empty());
  if (chance(40))  // of one name in all tenants, of any type in each
    block("attributes", [&] {
      for (auto& fact : attributes({"user.local0", "request.local1"}, 70, false)) made.facts.push_back(std::move(fact));
    });
  zone("office", made.zones);
  if (chance(30)) zone("vpn", made.zones);
  Place place = inside(made);
  lets(place, made.words, 40);
  if (chance(35)) condition_word(Kind::boolean, inside(made), made.words);
  if (chance(25)) condition_word(Kind::obligation, inside(made), made.words);
  const bool passwords = chance(25);
  if (passwords) password_policy(false);
  connections(made);
  clients(made);
  if (chance(75)) organizations(made);
  if (passwords && chance(40)) line("password strong");
  for (auto n = random_.chance(40) ? random_.between(1, 2) : 0; n > 0; --n) lockout(made.name.empty());
  rules(made);
}

void Maker::rules(const TenantWorld& made) {
  if (chance(75)) allow(inside(made), true);
  for (auto n = random_.between(1, 2); n > 0; --n) allow(inside(made), false);
  for (auto n = random_.between(1, 5); n > 0; --n) rule(inside(made), Where::tenant);
  if (chance(6)) many_rules(made);
  if (chance(6))
    for (const auto& connection : random_.some(made.connections, 50))
      line("require use_connection(" + name_text(connection.name) + ")");
}

// More than a decision's masks hold: 128 rules, 64 entries.
void Maker::many_rules(const TenantWorld& made) {
  for (int i = 0; i < 75; ++i)
    line("require accept(" + in_quotes("t" + std::to_string(i)) + ") when request.user_agent starts with \"t" +
         std::to_string(i % 9) + "\"");
  for (int i = 0; i < 70; ++i) line("deny login, access when request.user_agent == \"w" + std::to_string(i) + "\"");
  if (made.connections.empty()) return;
  for (int i = 0; i < 9; ++i)
    line("allow login " + in_quotes("many " + std::to_string(i)) + " on " +
         name_text(random_.pick(made.connections).name));
}

// ---------------------------------------------------------------- settings

void Maker::branding() {
  block("branding", [&] {
    line("logo \"https://cdn.example/logo.svg\"");
    if (chance(50)) line("colors primary \"#102030\"");
  });
}

void Maker::session(bool of_template) {
  line("session { idle " + (of_template && chance(50) ? "pause" : random_.pick({"10m", "30m"})) +
       (chance(50) ? "; absolute 12h" : "") + " }");
}

// In a template its parameters may stand for numbers. A `block` is no longer than its `within`.
void Maker::lockout(bool of_template) {
  const auto period = [&](const Names& periods) {
    return of_template && chance(50) ? std::string("pause") : random_.pick(periods);
  };
  const std::string within = chance(40) ? period({"1h", "1ms", "36500d"}) : "";
  const std::string block = within == "pause" || within == "1ms" ? within
                            : within.empty()                     ? period({"15m", "1ms", "1h"})
                                                                 : random_.pick({"15m", "1ms", "1h"});
  line("lockout { " + (of_template && chance(60) ? "tries" : std::to_string(random_.between(1, 12))) +
       " attempts per " + random_.pick({"identifier", "identifier and ip", "ip"}) +
       (within.empty() ? "" : " within " + within) + (chance(60) ? "; block " + block : "") +
       (chance(30) ? "; exempt " + random_.pick({"10.0.0.0/8, 198.51.100.7", "2001:db8::/32", "0.0.0.0/0"}) : "") +
       " }");
}

void Maker::zone(const std::string& name, std::vector<ZoneWorld>& zones) {
  Names places;
  for (auto n = random_.between(0, 3); n > 0; --n) places.push_back(random_.pick(blocks()));
  const bool more = places.empty() || chance(35);
  if (more && chance(60)) places.push_back("country " + random_.pick({"\"DE\"", "\"US\"", "\"KP\""}));
  if (more && (places.empty() || chance(50)))
    places.push_back("asn " + random_.pick({"64512", "7", "0", "4294967295"}));
  line("zone " + name + " = " + joined(places));
  zones.push_back({name, std::ranges::any_of(places, [](const auto& place) {
                     return place.starts_with("country") || place.starts_with("asn");
                   })});
}

void Maker::password_policy(bool floor) {
  block(floor ? "floor password baseline" : "password strong", [&] {
    line(floor ? "length 8..64" : "length 12..");
    if (chance(50)) line("reject common" + std::string(chance(50) ? ", breached" : ""));
    if (chance(40)) line("classes 3 of lower, upper, digit, symbol");
    if (chance(30)) line("history 10");
    if (chance(30)) line("max age 90d");
  });
}

void Maker::attach_password() { line("password " + random_.pick({"auth0.good", "nist.sp800_63b_4", "owasp.asvs_l1"})); }

}  // namespace writ::agree
