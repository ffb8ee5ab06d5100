// A generated case. The policy: a platform with floors, a shared client, a template, and two tenants of everything a tenant can have. The requests: each begins as a
// good one and is then bent at random, so that about two thirds are decided by rules and every fault is met.
#include "tests/agree/generate.h"

#include "tests/agree/conditions.h"
#include "tests/agree/words.h"

#include <algorithm>
#include <array>

namespace writ::agree {

namespace {

struct TenantPlan {
  bool from_template = false;
  std::vector<std::string> clients = {"app", "web1", "jobs"};
  std::vector<std::string> connections = {"people", "staff", "social", "codes"};
  std::vector<std::string> organizations = {"coke", "pepsi"};
};

class PolicyMaker {
 public:
  explicit PolicyMaker(Random& random) : random_(random) {}

  std::string make() {
    text_ = "writ 1\n\nattributes {\n  tenant.tier : one of free, gold\n  tenant.size : int 0..10?\n";
    for (const auto& attribute : declared_attributes())
      text_ += "  " + std::string(attribute.fact.name) + " : " + std::string(attribute.type) + "\n";
    text_ += "}\n\n";
    platform();
    line("client app : " + std::string(random_.chance(50) ? "spa" : "web") + " {");
    line("  grants authorization_code" + std::string(random_.chance(70) ? ", refresh_token" : ""));
    line("  callbacks \"https://app.example/cb\"");
    if (random_.chance(70)) line("  organizations " + std::string(random_.chance(80) ? "allow" : "require"));
    for (auto n = random_.below(2); n > 0; --n) rule("  ", floor_, false);
    line("}\n");
    line("template shaped(word: string, words: list of string) {");
    tenant_body(plans_[1], {"word"});
    line("}\n");
    line("tenant alpha \"Alpha\" {");
    tenant_body(plans_[0], {});
    line("}\n");
    line("tenant beta from shaped(" + as_literal(random_string(random_)) + ", [" + as_literal(random_string(random_)) + ", \"sales\"])");
    line("tenant gamma from shaped(\"admin\", [\"IT\"]) {");
    Surroundings around = surroundings(plans_[1]);
    rule("  ", around, true);
    line("}");
    return std::move(text_);
  }

  std::array<TenantPlan, 2> plans_ = {TenantPlan{}, TenantPlan{.from_template = true}};

 private:
  void line(const std::string& text) { text_ += text + "\n"; }

  void platform() {
    line("platform {");
    if (random_.chance(60)) line("  lockout { 10 attempts per identifier" + std::string(random_.chance(50) ? " and ip" : "") + "; block 15m }");
    line("  zone everywhere = 10.0.0.0/8, 203.0.113.0/24, 2001:db8::/32");
    line("  zone places = 198.51.100.0/24, country \"DE\"" + std::string(random_.chance(50) ? ", asn 64512" : ""));
    line("  let staff_words = [\"sales\", \"admin\", \"x?y*z\"]");
    floor_.floor = true;
    floor_.zones = {"everywhere"};
    floor_.wide_zones = {"places"};
    floor_.lists = {"staff_words"};
    for (auto n = random_.below(4); n > 0; --n) rule("  ", floor_, false);
    line("}\n");
  }

  Surroundings surroundings(const TenantPlan& plan) {
    Surroundings around = floor_;
    around.floor = false;
    around.clients = plan.clients;
    around.connections = plan.connections;
    around.organizations = plan.organizations;
    around.zones.push_back("office");
    return around;
  }

  void tenant_body(const TenantPlan& plan, const std::vector<std::string>& parameters) {
    line("  tenant.tier = " + std::string(random_.chance(50) ? "free" : "gold"));
    if (random_.chance(50)) line("  tenant.size = " + std::to_string(random_.below(11)));
    if (random_.chance(50)) line("  features beta");
    if (!plan.from_template && random_.chance(40)) line("  hosts \"alpha.example\"");
    if (!plan.from_template && random_.chance(40)) line("  issuers \"https://alpha.example/\"");
    if (random_.chance(30)) line("  lockout { 5 attempts per ip within 1h; exempt 10.0.0.0/8 }");
    line("  zone office = 192.168.1.134/26, 198.51.100.7");
    connections();
    const auto all = "people, staff, social, codes";
    line("  use app {\n    connections " + std::string(random_.chance(70) ? all : "people, staff"));
    auto around = surroundings(plan);
    around.parameters = parameters;
    if (random_.chance(40)) rule("    ", around, true, "app");
    line("  }");
    line("  client web1 : " + std::string(random_.chance(50) ? "web" : "native") + " {");
    line("    grants authorization_code, refresh_token" + std::string(random_.chance(50) ? ", client_credentials" : ""));
    line("    callbacks \"https://web1.example/cb\", \"https://web1.example/cb2\"\n    connections people, staff");
    if (random_.chance(50)) rule("    ", around, true, "web1");
    line("  }\n  client jobs : m2m");
    around.conditions = condition_lets();
    for (auto n = random_.between(1, 3); n > 0; --n) allow(around);
    for (auto n = random_.between(0, 6); n > 0; --n) rule("  ", around, true);
    organizations(around);
  }

  void connections() {
    line("  connection people : database {");
    if (random_.chance(40)) line("    signup closed");
    if (random_.chance(30)) line("    lockout { 2 attempts per identifier; block 1h }");
    line("  }");
    line("  connection staff : " + std::string(random_.chance(50) ? "saml" : "oidc") + " {");
    line("    domains \"acme.example\"" + std::string(random_.chance(40) ? "\n    signup open" : ""));
    line("  }\n  connection social : google_oauth2\n  connection codes : " + std::string(random_.chance(50) ? "sms" : "email"));
  }

  std::vector<std::string> condition_lets() {
    Surroundings plain = floor_;
    plain.actions = all_actions;
    line("  let simple = " + random_condition(random_, plain, 1));
    return {"simple"};
  }

  void organizations(const Surroundings& around) {
    line("  organization coke {\n    connections people, staff");
    line("    " + std::string(random_.chance(40)   ? "joins on login"
                               : random_.chance(50) ? "joins on login via staff"
                                                    : "members required"));
    if (random_.chance(40)) line("    features beta");
    if (random_.chance(50)) line("    use app { connections staff }");
    if (random_.chance(50)) rule("    ", around, true);
    line("  }\n  organization pepsi {\n    connections people, social, codes\n  }");
  }

  static bool has_connection(ActionMask actions) { return (actions & (mask_of(Action::m2m) | mask_of(Action::access))) == 0; }

  ActionMask some_actions(ActionMask among) {
    if (random_.chance(60)) return mask_of(Action::login);
    ActionMask mask = 0;
    while (!mask) mask = static_cast<ActionMask>(random_.below(128) & random_.below(128)) & among;
    return mask;
  }
  static std::string names_of(ActionMask mask) {
    std::string text;
    for (std::size_t i = 0; i < action_count; ++i)
      if (mask >> i & 1) text += (text.empty() ? "" : ", ") + std::string(action_names[i]);
    return text;
  }

  void allow(Surroundings around) {
    around.actions = random_.chance(50) ? all_actions : static_cast<ActionMask>(some_actions(all_actions) | mask_of(Action::login));
    line("  allow " + names_of(around.actions) + (random_.chance(30) ? " when " + random_condition(random_, around, 1) : ""));
  }

  std::string obligation(ActionMask actions) {
    const bool sessions = (actions & mask_of(Action::signup)) == 0;
    switch (random_.below(sessions ? 8 : 3)) {
      case 0: return "verify_email";
      case 1: return "accept(\"terms\")";
      case 2: return "change_password";
      case 3: return "mfa";
      case 4: return "mfa within 15m";
      case 5: return "mfa(otp, webauthn)";
      case 6: return random_.chance(50) ? "reauthenticate within 1h" : "step_up(\"a\")";
      default: return "enroll_mfa";
    }
  }

  // Any rule but an allow; `tightens`: inside a tenant, where connections have names. `client`: the block it stands in.
  void rule(const std::string& indent, Surroundings around, bool tenant, const char* client = nullptr) {
    const bool require = random_.chance(40);
    const ActionMask among = require ? all_actions & static_cast<ActionMask>(~(mask_of(Action::m2m) | mask_of(Action::access))) : all_actions;
    around.actions = some_actions(among);
    if (client) around.clients = {client};
    std::string text = indent + (random_.chance(15) ? "report " : "");
    if (require) {
      const bool moves = tenant && random_.chance(15);
      text += "require " + (moves ? "use_connection(" + std::string(random_.chance(50) ? "people)" : "staff)") : obligation(around.actions));
      if (random_.chance(20)) text += " or " + obligation(around.actions);
      if (around.actions != mask_of(Action::login)) text += " for " + names_of(around.actions);
    } else {
      text += "deny " + names_of(around.actions);
    }
    if (random_.chance(50)) text += " \"r" + std::to_string(++count_) + "\"";
    if (tenant && has_connection(around.actions) && random_.chance(20)) text += random_.chance(50) ? " on people" : " on staff, social";
    const auto shape = random_.below(4);
    if (shape != 0) text += " when " + random_condition(random_, around, 2);
    if (shape != 1) text += " unless " + random_condition(random_, around, 2);
    line(text);
  }

  Random& random_;
  std::string text_;
  Surroundings floor_;
  int count_ = 0;
};

class RequestMaker {
 public:
  explicit RequestMaker(Random& random) : random_(random), facts_(known_facts()) {}

  NamedRequest make() {
    NamedRequest request;
    request.action = random_.chance(55) ? Action::login : static_cast<Action>(random_.below(action_count));
    static const std::array<std::string, 3> tenants = {"alpha", "beta", "gamma"};
    request.tenant = random_.chance(2) ? "nobody" : random_.pick(tenants);
    structure(request);
    for (const auto& fact : facts_) give(request, fact);
    constrain(request);
    if (random_.chance(4)) spoil(request);
    return request;
  }

 private:
  void structure(NamedRequest& request) {
    const auto mask = mask_of(request.action);
    static const std::array<std::string, 2> clients = {"app", "web1"};
    request.client = request.action == Action::m2m && random_.chance(70) ? "jobs" : random_.pick(clients);
    if (random_.chance(2)) request.client = random_.chance(50) ? "unknown" : "jobs";
    const bool has_connection = ((builtin_facts[index(fact("connection"))].required) & mask) != 0;
    static const std::array<std::string, 6> connections = {"people", "people", "staff", "staff", "social", "codes"};
    if (has_connection ? !random_.chance(1) : random_.chance(1)) request.connection = random_.pick(connections);
    if (has_connection && random_.chance(2)) request.connection = "unknown";
    if (random_.chance(30)) request.organization = random_.chance(5) ? "unknown" : random_.chance(70) ? "coke" : "pepsi";
  }

  void give(NamedRequest& request, const Fact& fact) {
    const auto mask = mask_of(request.action);
    if (fact.type >= TypeKind::tenant) return;
    const bool required = fact.required & mask, optional = fact.optional & mask;
    if (!required && !optional && random_.below(2'000) != 0) return;  // a fact the action does not have
    if (fact.name == "grant" || fact.name == "request.redirect_uri" || fact.name == "request.host") {
      if (random_.chance(75)) return;
    } else if (required ? random_.below(400) == 0 : !random_.chance(60)) {
      return;
    }
    request.facts.emplace(fact.name, value_of(fact));
  }

  Value value_of(const Fact& fact) {
    if (fact.name == "user.blocked") return random_.chance(2);
    if (fact.name == "request.country") return random_country(random_);
    if (fact.name == "request.host") return std::string(random_.chance(80) ? "Alpha.example" : "other.example");
    if (fact.name == "request.redirect_uri") return std::string(random_.chance(50) ? "https://app.example/cb" : "https://web1.example/cb2");
    if (fact.name == "token.issuer") return std::string(random_.chance(80) ? "https://alpha.example/" : "https://other.example/");
    if (fact.name == "request.asn") return std::int64_t{random_.chance(50) ? 64'512 : 1};
    if (fact.name == "user.organizations") return random_.chance(70) ? StringSet{"coke", "pepsi"} : StringSet{};
    if (fact.name == "user.accepted") return random_.chance(50) ? StringSet{"terms"} : StringSet{};
    if (fact.name == "session.factors") return random_.chance(50) ? StringSet{"otp"} : StringSet{};
    if (fact.name == "session.acr") return std::string(random_.chance(50) ? "a" : "b");
    if (fact.name.starts_with("attempts.") && fact.type == TypeKind::integer) return random_.chance(90) ? std::int64_t{0} : random_count(random_, 0, 100);
    switch (fact.type) {
      case TypeKind::boolean: return random_.chance(50);
      case TypeKind::integer: return random_count(random_, fact.low, fact.high);
      case TypeKind::ip: return random_ip(random_);
      case TypeKind::time: return random_time(random_);
      case TypeKind::duration: return random_duration(random_);
      case TypeKind::enumeration: return static_cast<std::int64_t>(random_.below(fact.values.size()));
      case TypeKind::string_set: {
        StringSet set;
        for (auto n = random_.below(4); n > 0; --n) set.push_back(random_string(random_));
        return set;
      }
      case TypeKind::string:
      case TypeKind::cidr:
      case TypeKind::tenant:
      case TypeKind::client:
      case TypeKind::connection:
      case TypeKind::organization: break;
    }
    return random_string(random_);
  }

  // What every good request holds to, and most of these do.
  void constrain(NamedRequest& request) {
    auto& facts = request.facts;
    if (random_.chance(1)) return;
    const auto mfa = facts.find("session.mfa");
    if (mfa == facts.end() || !std::get<bool>(mfa->second))
      facts.erase("session.mfa_age");
    else
      facts.insert_or_assign("session.mfa_age", random_duration(random_));
    if (const auto verified = facts.find("user.email_verified"); verified != facts.end() && std::get<bool>(verified->second))
      facts.try_emplace("user.email", random_string(random_));
    if (request.action == Action::refresh || request.action == Action::m2m) facts.erase("grant");
  }

  void spoil(NamedRequest& request) {
    auto& facts = request.facts;
    switch (random_.below(6)) {
      case 0: facts.insert_or_assign("request.user_agent", std::string("\xff\xfe")); break;
      case 1: facts.insert_or_assign("request.risk", std::int64_t{101}); break;
      case 2: facts.insert_or_assign("request.score", std::int64_t{-6}); break;
      case 3: facts.emplace("user.unknown", std::string("x")); break;
      case 4: facts.insert_or_assign("user.level", std::int64_t{3}); break;
      default: facts.insert_or_assign("user.groups", StringSet{"ok", "\x80"}); break;
    }
  }

  Random& random_;
  std::vector<Fact> facts_;
};

}  // namespace

Case generate(std::uint64_t seed, std::size_t requests) {
  Random random(seed);
  Case made;
  made.policy = PolicyMaker(random).make();
  RequestMaker maker(random);
  for (std::size_t i = 0; i < requests; ++i) made.requests.push_back(maker.make());
  return made;
}

}  // namespace writ::agree
