// A sound request first: things that belong together, every required fact, some optional ones, their values mostly from
// the policy's own turns. Then, now and then, one thing is broken: the request names somebody else's things, lacks a
// fact, has one too many or one that cannot be.
#include "tests/agree/requests.h"

#include "runtime/program/spelling.h"
#include "tests/agree/words.h"

#include <algorithm>

namespace writ::agree {

namespace {

using namespace facts_detail;
using program::ClientRecord;
using program::ConnectionRecord;
using program::OrganizationRecord;

bool holds(const auto& list, const auto& one) { return std::ranges::find(list, one) != list.end(); }

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

struct Asker {
  const Surface& surface;
  Random& random;
  const AskedTenant* tenant = nullptr;
  const ClientRecord* client = nullptr;
  const OrganizationRecord* organization = nullptr;
  NamedRequest request{};

  const program::Part& part() const { return *tenant->part; }
  bool has(const char* name) const { return request.facts.contains(std::string_view(name)); }

  // ---------------------------------------------------------------- values

  std::string text() { return random.chance(85) ? random.pick(texts()) : random.pick(emails()); }

  Value plain_value(const AskedFact& fact) {
    switch (fact.type) {
    case TypeKind::boolean: return random.chance(50);
    case TypeKind::integer:
      if (random.chance(8)) return random.chance(50) ? fact.low : fact.high;
      return fact.low == INT64_MIN ? random.between(-5, 60)
                                   : random.between(fact.low, std::min<std::int64_t>(fact.high, fact.low + 100));
    case TypeKind::string: return fact.name == "user.email" ? random.pick(emails()) : text();
    case TypeKind::ip:
      return *parse_ip(random.pick(
          {"10.0.0.1", "::ffff:203.0.113.9", "2001:db8::1", "::", "198.51.100.7", "255.255.255.255", "::ffff:0:0"}));
    case TypeKind::time:
      if (random.chance(3)) return random.pick(std::vector<std::int64_t>{fact.low, fact.high, 0, -1});
      return midnight(random.pick(dates())) + random.between(-20, 48) * hour;
    case TypeKind::duration: return random.chance(5) ? fact.high : random.between(0, 100) * hour / 4;
    case TypeKind::string_set: {
      StringSet set;
      for (auto i = random.chance(4) ? 40 : random.below(4); i > 0; --i)
        set.push_back(text() + (i > 20 ? std::to_string(i) : ""));  // large ones, too
      return set;
    }
    case TypeKind::enumeration: return static_cast<std::int64_t>(random.below(fact.words));
    case TypeKind::cidr:
    case TypeKind::tenant:
    case TypeKind::client:
    case TypeKind::connection:
    case TypeKind::organization: break;
    }
    return false;
  }

  // Of the fact's own turns, or of any literal of the policy, where that is a value the fact can have.
  Value value(const AskedFact& fact) {
    const Value plain = plain_value(fact);
    if (fact.type == TypeKind::enumeration || !random.chance(78)) return plain;
    const auto turns = surface.turns.find(fact.name);
    const auto literals = surface.literals.find(plain.index());
    const auto* list = turns != surface.turns.end() && random.chance(80) ? &turns->second
                       : literals != surface.literals.end()              ? &literals->second
                                                                         : nullptr;
    if (list == nullptr || list->empty()) return plain;
    const Value& turn = random.pick(*list);
    if (turn.index() != plain.index()) return plain;
    const auto* number = std::get_if<std::int64_t>(&turn);
    return number == nullptr || (fact.low <= *number && *number <= fact.high) ? turn : plain;
  }

  // ---------------------------------------------------------------- a sound request

  bool makes_sense() const {
    const bool machine = client->type == ClientType::m2m;
    const auto granted = [&](const char* grant) { return (client->grants >> *index_of(grant_names, grant) & 1) != 0; };
    switch (request.action) {
    case Action::m2m: return (machine || client->type == ClientType::web) && granted("client_credentials");
    case Action::access: return true;
    case Action::refresh: return !machine && granted("refresh_token");
    default: return !machine && !client->connections.empty();
    }
  }

  void sound(std::optional<Action> wanted = std::nullopt) {
    static const std::vector<Action> actions = {
        Action::login,  Action::login,           Action::login,          Action::login, Action::login, Action::refresh,
        Action::signup, Action::password_change, Action::password_reset, Action::m2m,   Action::access};
    tenant = &random.pick(surface.tenants);
    request.tenant = part().id;
    request.action = wanted.value_or(random.pick(actions));
    request.client = "none";
    if (!part().clients.empty()) choose_client(wanted.has_value());
    const ActionMask mask = mask_of(request.action);
    for (const auto& fact : tenant->facts)
      if ((fact.actions() & mask) != 0 && ((fact.required & mask) != 0 || random.chance(45)))
        request.facts[fact.name] = value(fact);
    mend();
  }

  void choose_client(bool keeps_action) {
    client = &random.pick(part().clients);
    for (int tries = 0; tries < 8 && !makes_sense(); ++tries) {
      client = &random.pick(part().clients);
      if (tries > 4 && !keeps_action) request.action = random.chance(50) ? Action::login : Action::access;
    }
    request.client = client->id;
    const bool wants =
        client->usage == OrganizationUsage::require || (client->usage == OrganizationUsage::allow && random.chance(50));
    if (wants && !part().organizations.empty()) {
      organization = &random.pick(part().organizations);
      request.organization = organization->id;
    }
    if ((mask_of(request.action) & (person | signup)) != 0 && !part().connections.empty()) choose_connection();
  }

  void choose_connection() {
    std::vector<const ConnectionRecord*> good;
    const bool password = request.action == Action::password_change || request.action == Action::password_reset;
    for (std::uint32_t place = 0; place < part().connections.size(); ++place) {
      const auto& one = part().connections[place];
      const bool enabled =
          holds(client->connections, place) && (organization == nullptr || holds(organization->connections, place));
      const bool supported = (!password || strategies[one.strategy].family == Family::database) &&
                             (request.action != Action::signup || one.signup_open);
      if (enabled && supported) good.push_back(&one);
    }
    request.connection = good.empty() ? random.pick(part().connections).id : random.pick(good)->id;
  }

  // Makes the facts agree with one another and with the tenant.
  void mend() {
    auto& facts = request.facts;
    if (has("session.mfa")) {
      const bool done = std::get<bool>(facts["session.mfa"]);
      if (done && !has("session.mfa_age")) facts["session.mfa_age"] = random.between(0, 100) * hour / 4;
      if (!done) facts.erase("session.mfa_age");
    } else {
      facts.erase("session.mfa_age");
    }
    if (has("user.email_verified")) {
      if (random.chance(60)) facts["user.email_verified"] = true;
      if (std::get<bool>(facts["user.email_verified"]) && !has("user.email"))
        facts["user.email"] = random.pick(emails());
    }
    if (has("user.blocked")) facts["user.blocked"] = random.chance(1);
    if (has("user.organizations") && organization != nullptr && random.chance(92))
      std::get<StringSet>(facts["user.organizations"]).push_back(organization->id);
    mend_structure();
    mend_attempts();
  }

  void mend_structure() {
    auto& facts = request.facts;
    if (has("grant") && client != nullptr && random.chance(97)) {
      const auto implied = request.action == Action::refresh ? "refresh_token"
                           : request.action == Action::m2m   ? "client_credentials"
                                                             : "";
      std::vector<std::int64_t> grants;
      for (std::size_t i = 0; i < grant_names.size(); ++i)
        if ((client->grants >> i & 1) != 0 && (*implied == '\0' || grant_names[i] == implied))
          grants.push_back(static_cast<std::int64_t>(i));
      if (!grants.empty()) facts["grant"] = random.pick(grants);
      const auto grant = grant_names[static_cast<std::size_t>(std::get<std::int64_t>(facts["grant"]))];
      const bool of_another_action = grant == "refresh_token" || grant == "client_credentials";
      if (request.action == Action::login && of_another_action && random.chance(95)) facts.erase("grant");
    }
    if (has("request.country") && random.chance(98)) {
      const auto& country = std::get<std::string>(facts["request.country"]);
      const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
      if (country.size() != 2 || !std::ranges::all_of(country, is_upper))
        facts["request.country"] = random.pick({"DE", "US", "KP", "FR"});
    }
    if (has("request.redirect_uri") && random.chance(97)) {
      if (client == nullptr || client->callbacks.empty())
        facts.erase("request.redirect_uri");
      else
        facts["request.redirect_uri"] = random.pick(client->callbacks);
    }
    if (has("request.host") && random.chance(97)) {
      if (part().hosts.empty())
        facts["request.host"] = std::string("nobody.example");
      else
        facts["request.host"] = random.chance(97) ? random.pick(part().hosts) : upper(random.pick(part().hosts));
    }
    if (has("user.email") && random.chance(95)) {
      const auto& email = std::get<std::string>(facts["user.email"]);
      const auto at = email.rfind('@');
      if (at != std::string::npos && !is_domain(lower_case(email.substr(at + 1))))
        facts["user.email"] = email.substr(0, at + 1) + random.pick(domains());
    }
    if (has("token.issuer") && !part().issuers.empty() && random.chance(97))
      facts["token.issuer"] = random.pick(part().issuers);
  }

  // Around the tenant's own lockouts: counts just under and just enough, failures just too old.
  void mend_attempts() {
    auto& facts = request.facts;
    const auto* lockout = part().lockouts.empty() ? nullptr : &random.pick(part().lockouts);
    for (const auto* counter : {"attempts.by_identifier", "attempts.by_identifier_ip", "attempts.by_ip"}) {
      if (!has(counter)) continue;
      if (lockout != nullptr && random.chance(20))
        facts[counter] = lockout->attempts + random.between(-1, 1);
      else if (random.chance(90))
        facts[counter] = std::int64_t{0};
    }
    if (!has("attempts.last_failed") || !has("request.time") || !random.chance(75)) return;
    const auto now = std::get<std::int64_t>(facts["request.time"]);
    const std::int64_t age = lockout != nullptr && random.chance(70)
                                 ? (lockout->block >= 0 && random.chance(60) ? lockout->block : lockout->within)
                                 : hour;
    const auto last = now - std::max<std::int64_t>(age, 0) + random.between(-1, 1);
    if (bounds_of(TypeKind::time).low <= last && last <= bounds_of(TypeKind::time).high)
      facts["attempts.last_failed"] = last;
  }

  // ---------------------------------------------------------------- one thing broken

  const AskedFact& any_fact() { return random.pick(tenant->facts); }

  void break_one() {
    switch (random.below(3)) {
    case 0: return break_name();
    case 1: return break_value();
    default: return break_presence();
    }
  }

  // Names of nobody, of another tenant, of another kind of thing; or a name where a wire name is wanted.
  void break_name() {
    const auto& other = *random.pick(surface.tenants).part;
    const auto id_of = [&](const auto& list) {
      return list.empty() ? std::string("none") : random.chance(70) ? random.pick(list).id : random.pick(list).name;
    };
    switch (random.below(8)) {
    case 0: request.tenant = random.pick({"nobody", "", "T", "portal"}); break;
    case 1: request.tenant = random.chance(50) ? other.name : other.id; break;
    case 2: request.client = random.chance(30) ? "" : id_of(other.clients); break;
    case 3: request.connection = random.chance(30) ? "none" : id_of(other.connections); break;
    case 4: request.connection = id_of(part().connections); break;
    case 5: request.organization = random.chance(30) ? "none" : id_of(other.organizations); break;
    case 6: request.organization = id_of(part().organizations); break;
    default:
      if (!other.hosts.empty())
        request.facts["request.host"] = random.pick(other.hosts) + random.pick({"", "", ".", ":443", ".:8443", ".."});
      if (!other.issuers.empty() && request.action == Action::access)
        request.facts["token.issuer"] = random.pick(other.issuers);
      break;
    }
    if (random.chance(4))
      (random.chance(50) ? request.client : request.tenant) = random.chance(50) ? "a\xff" : std::string(4'097, 'c');
  }

  void break_value() {
    auto& facts = request.facts;
    const AskedFact& fact = any_fact();
    static const std::vector<std::string> strings = {"a\xff",
                                                     "\xe6\x97",
                                                     "\xed\xa0\x80",
                                                     std::string("a\0b", 3),
                                                     std::string(4'096, 'a'),
                                                     std::string(4'097, 'a'),
                                                     "\xf4\x90\x80\x80"};
    switch (fact.type) {
    case TypeKind::string: facts[fact.name] = random.pick(strings); break;
    case TypeKind::string_set:
      facts[fact.name] = random.chance(50)   ? StringSet{"a", random.pick(strings)}
                         : random.chance(50) ? StringSet(32 + random.below(2), std::string(4'096, 'a'))
                                             : StringSet(max_set_items + random.below(2), "a");
      break;
    case TypeKind::enumeration:
      facts[fact.name] = random.chance(50) ? std::int64_t{-1} : static_cast<std::int64_t>(fact.words);
      break;
    case TypeKind::integer:
    case TypeKind::time:
    case TypeKind::duration:
      facts[fact.name] = random.pick(
          std::vector<std::int64_t>{INT64_MIN, INT64_MAX, fact.low == INT64_MIN ? fact.low : fact.low - 1,
                                    fact.high == INT64_MAX ? fact.high : fact.high + 1, fact.low, fact.high});
      break;
    default:
      facts[fact.name] = random.pick(std::vector<Value>{true, std::int64_t{1}, std::string("a"), Ip{}, StringSet{"a"}});
      break;
    }
    if (random.chance(15))
      facts[any_fact().name] =
          random.pick(std::vector<Value>{true, std::int64_t{1}, std::string("a"), Ip{}, StringSet{"a"}});
  }

  void break_presence() {
    auto& facts = request.facts;
    switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      if (!facts.empty())
        facts.erase(std::next(facts.begin(), static_cast<std::ptrdiff_t>(random.below(facts.size()))));
      break;
    case 3: {
      const AskedFact& fact = any_fact();  // also one that the action does not have
      facts[fact.name] = value(fact);
      break;
    }
    case 4: {
      const auto& other = random.pick(random.pick(surface.tenants).facts);  // also another tenant's, of another type
      facts[other.name] = value(other);
      break;
    }
    case 5:
      facts[random.pick({"user.nothing", "nothing", "tenant.tier", "client.type", "tenant", "organization"})] =
          std::string("a");
      break;
    case 6: facts["session.mfa"] = random.chance(50); break;
    case 7: random.chance(50) ? request.connection.reset() : request.organization.reset(); break;
    default:
      if (random.chance(30))
        facts["user.blocked"] = true;
      else
        random.chance(50) ? void(facts.erase("user.email")) : void(facts["session.mfa_age"] = hour);
      break;
    }
  }
};

}  // namespace

NamedRequest generate_request(const Surface& surface, Random& random) {
  Asker asker{surface, random};
  asker.sound();
  if (random.chance(22)) asker.break_one();
  if (random.chance(4)) asker.break_one();
  return asker.request;
}

NamedRequest generate_attempt(const Surface& surface, Random& random) {
  Asker asker{surface, random};
  asker.sound(random.chance(96) ? Action::login : Action::refresh);
  if (random.chance(80))
    std::erase_if(asker.request.facts, [](const auto& fact) {
      return fact.first.starts_with("user.") || fact.first.starts_with("session.");
    });
  if (random.chance(30)) asker.break_one();
  return asker.request;
}

OfferQuestion generate_question(const Surface& surface, Random& random) {
  const auto& part = *random.pick(surface.tenants).part;
  OfferQuestion question{random.chance(3) ? "nobody" : part.id,
                         random.chance(3) || part.clients.empty() ? "nothing" : random.pick(part.clients).id,
                         {},
                         {}};
  if (random.chance(2)) question.client = "a\xff";
  if (random.chance(50))
    question.organization =
        part.organizations.empty() || random.chance(5) ? "none" : random.pick(part.organizations).id;
  if (random.chance(70)) {
    std::vector<std::string> domains = {"nobody.example", ""};
    for (const auto& connection : part.connections)
      domains.insert(domains.end(), connection.domains.begin(), connection.domains.end());
    const auto& domain = random.pick(domains);
    question.email = random.chance(10)
                         ? "no-at-sign"
                         : (random.chance(20) ? "a@b@" : "ann@") + (random.chance(30) ? upper(domain) : domain);
  }
  return question;
}

}  // namespace writ::agree
