// Requests for a generated policy. A sound one first: things that belong together, every required fact, some optional ones, their values
// mostly from the policy's own turns. Then, now and then, one thing is broken.
#include "tests/agree/generate.h"

#include <algorithm>

namespace writ::agree {

namespace {

using namespace facts_detail;

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::int64_t noon = 1'768'478'400'000'000;  // 2026-01-15T12:00Z

const std::vector<std::string> texts = {"a", "b", "admin", "IT", "DE", "US", "x y", "", "Zo\xc3\xab", "otp", "urn:acr:2", "RS256"};
const std::vector<std::string> emails = {"ann@a.example", "BOB@B.EXAMPLE", "no-at-sign", "two@at@a.example", "x@", "@a.example", "a", "J\xc3\x96RG@\xc3\x96.example"};

struct Asker {
  const World& world;
  Random& random;
  const TenantWorld* tenant = nullptr;
  const ClientWorld* client = nullptr;
  NamedRequest request{};

  std::vector<FactWorld> facts() const {
    auto all = world.facts;
    if (tenant) all.insert(all.end(), tenant->facts.begin(), tenant->facts.end());
    return all;
  }

  Value value(const FactWorld& fact) {
    const auto turns = world.turns.find(fact.name);
    if (turns != world.turns.end() && random.chance(75)) {
      const Value& turn = random.pick(turns->second);
      const auto* number = std::get_if<std::int64_t>(&turn);
      if (!number || (fact.low <= *number && *number <= fact.high)) return turn;
    }
    switch (fact.type) {
      case TypeKind::boolean: return random.chance(50);
      case TypeKind::integer: return fact.low == INT64_MIN ? random.between(-5, 60) : random.between(fact.low, std::min<std::int64_t>(fact.high, fact.low + 100));
      case TypeKind::string: return fact.name == "user.email" ? random.pick(emails) : random.pick(texts);
      case TypeKind::ip: return *parse_ip(random.pick({"10.0.0.1", "::ffff:203.0.113.9", "2001:db8::1", "::", "198.51.100.7", "255.255.255.255"}));
      case TypeKind::time: return random.chance(3) ? random.pick(std::vector<std::int64_t>{bounds_of(fact.type).low, bounds_of(fact.type).high, 0})
                                                   : noon + random.between(-400, 400) * hour;
      case TypeKind::duration: return random.chance(5) ? INT64_MAX : random.between(0, 100) * hour / 4;
      case TypeKind::string_set: {
        StringSet set;
        for (auto i = random.chance(4) ? 40 : random.below(4); i > 0; --i) set.push_back(random.pick(texts) + (i > 20 ? std::to_string(i) : ""));  // large ones, too
        return set;
      }
      case TypeKind::enumeration: return static_cast<std::int64_t>(random.below(fact.words.size()));
      case TypeKind::cidr: case TypeKind::tenant: case TypeKind::client: case TypeKind::connection: case TypeKind::organization: break;
    }
    return false;
  }

  void sound() {
    static const std::vector<Action> actions = {Action::login,  Action::login,           Action::login,          Action::login, Action::login, Action::refresh,
                                                Action::signup, Action::password_change, Action::password_reset, Action::m2m,   Action::access};
    tenant = &random.pick(world.tenants);
    client = &random.pick(tenant->clients);
    request.action = random.pick(actions);
    // A client and a connection for which the action makes sense, when there are such.
    for (int tries = 0; tries < 8; ++tries) {
      const bool machine = client->type == ClientType::m2m;
      const auto has = [&](const char* grant) { return std::ranges::find(client->grants, grant) != client->grants.end(); };
      const bool good = request.action == Action::m2m       ? (machine || client->type == ClientType::web) && has("client_credentials")
                        : request.action == Action::access  ? true
                        : request.action == Action::refresh ? !machine && has("refresh_token")
                                                            : !machine && !client->connections.empty();
      if (good) break;
      client = &random.pick(tenant->clients);
      if (tries > 4) request.action = random.pick(actions);
    }
    request.tenant = tenant->id;
    request.client = client->id;
    const ActionMask mask = mask_of(request.action);
    const bool wants_organization = !tenant->organizations.empty() && (client->usage == OrganizationUsage::require || (client->usage == OrganizationUsage::allow && random.chance(50)));
    const OrganizationWorld* organization = wants_organization ? &random.pick(tenant->organizations) : nullptr;
    if (organization) request.organization = organization->id;
    if (mask & (person | signup)) choose_connection(organization);
    for (const auto& fact : facts())
      if (fact.type < TypeKind::tenant && (fact.actions() & mask) && ((fact.required & mask) || random.chance(45))) request.facts[fact.name] = value(fact);
    mend(organization);
  }

  void choose_connection(const OrganizationWorld* organization) {
    std::vector<const ConnectionWorld*> good;
    const bool password = request.action == Action::password_change || request.action == Action::password_reset;
    for (const auto& one : tenant->connections) {
      const bool enabled = std::ranges::find(client->connections, one.name) != client->connections.end() &&
                           (!organization || std::ranges::find(organization->connections, one.name) != organization->connections.end());
      const bool supported = (!password || one.family == Family::database) && (request.action != Action::signup || one.signup_open);
      if (enabled && supported) good.push_back(&one);
    }
    request.connection = good.empty() ? random.pick(tenant->connections).id : random.pick(good)->id;
  }

  // Makes the facts agree with one another and with the tenant.
  void mend(const OrganizationWorld* organization) {
    auto& facts = request.facts;
    const auto drop = [&](const char* name) { facts.erase(std::string(name)); };
    const auto has = [&](const char* name) { return facts.find(name) != facts.end(); };
    if (const auto mfa = facts.find("session.mfa"); mfa != facts.end()) {
      const bool done = std::get<bool>(mfa->second);
      if (done && !has("session.mfa_age")) facts["session.mfa_age"] = random.between(0, 100) * hour / 4;
      if (!done) drop("session.mfa_age");
    }
    if (const auto verified = facts.find("user.email_verified"); verified != facts.end()) {
      if (random.chance(60)) verified->second = true;
      if (std::get<bool>(verified->second) && !has("user.email")) facts["user.email"] = random.pick(emails);
    }
    if (has("user.blocked")) facts["user.blocked"] = random.chance(1);
    if (const auto member = facts.find("user.organizations"); member != facts.end() && organization && random.chance(92))
      std::get<StringSet>(member->second).push_back(organization->id);
    if (has("grant")) {
      const auto implied = request.action == Action::refresh ? "refresh_token" : request.action == Action::m2m ? "client_credentials" : "";
      const std::string grant = *implied ? implied : client->grants.empty() ? "" : random.pick(client->grants);
      if (const auto place = index_of(grant_names, grant); place && random.chance(97)) facts["grant"] = static_cast<std::int64_t>(*place);
      if (request.action == Action::login && (grant == "refresh_token" || grant == "client_credentials") && random.chance(95)) drop("grant");
    }
    if (const auto country = facts.find("request.country"); country != facts.end() && random.chance(98))
      if (const auto& text = std::get<std::string>(country->second); text != "DE" && text != "US" && text != "KP")
        country->second = std::string(random.pick({"DE", "US", "KP", "FR"}));
    if (has("request.redirect_uri")) {
      if (client->callbacks.empty()) drop("request.redirect_uri");
      else if (random.chance(97)) facts["request.redirect_uri"] = random.pick(client->callbacks);
    }
    if (has("request.host")) {
      if (tenant->hosts.empty()) facts["request.host"] = std::string("nobody.example");
      else if (random.chance(97)) facts["request.host"] = random.chance(50) ? tenant->hosts[0] : upper(tenant->hosts[0]);
    }
    if (has("token.issuer") && !tenant->issuers.empty() && random.chance(97)) facts["token.issuer"] = tenant->issuers[0];
    for (const auto* counter : {"attempts.by_identifier", "attempts.by_identifier_ip", "attempts.by_ip"})
      if (has(counter) && random.chance(85)) facts[counter] = std::int64_t{0};
    if (has("attempts.last_failed") && has("request.time") && random.chance(70)) {
      const auto now = std::get<std::int64_t>(facts["request.time"]);
      facts["attempts.last_failed"] = now - random.pick(std::vector<std::int64_t>{hour, hour - 1, hour + 1, hour / 4, hour / 4 - 1, hour / 4 + 1, 0, -hour, 1'000, 999});
    }
  }
  static std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
  }

  void break_one() {
    auto& facts = request.facts;
    const auto any_fact = [&]() -> FactWorld {
      const auto all = this->facts();
      return random.pick(all);
    };
    const auto given = [&] { return std::next(facts.begin(), static_cast<std::ptrdiff_t>(random.below(facts.size()))); };
    static const std::string broken("a\xff", 2), cut("\xe6\x97", 2), surrogate("\xed\xa0\x80", 3), nul("a\0b", 3);
    const auto& other = random.pick(world.tenants);
    switch (random.below(20)) {
      case 0: request.tenant = random.pick({"nobody", "", "T"}); break;
      case 1: request.client = random.pick({"nothing", ""}); break;
      case 2: request.client = random.pick(other.clients).id; break;
      case 3: request.connection = random.chance(50) ? std::string("none") : random.pick(other.connections).id; break;
      case 4: request.connection = random.pick(tenant->connections).id; break;
      case 5: request.connection.reset(); break;
      case 6: request.organization = tenant->organizations.empty() || random.chance(30) ? std::string("none") : random.pick(tenant->organizations).id; break;
      case 7: request.organization.reset(); break;
      case 8:
      case 9:
        if (!facts.empty()) facts.erase(given());
        break;
      case 10: {
        const auto fact = any_fact();
        if (fact.type < TypeKind::tenant) facts[fact.name] = value(fact);
        break;
      }
      case 11: {
        const auto fact = any_fact();
        if (fact.type == TypeKind::time || fact.type == TypeKind::duration)
          facts[fact.name] = random.pick(std::vector<std::int64_t>{INT64_MIN, INT64_MAX, bounds_of(fact.type).low - (fact.type == TypeKind::time), -1});
        else if (fact.low != INT64_MIN) facts[fact.name] = random.chance(50) ? fact.low - 1 : fact.high == INT64_MAX ? fact.high : fact.high + 1;
        if (fact.type == TypeKind::enumeration) facts[fact.name] = random.chance(50) ? std::int64_t{-1} : static_cast<std::int64_t>(fact.words.size());
        break;
      }
      case 12: {
        const auto fact = any_fact();
        const auto& text = random.pick(std::vector<std::string>{broken, cut, surrogate, nul, std::string(65'536, 'a'), std::string(65'537, 'a')});
        if (fact.type == TypeKind::string) facts[fact.name] = text;
        if (fact.type == TypeKind::string_set) facts[fact.name] = random.chance(50) ? StringSet{"a", text} : StringSet(random.chance(50) ? max_set_items : max_set_items + 1, "a");
        break;
      }
      case 13: {
        const auto fact = any_fact();
        facts[fact.name] = random.pick(std::vector<Value>{true, std::int64_t{1}, std::string("a"), Ip{}, StringSet{"a"}});
        break;
      }
      case 14: facts[random.pick({"user.nothing", "nothing", "tenant.tier", "client.type", "user.local0", "user.local1"})] = std::string("a"); break;
      case 15: facts["session.mfa"] = random.chance(50); break;
      case 16: facts["session.mfa_age"] = hour; break;
      case 17: facts.erase(std::string("user.email")); break;
      case 18: facts[random.chance(50) ? "user.blocked" : "session.trusted"] = true; break;
      default:
        if (!other.hosts.empty()) facts["request.host"] = other.hosts[0] + random.pick({"", "", ".", ":443", ".:8443", ".."});
        if (!other.issuers.empty()) facts["token.issuer"] = other.issuers[0];
        break;
    }
  }
};

}  // namespace

NamedRequest generate_request(const World& world, Random& random) {
  Asker asker{world, random};
  asker.sound();
  if (random.chance(25)) asker.break_one();
  if (random.chance(3)) asker.break_one();
  return asker.request;
}

OfferQuestion generate_question(const World& world, Random& random) {
  const auto& tenant = random.pick(world.tenants);
  OfferQuestion question{random.chance(3) ? "nobody" : tenant.id, random.chance(3) ? "nothing" : random.pick(tenant.clients).id, {}, {}};
  if (random.chance(50)) question.organization = tenant.organizations.empty() || random.chance(5) ? "none" : random.pick(tenant.organizations).id;
  if (random.chance(70)) {
    std::vector<std::string> domains = {"nobody.example", ""};
    for (const auto& connection : tenant.connections) domains.insert(domains.end(), connection.domains.begin(), connection.domains.end());
    question.email = random.chance(10) ? "no-at-sign" : (random.chance(20) ? "a@b@" : "ann@") + (random.chance(30) ? Asker::upper(random.pick(domains)) : random.pick(domains));
  }
  return question;
}

}  // namespace writ::agree
