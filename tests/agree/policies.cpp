// A policy set: attributes, words, a floor, shared clients, a template with two tenants of it, two tenants written out,
// extended from elsewhere. The tenants use the same names for different things, so that what reaches into another
// tenant shows.
#include "tests/agree/maker.h"

#include <algorithm>

namespace writ::agree {

namespace {

using namespace facts_detail;

ActionMask actions_of(const std::string& name) {
  if (name.starts_with("tenant.")) return all_actions;
  if (name.starts_with("token.")) return access;
  return name.starts_with("user.") || name.starts_with("session.") ? everybody : all_actions;
}

std::string type_text(const FactWorld& fact) {
  switch (fact.type) {
  case TypeKind::boolean: return "bool";
  case TypeKind::integer:
    return fact.low == INT64_MIN ? "int" : "int " + std::to_string(fact.low) + ".." + std::to_string(fact.high);
  case TypeKind::ip: return "ip";
  case TypeKind::time: return "time";
  case TypeKind::duration: return "duration";
  case TypeKind::string_set: return "set of string";
  case TypeKind::enumeration: {
    std::vector<std::string> names;
    for (const auto& word : fact.words) names.push_back(name_text(word));
    return "one of " + joined(names);
  }
  default: return "string";
  }
}

}  // namespace

Maker::Maker(Random& random) : random_(random), expressions_(random) {
  for (const auto& fact : builtin_facts) {
    FactWorld made{std::string(fact.name), fact.type, fact.required, fact.optional, fact.low, fact.high};
    for (const auto word : fact.values) made.words.emplace_back(word);
    world_.facts.push_back(std::move(made));
  }
}

void Maker::block(const std::string& head, const std::function<void()>& body) {
  line(head + " {");
  indent_ += 2;
  body();
  indent_ -= 2;
  line("}");
}

Generated Maker::make() {
  line("writ 1");
  block("attributes", [&] {
    for (auto& fact :
         attributes({"user.department", "user.level", "user.score", "user.tags", "user.joined", "request.risk",
                     "request.source", "request.cooldown", "session.started", "session.trusted", "token.kind",
                     "device.compliant", "device.posture", "org.unit.code"},
                    45, false))
      world_.facts.push_back(std::move(fact));
    for (auto& fact : attributes(
             {"tenant.tier", "tenant.size", "tenant.words", "tenant.quota", "tenant.since", "tenant.label"}, 60, true))
      world_.facts.push_back(std::move(fact));
  });
  top_words();
  if (chance(90)) platform();
  shared_client("portal");
  if (chance(50)) shared_client("app");
  const auto shaped = template_body();
  auto alpha = tenant("alpha", "alpha");
  auto beta = tenant("beta corp", chance(50) ? "beta" : "beta corp");
  from_template(shaped, "gamma", true);
  from_template(shaped, "delta", false);
  extend(alpha);
  if (chance(30)) extend(beta);
  if (chance(30)) test_and_proof(alpha);
  Generated made{text_, {}};
  for (const auto* one : {&alpha, &beta}) {
    text_.clear();
    one_more_deny(*one);
    made.denies.push_back(text_);
  }
  return made;
}

// Facts of any type, required or not, written as a block's lines.
std::vector<FactWorld> Maker::attributes(const Names& names, int percent, bool of_tenants) {
  static const std::vector<TypeKind> types = {TypeKind::boolean,    TypeKind::integer,     TypeKind::integer,
                                              TypeKind::string,     TypeKind::string,      TypeKind::ip,
                                              TypeKind::time,       TypeKind::duration,    TypeKind::string_set,
                                              TypeKind::string_set, TypeKind::enumeration, TypeKind::enumeration};
  static const std::vector<std::pair<std::int64_t, std::int64_t>> ranges = {
      {INT64_MIN, INT64_MAX}, {0, 100}, {-5, 1'000}, {7, 7}};
  static const std::vector<Names> words = {{"low", "medium", "high"}, {"free", "gold"}, {"x_y", "z", "low"}, {"only"}};
  std::vector<FactWorld> made;
  for (const auto& name : names) {
    if (!chance(percent)) continue;
    FactWorld fact{name, random_.pick(types)};
    const bool optional = chance(55);
    (optional ? fact.optional : fact.required) = actions_of(name);
    fact.of_tenant = of_tenants;
    if (fact.type == TypeKind::integer) std::tie(fact.low, fact.high) = random_.pick(ranges);
    if (fact.type == TypeKind::enumeration) fact.words = random_.pick(words);
    line(name + " : " + type_text(fact) + (optional ? "?" : ""));
    made.push_back(std::move(fact));
  }
  return made;
}

// Lets and an obligation that every block sees.
void Maker::top_words() {
  Place place = floor();
  lets(place, world_.words, 45);
  if (chance(50)) condition_word(Kind::obligation, floor(), world_.words);
}

void Maker::platform() {
  block("platform", [&] {
    if (chance(30)) line("limit database connections per client = 50");
    if (chance(40)) password_policy(true);
    zone("everywhere", world_.zones);
    if (chance(40)) zone("elsewhere", world_.zones);
    Place place = floor();
    lets(place, world_.words, 25);
    if (chance(40)) condition_word(Kind::boolean, floor(), world_.words);
    if (chance(25)) condition_word(Kind::obligation, floor(), world_.words);
    if (chance(45)) lockout();
    if (chance(30)) session();
    for (auto n = random_.below(4); n > 0; --n) rule(floor(), Where::floor);
  });
}

void Maker::shared_client(const std::string& name) {
  ClientWorld client{name, chance(30) ? "shared-" + name : name,
                     chance(50)   ? ClientType::spa
                     : chance(60) ? ClientType::web
                                  : ClientType::native,
                     true};
  block("client " + name + " : " + std::string(client_type_names[static_cast<std::size_t>(client.type)]), [&] {
    client_settings(client);
    Place place = floor();
    if (chance(20)) lets(place, place.words, 15);
    for (auto n = random_.below(2); n > 0; --n) rule(place, Where::floor);
  });
  world_.clients.push_back(client);
}

// ---------------------------------------------------------------- templates

TenantWorld Maker::template_body() {
  TenantWorld shaped;
  block("template shaped(domain: string, trusted: list of string, limit: duration, strict: bool, most: int, "
        "tries: int, pause: duration, seat: string)",
        [&] {
          shaped.words = {{Kind::string, "domain"},  {Kind::strings, "trusted"}, {Kind::duration, "limit"},
                          {Kind::boolean, "strict"}, {Kind::integer, "most"},    {Kind::integer, "tries"},
                          {Kind::duration, "pause"}, {Kind::string, "seat"}};
          for (auto& word : shaped.words) word.literal = true;
          for (const auto& fact : world_.facts)  // a tenant may be told by its template, or say it itself
            if (fact.name == "tenant.label" && fact.type == TypeKind::string && chance(50)) {
              line("tenant.label = domain");
              shaped.facts.push_back(fact);
            }
          body(shaped);
        });
  return shaped;
}

void Maker::from_template(TenantWorld made, const std::string& name, bool strict) {
  made.name = name;
  const auto domain = in_quotes(name.substr(0, 1) + ".example");
  static const Names parameters = {"domain", "trusted", "limit", "strict", "most", "tries", "pause", "seat"};
  std::erase_if(made.words,
                [](const WordWorld& word) { return std::ranges::find(parameters, word.name) != parameters.end(); });
  const auto head = "tenant " + name + (chance(50) ? " " + in_quotes(name + " Ltd") : "") + " from shaped(" + domain +
                    ", " + expressions_.list(Kind::strings) + ", " + random_.pick({"15m", "1h", "0s"}) + ", " +
                    (strict ? "true" : "false") + ", " + std::to_string(random_.between(0, 60)) + ", " +
                    std::to_string(random_.between(1, 12)) + ", " + random_.pick({"15m", "1ms", "1h"}) + ", " +
                    in_quotes(chance(50) ? "jobs" : name + "-jobs") + ")";
  block(head, [&] {
    tenant_attributes(made);
    if (chance(50)) hosts(name);
    for (auto n = random_.below(3); n > 0; --n) rule(inside(made), Where::tenant);
  });
}

// ---------------------------------------------------------------- from elsewhere

void Maker::extend(const TenantWorld& made) {
  block("extend tenant " + name_text(made.name), [&] {
    Place place = inside(made);
    if (chance(50)) let(place, Kind::strings, place.words);
    if (chance(20)) lockout();
    if (chance(20)) line("features dark");
    for (auto n = random_.between(1, 2); n > 0; --n) rule(place, Where::tenant);
  });
}

void Maker::one_more_deny(const TenantWorld& made) {
  block("extend tenant " + name_text(made.name), [&] { deny(inside(made), false); });
}

void Maker::test_and_proof(const TenantWorld& made) {
  const auto& client = random_.pick(made.clients);
  const auto where = "login to " + name_text(made.name) + "." + name_text(client.name);
  block("fixture unfit", [&] { line("without user.blocked"); });
  block("test \"a line\"", [&] {
    line(where + " via " + name_text(random_.pick(made.connections).name) + " with unfit { request.ip = 10.0.0.1 }");
    line("expect deny fault invalid_request");
  });
  block("prove \"a statement\"", [&] { line(where + " allowed implies session.mfa or user.email_verified"); });
}

Generated generate_policy(Random& random) { return Maker(random).make(); }

}  // namespace writ::agree
