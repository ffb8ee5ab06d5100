// A generated policy set: attributes, a floor, a shared client, a template with two tenants of it, tenants written out, one of them extended from
// elsewhere. One statement a line, and a block ends in a line of its own: the shrinker takes lines and blocks away.
#include "tests/agree/expressions.h"
#include "tests/agree/generate.h"

#include <algorithm>

namespace writ::agree {

namespace {

using namespace facts_detail;
using Kind = WordWorld::Kind;

constexpr ActionMask with_connection = person | signup;

struct Declared {
  const char* name;
  const char* type;
  TypeKind kind;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};
const std::vector<Declared> declarable = {
    {"user.department", "string?", TypeKind::string},        {"user.level", "one of low, medium, high", TypeKind::enumeration},
    {"user.score", "int -5..1000", TypeKind::integer, -5, 1'000}, {"user.count", "int", TypeKind::integer},
    {"user.tags", "set of string?", TypeKind::string_set},    {"user.home", "ip?", TypeKind::ip},
    {"request.risk", "int 0..100?", TypeKind::integer, 0, 100}, {"request.source", "ip", TypeKind::ip},
    {"request.cooldown", "duration?", TypeKind::duration},    {"session.started", "time?", TypeKind::time},
    {"session.trusted", "bool?", TypeKind::boolean},          {"token.kind", "string?", TypeKind::string},
    {"device.compliant", "bool?", TypeKind::boolean},         {"device.posture", "one of low, medium, high?", TypeKind::enumeration}};

FactWorld fact_of(const Declared& declared) {
  const std::string name = declared.name;
  const bool of_person = name.starts_with("user.") || name.starts_with("session.");
  const ActionMask actions = name.starts_with("token.") ? access : of_person ? everybody : all_actions;
  const bool optional = std::string(declared.type).ends_with("?");
  FactWorld fact{name, declared.kind, optional ? ActionMask{0} : actions, optional ? actions : ActionMask{0}, declared.low, declared.high};
  if (declared.kind == TypeKind::enumeration) fact.words = {"low", "medium", "high"};
  return fact;
}

std::string listed(const std::vector<std::string>& names, bool as_strings = false) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + (as_strings ? in_quotes(name) : name_text(name));
  return text;
}

std::string actions_text(ActionMask mask) {
  std::string text;
  for (std::size_t i = 0; i < action_count; ++i)
    if (mask >> i & 1) text += (text.empty() ? "" : ", ") + std::string(action_names[i]);
  return text;
}

class Maker {
 public:
  explicit Maker(Random& random) : random_(random), expressions_(random, world_) {
    for (const auto& fact : builtin_facts) {
      FactWorld made{std::string(fact.name), fact.type, fact.required, fact.optional, fact.low, fact.high};
      for (const auto word : fact.values) made.words.emplace_back(word);
      world_.facts.push_back(std::move(made));
    }
  }

  World make() {
    line("writ 1");
    attributes();
    top_words();
    platform();
    shared_client();
    const auto shaped = template_body();
    TenantWorld alpha = tenant("alpha", "alpha");
    world_.tenants.push_back(alpha);
    world_.tenants.push_back(tenant("beta corp", "beta"));
    from_template(shaped, "gamma", "\"g.example\", [\"admin\", \"DE\"], 1h, true");
    from_template(shaped, "delta", "\"h.example\", [], 15m, false");
    extend(world_.tenants[0]);
    std::swap(text_, world_.extra);
    extend(world_.tenants[random_.below(2)], true);
    std::swap(text_, world_.extra);
    world_.text = text_;
    return std::move(world_);
  }

 private:
  void line(const std::string& text) { text_ += std::string(indent_, ' ') + text + "\n"; }
  template <class Body>
  void block(const std::string& head, Body&& body) {
    line(head + " {");
    indent_ += 2;
    body();
    indent_ -= 2;
    line("}");
  }

  // ---------------------------------------------------------------- top

  void attributes() {
    block("attributes", [&] {
      for (const auto& declared : declarable)
        if (random_.chance(60)) {
          world_.facts.push_back(fact_of(declared));
          line(std::string(declared.name) + " : " + declared.type);
        }
      world_.attributes = {{"tenant.tier", TypeKind::enumeration, false, {"free", "gold"}},
                           {"tenant.size", TypeKind::integer, true},
                           {"tenant.words", TypeKind::string_set, true},
                           {"tenant.quota", TypeKind::duration, false}};
      line("tenant.tier : one of free, gold");
      line("tenant.size : int 0..10?");
      line("tenant.words : set of string?");
      line("tenant.quota : duration");
    });
  }

  Place alone(const TenantWorld* tenant, const std::vector<FactWorld>& facts) {
    Place place;
    place.alone = true;
    place.tenant = tenant;
    place.facts = facts;
    expressions_.used = all_actions;
    return place;
  }

  // A let or an obligation of a condition, with the actions in which it can be used.
  void condition_word(Kind kind, const std::string& name, const Place& place, std::vector<WordWorld>& words) {
    const auto condition = expressions_.condition(place, 1).text;
    line(kind == Kind::obligation ? "obligation " + name + " satisfied when " + condition : "let " + name + " = " + condition);
    words.push_back({kind, name, expressions_.used});
  }

  void top_words() {
    line("let common_words = " + expressions_.strings_list());
    world_.words.push_back({Kind::strings, "common_words"});
    if (random_.chance(50)) condition_word(Kind::obligation, "signed_nda", alone(nullptr, world_.facts), world_.words);
  }

  void lockout() {
    const auto& per = random_.pick(std::vector<std::string>{"identifier", "identifier and ip", "ip"});
    const auto attempts = random_.between(2, 12);
    for (const auto* counter : {"attempts.by_identifier", "attempts.by_identifier_ip", "attempts.by_ip"})
      for (const auto turn : {attempts - 1, attempts}) world_.turn(counter, turn);
    line("lockout { " + std::to_string(attempts) + " attempts per " + per + (random_.chance(40) ? " within 1h" : "") +
         (random_.chance(60) ? random_.pick({"; block 15m", "; block 1ms", "; block 1h"}) : "") + (random_.chance(30) ? "; exempt 10.0.0.0/8, 198.51.100.7" : "") + " }");
  }

  void zone(const std::string& name, std::vector<ZoneWorld>& zones) {
    std::string places = random_.pick({"10.0.0.0/8, 203.0.113.0/24", "2001:db8::/32", "198.51.100.7", "0.0.0.0/1, 10.128.0.0/9, 192.168.1.128/25"});
    const bool more = random_.chance(40);
    if (more) places += random_.pick({", country \"DE\"", ", asn 64512", ", country \"US\", asn 7"});
    line("zone " + name + " = " + places);
    zones.push_back({name, more});
    for (const auto* ip : {"10.0.0.0", "9.255.255.255", "203.0.113.255", "2001:db8::", "198.51.100.7", "198.51.100.8", "128.0.0.0"}) world_.turn("request.ip", *parse_ip(ip));
    for (const auto asn : {64'511, 64'512, 7}) world_.turn("request.asn", std::int64_t{asn});
    for (const auto* country : {"DE", "US"}) world_.turn("request.country", std::string(country));
  }

  void platform() {
    block("platform", [&] {
      zone("everywhere", world_.zones);
      line("let floor_numbers = " + expressions_.integers_list());
      world_.words.push_back({Kind::integers, "floor_numbers"});
      line("let floor_blocks = " + expressions_.blocks_list());
      world_.words.push_back({Kind::blocks, "floor_blocks"});
      if (random_.chance(50)) condition_word(Kind::condition, "floor_condition", alone(nullptr, world_.facts), world_.words);
      if (random_.chance(50)) lockout();
      if (random_.chance(30)) line("session { idle 30m; absolute 12h }");
      for (auto n = random_.below(4); n > 0; --n) rule(floor(), false);
    });
  }

  Place floor() {
    Place place;
    place.facts = world_.facts;
    place.words = world_.words;
    place.zones = world_.zones;
    return place;
  }

  void shared_client() {
    portal_ = {"portal", "portal", random_.chance(50) ? ClientType::spa : ClientType::web};
    portal_.shared = true;
    block("client portal : " + std::string(client_type_names[static_cast<std::size_t>(portal_.type)]), [&] {
      client_settings(portal_);
      for (auto n = random_.below(2); n > 0; --n) rule(floor(), false);
    });
  }

  void client_settings(ClientWorld& client) {
    client.grants = client.type == ClientType::m2m ? std::vector<std::string>{"client_credentials"} : std::vector<std::string>{"authorization_code"};
    if (random_.chance(75)) {
      if (client.type != ClientType::m2m && random_.chance(80)) client.grants.push_back("refresh_token");
      if (client.type == ClientType::web && random_.chance(50)) client.grants.push_back("client_credentials");
      if (random_.chance(20)) client.grants.push_back("device_code");
      line("grants " + listed(client.grants));
    }
    if (client.type != ClientType::m2m && random_.chance(75)) {
      client.callbacks = {"https://" + client.id + ".example/cb"};
      if (random_.chance(40)) client.callbacks.push_back("https://" + client.id + ".example/cb2");
      line("callbacks " + listed(client.callbacks, true));
    }
    if (client.type != ClientType::m2m && random_.chance(60)) {
      client.usage = random_.chance(70) ? OrganizationUsage::allow : OrganizationUsage::require;
      line(client.usage == OrganizationUsage::allow ? "organizations allow" : "organizations require");
    }
    if (random_.chance(20)) line("session { idle 10m }");
  }

  // ---------------------------------------------------------------- tenants

  TenantWorld template_body() {
    TenantWorld shaped;
    block("template shaped(company_domain: string, trusted: list of string, limit: duration, strict: bool)", [&] {
      shaped.words = {{Kind::text, "company_domain"}, {Kind::strings, "trusted"}, {Kind::duration, "limit"}, {Kind::flag, "strict"}};
      body(shaped, true);
    });
    return shaped;
  }

  void from_template(TenantWorld made, const std::string& name, const std::string& arguments) {
    made.id = made.name = name;
    const auto domain = arguments.substr(1, arguments.find('"', 1) - 1);
    for (auto& connection : made.connections)
      if (connection.has_parameter) connection.domains.push_back(domain);
    std::erase_if(made.words, [](const WordWorld& word) { return word.name == "company_domain" || word.name == "trusted" || word.name == "limit" || word.name == "strict"; });
    const auto head = "tenant " + name + " from shaped(" + arguments + ")";
    block(head, [&] {
      tenant_attributes();
      if (random_.chance(50)) hosts(made);
      for (auto n = random_.below(3); n > 0; --n) rule(inside(made), true);
    });
    world_.tenants.push_back(std::move(made));
  }

  TenantWorld tenant(const std::string& name, const std::string& id) {
    TenantWorld made;
    made.name = name;
    made.id = id;
    block("tenant " + name_text(name) + " \"Title of " + name + "\"", [&] {
      if (name != id) line("id " + in_quotes(id));
      tenant_attributes();
      if (random_.chance(60)) hosts(made);
      body(made, false);
    });
    return made;
  }

  void tenant_attributes() {
    line("tenant.tier = " + random_.pick({"free", "gold"}));
    line("tenant.quota = " + expressions_.duration());
    if (random_.chance(50)) line("tenant.size = " + std::to_string(random_.below(11)));
    if (random_.chance(50)) line("tenant.words = [\"a\", \"IT\"]");
  }

  void hosts(TenantWorld& made) {
    made.hosts = {made.id + ".example"};
    line("hosts " + listed(made.hosts, true));
    if (random_.chance(60)) return;
    made.issuers = {"https://" + made.id + ".example/"};
    line("issuers " + listed(made.issuers, true));
  }

  void body(TenantWorld& made, bool of_template) {
    if (random_.chance(50)) {
      made.features = {"beta"};
      line("features beta");
    }
    if (!of_template && random_.chance(40)) {
      const Declared own{"user.local0", random_.chance(50) ? "string?" : "string", TypeKind::string};
      made.facts.push_back(fact_of(own));
      block("attributes", [&] { line(std::string(own.name) + " : " + own.type); });
    }
    zone("office", made.zones);
    words(made);
    connections(made, of_template);
    clients(made);
    organizations(made);
    for (auto n = random_.between(1, 3); n > 0; --n) allow(inside(made));
    for (auto n = random_.between(1, 6); n > 0; --n) rule(inside(made), true);
    if (random_.chance(35)) lockout();
  }

  void words(TenantWorld& made) {
    line("let names = " + expressions_.strings_list());
    made.words.push_back({Kind::strings, "names"});
    line("let fresh = " + expressions_.duration());
    made.words.push_back({Kind::duration, "fresh"});
    line("let wanted = " + expressions_.text());
    made.words.push_back({Kind::text, "wanted"});
    if (random_.chance(60)) {
      auto facts = world_.facts;
      facts.insert(facts.end(), made.facts.begin(), made.facts.end());
      Place place = alone(nullptr, facts);
      place.words = made.words;
      condition_word(Kind::condition, "suspicious", place, made.words);
    }
  }

  Place inside(const TenantWorld& made) {
    Place place = floor();
    place.tenant = &made;
    place.facts.insert(place.facts.end(), made.facts.begin(), made.facts.end());
    place.words.insert(place.words.end(), made.words.begin(), made.words.end());
    place.zones.insert(place.zones.end(), made.zones.begin(), made.zones.end());
    return place;
  }

  void connections(TenantWorld& made, bool of_template) {
    const bool contested = random_.chance(40);
    made.connections = {{"people", "people", "database", Family::database},
                        {"saml-1", "staff", random_.pick({"saml", "waad", "okta"}), Family::enterprise, {"a.example", "staff.example"}, false},
                        {"partner", "partner", "oidc", Family::enterprise, {contested ? "a.example" : "p.example"}, false},
                        {"google-oauth2", "google-oauth2", "google_oauth2", Family::social},
                        {"codes", "codes", random_.pick({"sms", "email"}), Family::passwordless}};
    contested_ = contested;
    for (auto& connection : made.connections)
      block("connection " + name_text(connection.name) + " : " + connection.strategy, [&] {
        if (connection.id != connection.name) line("id " + in_quotes(connection.id));
        if (!connection.domains.empty()) {
          connection.has_parameter = of_template && connection.name == "partner" && !contested;
          line("domains " + listed(connection.domains, true) + (connection.has_parameter ? ", company_domain" : ""));
        }
        if (random_.chance(40)) {
          connection.signup_open = random_.chance(60);
          line(connection.signup_open ? "signup open" : "signup closed");
        }
        if (random_.chance(15)) lockout();
      });
  }

  std::vector<std::string> some_connections(const TenantWorld& made) {
    std::vector<std::string> names;
    for (const auto& connection : made.connections)
      if (random_.chance(75)) names.push_back(connection.name);
    if (names.empty()) names.push_back("people");
    return names;
  }
  void enable(const std::vector<std::string>& names) {
    line("connections " + listed(names));
    const auto has = [&](const char* name) { return std::ranges::find(names, name) != names.end(); };
    if (contested_ && has("staff") && has("partner")) line(std::string("discover \"a.example\" via ") + random_.pick({"staff", "partner"}));
  }

  void clients(TenantWorld& made) {
    ClientWorld used = portal_, web{"web-1", "web1", random_.chance(60) ? ClientType::web : ClientType::native}, jobs{"jobs", "jobs", ClientType::m2m};
    used.connections = some_connections(made);
    web.connections = some_connections(made);
    block("client web1 : " + std::string(client_type_names[static_cast<std::size_t>(web.type)]), [&] {
      line("id \"web-1\"");
      client_settings(web);
      enable(web.connections);
      if (random_.chance(40)) allow_inside(made);
    });
    block("client jobs : m2m", [&] { client_settings(jobs); });
    block("use portal", [&] {
      enable(used.connections);
      if (random_.chance(40)) allow_inside(made);
    });
    made.clients = {used, web, jobs};
  }

  // Rules in a client's block, before the tenant's clients are all known: they speak of facts alone.
  void allow_inside(const TenantWorld& made) {
    Place place = floor();
    place.zones.insert(place.zones.end(), made.zones.begin(), made.zones.end());
    place.words.insert(place.words.end(), made.words.begin(), made.words.end());
    rule(place, false);
    if (random_.chance(40)) allow(place);
  }

  void organizations(TenantWorld& made) {
    for (const auto* name : {"coke", "pepsi"}) {
      OrganizationWorld organization{name == std::string("coke") ? "org_coke" : "pepsi", name, some_connections(made)};
      block("organization " + std::string(name), [&] {
        if (organization.id != name) line("id " + in_quotes(organization.id));
        enable(organization.connections);
        if (random_.chance(35)) line("members required");
        else if (random_.chance(50)) line("joins on login" + (random_.chance(50) ? " via " + listed({organization.connections[0]}) : ""));
        if (random_.chance(30)) line("features dark");
        Place place = floor();
        place.present.insert("organization");
        if (random_.chance(40)) rule(place, false);
        if (random_.chance(40))
          block("use portal", [&] {
            std::vector<std::string> fewer = random_.some(organization.connections, 60);
            std::erase_if(fewer, [&](const auto& one) { return std::ranges::find(made.clients[0].connections, one) == made.clients[0].connections.end(); });
            if (!fewer.empty()) enable(fewer);
            if (random_.chance(50)) rule(place, false);
          });
      });
      made.organizations.push_back(std::move(organization));
    }
  }

  void extend(const TenantWorld& made, bool extra = false) {
    block("extend tenant " + name_text(made.name), [&] {
      if (extra) return deny(inside(made));
      line("let security_words = " + expressions_.strings_list());
      for (auto n = random_.between(1, 2); n > 0; --n) rule(inside(made), true);
    });
  }

  // ---------------------------------------------------------------- rules

  ActionMask some_actions(ActionMask among) {
    if (random_.chance(60)) return login;
    ActionMask mask = 0;
    while (mask == 0) mask = static_cast<ActionMask>(random_.below(128) & random_.below(128)) & among;
    return mask;
  }

  std::string condition(Place& place) {
    std::string text;
    if (random_.chance(80)) {
      const auto flow = expressions_.condition(place, 2);
      text += " when " + flow.text;
      place.present.insert(flow.when_true.begin(), flow.when_true.end());
    }
    if (random_.chance(35)) text += " unless " + expressions_.condition(place, 2).text;
    return text;
  }

  std::string name() { return random_.chance(50) ? " \"r" + std::to_string(++names_) + "\"" : ""; }

  std::string on(const Place& place) {
    if (!place.tenant || place.tenant->connections.empty() || (place.actions & ~with_connection) != 0 || !random_.chance(25)) return "";
    std::vector<std::string> names;
    for (const auto& connection : place.tenant->connections)
      if (random_.chance(50)) names.push_back(connection.name);
    return names.empty() ? "" : " on " + listed(names);
  }

  void allow(Place place) {
    place.actions = random_.chance(60) ? all_actions : some_actions(all_actions);
    const auto names = name(), where = on(place);
    line("allow " + actions_text(place.actions) + names + where + (random_.chance(40) ? condition(place) : ""));
  }

  void deny(Place place) {
    place.actions = some_actions(all_actions);
    const auto names = name();
    line("deny " + actions_text(place.actions) + names + condition(place));
  }

  // A deny, a require, a report of either, or now and then an allow.
  void rule(Place place, bool may_allow) {
    const std::string report = random_.chance(15) ? "report " : "";
    if (may_allow && random_.chance(20)) {
      place.actions = some_actions(all_actions);
      const auto names = name(), where = on(place);
      return line(report + "allow " + actions_text(place.actions) + names + where + condition(place));
    }
    if (random_.chance(45)) {
      place.actions = some_actions(with_connection);
      const auto duties = expressions_.alternatives(place);
      const auto names = name(), where = on(place);
      return line(report + "require " + duties + (place.actions == login ? "" : " for " + actions_text(place.actions)) + names + where + condition(place));
    }
    place.actions = some_actions(all_actions);
    const auto names = name(), where = on(place);
    line(report + "deny " + actions_text(place.actions) + names + where + condition(place) + (random_.chance(20) ? " message \"no \\\"entry\\\"\" note \"n\"" : ""));
  }

  Random& random_;
  World world_;
  Expressions expressions_;
  std::string text_;
  std::size_t indent_ = 0;
  ClientWorld portal_;
  bool contested_ = false;
  int names_ = 0;
};

}  // namespace

World generate_policy(Random& random) { return Maker(random).make(); }

}  // namespace writ::agree
